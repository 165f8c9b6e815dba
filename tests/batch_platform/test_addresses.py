"""How a VPC is cut into subnets, for every size and number of zones, and what fits into them."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from batch_platform.network.addresses import most_at_once, subnet_addresses, too_few
from batch_platform.plan import Account, Plan, assumed_plan, make_plan
from batch_platform.program.command import summary
from batch_platform.settings import Settings
from batch_platform.settings.instance_types import least_vcpus
from batch_platform.settings.network import MadeNetwork, Network
from tests.batch_platform.program_config import BESIDE_SUBNETS
from tests.batch_platform.recorded_run import Answer, RunProgram
from tests.batch_platform.stack_files import changed, load, refusals

ZONES = tuple(f"us-east-1{letter}" for letter in "abcdef")
MODES = {
    "public": {"mode": "public"},
    "endpoints": {"mode": "endpoints"},
    "nat": {"mode": "nat"},
    "nat, perZone": {"mode": "nat", "natGateways": "perZone"},
}
OF_ALL_SIZES = {
    "prefix": st.integers(16, 28),
    "second": st.integers(0, 255),
    "third": st.integers(0, 255),
}


def settled(mode: str, cidr: str, zones: int) -> MadeNetwork | None:
    """Return the network block, or None where it is refused."""
    value = {**MODES[mode], "cidr": cidr, "availabilityZones": zones}
    try:
        network: MadeNetwork = TypeAdapter(Network).validate_python(value)
    except ValidationError:
        return None
    return network


def planned(network: Any) -> Plan:
    settings = Settings("dev", "us-east-1", network, compute_environments={}, job_queues={})
    return make_plan(settings, Account("123456789012", ZONES))


def vpc(prefix: int, second: int, third: int) -> ipaddress.IPv4Network:
    return ipaddress.IPv4Network((f"10.{second}.{third}.0", prefix), strict=False)


@given(mode=st.sampled_from(sorted(MODES)), zones=st.integers(1, 6), **OF_ALL_SIZES)
def test_subnets_are_disjoint_parts_of_the_vpc_or_the_config_is_refused(
    mode: str, zones: int, prefix: int, second: int, third: int
) -> None:
    whole = vpc(prefix, second, third)
    room = min(16, 2 ** (28 - prefix))
    fits = zones * (2 if mode.startswith("nat") else 1) <= room and (mode, zones) != (
        "endpoints",
        1,
    )

    network = settled(mode, str(whole), zones)

    assert (network is not None) == fits
    if network is None:
        return
    plan = planned(network)
    assert [subnet.zone for subnet in plan.instance_subnets] == list(ZONES[:zones])
    gateways = {"nat": 1, "nat, perZone": zones}.get(mode, 0)
    assert len(plan.nat_subnets) == gateways
    subnets = [*plan.instance_subnets, *plan.nat_subnets]
    blocks = [ipaddress.IPv4Network(subnet.cidr) for subnet in subnets]
    assert all(block.subnet_of(whole) and 16 <= block.prefixlen <= 28 for block in blocks)
    assert not any(a.overlaps(b) for a in blocks for b in blocks if a is not b)
    # AWS keeps the first four addresses of a subnet and the last; an endpoint takes one.
    kept = 5 + len(plan.endpoints)
    assert subnet_addresses(network) == blocks[0].num_addresses - kept > 0


@given(mode=st.sampled_from(sorted(MODES)), zones=st.integers(1, 5), **OF_ALL_SIZES)
def test_a_further_zone_moves_no_subnet_whatever_the_size(
    mode: str, zones: int, prefix: int, second: int, third: int
) -> None:
    cidr = str(vpc(prefix, second, third))
    one, other = settled(mode, cidr, zones), settled(mode, cidr, zones + 1)
    if one is None or other is None:
        return
    fewer, more = planned(one), planned(other)
    assert more.instance_subnets[:zones] == fewer.instance_subnets
    assert more.nat_subnets[: len(fewer.nat_subnets)] == fewer.nat_subnets


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ({"mode": "public", "cidr": "10.0.0.0/27", "availabilityZones": 3}, "has room for 2"),
        ({"mode": "nat", "cidr": "10.0.0.0/26", "availabilityZones": 3}, "need 6 subnets"),
        ({"mode": "endpoints", "cidr": "10.0.0.0/28"}, "need 2 subnets of /28"),
    ],
)
def test_more_zones_than_the_block_has_room_for_are_refused_with_a_larger_one(
    tmp_path: Path, network: dict[str, Any], said: str
) -> None:
    (line,) = refusals(changed("network", network), tmp_path)
    assert "network.availabilityZones" in line
    assert said in line
    assert "use fewer zones or a larger `cidr`" in line


def test_endpoints_that_would_take_every_address_are_refused(tmp_path: Path) -> None:
    needed = ["ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs"]
    endpoints = [*needed, "sqs", "sns", "ssm", "kms", "sts"]
    block = {"mode": "endpoints", "cidr": "10.0.0.0/24", "endpoints": endpoints}
    lines = refusals(changed("network", block), tmp_path)
    assert any("11 endpoints take an address each in every subnet" in line for line in lines)


@pytest.mark.parametrize(
    ("name", "vcpus"),
    [
        ("c6i.large", 2),
        ("c6i.xlarge", 4),
        ("c6i.24xlarge", 96),
        ("c6i.metal", 128),
        ("m7i.metal-24xl", 96),
        ("a1.medium", 1),
        ("t3.micro", 2),
        ("c6i", 2),
        ("x99.large", 1),
        ("c7g", 1),
        ("optimal", 2),
        ("default_arm64", 1),
    ],
)
def test_the_fewest_vcpus_of_an_instance(name: str, vcpus: int) -> None:
    assert least_vcpus(name) == vcpus


def test_a_check_tells_the_addresses_and_warns_of_too_few(tmp_path: Path) -> None:
    block = {"mode": "public", "cidr": "10.0.0.0/24"}
    config = changed("network", block)
    config["batch-platform:computeEnvironments"] = {
        "default": {"type": "EC2", "instanceTypes": ["c6i.large", "c6i.4xlarge"], "maxVcpus": 100},
        "spot": {"type": "SPOT", "instanceTypes": ["c6i.xlarge"], "maxVcpus": 10},
    }
    settings = load(config, tmp_path)

    said = "\n".join(summary(assumed_plan(settings)))

    assert "10.0.0.0/24, 2 zones, each with a /28 that has 11 addresses" in said
    assert most_at_once(settings) == 50 + 3
    assert "up to 53 instances and tasks run at once, and the subnets have 22 addresses" in said
    assert too_few(settings, 53) == too_few(settings, None) == ""


def test_a_task_on_fargate_takes_an_address_each(tmp_path: Path) -> None:
    config = changed("computeEnvironments", {"default": {"type": "FARGATE", "maxVcpus": 64}})
    config["batch-platform:jobDefinitions"] = {
        key: {"image": "b", "memory": 1024, "vcpus": vcpus, "platform": "FARGATE"}
        for key, vcpus in (("small", 0.25), ("half", 0.5))
    }
    assert most_at_once(load(config, tmp_path)) == 256


@pytest.mark.every_case
def test_a_deployment_with_few_addresses_goes_on(run_program: RunProgram) -> None:
    text = """\
