"""Records of the traffic in the stack's VPC."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.batch_platform.program_config import ECR, config
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_files import changed, refusals

ENABLED = "{enabled: true, trafficType: ALL, retentionInDays: 90}"


@pytest.mark.sampled(3)
@pytest.mark.parametrize("mode", ["public", "endpoints", "nat"])
def test_a_flow_log_with_a_log_group_and_a_role_of_its_own(
    run_program: RunProgram, mode: str
) -> None:
    run = run_program(config(f"{{mode: {mode}, flowLogs: {ENABLED}}}", image=ECR))

    log = run.only("FlowLog")
    group = run.only("LogGroup", "test-flow-logs").inputs
    assert (group["name"], group["retentionInDays"]) == ("/aws/vpc/test", 90)
    assert log.inputs["vpcId"] == "Vpc/test-vpc"
    assert log.inputs["trafficType"] == "ALL"
    assert log.inputs["logDestination"] == "arn:LogGroup//aws/vpc/test"
    assert log.inputs["iamRoleArn"].startswith("arn:Role/test-flow-logs")
    assert log.delete_before_replace
    assert run.only("RolePolicy", "test-flow-logs").urn in log.dependencies


def test_the_role_writes_to_that_group_alone_and_for_this_accounts_flow_logs(
    run_program: RunProgram,
) -> None:
    run = run_program(config(f"{{mode: nat, flowLogs: {ENABLED}}}"))

    (may,) = json.loads(run.only("RolePolicy", "test-flow-logs").inputs["policy"])["Statement"]
    assert may["Resource"] == ("arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/vpc/test:*")
    assert may["Action"] == ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    role = run.only("Role", "test-flow-logs").inputs
    (trusted,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trusted["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trusted["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": ["arn:aws:ec2:ap-northeast-1:123456789012:vpc-flow-log/*"]},
    }


def test_by_default_nothing_is_recorded(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}"))

    assert run.every("FlowLog") == []
    assert [one.name for one in run.every("LogGroup")] == ["test-jobs"]
    assert "test-flow-logs" not in {one.name for one in run.every("Role")}


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ({"mode": "nat", "flowLogs": {"trafficType": "BOTH"}}, "'BOTH' is not one of REJECT"),
        ({"mode": "nat", "flowLogs": {"retentionInDays": 31}}, "31 is not a retention"),
        ({"mode": "nat", "flowLogs": {"kmsKeyId": "alias/x"}}, "is not the ARN of a KMS key"),
        (
            {
                "mode": "existing",
                "vpcId": "vpc-1",
                "subnetIds": ["subnet-1"],
                "securityGroupIds": ["sg-1"],
                "flowLogs": {"enabled": True},
            },
            "network.flowLogs: unknown key",
        ),
    ],
)
def test_a_mistake_in_the_flow_logs(tmp_path: Path, network: dict[str, Any], said: str) -> None:
    lines = refusals(changed("network", network), tmp_path)

    assert any(said in line for line in lines), lines
