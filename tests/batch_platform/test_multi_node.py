"""Nodes of a multi-node job reach one another, and what is outside of the VPC."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batch_platform.__main__ import main
from batch_platform.policy.network import no_way_in
from tests.batch_platform.generated_configs import stack_file
from tests.batch_platform.program_config import ECR, EVERYTHING_OUT, SUBNET
from tests.batch_platform.recorded_policies import violations
from tests.batch_platform.recorded_run import Answer, Registered, RunProgram

SIZE = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
MPI = {
    "nodeProperties": {
        "numNodes": 2,
        "mainNode": 0,
        "nodeRangeProperties": [
            {"targetNodes": "0:", "container": {"image": ECR, "resourceRequirements": SIZE}}
        ],
    }
}
EXISTING = {
    "mode": "existing",
    "vpcId": "vpc-1",
    "subnetIds": ["subnet-1"],
    "securityGroupIds": ["sg-1", "sg-2"],
}


def config(network: dict[str, Any], job: dict[str, Any] = MPI) -> str:
    return stack_file(
        {
            "aws:region": "ap-northeast-1",
            "network": network,
            "computeEnvironments": {"default": {"type": "EC2"}},
            "jobQueues": {"default": {"computeEnvironments": ["default"]}},
            "jobDefinitions": {"mpi": job},
        }
    )


def test_nodes_with_public_addresses_alone_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], run_program: RunProgram
) -> None:
    text = config({"mode": "public"})
    (tmp_path / "Pulumi.test.yaml").write_text(text)
    assert main(["check", "--stack", "test", "--directory", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "mpi.nodeProperties: it runs on several nodes, and network.mode is public" in said
    assert "fix: use network mode nat or endpoints" in said

    run = run_program(text)
    assert (run.resources, len(run.refused)) == ([], 1)


@pytest.mark.parametrize("mode", ["nat", "endpoints"])
def test_the_group_of_nodes_is_open_to_itself_alone(mode: str, run_program: RunProgram) -> None:
    run = run_program(config({"mode": mode}))
    assert run.refused == []
    group = run.only("SecurityGroup", "test-instances")
    for direction, kind in (("in", "Ingress"), ("out", "Egress")):
        rule = run.only(f"SecurityGroup{kind}Rule", f"test-instances-nodes-{direction}")
        assert rule.inputs["ipProtocol"] == "-1"
        ends = ("securityGroupId", "referencedSecurityGroupId")
        assert {tuple(rule.property_dependencies[end]) for end in ends} == {(group.urn,)}
        assert not {"cidrIpv4", "fromPort", "toPort"} & rule.inputs.keys()
        environment = run.only("ComputeEnvironment")
        assert rule.urn in environment.dependencies
    assert violations([no_way_in], run.resources) == {}
    assert violations([no_way_in], entered_by_another(run.resources)) != {}


def entered_by_another(resources: list[Registered]) -> list[Registered]:
    """Let another group into that of the nodes."""
    for each in resources:
        if each.name == "test-instances-nodes-in":
            each.property_dependencies["referencedSecurityGroupId"] = ["urn:another"]
    return resources


def test_without_such_jobs_nothing_is_open(run_program: RunProgram) -> None:
    run = run_program(config({"mode": "nat"}, {"image": ECR, "memory": 4}))
    assert run.every("SecurityGroupIngressRule") == []


NAT = [{"cidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1"}]
INTERNET = [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]


def network(routes: list[dict[str, Any]], *rules: dict[str, Any]) -> list[Answer]:
    return [
        ("getSubnet", {}, SUBNET),
        ("getRouteTable", {}, {"routes": routes}),
        ("getVpc", {"id": "vpc-1"}, {"enableDnsSupport": True, "enableDnsHostnames": True}),
        ("getSecurityGroup", {}, {"vpcId": "vpc-1"}),
        ("getSecurityGroupRules", {}, {"ids": [f"sgr-{n}" for n in range(len(rules))]}),
        *(
            ("getSecurityGroupRule", {"securityGroupRuleId": f"sgr-{number}"}, rule)
            for number, rule in enumerate(rules)
        ),
    ]


def ingress(**more: Any) -> dict[str, Any]:
    return {"isEgress": False, "ipProtocol": "-1", **more}


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([EVERYTHING_OUT], "lets the nodes of a job reach one another (in)"),
        ([EVERYTHING_OUT, ingress(referencedSecurityGroupId="sg-9")], "one another (in)"),
        (
            [
                EVERYTHING_OUT,
                ingress(ipProtocol="tcp", fromPort=22, toPort=22, cidrIpv4="10.0.0.0/8"),
            ],
            "one another (in)",
        ),
        (
            [
                {**EVERYTHING_OUT, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443},
                ingress(referencedSecurityGroupId="sg-2"),
            ],
            "one another (out)",
        ),
    ],
)
def test_an_existing_group_that_keeps_nodes_apart_is_refused(
    rules: list[dict[str, Any]], words: str, run_program: RunProgram
) -> None:
    run = run_program(config(EXISTING), answers=network(NAT, *rules))
    assert run.resources == []
    (line,) = run.refused
    assert words in line
    assert "no rule of sg-1, sg-2" in line

    assumed = {**EXISTING, "reachability": "assumed"}
    taken = run_program(config(assumed), answers=network(NAT, *rules))
    assert taken.refused == []
    assert any(words in warning for warning in taken.warnings)


@pytest.mark.parametrize(
    "rule",
    [
        ingress(referencedSecurityGroupId="sg-2"),
        ingress(cidrIpv4="10.0.0.0/8"),
        ingress(ipProtocol="tcp", fromPort=0, toPort=65535, referencedSecurityGroupId="sg-1"),
    ],
)
def test_an_existing_group_that_joins_nodes_is_taken(
    rule: dict[str, Any], run_program: RunProgram
) -> None:
    run = run_program(config(EXISTING), answers=network(NAT, EVERYTHING_OUT, rule))
    assert run.refused == []


def test_an_existing_public_subnet_is_refused_for_nodes(run_program: RunProgram) -> None:
    rules = [EVERYTHING_OUT, ingress(cidrIpv4="10.0.0.0/8")]
    (line,) = run_program(config(EXISTING), answers=network(INTERNET, *rules)).refused
    assert "subnetIds[0]: subnet-1 leads to the internet gateway by itself" in line

    one = {"image": ECR, "memory": 4}
    assert run_program(config(EXISTING, one), answers=network(INTERNET, *rules)).refused == []
