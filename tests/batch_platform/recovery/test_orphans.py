"""What the look-ups find of every resource that the program registers, on the local AWS."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import boto3
import pytest

from batch_platform.plan import ENVIRONMENT_TAG
from batch_platform.recovery.interrupted import PendingOperation, Resource, State
from batch_platform.recovery.orphan_type import Aws
from batch_platform.recovery.orphans import ORPHAN_TYPES, OrphanError, find_orphans
from batch_platform.recovery.recover import wait_until
from localaws.resources.table import RESOURCE_TYPES
from tests.aws_clients import client_of

PROJECT = Path(__file__).parent.parent.parent.parent
REVISION = "aws:batch/jobDefinition:JobDefinition"
VPC = "aws:ec2/vpc:Vpc"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
BUCKET = "aws:s3/bucket:Bucket"
OF_BUCKET = {each for each in ORPHAN_TYPES if each.startswith("aws:s3/") and each != BUCKET}
KEPT = {REVISION, DEFAULT_GROUP} | OF_BUCKET
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
PARAMETER = "aws:ssm/parameter:Parameter"
REPOSITORY = "aws:ecr/repository:Repository"


class Environment:
    """An environment that is deployed, resource by resource."""

    def __init__(self, local, mode):
        self.name = f"{mode}-{uuid.uuid4().hex[:6]}"
        self.local = local
        self.resources = []
        self.config = {
            "aws:region": "us-east-1",
            "batch-platform:network": {
                "mode": mode,
                "availabilityZones": 2,
                "secondaryCidrs": ["100.64.0.0/24"],
                **({"ipv6": True} if mode == "nat" else {}),
                "flowLogs": {"enabled": True},
            },
            "batch-platform:computeEnvironments": {
                "default": {
                    "type": "EC2",
                    "instanceTypes": ["c4.large"],
                    "placement": {"strategy": "spread"},
                },
                "own": {
                    "type": "UNMANAGED",
                    "autoScalingGroup": {"instanceTypes": ["c5.large"]},
                },
            },
            "batch-platform:jobQueues": {
                "default": {"computeEnvironments": ["default"], "fairsharePolicy": {}}
            },
            "batch-platform:roles": {
                "instanceRole": {"managedPolicies": ["AmazonSSMManagedInstanceCore"]}
            },
            "batch-platform:jobEvents": {"enabled": True},
            "batch-platform:storage": {"enabled": True},
            "batch-platform:consumers": {"managedPolicies": True},
            "batch-platform:monitoring": {
                "enabled": True,
                "email": ["team@example.com"],
                "failedJobs": {},
                "budget": {"monthlyLimit": 500},
                "chat": {
                    "slack": {"workspaceId": "T0AB", "channelId": "C0AB"},
                    "teams": {
                        "tenantId": "0a1b2c3d-4e5f-6789-abcd-ef0123456789",
                        "teamId": "0a1b2c3d-4e5f-6789-abcd-ef0123456789",
                        "channelId": "19%3Aab%40thread.tacv2",
                    },
                },
            },
            "batch-platform:schedules": {
                "night": {
                    "cron": "0 2 * * ? *",
                    "jobDefinition": "hello",
                    "jobQueue": "default",
                    "shareIdentifier": "night",
                }
            },
            "batch-platform:images": {"trainer": {"context": "."}},
            "batch-platform:jobDefinitions": {
                "hello": {
                    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/busybox",
                    "memory": 100,
                }
            },
        }

    def aws(self, environment=None):
        def client(service):
            return client_of(self.local, service)

        return Aws(environment or self.name, client, wait_until)

    def first(self, token):
        return next(each for each in self.resources if each.type == token)

    def orphans(self, *pending, known=(), environment=None):
        """Return what the cut-off creations of ``pending`` have left."""
        operations = tuple(PendingOperation("creating", each) for each in pending)
        found = find_orphans(self.aws(environment), State(tuple(known), operations))
        return [orphan for _, left in found for orphan in left]

    def all_but(self, *resources):
        return [each for each in self.resources if each not in resources]


@pytest.fixture(scope="module")
def environments(local, tmp_path_factory):
    """Two that have all types between them."""
    environments = [Environment(local, mode) for mode in ("nat", "endpoints")]
    deploy(environments, tmp_path_factory.mktemp("project"), local.environ)
    return environments


def deploy(environments, folder, environ):
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(PROJECT / name, folder)
    for each in environments:
        (folder / f"Pulumi.{each.name}.yaml").write_text(json.dumps({"config": each.config}))
    by_name = {each.name: each for each in environments}
    answer = subprocess.run(
        [sys.executable, "-m", "tests.batch_platform.recovery.registered", folder, *by_name],
        cwd=PROJECT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert answer.returncode == 0, answer.stderr
    for number, line in enumerate(answer.stdout.splitlines()):
        told = json.loads(line)
        by_name[told["stack"]].resources.append(
            Resource(f"urn:{number}", told["type"], told["id"], told["inputs"], is_custom=True)
        )


@pytest.fixture(scope="module")
def nat(environments):
    return environments[0]


def having(environments, token):
    return next(
        each for each in environments if token in {resource.type for resource in each.resources}
    )


def test_every_type_that_the_local_aws_makes_has_its_line():
    assert set(RESOURCE_TYPES) <= set(ORPHAN_TYPES)


@pytest.mark.deployments
def test_every_type_that_the_program_can_register_has_its_line(environments):
    registered = {resource.type for each in environments for resource in each.resources}
    assert registered == set(ORPHAN_TYPES)


@pytest.mark.deployments
@pytest.mark.parametrize("token", ORPHAN_TYPES)
def test_it_is_found_once_unless_the_state_knows_it(environments, token):
    environment = having(environments, token)
    resource = environment.first(token)
    others = environment.all_but(resource)
    (orphan,) = environment.orphans(resource, known=others)
    names = {resource.id, resource.inputs.get("name")}
    assert orphan.found.id in names or "_" in orphan.found.id or "/" in orphan.found.id
    assert (orphan.found.kept is not None) == (token in KEPT)
    assert environment.orphans(resource, known=environment.resources) == []


@pytest.mark.deployments
@pytest.mark.parametrize("token", sorted(set(ORPHAN_TYPES) - {REVISION}))
def test_what_has_another_environments_tag_is_never_to_be_deleted(environments, token):
    environment = having(environments, token)
    resource = environment.first(token)
    if "tags" in resource.inputs and "securityGroupId" not in resource.inputs:
        found = environment.orphans(resource, environment="other")
        assert [each for each in found if each.found.kept is None] == []


@pytest.mark.deployments
def test_a_vpcs_own_group_is_no_group_of_the_program(nat):
    group = nat.first(DEFAULT_GROUP)
    ids = {each.id for each in nat.resources if each.type.endswith(":SecurityGroup")}
    assert group.id not in ids
    (orphan,) = nat.orphans(group)
    assert orphan.found.kept == "the resource is its VPC's default, and is deleted with the VPC"


@pytest.mark.deployments
def test_two_that_could_be_it_are_for_a_person_to_tell_apart(nat):
    ec2 = client_of(nat.local, "ec2")
    vpc = nat.first(VPC)
    tags = [{"Key": key, "Value": value} for key, value in vpc.inputs["tags"].items()]
    second = ec2.create_vpc(
        CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}]
    )["Vpc"]["VpcId"]
    with pytest.raises(OrphanError, match=f"{vpc.urn}: AWS has .*{second}.*by hand"):
        nat.orphans(vpc)
    # Two updates were killed: both can be theirs.
    assert {each.found.id for each in nat.orphans(vpc, vpc)} == {vpc.id, second}
    # The state knows one of them: the other is the orphan.
    (orphan,) = nat.orphans(vpc, known=[vpc])
    assert orphan.found.id == second
    orphan.delete(nat.aws())
    assert nat.orphans(vpc, known=[vpc]) == []


@pytest.mark.deployments
def test_a_type_without_a_line_is_named_with_what_to_do(nat):
    topic = Resource("urn:topic", "aws:s3/bucketAcl:BucketAcl", None, {}, is_custom=True)
    with pytest.raises(OrphanError, match=r"urn:topic: .*aws:s3/bucketAcl:BucketAcl.*by hand"):
        nat.orphans(topic)


@pytest.mark.deployments
def test_a_refused_deletion_names_the_urn_and_what_to_do(nat):
    vpc = nat.first(VPC)
    (orphan,) = nat.orphans(vpc)
    with pytest.raises(OrphanError, match=f"{vpc.urn}: {vpc.id} .*by hand and run this again"):
        orphan.delete(nat.aws())


def test_logs_of_jobs_are_never_deleted(local):
    logs = client_of(local, "logs")
    name = f"/aws/batch/job/{uuid.uuid4().hex[:6]}"
    logs.create_log_group(logGroupName=name, tags={ENVIRONMENT_TAG: "dev"})
    group = Resource("urn:jobs", LOG_GROUP, None, {"name": name}, is_custom=True)
    assert left(local, group).kept is None
    logs.create_log_stream(logGroupName=name, logStreamName="hello/default/1")
    assert "log streams" in left(local, group).kept


def test_images_are_never_deleted(local):
    ecr = client_of(local, "ecr")
    name = f"dev-{uuid.uuid4().hex[:6]}"
    ecr.create_repository(repositoryName=name, tags=[{"Key": ENVIRONMENT_TAG, "Value": "dev"}])
    repository = Resource("urn:images", REPOSITORY, None, {"name": name}, is_custom=True)
    assert left(local, repository).kept is None
    manifest = json.dumps({"mediaType": "application/vnd.oci.image.manifest.v1+json"})
    ecr.put_image(repositoryName=name, imageManifest=manifest, imageTag="1")
    assert "it has images" in left(local, repository).kept


def test_what_is_in_a_bucket_is_never_deleted(local):
    s3 = client_of(local, "s3")
    name = f"dev-storage-{uuid.uuid4().hex[:6]}"
    s3.create_bucket(Bucket=name)
    bucket = Resource("urn:storage", BUCKET, None, {"bucket": name}, is_custom=True)
    assert left(local, bucket).kept is None, "it was cut off before it had tags"
    tag(s3, name, "other")
    assert "not tagged" in left(local, bucket).kept
    tag(s3, name, "dev")
    assert left(local, bucket).kept is None
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=name, Key="ledger/a", Body=b"1")
    assert "it has objects" in left(local, bucket).kept
    s3.delete_object(Bucket=name, Key="ledger/a")
    assert "it has objects" in left(local, bucket).kept, "an old version can be had back"


def tag(s3, bucket, environment):
    tags = [{"Key": ENVIRONMENT_TAG, "Value": environment}]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})


def test_a_parameter_that_was_written_before_stays(local):
    ssm = client_of(local, "ssm")
    name = f"/batch/{uuid.uuid4().hex[:6]}"
    tags = [{"Key": ENVIRONMENT_TAG, "Value": "dev"}]
    ssm.put_parameter(Name=name, Type="String", Value="1", Tags=tags)
    parameter = Resource("urn:outputs", PARAMETER, None, {"name": name}, is_custom=True)
    assert left(local, parameter).kept is None
    ssm.put_parameter(Name=name, Type="String", Value="2", Overwrite=True)
    assert "version 2" in left(local, parameter).kept


@pytest.mark.parametrize("token", [LOG_GROUP, PARAMETER, REPOSITORY, BUCKET, *sorted(OF_BUCKET)])
def test_what_is_not_there_is_no_orphan(local, token):
    inputs = {"name": "/not/there", "bucket": "not-there"}
    absent = Resource("urn:absent", token, None, inputs, is_custom=True)
    assert left(local, absent) is None


def test_an_input_that_is_secret_and_is_looked_for_by_is_told(local):
    role = Resource("urn:secret", "aws:iam/role:Role", None, {"path": "/"}, is_custom=True)
    with pytest.raises(OrphanError, match=r"^urn:secret: its input 'name' is a secret or missing"):
        left(local, role)


def test_what_the_state_knows_with_a_secret_name_is_not_taken_for_another_of_its_type(local):
    known = Resource("urn:a", "aws:iam/role:Role", "a", {"path": "/"}, is_custom=True)
    operation = PendingOperation("creating", dataclasses.replace(known, id=None))
    with pytest.raises(OrphanError, match="secret or missing"):
        list(find_orphans(aws_of(local), State((known,), (operation,))))


def test_an_answer_of_aws_that_is_a_refusal_is_told_with_the_urn(local):
    def client(service):
        return boto3.client(service, **local.client_arguments | {"aws_access_key_id": "AKIANOBODY"})

    role = Resource("urn:role", "aws:iam/role:Role", None, {"name": "dev-role"}, is_custom=True)
    state = State((), (PendingOperation("creating", role),))
    with pytest.raises(OrphanError, match=r"^urn:role: AWS cannot be asked for it \(ClientError"):
        list(find_orphans(Aws("dev", client, wait_until), state))


def aws_of(local):
    def client(service):
        return client_of(local, service)

    return Aws("dev", client, wait_until)


def left(local, resource):
    operation = PendingOperation("creating", resource)
    ((_, orphans),) = find_orphans(aws_of(local), State((), (operation,)))
    return orphans[0].found if orphans else None


@pytest.mark.deployments
def test_a_whole_environment_is_taken_apart_as_orphans(environments):
    # Last, since it leaves nothing to look at.
    for environment in environments:
        for resource in reversed(environment.resources):
            others = [each for each in environment.resources if each.id != resource.id]
            for orphan in environment.orphans(resource, known=others):
                if orphan.found.kept is None:
                    orphan.delete(environment.aws())
            if resource.type not in KEPT:
                assert environment.orphans(resource, known=others) == [], resource
