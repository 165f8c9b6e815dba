"""The policy pack over every environment, and over resources that each break one policy."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel, Policy
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from batch_platform.policy.observability import WITHOUT_TAGS
from batch_platform.policy.pack import POLICIES
from localaws.provider.schema import input_names
from localaws.resources.table import RESOURCE_TYPES
from tests import example_environments as examples
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_policies import violations
from tests.batch_platform.recorded_run import Registered, RunProgram

ROOT = Path(__file__).parents[2]
STRICT = "prod-isolated"
"""The example that not even an advisory policy has something to say of."""

TEXTS = {name: examples.text(name) for name in examples.NAMES} | {
    name: (ROOT / f"Pulumi.{name}.yaml").read_text() for name in ("dev", "local")
}
BY_NAME = {policy.name: policy for policy in POLICIES}

Broken = Callable[[dict[str, Registered]], None]


@pytest.fixture(scope="module")
def records() -> dict[str, list[Registered]]:
    """What has been recorded: a run takes half a second, and is the same each time."""
    return {}


@pytest.fixture
def recorded(run_program: RunProgram, records) -> Callable[[str], list[Registered]]:
    """What a recorded update of an environment made, to be changed freely."""

    def record(name: str) -> list[Registered]:
        if name not in records:
            run = run_program(TEXTS[name], stack=name, answers=examples.NETWORK)
            assert run.refused == []
            records[name] = run.resources
        return copy.deepcopy(records[name])

    return record


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", sorted(TEXTS))
def test_no_environment_violates_a_mandatory_policy(recorded, name: str) -> None:
    mandatory = [each for each in POLICIES if each.enforcement_level == EnforcementLevel.MANDATORY]
    assert len(mandatory) > 20
    assert violations(mandatory, recorded(name)) == {}


def test_the_strict_example_violates_no_advisory_policy_either(recorded) -> None:
    assert violations(POLICIES, recorded(STRICT)) == {}


def test_policies_are_named_and_described() -> None:
    assert len(BY_NAME) == len(POLICIES)
    for policy in POLICIES:
        assert policy.description.endswith(".")
        assert policy.remediation_steps
        assert policy.enforcement_level in {EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY}


def test_the_docs_have_every_policy_with_its_level_and_rule() -> None:
    text = (ROOT / "docs" / "platform.md").read_text()
    assert f"in `policy/`: {len(POLICIES)} policies" in text
    lines = text.splitlines()
    for policy in POLICIES:
        level = policy.enforcement_level.value
        assert f"| `{policy.name}` | {level} | {policy.description} |" in lines


def props(kind: str, **changes: Any) -> Broken:
    """Change the inputs of the first resource of a kind; None takes one away."""

    def change(resources: dict[str, Registered]) -> None:
        for key, value in changes.items():
            if value is None:
                resources[kind].inputs.pop(key, None)
            else:
                resources[kind].inputs[key] = value

    return change


def compute(**changes: Any) -> Broken:
    """Change the ComputeResource of the first compute environment."""
    return lambda resources: (
        resources["ComputeEnvironment"].inputs["computeResources"].update(changes)
    )


def container(**changes: Any) -> Broken:
    """Change the container of the first job definition."""

    def change(resources: dict[str, Registered]) -> None:
        inputs = resources["JobDefinition"].inputs
        inputs["containerProperties"] = json.dumps(
            json.loads(inputs["containerProperties"]) | changes
        )

    return change


def statement(kind: str, key: str = "policy", **changes: Any) -> Broken:
    """Change the first statement that allows something in the policy of the first of a kind.

    Which one registers first is not sure: give all that the policy pack looks at.
    """

    def change(resources: dict[str, Registered]) -> None:
        document = json.loads(resources[kind].inputs[key])
        first = next(each for each in document["Statement"] if each["Effect"] == "Allow")
        first.update(changes)
        resources[kind].inputs[key] = json.dumps(document)

    return change


def without_denials(kind: str) -> Broken:
    def change(resources: dict[str, Registered]) -> None:
        document = json.loads(resources[kind].inputs["policy"])
        document["Statement"] = [
            each for each in document["Statement"] if each["Effect"] == "Allow"
        ]
        resources[kind].inputs["policy"] = json.dumps(document)

    return change


def ingress_to_instances(resources: dict[str, Registered]) -> None:
    environment, rule = resources["ComputeEnvironment"], resources["SecurityGroupIngressRule"]
    (group,) = (
        urn
        for urn in environment.property_dependencies["computeResources"]
        if ":SecurityGroup::" in urn
    )
    rule.property_dependencies["securityGroupId"] = [group]
    rule.property_dependencies["referencedSecurityGroupId"] = []


def inline_ingress(resources: dict[str, Registered]) -> None:
    ingress_to_instances(resources)
    (group,) = resources["SecurityGroupIngressRule"].property_dependencies["securityGroupId"]
    rule = resources["SecurityGroupIngressRule"]
    rule.property_dependencies = {}
    for each in resources.values():
        if each.urn == group:
            each.inputs["ingress"] = [{"fromPort": 22, "cidrBlocks": ["10.0.0.0/8"]}]


def inline_ingress_to_endpoints(resources: dict[str, Registered]) -> None:
    group = next(
        each
        for each in resources.values()
        if each.urn.endswith(f":SecurityGroup::{STRICT}-endpoints")
    )
    group.inputs["ingress"] = [{"cidrBlocks": ["10.0.0.0/8", "0.0.0.0/0"]}]


def open_default_group(resources: dict[str, Registered]) -> None:
    resources["DefaultSecurityGroup"].property_dependencies = {}


def no_dead_letters(resources: dict[str, Registered]) -> None:
    for each in resources.values():
        each.property_dependencies.pop("redrivePolicy", None)


def of_no_bucket(kind: str) -> Broken:
    return lambda resources: resources[kind].property_dependencies.clear()


def efs(**configuration: str) -> Broken:
    return container(volumes=[{"name": "data", "efsVolumeConfiguration": configuration}])


LAUNCH_TEMPLATE_OF = {"launchTemplateId": "lt-1", "version": "$Latest"}
BROKEN: dict[str, list[Broken]] = {
    "imds-v2": [
        props("LaunchTemplate", metadataOptions=None),
        props("LaunchTemplate", metadataOptions={"httpTokens": "optional"}),
        props(
            "LaunchTemplate",
            metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 2},
        ),
    ],
    "imds-blocked": [
        props("LaunchTemplate", userData=None),
        props("LaunchTemplate", userData=base64.b64encode(b"echo 169.254.169.254").decode()),
    ],
    "volumes-encrypted": [
        props("LaunchTemplate", blockDeviceMappings=[]),
        props("LaunchTemplate", blockDeviceMappings=[{"ebs": {"encrypted": "false"}}]),
        props("LaunchTemplate", blockDeviceMappings=[{"ebs": {"volumeSize": 8}}]),
    ],
    "image-type-supported": [
        compute(ec2Configurations=[{"imageType": "ECS_AL2", "imageIdOverride": "ami-1"}])
    ],
    "image-pinned": [
        compute(ec2Configurations=[{"imageType": "ECS_AL2023"}]),
        compute(ec2Configurations=[]),
    ],
    "launch-template-version": [
        compute(launchTemplate=LAUNCH_TEMPLATE_OF),
        compute(launchTemplate={"launchTemplateId": "lt-1"}),
        compute(launchTemplate=None),
    ],
    "environment-replaceable": [props("ComputeEnvironment", name="mine")],
    "no-desired-vcpus": [compute(desiredVcpus=4.0)],
    "linked-service-role": [props("ComputeEnvironment", serviceRole="arn:aws:iam::1:role/mine")],
    "no-ingress-from-everywhere": [
        props("SecurityGroupIngressRule", cidrIpv4="0.0.0.0/0"),
        props("SecurityGroupIngressRule", cidrIpv6="::/0"),
        inline_ingress_to_endpoints,
    ],
    "no-way-in": [ingress_to_instances, inline_ingress],
    "default-group-closed": [
        open_default_group,
        props("DefaultSecurityGroup", ingress=[{"protocol": "-1", "self": True}]),
        props("DefaultSecurityGroup", egress=[{"cidrBlocks": ["0.0.0.0/0"]}]),
    ],
    "no-wildcard-actions": [
        statement("RolePolicy", Action="*", Resource="arn:aws:s3:::example/*"),
        statement("Policy", Action=["s3:GetObject", "s3:*"], Resource="arn:aws:s3:::example/*"),
    ],
    "no-wildcard-resources": [
        statement("RolePolicy", Action=["s3:GetObject"], Resource="*"),
        statement("Policy", Action=["batch:SubmitJob"], Resource=["*"]),
    ],
    "trust-own-account": [
        statement("Role", "assumeRolePolicy", Condition={}),
        statement("Role", "assumeRolePolicy", Principal={"AWS": "arn:aws:iam::1:root"}),
        statement("Role", "assumeRolePolicy", Principal="*"),
    ],
    "one-boundary": [
        props("Role", permissionsBoundary=None),
        props("Role", permissionsBoundary="arn:aws:iam::123456789012:policy/wider"),
    ],
    "tls-alone": [
        without_denials("QueuePolicy"),
        without_denials("TopicPolicy"),
        without_denials("BucketPolicy"),
    ],
    "senders-named": [
        statement("QueuePolicy", Principal="*"),
        statement("TopicPolicy", Principal={"AWS": "*"}),
        statement("QueuePolicy", Condition={}),
        statement("TopicPolicy", Condition={"ArnLike": {"aws:SourceArn": "*"}}),
    ],
    "logs-expire": [props("LogGroup", retentionInDays=0), props("LogGroup", retentionInDays=None)],
    "images-scanned": [
        props("Repository", imageScanningConfiguration=None),
        props("Repository", imageScanningConfiguration={"scanOnPush": False}),
    ],
    "image-tags-immutable": [
        props("Repository", imageTagMutability=None),
        props("Repository", imageTagMutability="MUTABLE"),
    ],
    "images-encrypted": [
        props("Repository", encryptionConfigurations=None),
        props("Repository", encryptionConfigurations=[{"encryptionType": "AES256"}]),
    ],
    "buckets-closed": [
        props("BucketPublicAccessBlock", blockPublicAcls=False),
        props("BucketPublicAccessBlock", restrictPublicBuckets=None),
        props("BucketOwnershipControls", rule={"objectOwnership": "ObjectWriter"}),
        of_no_bucket("BucketPublicAccessBlock"),
        of_no_bucket("BucketOwnershipControls"),
        of_no_bucket("BucketPolicy"),
    ],
    "buckets-keep-versions": [
        props("BucketVersioning", versioningConfiguration={"status": "Suspended"}),
        of_no_bucket("BucketVersioning"),
    ],
    "buckets-encrypted": [
        props(
            "BucketServerSideEncryptionConfiguration",
            rules=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
        )
    ],
    "buckets-not-emptied": [props("Bucket", forceDestroy=True)],
    "queues-encrypted": [props("Queue", kmsMasterKeyId=None)],
    "queues-have-dead-letters": [no_dead_letters],
    "started-jobs-have-dead-letters": [
        props("Schedule", target={"arn": "arn:aws:scheduler:::aws-sdk:batch:submitJob"}),
        props("EventTarget", batchTarget={"jobName": "x"}, deadLetterConfig=None),
    ],
    "topics-encrypted": [props("Topic", kmsMasterKeyId=None)],
    "environment-tag": [
        props("Vpc", tags={"batch-platform:environment": "another"}),
        props("LogGroup", tags=None),
        props("LaunchTemplate", tagSpecifications=[{"resourceType": "volume", "tags": {}}]),
        compute(tags=None),
    ],
    "jobs-not-privileged": [container(privileged=True)],
    "jobs-log": [container(logConfiguration=None)],
    "jobs-have-roles": [container(jobRoleArn=None), container(executionRoleArn="")],
    "file-systems-over-tls": [efs(fileSystemId="fs-1"), efs(transitEncryption="DISABLED")],
    "revisions-kept": [
        props("JobDefinition", deregisterOnNewRevision=True),
        props("JobDefinition", deregisterOnNewRevision=None),
    ],
    "jobs-end": [props("JobDefinition", timeout=None)],
    "jobs-retried": [props("JobDefinition", retryStrategy={"attempts": 1})],
    "root-read-only": [container(readonlyRootFilesystem=False)],
    "not-root": [container(user=None), container(user="root:root"), container(user="0")],
    "job-image-tagged": [
        container(image="public.ecr.aws/docker/library/busybox"),
        container(image="registry.example.com:5000/busybox:latest"),
    ],
    "no-secrets-in-environment": [
        container(environment=[{"name": "DB_PASSWORD", "value": "x"}]),
    ],
}
"""What breaks each policy, and no other."""


def test_every_policy_has_what_breaks_it() -> None:
    assert set(BROKEN) == set(BY_NAME)


@pytest.mark.parametrize(
    ("name", "break_it"),
    [
        pytest.param(name, each, id=f"{name}-{number}")
        for name, several in BROKEN.items()
        for number, each in enumerate(several, start=1)
    ],
)
def test_a_broken_resource_violates_its_policy_and_is_told_the_fix(
    recorded, name: str, break_it: Broken
) -> None:
    resources = recorded(STRICT)
    first: dict[str, Registered] = {}
    for each in sorted(resources, key=lambda one: "not-started" in one.name):  # nobody sends there
        first.setdefault(each.typ.rpartition(":")[2], each)
    break_it({each.urn: each for each in resources} | first)
    found = violations(POLICIES, resources)
    assert set(found) == {name}
    assert all(f"; fix: {BY_NAME[name].remediation_steps}" in message for message in found[name])


OWN = {"type": "UNMANAGED", "autoScalingGroup": {"instanceTypes": ["c5.large"]}}


def test_the_group_of_an_unmanaged_environment_keeps_the_promises_too(
    run_program: RunProgram,
) -> None:
    text = config("{mode: nat}").replace("{type: EC2}", json.dumps(OWN))
    resources = run_program(text).resources
    before = set(violations(POLICIES, copy.deepcopy(resources)))
    mandatory = {
        each.name for each in POLICIES if each.enforcement_level == EnforcementLevel.MANDATORY
    }
    assert before & {*mandatory, "linked-service-role"} == set()
    (group,) = [each for each in resources if each.typ.endswith(":Group")]
    group.inputs["launchTemplate"] = {"id": "lt-1", "version": "$Latest"}
    group.inputs["tags"] = [{**each, "propagateAtLaunch": False} for each in group.inputs["tags"]]
    found = set(violations(POLICIES, resources))
    assert found - before == {"launch-template-version", "environment-tag"}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda each: each.name)
def test_what_a_preview_does_not_know_is_no_violation(recorded, policy: Policy) -> None:
    resources = recorded(STRICT)
    for each in resources:
        if each.typ.startswith("aws:"):
            each.inputs = dict.fromkeys(each.inputs, UNKNOWN_STRING_VALUE)
    assert violations([policy], resources) == {}


@pytest.mark.parametrize("token", sorted(RESOURCE_TYPES))
def test_the_types_without_tags_are_those_that_the_provider_has(token: str) -> None:
    has_tags = "tags" in input_names(RESOURCE_TYPES[token])
    assert has_tags == (token not in WITHOUT_TAGS)
