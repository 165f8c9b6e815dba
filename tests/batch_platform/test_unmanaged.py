"""Unmanaged compute environments, and the Auto Scaling group whose instances join one."""

from __future__ import annotations

import base64
import json
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest

from batch_platform.changes.compare import changes
from batch_platform.changes.hazards import warnings
from batch_platform.changes.outputs import of_outputs
from batch_platform.changes.rules import Action
from batch_platform.changes.snapshot import of_settings
from batch_platform.changes.state import of_state
from batch_platform.settings import parse_stack_file, validate_stack_file
from batchsdk.contract import StackOutputs
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_run import Run, RunProgram
from tests.batch_platform.stack_exports import deployment
from tests.batch_platform.stack_files import CE, changed, refusals, snapshot
from tests.batch_platform.test_changes import edited, rules_of
from tests.batch_platform.test_fit import check
from tests.batch_platform.test_fit import config as fit_config

GROUP: dict[str, Any] = {"instanceTypes": ["c5.large"], "maxSize": 2}
OWN: dict[str, Any] = {"type": "UNMANAGED"}


@pytest.fixture
def run_with(run_program: RunProgram) -> Any:
    """Run the program with one environment of these keys."""

    def run(environment: dict[str, Any], more: str = "") -> Run:
        text = config("{mode: nat}", more=more)
        return run_program(text.replace("{type: EC2}", json.dumps(environment)))

    return run


def grouped(**keys: Any) -> dict[str, Any]:
    return OWN | {"autoScalingGroup": GROUP | keys}


def test_pain_an_unmanaged_environment_has_a_cluster_and_no_instances(run_with: Any) -> None:
    """API CreateComputeEnvironment: no computeResources, and a service role of its own."""
    run = run_with(OWN)
    assert (run.refused, run.warnings) == ([], [])
    inputs = run.only("ComputeEnvironment").inputs
    assert (inputs["type"], inputs["state"]) == ("UNMANAGED", "ENABLED")
    assert "computeResources" not in inputs
    assert inputs["serviceRole"] == "arn:Role/test-service-1a2b3c4"
    assert [run.every(kind) for kind in ("Group", "LaunchTemplate", "InstanceProfile")] == [[]] * 3
    exported = run.outputs["computeEnvironments"]["default"]
    assert exported["type"] == "UNMANAGED"
    assert exported["ecsClusterArn"] == "arn:cluster/AWSBatch-test-default-1a2b3c4"
    assert exported["maxVcpus"] == 2_147_483_647
    assert "service" not in run.outputs["roles"]


def test_managed_environments_beside_it_keep_the_service_linked_role(
    run_program: RunProgram,
) -> None:
    both = json.dumps({"default": OWN, "managed": {"type": "EC2"}})
    text = config("{mode: nat}").replace("\n    default: {type: EC2}", f" {both}")
    run = run_program(text)
    managed = run.only("ComputeEnvironment", "test-managed")
    assert "serviceRole" not in managed.inputs
    custom = run_program(text + "  batch-platform:roles: {serviceRole: custom}\n")
    roles = {one.inputs["serviceRole"] for one in custom.every("ComputeEnvironment")}
    assert len(roles) == 1
    assert len([one for one in custom.every("Role") if one.name == "test-service"]) == 1


def test_the_instances_of_the_group_join_the_cluster(run_with: Any) -> None:
    run = run_with(grouped(desiredCapacity=2, launchTemplate={"blockImds": True}))
    group, template = run.only("Group").inputs, run.only("LaunchTemplate").inputs
    assert (group["minSize"], group["maxSize"], group["desiredCapacity"]) == (1, 2, 2)
    assert group["launchTemplate"] == {"id": "LaunchTemplate/test-default", "version": "7"}
    assert group["vpcZoneIdentifiers"] == ["Subnet/test-private-1", "Subnet/test-private-2"]
    named = {each["key"]: each["propagateAtLaunch"] for each in group["tags"]}
    assert named == {"Name": True, "batch-platform:environment": True}

    assert (template["imageId"], template["instanceType"]) == ("ami-a1", "c5.large")
    assert template["iamInstanceProfile"]["arn"].startswith("arn:InstanceProfile/test-instance")
    assert template["vpcSecurityGroupIds"] == ["SecurityGroup/test-instances"]
    assert template["metadataOptions"]["httpTokens"] == "required"
    assert template["blockDeviceMappings"][0]["ebs"]["encrypted"] == "true"
    text = base64.b64decode(template["userData"]).decode("ascii")
    first, second = [
        str(part.get_payload())
        for part in message_from_string(text).walk()
        if not part.is_multipart()
    ]
    assert "echo ECS_CLUSTER=AWSBatch-test-default-1a2b3c4 >> /etc/ecs/ecs.config\n" in first
    assert "169.254.169.254" in second


