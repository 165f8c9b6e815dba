"""What a config says and nothing would heed is refused, or warned of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from batch_platform.plan import assumed_plan
from batch_platform.program.command import summary
from tests.batch_platform.full_configs import KMS_KEY, ROLE, SIZE
from tests.batch_platform.generated_configs import stack_file
from tests.batch_platform.program_config import NETWORK_OF_ANOTHER
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_files import JOB, VALID, changed, load, refusals

OFF = "it is set, but `enabled` is false, so it has no effect"
CONTAINER = {"image": "busybox", "resourceRequirements": SIZE}


def task(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"taskProperties": [{"containers": list(containers or (CONTAINER,)), **more}]}


def nodes(*groups: dict[str, Any]) -> dict[str, Any]:
    ranges = [{"targetNodes": str(index), **group} for index, group in enumerate(groups)]
    return {"numNodes": len(groups), "mainNode": 0, "nodeRangeProperties": ranges}


@pytest.mark.parametrize("mode", ["public", "nat", "endpoints"])
@pytest.mark.parametrize(
    ("key", "value"), [("trafficType", "ALL"), ("retentionInDays", 7), ("kmsKeyId", KMS_KEY)]
)
def test_flow_logs_that_are_off_have_no_other_key(
    mode: str, key: str, value: object, tmp_path: Path
) -> None:
    network = {"mode": mode, "flowLogs": {key: value}}
    images = {"image": "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/a", "memory": 100}
    config = {**changed("network", network), "batch-platform:jobDefinitions": {"hello": images}}
    (line,) = refusals(config, tmp_path)
    assert f"network.flowLogs.{key}: {OFF}; fix: write `enabled: true` beside it" in line


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("jobEvents", {"kmsKeyId": KMS_KEY}, f"jobEvents.kmsKeyId: {OFF}"),
        ("storage", {"kmsKeyId": KMS_KEY}, f"storage.kmsKeyId: {OFF}"),
        ("monitoring", {"kmsKeyId": KMS_KEY}, f"monitoring.kmsKeyId: {OFF}"),
        ("monitoring", {"dashboard": True}, f"monitoring.dashboard: {OFF}"),
        ("tags", {"batch-platform:environment": "x"}, "the stack's own tag"),
        (f"{JOB}/tags", {"batch-platform:environment": "x"}, "the stack's own tag"),
        (
            f"{JOB}/containerProperties",
            {"instanceType": "c5.large"},
            "containerProperties.instanceType: it applies only to multi-node jobs",
        ),
        (
            JOB,
            {"containerProperties": {**CONTAINER, "resourceRequirements": [*SIZE, SIZE[0]]}},
            "resourceRequirements[2].type: VCPU is in the list twice",
        ),
        (
            JOB,
            {"ecsProperties": task(runtimePlatform={"cpuArchitecture": "ARM64"})},
            "taskProperties[0].runtimePlatform: it applies only to Fargate",
        ),
        (
            JOB,
            {"nodeProperties": nodes({"container": {**CONTAINER, "networkConfiguration": {}}})},
            "nodeRangeProperties[0].container.networkConfiguration: it applies only to Fargate",
        ),
        (
            JOB,
            {"nodeProperties": nodes({"container": {**CONTAINER, "memory": 4}})},
            "container.memory: the API's old form of a resource requirement; fix: use resourceReq",
        ),
        (
            JOB,
            {"ecsProperties": task(taskRoleArn=ROLE), "permissions": {"s3Read": ["s3://incoming"]}},
            "permissions: every task in ecsProperties names a role of its own",
        ),
        (
            JOB,
            {
                "nodeProperties": nodes(
                    {"container": {**CONTAINER, "jobRoleArn": ROLE}},
                    {"ecsProperties": task(taskRoleArn=ROLE)},
                ),
                "permissions": {},
            },
            "permissions: every task in nodeProperties names a role of its own",
        ),
    ],
)
def test_what_would_be_ignored_is_refused(
    path: str, value: object, said: str, tmp_path: Path
) -> None:
    (line,) = refusals(changed(path, value), tmp_path)
    assert said in line


def test_permissions_are_of_the_nodes_that_name_no_role(
    run_program: RunProgram, tmp_path: Path
) -> None:
    own, stacks = {**CONTAINER, "jobRoleArn": ROLE}, CONTAINER
    definition = {
        "nodeProperties": nodes({"container": own}, {"container": stacks}),
        "permissions": {"s3Read": ["s3://incoming"]},
    }
    config = {**changed(JOB, definition), "batch-platform:network": {"mode": "nat"}}
    run = run_program(yaml.safe_dump({"config": config}))
    text = run.only("JobDefinition").inputs["nodeProperties"]
    assert f'"jobRoleArn":"{ROLE}"' in text
    assert '"jobRoleArn":"arn:Role/test-job-hello-1a2b3c4"' in text


def test_no_role_is_made_for_a_container_that_has_one(run_program: RunProgram) -> None:
    volume = {"containerPath": "/data", "efs": {"fileSystemId": "fs-0123abcd", "iam": True}}
    definition = {"image": "busybox", "memory": 100, "volumes": {"data": volume}}
    made = run_program(yaml.safe_dump({"config": changed(JOB, definition)}))
    assert made.only("Role", "test-job-hello")
    own = {**definition, "containerProperties": {"jobRoleArn": ROLE}}
    run = run_program(yaml.safe_dump({"config": changed(JOB, own)}))
    assert [role.name for role in run.every("Role") if role.name == "test-job-hello"] == []


def test_an_update_policy_that_never_counts_is_warned_of(
    run_program: RunProgram, tmp_path: Path
) -> None:
    environment = {"type": "EC2", "updatePolicy": {"terminateJobsOnUpdate": True}}
    linked = {**VALID, "batch-platform:computeEnvironments": {"default": environment}}
    custom = {**linked, "batch-platform:roles": {"serviceRole": "custom"}}

    def warnings(config: dict[str, Any]) -> list[str]:
        told = [
            line for line in summary(assumed_plan(load(config, tmp_path))) if " warning " in line
        ]
        run = run_program(stack_file(config), answers=NETWORK_OF_ANOTHER)
        assert [line.split(maxsplit=1)[1] for line in told] == run.warnings
        return run.warnings

    assert warnings(linked) == []
    (warning,) = warnings(custom)
    assert warning.startswith("computeEnvironments.default.updatePolicy: with roles.serviceRole")
