"""IPv6 beside IPv4 in a network that the stack makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batch_platform.network.addresses import ipv6_subnet
from batch_platform.network.facts import rule_of
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_run import Run, RunProgram
from tests.batch_platform.stack_files import changed, refusals

EVERYWHERE = "::/0"
BLOCK = "2600:1f14:0:aa"
"""Beginning of what the recorded program has from Amazon; two digits tell the subnet."""


def ipv6_routes(run: Run) -> dict[str, str]:
    """Route table to where IPv6 leads."""
    return {
        one.inputs["routeTableId"].removeprefix("RouteTable/test-"): one.inputs.get("gatewayId")
        or one.inputs["egressOnlyGatewayId"]
        for one in run.every("Route")
        if one.inputs.get("destinationIpv6CidrBlock") == EVERYWHERE
    }


def blocks(run: Run) -> dict[str, str | None]:
    assert run.refused == []
    return {
        one.name.removeprefix("test-"): one.inputs.get("ipv6CidrBlock")
        for one in run.every("Subnet")
    }


def egress(run: Run) -> dict[str, dict[str, Any]]:
    return {
        one.name.removeprefix("test-instances-"): one.inputs
        for one in run.every("SecurityGroupEgressRule")
        if "cidrIpv6" in one.inputs
    }


def test_public_subnets_reach_the_internet_by_ipv6_too(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public, ipv6: true}"))
    assert run.only("Vpc").inputs["assignGeneratedIpv6CidrBlock"] is True
    assert blocks(run) == {"public-1": f"{BLOCK}0f::/64", "public-2": f"{BLOCK}0e::/64"}
    assert all(one.inputs["assignIpv6AddressOnCreation"] for one in run.every("Subnet"))
    assert ipv6_routes(run) == {"public": "InternetGateway/test-internet"}
    (name, rule), *others = egress(run).items()
    assert (name, others) == ("https-ipv6", [])
    assert (rule["fromPort"], rule["toPort"], rule["cidrIpv6"]) == (443, 443, EVERYWHERE)
    # Nothing comes in, and an instance is not there before its way out is.
    assert run.every("SecurityGroupIngressRule") == []
    ways = [one.urn for one in run.every("Route")]
    assert set(ways) <= set(run.only("ComputeEnvironment").dependencies)


def test_private_subnets_reach_the_internet_by_a_gateway_that_lets_nothing_in(
    run_program: RunProgram,
) -> None:
    run = run_program(config("{mode: nat, ipv6: true, secondaryCidrs: [100.64.0.0/16]}"))
    assert blocks(run) == {
        "private-1": f"{BLOCK}00::/64",
        "private-2": f"{BLOCK}01::/64",
        "private-1-100.64.0.0/16": f"{BLOCK}10::/64",
        "private-2-100.64.0.0/16": f"{BLOCK}11::/64",
        "public-1": None,  # of the NAT gateway alone
    }
    gateway = run.only("EgressOnlyInternetGateway", "test-internet-ipv6")
    tables = {name for name in blocks(run) if name.startswith("private")}
    assert ipv6_routes(run) == dict.fromkeys(tables, f"EgressOnlyInternetGateway/{gateway.name}")


@pytest.mark.parametrize("mode", ["public", "nat", "endpoints"])
def test_without_it_there_is_no_ipv6(mode: str, run_program: RunProgram) -> None:
    image = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/busybox"
    run = run_program(config(f"{{mode: {mode}}}", image=image))
    assert set(blocks(run).values()) == {None}
    assert (ipv6_routes(run), egress(run)) == ({}, {})
    assert run.every("EgressOnlyInternetGateway") == []
    assert "assignGeneratedIpv6CidrBlock" not in run.only("Vpc").inputs


def test_egress_to_ipv6_blocks(run_program: RunProgram) -> None:
    rules = (
        "{fromPort: 5432, cidrIpv6: '2001:db8::/32'}, {protocol: icmp, cidrIpv6: '2001:db8::/32'}"
    )
    made = egress(run_program(config(f"{{mode: nat, ipv6: true, egress: [{rules}]}}")))
    assert made["tcp-5432-5432-2001:db8::/32"]["ipProtocol"] == "tcp"
    assert made["icmp-2001:db8::/32"]["ipProtocol"] == "icmpv6"


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ({"mode": "endpoints", "ipv6": True}, "ipv6: the endpoints are reached by IPv4"),
        (
            {
                "mode": "existing",
                "vpcId": "vpc-1",
                "subnetIds": ["subnet-1"],
                "securityGroupIds": ["sg-1"],
                "ipv6": True,
            },
            "ipv6: the VPC and its subnets are not made by the stack",
        ),
        (
            {"mode": "nat", "egress": [{"fromPort": 1, "cidrIpv6": "2001:db8::/32"}]},
            "egress[0].cidrIpv6: 2001:db8::/32: the network has no IPv6",
        ),
        (
            {"mode": "nat", "ipv6": True, "egress": [{"fromPort": 1, "cidrIpv6": "2001:DB8::/32"}]},
            "is not the short form of the first address of its block; fix: write 2001:db8::/32",
        ),
        (
            {"mode": "nat", "ipv6": True, "egress": [{"fromPort": 1, "cidrIpv6": "10.0.0.0/8"}]},
            "'10.0.0.0/8' is not an IPv6 block",
        ),
        (
            {
                "mode": "nat",
                "ipv6": True,
                "egress": [{"fromPort": 1, "cidr": "10.0.0.0/8", "cidrIpv6": "2001:db8::/32"}],
            },
            "egress[0]: it has cidr and cidrIpv6, and a rule leads to one of",
        ),
    ],
)
def test_what_could_not_be(network: dict[str, Any], said: str, tmp_path: Path) -> None:
    lines = refusals(changed("network", network), tmp_path)
    assert any(said in line for line in lines), lines


def test_https_to_anywhere_by_ipv6_is_let_out_already(run_program: RunProgram) -> None:
    rule = f"{{fromPort: 443, cidrIpv6: '{EVERYWHERE}'}}"
    (line,) = run_program(config(f"{{mode: nat, ipv6: true, egress: [{rule}]}}")).refused
    assert "egress[0]: the stack makes this rule itself, for TCP 443 to anywhere by IPv6" in line


def test_the_parts_of_a_block_are_apart() -> None:
    parts = {ipv6_subnet("2600:1f14:0:aa00::/56", number) for number in range(256)}
    assert len(parts) == 256
    assert ipv6_subnet("2600:1f14:0:aa00::/56", 255) == "2600:1f14:0:aaff::/64"


@pytest.mark.parametrize("inside", [True, False])
def test_ecs_is_not_reached_by_a_rule_for_ipv6_alone(inside: bool) -> None:
    rule = {"is_egress": True, "ip_protocol": "-1", "cidr_ipv6": EVERYWHERE}
    assert not rule_of(rule).lets_https_out(inside=inside)