def test_volumes_tenancy_and_reserved_capacity_are_the_groups_too(run_with: Any) -> None:
    template = (
        run_with(
            grouped(
                launchTemplate={
                    "dataVolumes": [{"deviceName": "/dev/sdf", "volumeSize": 100}],
                    "tenancy": "dedicated",
                    "capacityReservation": {"preference": "none"},
                }
            )
        )
        .only("LaunchTemplate")
        .inputs
    )
    devices = [each["deviceName"] for each in template["blockDeviceMappings"]]
    assert devices == ["/dev/xvda", "/dev/sdf"]
    assert all(each["ebs"]["encrypted"] == "true" for each in template["blockDeviceMappings"])
    assert template["placement"] == {"tenancy": "dedicated"}
    reserved = template["capacityReservationSpecification"]
    assert reserved == {"capacityReservationPreference": "none"}


def test_a_group_of_several_types_prefers_the_first(run_with: Any) -> None:
    group = run_with(grouped(instanceTypes=["c5.large", "m5.large"])).only("Group").inputs
    assert "launchTemplate" not in group
    policy = group["mixedInstancesPolicy"]
    assert policy["instancesDistribution"]["onDemandAllocationStrategy"] == "prioritized"
    types = [each["instanceType"] for each in policy["launchTemplate"]["overrides"]]
    assert types == ["c5.large", "m5.large"]
    specification = policy["launchTemplate"]["launchTemplateSpecification"]
    assert specification["version"] == "7"


def test_another_cluster_makes_another_group(run_with: Any) -> None:
    """An instance keeps the cluster that its user data names."""
    run = run_with(grouped())
    trigger = run.only("Group").replacement_trigger
    assert run.only("ComputeEnvironment").inputs is not None
    assert "arn:ComputeEnvironment/test-default-1a2b3c4" in json.dumps(trigger)


def test_the_outputs_tell_what_the_group_can_have(run_with: Any) -> None:
    exported = run_with(grouped()).outputs["computeEnvironments"]["default"]
    assert (exported["maxVcpus"], exported["instanceTypes"]) == (4, ["c5.large"])
    assert exported["architecture"] == "x86_64"
    assert exported["largestInstance"]["vcpus"] == 2


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (OWN | {"maxVcpus": 4}, "maxVcpus: AWS Batch launches no instances for an unmanaged"),
        (OWN | {"unmanagedvCpus": 4}, "unmanagedvCpus: it is for unmanaged compute environments"),
        (grouped(instanceTypes=["c5"]), "instanceTypes[0]: 'c5' is no single instance type, and"),
        (grouped(minSize=3), "maxSize: 2 is below minSize 3"),
        (grouped(desiredCapacity=3), "desiredCapacity: 3 is not between minSize 1 and maxSize 2"),
        (
            grouped(launchTemplate={"launchTemplateId": "lt-1"}),
            "launchTemplateId: its user data would have to name the cluster, which the stack",
        ),
        (
            grouped(launchTemplate={"efa": 1}),
            "launchTemplate.efa: it is for instances that AWS Batch launches",
        ),
        (
            grouped(launchTemplate={"threadsPerCore": 1}),
            "launchTemplate.threadsPerCore: it is for instances that AWS Batch launches",
        ),
        (OWN | {"autoScalingGroup": {}}, "autoScalingGroup.instanceTypes: missing"),
    ],
)
def test_a_mistake_in_an_unmanaged_environment(
    environment: dict[str, Any], said: str, tmp_path: Path
) -> None:
    config_of = changed(CE, environment)
    config_of["batch-platform:roles"] = {}
    lines = refusals(config_of, tmp_path)
    assert any(said in line for line in lines), lines


def test_what_is_registered_is_not_known_without_a_group(tmp_path: Path) -> None:
    large = {"vcpus": 500, "gpus": 20}
    code, out, err = check(fit_config({"default": OWN}, large), tmp_path)
    assert (code, err) == (0, "")
    assert "default: UNMANAGED, with what others register in its cluster" in out
    assert " warning " not in out
    code, _, err = check(fit_config({"default": grouped()}, large), tmp_path)
    assert code == 1
    assert "in default, vCPUs: asked 500, at most 2 can be had" in err