config:
  aws:region: ap-northeast-1
  batch-platform:network:
    mode: existing
    vpcId: vpc-1
    subnetIds: [subnet-1]
    securityGroupIds: [sg-1]
  batch-platform:computeEnvironments: {default: {type: EC2, maxVcpus: 1000}}
  batch-platform:jobQueues: {default: {computeEnvironments: [default]}}
"""
    route = {"cidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1"}
    answers: list[Answer] = [
        ("getSubnet", {}, {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/28"}),
        ("getRouteTable", {}, {"routes": [route]}),
        *BESIDE_SUBNETS,
    ]
    run = run_program(text, answers=answers)
    assert run.refused == []
    assert run.every("ComputeEnvironment")


def test_the_table_of_the_docs_is_what_is_planned() -> None:
    text = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| /")]
    assert [int(row[0].removeprefix("| /")) for row in rows] == list(range(16, 29))
    for prefix, (_, subnet, addresses, zones, in_nat) in enumerate(rows, start=16):
        cidr = f"10.0.0.0/{prefix}"
        most = {
            mode: max((n for n in range(1, 7) if settled(mode, cidr, n)), default=0)
            for mode in MODES
        }
        assert str(most["public"]) == zones.split(",")[0]
        assert {"none": "0"}.get(in_nat.rstrip(" |"), in_nat.rstrip(" |")) == str(most["nat"])
        public = settled("public", cidr, 1)
        assert public is not None
        assert planned(public).instance_subnets[0].cidr.endswith(subnet)
        assert addresses.split()[0] == str(subnet_addresses(public))
        if private := settled("endpoints", cidr, 2):
            assert addresses == f"{subnet_addresses(public)} ({subnet_addresses(private)})"
            assert most["endpoints"] == most["public"]
