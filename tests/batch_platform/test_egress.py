"""Where instances in a network of the stack's own may connect to, and groups that others made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batch_platform.__main__ import main
from tests.batch_platform.program_config import ECR, config
from tests.batch_platform.recorded_run import Answer, Run, RunProgram
from tests.batch_platform.stack_files import changed, refusals

pytestmark = pytest.mark.sampled(3)

GROUP = "securityGroupId: sg-5"
THERE: list[Answer] = [
    ("getSecurityGroup", {"id": "sg-5"}, {"vpcId": "vpc-peered"}),
    ("getSecurityGroup", {"id": "sg-6"}, {"vpcId": "vpc-own"}),
]
MODES = ["public", "nat", "endpoints"]


def rules(run: Run) -> dict[str, dict[str, Any]]:
    """Egress rules of the config, by name; those of the stack have other names."""
    assert run.refused == []
    keys = ("ipProtocol", "fromPort", "toPort", "cidrIpv4", "referencedSecurityGroupId")
    ours = ("https", "endpoints", "s3")
    return {
        name: {key: one.inputs[key] for key in keys if key in one.inputs}
        for one in run.every("SecurityGroupEgressRule")
        if (name := one.name.removeprefix("test-instances-")) not in ours
    }


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("rule", "name", "made"),
    [
        (
            "fromPort: 5432, cidr: 10.9.0.0/16",
            "tcp-5432-5432-10.9.0.0/16",
            {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrIpv4": "10.9.0.0/16"},
        ),
        (
            f"protocol: udp, fromPort: 53, toPort: 54, {GROUP}",
            "udp-53-54-sg-5",
            {
                "ipProtocol": "udp",
                "fromPort": 53,
                "toPort": 54,
                "referencedSecurityGroupId": "sg-5",
            },
        ),
        (
            "protocol: icmp, cidr: 10.9.0.0/16",
            "icmp-10.9.0.0/16",
            {"ipProtocol": "icmp", "fromPort": -1, "toPort": -1, "cidrIpv4": "10.9.0.0/16"},
        ),
        (
            f"protocol: all, {GROUP}",
            "all-sg-5",
            {"ipProtocol": "-1", "referencedSecurityGroupId": "sg-5"},
        ),
    ],
)
def test_a_rule_of_the_config_in_every_mode_that_makes_a_network(
    mode: str, rule: str, name: str, made: dict[str, Any], run_program: RunProgram
) -> None:
    text = config(f"{{mode: {mode}, egress: [{{{rule}}}]}}", image=ECR)
    assert rules(run_program(text, answers=THERE)) == {name: made}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"cidr": "10.0.0.0/8"}, "egress[0]: a rule for tcp has no fromPort"),
        (
            {"protocol": "icmp", "fromPort": 8, "cidr": "10.0.0.0/8"},
            "egress[0].fromPort: 8: icmp has no ports",
        ),
        (
            {"protocol": "all", "toPort": 8, "cidr": "10.0.0.0/8"},
            "egress[0].toPort: 8: all has no ports",
        ),
        ({"fromPort": 1}, "egress[0]: it leads nowhere, and a rule leads to one of cidr, cidrIpv6"),
        (
            {"fromPort": 1, "cidr": "10.0.0.0/8", "securityGroupId": "sg-1"},
            "egress[0]: it has cidr and securityGroupId, and a rule leads to one of",
        ),
        ({"fromPort": 1, "securityGroupId": "vpc-1"}, "is not an id that begins with sg-"),
        ({"protocol": "sctp", "cidr": "10.0.0.0/8"}, "protocol: 'sctp' is not one of"),
    ],
)
def test_a_rule_that_could_not_be(rule: dict[str, Any], said: str, tmp_path: Path) -> None:
    lines = refusals(changed("network", {"mode": "nat", "egress": [rule]}), tmp_path)
    assert any(said in line for line in lines), lines


def test_the_same_rule_twice_is_refused_whatever_its_description(tmp_path: Path) -> None:
    one = {"fromPort": 22, "cidr": "10.9.0.0/16"}
    same = {**one, "toPort": 22, "description": "Again"}
    lines = refusals(changed("network", {"mode": "nat", "egress": [one, same]}), tmp_path)
    assert any("egress[1]" in line and "is in the list twice" in line for line in lines), lines


EFS = "launchTemplate: {efsMounts: [{fileSystemId: fs-0123abcd, mountPath: /data}]}"
MADE_ANYWAY = {
    "for TCP 443 to anywhere": config(
        "{mode: nat, egress: [{fromPort: 443, cidr: 0.0.0.0/0}]}", image=ECR
    ),
    "since file systems are mounted": config(
        "{mode: endpoints, egress: [{fromPort: 2049, cidr: 10.0.0.0/16}]}", image=ECR
    ).replace("{type: EC2}", f"{{type: EC2, {EFS}}}"),
}


@pytest.mark.parametrize("why", MADE_ANYWAY)
def test_a_rule_that_the_stack_makes_anyway_is_refused(
    why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], run_program: RunProgram
) -> None:
    (tmp_path / "Pulumi.test.yaml").write_text(MADE_ANYWAY[why])
    assert main(["check", "--stack", "test", "--directory", str(tmp_path)]) == 1
    assert f"egress[0]: the stack makes this rule itself, {why}" in capsys.readouterr().err
    run = run_program(MADE_ANYWAY[why])
    assert (run.resources, len(run.refused)) == ([], 1)


@pytest.mark.parametrize("mode", MODES)
def test_instances_are_in_groups_that_others_made_in_the_vpc(
    mode: str, run_program: RunProgram
) -> None:
    text = config(f"{{mode: {mode}, securityGroupIds: [sg-6]}}", image=ECR)
    run = run_program(text, answers=THERE)
    assert run.refused == []
    resources = run.only("ComputeEnvironment").inputs["computeResources"]
    assert resources["securityGroupIds"] == ["SecurityGroup/test-instances", "sg-6"]
    assert run.outputs["network"]["securityGroupIds"] == resources["securityGroupIds"]


@pytest.mark.parametrize(
    ("network", "answers", "said"),
    [
        ("securityGroupIds: [sg-9]", [], "securityGroupIds[0]: sg-9 does not exist"),
        (
            "securityGroupIds: [sg-9]",
            [
                ("getSecurityGroup", {"id": "sg-9"}, {"vpcId": "vpc-9"}),
                ("getVpc", {"id": "vpc-9"}, {"cidrBlock": "10.0.0.0/16", "tags": {}}),
            ],
            "sg-9 is in vpc-9, which is not the VPC that the stack makes; fix: make the group in",
        ),
        (
            "cidr: 10.1.0.0/16, securityGroupIds: [sg-9]",
            [
                ("getSecurityGroup", {"id": "sg-9"}, {"vpcId": "vpc-9"}),
                (
                    "getVpc",
                    {"id": "vpc-9"},
                    {"cidrBlock": "10.0.0.0/16", "tags": {"batch-platform:environment": "test"}},
                ),
            ],
            "sg-9 is in vpc-9, which is not the VPC that the stack makes",
        ),
        (
            "egress: [{protocol: all, securityGroupId: sg-9}]",
            [],
            "egress[0].securityGroupId: sg-9 does not exist",
        ),
    ],
)
def test_groups_that_could_not_be_used_are_refused_before_anything_is_made(
    network: str, answers: list[Answer], said: str, run_program: RunProgram
) -> None:
    run = run_program(config(f"{{mode: nat, {network}}}"), answers=answers)
    assert run.resources == []
    (line,) = run.refused
    assert said in line


def test_at_most_four_groups_of_others(tmp_path: Path) -> None:
    groups = [f"sg-{number}" for number in range(5)]
    lines = refusals(changed("network", {"mode": "nat", "securityGroupIds": groups}), tmp_path)
    assert any("securityGroupIds" in line and "at most 4" in line for line in lines), lines