def test_fargate_and_multi_node_jobs_do_not_run_there(tmp_path: Path) -> None:
    mixed = fit_config({"default": OWN, "tasks": {"type": "FARGATE"}}, {})
    mixed["jobQueues"] = {"default": {"computeEnvironments": ["default", "tasks"]}}
    code, _, err = check(mixed, tmp_path)
    assert code == 1
    assert "'tasks' is Fargate and 'default' is EC2, and a job queue has" in err
    size = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "100"}]
    ranges = [{"targetNodes": "0:", "container": {"image": "a", "resourceRequirements": size}}]
    nodes = {"nodeProperties": {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": ranges}}
    code, _, err = check(fit_config({"default": OWN}, nodes), tmp_path)
    assert "in default, which is UNMANAGED, AWS Batch runs no multi-node parallel jobs" in err


def test_the_cluster_that_only_aws_knows_is_no_edit(run_with: Any, tmp_path: Path) -> None:
    """Against a state, whose user data have its name."""
    state = json.loads(deployment(run_with(grouped())))["deployment"]

    def edits(environment: dict[str, Any]) -> set[str]:
        text = config("{mode: nat}").replace("{type: EC2}", json.dumps(environment))
        settings = validate_stack_file(parse_stack_file(text, tmp_path / "Pulumi.test.yaml"))
        found = changes(of_state(state, "state", "test"), of_settings(settings, "config"))
        return {edit.property for each in found for edit in each.edits}

    assert edits(grouped()) == set()
    assert edits(grouped(launchTemplate={"blockImds": True})) == {
        "autoScalingGroup.launchTemplate.userData"
    }


def test_outputs_tell_neither_the_state_nor_the_group(run_with: Any, tmp_path: Path) -> None:
    run = run_with(grouped())
    outputs = StackOutputs.from_mapping(run.outputs)

    def compared(environment: dict[str, Any]) -> list[tuple[str, Action]]:
        text = config("{mode: nat}").replace("{type: EC2}", json.dumps(environment))
        wanted = parse_stack_file(text, tmp_path / "Pulumi.test.yaml")
        settings = validate_stack_file(wanted)
        old, new = of_outputs(outputs, "outputs", settings), of_settings(settings, "config")
        return [
            (each.key, each.action)
            for each in changes(old, new)
            if each.kind == "computeEnvironments"
        ]

    assert compared(grouped()) == [("default", Action.UNCHANGED)]
    assert compared(grouped() | {"state": "DISABLED"}) == [("default", Action.UNCHANGED)]
    assert compared({"type": "EC2"}) == [("default", Action.REPLACE)]


EDITS: list[tuple[dict[str, Any], dict[str, Any], str, Action]] = [
    (grouped(), grouped(maxSize=3), "group-size", Action.UPDATE),
    (grouped(), grouped(desiredCapacity=2), "group-size", Action.UPDATE),
    (grouped(), grouped(instanceTypes=["m5.large"]), "group-instances", Action.UPDATE),
    (grouped(), grouped(ec2KeyPair="ops"), "group-instances", Action.UPDATE),
    (OWN, grouped(), "group-instances", Action.UPDATE),
    (OWN, OWN | {"state": "DISABLED"}, "environment-state", Action.UPDATE),
    ({"type": "EC2"}, OWN, "managed", Action.REPLACE),
    (grouped(), {"type": "SPOT"}, "managed", Action.REPLACE),
]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("old", "new", "rule", "action"), EDITS)
def test_an_edit_of_an_unmanaged_environment(
    old: dict[str, Any], new: dict[str, Any], rule: str, action: Action, tmp_path: Path
) -> None:
    spot = {"type": "SPOT"}
    before, after = (
        snapshot(edited(computeEnvironments={"default": each, "spot": spot}), tmp_path)
        for each in (old, new)
    )
    (change,) = [
        each
        for each in changes(before, after)
        if (each.kind, each.key) == ("computeEnvironments", "default")
    ]
    assert rule in rules_of(change)
    assert change.action is action


@pytest.mark.parametrize(
    ("new", "hazard"),
    [(OWN, "group-removed"), (grouped(maxSize=1), "group-shrinks"), (grouped(maxSize=9), None)],
)
def test_a_group_that_ends_instances_is_warned_of(
    new: dict[str, Any], hazard: str | None, tmp_path: Path
) -> None:
    spot = {"type": "SPOT"}
    before, after = (
        snapshot(edited(computeEnvironments={"default": each, "spot": spot}), tmp_path)
        for each in (grouped(), new)
    )
    found = warnings(changes(before, after), before, after)
    assert [each.hazard for each in found] == ([hazard] if hazard else [])
