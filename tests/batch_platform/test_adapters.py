"""Elastic Fabric Adapters: interfaces, groups, zone, network and jobs that go with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batch_platform.policy.network import no_way_in
from tests.batch_platform.generated_configs import stack_file
from tests.batch_platform.program_config import EVERYTHING_OUT, SUBNET
from tests.batch_platform.recorded_policies import violations
from tests.batch_platform.recorded_run import Answer, Run, RunProgram
from tests.batch_platform.stack_files import CE, changed, refusals

P4D: dict[str, Any] = {
    "type": "EC2",
    "instanceTypes": ["p4d.24xlarge"],
    "placement": {"strategy": "cluster"},
    "launchTemplate": {"efa": 4},
}
NAT = {"mode": "nat", "availabilityZones": 2}
EXISTING = {
    "mode": "existing",
    "vpcId": "vpc-1",
    "subnetIds": ["subnet-1", "subnet-2"],
    "securityGroupIds": ["sg-1"],
}


def config(
    environment: dict[str, Any], network: dict[str, Any], job: dict[str, Any] | None = None
) -> str:
    wanted = changed(CE, environment)
    wanted["batch-platform:network"] = network
    if job:
        wanted["batch-platform:jobDefinitions"] = {"mpi": job}
    return stack_file(wanted)


def efa(count: int, **more: Any) -> dict[str, Any]:
    return {**P4D, "launchTemplate": {"efa": count}, **more}


def test_each_instance_has_an_adapter_on_each_network_card(run_program: RunProgram) -> None:
    run = run_program(config(P4D, NAT))
    assert run.refused == []
    group = "SecurityGroup/test-instances"
    interfaces = run.only("LaunchTemplate", "test-default").inputs["networkInterfaces"]
    assert [each["interfaceType"] for each in interfaces] == ["efa", *["efa-only"] * 3]
    assert [each["networkCardIndex"] for each in interfaces] == [0, 1, 2, 3]
    assert [each["deviceIndex"] for each in interfaces] == [0, 1, 1, 1]
    assert [each["securityGroups"] for each in interfaces] == [[group]] * 4
    resources = run.only("ComputeEnvironment", "test-default").inputs["computeResources"]
    # AWS Batch takes the groups in one of the two places alone.
    assert "securityGroupIds" not in resources
    assert resources["subnets"] == ["Subnet/test-private-1"]
    other = run.only("ComputeEnvironment", "test-spot").inputs["computeResources"]
    assert other["securityGroupIds"] == [group]
    assert "networkInterfaces" not in run.only("LaunchTemplate", "test-spot").inputs


def test_the_group_is_open_to_itself_alone(run_program: RunProgram) -> None:
    run = run_program(config(P4D, NAT))
    for kind in ("SecurityGroupIngressRule", "SecurityGroupEgressRule"):
        (rule,) = [each for each in run.every(kind) if "nodes" in each.name]
        assert rule.inputs["ipProtocol"] == "-1"
        assert rule.inputs["referencedSecurityGroupId"] == "SecurityGroup/test-instances"
        assert rule.inputs["securityGroupId"] == "SecurityGroup/test-instances"
    assert violations([no_way_in], run.resources) == {}


def to_itself(**more: Any) -> dict[str, Any]:
    return {"ipProtocol": "-1", "referencedSecurityGroupId": "sg-1", **more}


def existing(*rules: dict[str, Any], gateway: str = "natGatewayId") -> list[Answer]:
    target = {gateway: "igw-1" if gateway == "gatewayId" else "nat-1"}
    numbered = {f"sgr-{index}": rule for index, rule in enumerate((EVERYTHING_OUT, *rules))}
    return [
        ("getVpc", {}, {"enableDnsSupport": True, "enableDnsHostnames": True}),
        ("getSubnet", {}, SUBNET),
        ("getRouteTable", {}, {"routes": [{"cidrBlock": "0.0.0.0/0", **target}]}),
        ("getSecurityGroup", {}, {"vpcId": "vpc-1"}),
        ("getSecurityGroupRules", {}, {"ids": [*numbered]}),
        *(
            ("getSecurityGroupRule", {"securityGroupRuleId": name}, rule)
            for name, rule in numbered.items()
        ),
    ]


def test_an_existing_group_must_be_open_to_itself(run_program: RunProgram) -> None:
    def run(*rules: dict[str, Any], **more: Any) -> Run:
        return run_program(config(efa(2), EXISTING), answers=existing(*rules, **more))

    both = (to_itself(isEgress=False), to_itself(isEgress=True))
    taken = run(*both)
    assert taken.refused == []
    resources = taken.only("ComputeEnvironment", "test-default").inputs["computeResources"]
    assert resources["subnets"] == ["subnet-1"]

    # A rule by addresses lets everything through but EFA.
    (line,) = run({"isEgress": False, "ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"}).refused
    assert "securityGroupIds[0]: no rule of sg-1 allows all traffic from and to sg-1 itself" in line
    assert "(in and out), and EFA works by no other rule; fix: add a rule" in line
    (line,) = run(both[0]).refused
    assert "(out), and EFA" in line
    (line,) = run(*both, gateway="gatewayId").refused
    assert "subnetIds[0]: subnet-1 leads to the internet gateway by itself" in line


def test_several_adapters_have_no_public_address(run_program: RunProgram) -> None:
    (line,) = run_program(config(P4D, {"mode": "public"})).refused
    assert "launchTemplate.efa: 4, and network.mode is public: EC2 gives an instance" in line
    assert run_program(config(efa(1), {"mode": "public"})).refused == []


def mpi(**linux: Any) -> dict[str, Any]:
    size = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
    container = {"image": "mpi", "resourceRequirements": size, "linuxParameters": linux}
    groups = [{"targetNodes": "0:", "container": container}]
    return {"nodeProperties": {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": groups}}


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("device", "used"),
    [
        ({"hostPath": "/dev/infiniband/uverbs0"}, True),
        (
            {
                "hostPath": "/dev/infiniband/uverbs0",
                "containerPath": "/dev/infiniband/uverbs0",
                "permissions": ["WRITE", "READ", "MKNOD"],
            },
            True,
        ),
        ({"hostPath": "/dev/infiniband/uverbs0", "permissions": ["READ"]}, False),
        ({"hostPath": "/dev/infiniband/uverbs0", "containerPath": "/dev/efa"}, False),
        ({"hostPath": "/dev/fuse"}, False),
    ],
)
def test_nodes_without_the_device_are_warned_of(
    device: dict[str, Any], used: bool, run_program: RunProgram
) -> None:
    warnings = run_program(config(P4D, NAT, mpi(devices=[device]))).warnings
    words = "jobDefinitions.mpi: its nodes do not use the EFA of computeEnvironments.default"
    assert [each.partition(";")[0] for each in warnings] == ([] if used else [words])
    assert run_program(config({"type": "EC2"}, NAT, mpi(devices=[device]))).warnings == []


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            efa(1, instanceTypes=["c5n"]),
            "launchTemplate.efa: 1 EFA interface(s), and c5n.large, c5n.xlarge, c5n.2xlarge and 1",
        ),
        (efa(5), "launchTemplate.efa: 5 EFA interface(s), and p4d.24xlarge can have 4 at most"),
        (efa(33), "launchTemplate.efa: 33 is above 32"),
        # Its first network card has none.
        (efa(1, instanceTypes=["p6-b300.48xlarge"]), "p6-b300.48xlarge can have none, so EC2"),
        (
            efa(1, placement=None),
            "launchTemplate.efa: all instances with EFA must be in one cluster placement group",
        ),
        (
            efa(1, placement={"strategy": "spread"}),
            "placement.strategy: instances with EFA (launchTemplate.efa) want a cluster, and it is",
        ),
    ],
)
def test_adapters_that_no_instance_could_have(
    tmp_path: Path, environment: dict[str, Any], said: str
) -> None:
    given = {key: value for key, value in environment.items() if value is not None}
    (line,) = refusals(changed(CE, given), tmp_path)
    assert said in line


def test_a_group_of_another_team_or_a_capacity_block_will_do(run_program: RunProgram) -> None:
    near = efa(1, placementGroup="near")
    del near["placement"]
    assert run_program(config(near, NAT)).refused == []
    block = {"capacityReservation": {"id": "cr-0a1b", "marketType": "capacity-block"}, "efa": 4}
    reserved = {**P4D, "launchTemplate": block, "allocationStrategy": "BEST_FIT"}
    del reserved["placement"]
    assert run_program(config(reserved, NAT)).refused == []
