"""Further IPv4 blocks of a VPC that the stack makes, and the subnets that are in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batch_platform.__main__ import main
from batch_platform.settings import validate_stack_file
from batch_platform.settings.stack_file import StackFile
from tests.batch_platform.program_config import ECR, config
from tests.batch_platform.recorded_run import Run, RunProgram
from tests.batch_platform.stack_files import changed, refusals

A, C = "ap-northeast-1a", "ap-northeast-1c"
SHARED = "100.64.0.0/16"


def subnets(run: Run) -> dict[str, tuple[str, str]]:
    """Name of a subnet to its block and zone."""
    assert run.refused == []
    return {
        one.name.removeprefix("test-"): (one.inputs["cidrBlock"], one.inputs["availabilityZone"])
        for one in run.every("Subnet")
    }


def targets(run: Run) -> dict[str, str]:
    """Subnet to where its default route leads."""
    routes = {
        one.inputs["routeTableId"]: one.inputs.get("gatewayId") or one.inputs["natGatewayId"]
        for one in run.every("Route")
    }
    return {
        one.inputs["subnetId"]: routes[one.inputs["routeTableId"]]
        for one in run.every("RouteTableAssociation")
    }


def test_each_block_gives_the_instances_a_subnet_in_each_zone(run_program: RunProgram) -> None:
    run = run_program(
        config(f"{{mode: nat, natGateways: perZone, secondaryCidrs: [{SHARED}, 10.1.0.0/20]}}")
    )
    assert subnets(run) == {
        "public-1": ("10.0.240.0/20", A),
        "public-2": ("10.0.224.0/20", C),
        "private-1": ("10.0.0.0/20", A),
        "private-2": ("10.0.16.0/20", C),
        f"private-1-{SHARED}": ("100.64.0.0/20", A),
        f"private-2-{SHARED}": ("100.64.16.0/20", C),
        "private-1-10.1.0.0/20": ("10.1.0.0/24", A),
        "private-2-10.1.0.0/20": ("10.1.1.0/24", C),
    }
    associated = {one.inputs["cidrBlock"]: one for one in run.every("VpcIpv4CidrBlockAssociation")}
    assert set(associated) == {SHARED, "10.1.0.0/20"}
    # A subnet in a block that is not there yet would fail; and the block goes after it.
    subnet = run.only("Subnet", f"test-private-1-{SHARED}")
    assert associated[SHARED].urn in subnet.dependencies
    used = run.only("ComputeEnvironment").inputs["computeResources"]["subnets"]
    assert len(used) == 6
    assert {targets(run)[each] for each in used if "private-1" in each} == {"NatGateway/test-nat-1"}
    assert {targets(run)[each] for each in used if "private-2" in each} == {"NatGateway/test-nat-2"}


def test_public_subnets_are_placed_from_the_top_there_too(run_program: RunProgram) -> None:
    run = run_program(config(f"{{mode: public, secondaryCidrs: [{SHARED}]}}"))
    assert subnets(run)[f"public-1-{SHARED}"] == ("100.64.240.0/20", A)
    assert set(targets(run).values()) == {"InternetGateway/test-internet"}
    assert len(targets(run)) == 4


def test_interface_endpoints_are_in_one_subnet_of_each_zone(run_program: RunProgram) -> None:
    run = run_program(config(f"{{mode: endpoints, secondaryCidrs: [{SHARED}]}}", image=ECR))
    assert len(subnets(run)) == 4
    for endpoint in run.every("VpcEndpoint"):
        if endpoint.inputs["vpcEndpointType"] == "Interface":
            assert endpoint.inputs["subnetIds"] == [
                "Subnet/test-private-1",
                "Subnet/test-private-2",
            ]
        else:
            assert len(endpoint.inputs["routeTableIds"]) == 4


def test_efs_is_reached_in_every_block(run_program: RunProgram) -> None:
    mounts = "launchTemplate: {efsMounts: [{fileSystemId: fs-0123abcd, mountPath: /data}]}"
    text = config(f"{{mode: nat, secondaryCidrs: [{SHARED}]}}")
    run = run_program(text.replace("{type: EC2}", f"{{type: EC2, {mounts}}}"))
    rules = run.every("SecurityGroupEgressRule")
    reached = {one.inputs["cidrIpv4"] for one in rules if one.inputs["fromPort"] == 2049}
    assert reached == {"10.0.0.0/16", SHARED}


def test_check_counts_their_addresses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = config(
        "{mode: endpoints, cidr: 10.0.0.0/24, secondaryCidrs: [100.64.0.0/24]}", image=ECR
    )
    (tmp_path / "Pulumi.test.yaml").write_text(text)
    assert main(["check", "--stack", "test", "--directory", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "each with a /28 that has 5 addresses for instances and tasks" in said
    assert "; 100.64.0.0/24, each with a /28 of 11 more" in said
    assert "and the subnets have 32 addresses" in said


@pytest.mark.parametrize(
    ("cidr", "secondary", "said"),
    [
        ("10.0.0.0/16", ["10.0.128.0/17"], "10.0.128.0/17 overlaps 10.0.0.0/16"),
        ("10.0.0.0/16", [SHARED, "100.64.8.0/24"], "100.64.8.0/24 overlaps 100.64.0.0/16"),
        ("10.0.0.0/16", ["172.16.0.0/16"], "is in 172.16.0.0/12, of which AWS adds no block"),
        ("10.0.0.0/16", ["192.168.0.0/24"], "is in 192.168.0.0/16"),
        ("10.0.0.0/16", ["198.19.0.0/24"], "is in 198.19.0.0/16"),
        ("10.1.0.0/16", ["10.0.4.0/24"], "10.0.4.0/24 is in 10.0.0.0/16"),
        ("172.16.0.0/16", ["172.31.0.0/20"], "is in 172.31.0.0/16"),
        ("172.16.0.0/16", ["10.9.0.0/16"], "is in 10.0.0.0/8"),
        ("192.168.0.0/20", ["172.20.0.0/16"], "is in 172.16.0.0/12"),
        ("100.64.0.0/16", ["10.0.0.0/16"], "is in 10.0.0.0/8"),
        ("100.64.0.0/16", ["198.19.0.0/20"], "is in 198.19.0.0/16"),
        ("198.19.0.0/20", ["192.168.0.0/24"], "is in 192.168.0.0/16"),
        ("10.0.0.0/16", ["100.0.0.0/8"], "is not a VPC's size"),
        ("10.0.0.0/16", ["100.64.0.1/16"], "is not the first address of its block"),
        ("10.0.0.0/16", ["100.64.0.0/28"], "2 zones need 2 subnets of /28 or larger"),
        ("10.0.0.0/16", [f"100.{n}.0.0/16" for n in range(64, 72)], "are 18 subnets"),
        ("169.254.0.0/16", [], "is in 169.254.0.0/16, which is no address of hosts"),
        ("10.0.0.0/16", ["127.0.0.0/24"], "is in 127.0.0.0/8, which is no address of hosts"),
    ],
)
def test_blocks_that_aws_would_not_add_are_refused(
    cidr: str, secondary: list[str], said: str, tmp_path: Path
) -> None:
    network = {"mode": "public", "cidr": cidr, "secondaryCidrs": secondary}
    lines = refusals(changed("network", network), tmp_path)
    assert any(said in line for line in lines), lines


@pytest.mark.parametrize(
    ("cidr", "secondary"),
    [
        ("10.0.0.0/16", ["10.1.0.0/16", "10.200.0.0/20", SHARED, "203.0.113.0/24"]),
        ("10.2.0.0/16", ["10.0.0.0/16"]),
        ("172.16.0.0/16", ["172.17.0.0/16", SHARED]),
        ("192.168.0.0/20", ["192.168.16.0/20"]),
        ("100.64.0.0/16", ["100.65.0.0/16", "203.0.113.0/24"]),
        ("198.19.0.0/20", ["198.19.16.0/20", SHARED]),
    ],
)
def test_blocks_that_go_together_are_taken(cidr: str, secondary: list[str]) -> None:
    network: dict[str, Any] = {"mode": "public", "cidr": cidr, "secondaryCidrs": secondary}
    file = StackFile(Path("Pulumi.test.yaml"), "test", changed("network", network), {})
    taken = validate_stack_file(file).network
    assert taken.model_dump(by_alias=True)["secondaryCidrs"] == tuple(secondary)
