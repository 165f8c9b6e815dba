"""Mistakes in the network block, and instances that could not reach ECS or pull an image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.batch_platform.stack_files import JOB, changed, load, refusals

PUBLIC = {"mode": "public"}
ENDPOINTS = {"mode": "endpoints"}
EXISTING = {
    "mode": "existing",
    "vpcId": "vpc-1",
    "subnetIds": ["subnet-1"],
    "securityGroupIds": ["sg-1"],
}


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ({}, "network: the key 'mode' is missing"),
        ({"mode": "privat"}, "network.mode: 'privat' is not one of public, endpoints, nat"),
        ({**PUBLIC, "cidr": "10.0.0.0"}, "fix: write 10.0.0.0/32"),
        ({**PUBLIC, "cidr": "10.0.0.1/16"}, "fix: write 10.0.0.0/16"),
        ({**PUBLIC, "cidr": "10.0.0.0/8"}, "which is /16 to /28; fix: write 10.0.0.0/16"),
        ({**PUBLIC, "cidr": "ten"}, "'ten' is not an IPv4 block"),
        ({**PUBLIC, "cidr": "10.0.0.0/28"}, "2 zones need 2 subnets of /28 or larger"),
        ({**PUBLIC, "availabilityZones": 0}, "0 zones: a region has 1 to 6 of them"),
        ({**PUBLIC, "availabilityZones": "two"}, "neither a number of zones nor a list"),
        ({**PUBLIC, "availabilityZones": ["a", "a"]}, "'a' is in the list twice"),
        ({**PUBLIC, "natGateways": "single"}, "network.natGateways: unknown key"),
        ({**PUBLIC, "egress": [{"fromPort": 9, "toPort": 1, "cidr": "10.0.0.0/8"}]}, "1 is below"),
        ({**ENDPOINTS, "availabilityZones": 1}, "use at least 2 zones in mode endpoints"),
        ({**ENDPOINTS, "endpoints": ["s3"]}, "'s3' is not needed as an interface endpoint"),
        ({"mode": "existing"}, "network.vpcId: missing"),
        ({**EXISTING, "vpcId": "subnet-1"}, "is not an id that begins with vpc-"),
        ({**EXISTING, "subnetIds": ["subnet-1", "sn"]}, "subnetIds[1]: 'sn' is not an id"),
        ({**EXISTING, "subnetIds": []}, "[] has 0 items"),
        ({**EXISTING, "securityGroupIds": ["sg-1"] * 6}, "give at most 5"),
    ],
)
def test_a_mistake_in_the_network(tmp_path: Path, network: dict[str, Any], said: str) -> None:
    lines = refusals(changed("network", network), tmp_path)

    assert any(said in line for line in lines), lines


@pytest.mark.parametrize(
    "network",
    [{**PUBLIC, "mapPublicIpOnLaunch": False}, {**ENDPOINTS, "endpoints": ["ecs", "ecs-agent"]}],
)
def test_instances_that_could_not_reach_ecs_are_refused_with_the_three_cures(
    tmp_path: Path, network: dict[str, Any]
) -> None:
    line = refusals(changed("network", network), tmp_path)[0]

    assert "cannot reach ECS" in line
    for cure in ("public IPs in a public subnet", "ecs, ecs-agent and ecs-telemetry", "NAT"):
        assert cure in line


@pytest.mark.parametrize(
    ("image", "reachable"),
    [
        ("busybox", False),
        ("public.ecr.aws/docker/library/busybox", False),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com/busybox", False),
        ("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/busybox:1", True),
    ],
)
def test_without_internet_images_come_from_the_regions_private_registry(
    tmp_path: Path, image: str, reachable: bool
) -> None:
    config = changed(f"{JOB}/image", image) | {"batch-platform:network": ENDPOINTS}

    if reachable:
        assert load(config, tmp_path).job_definitions["hello"].image == image
    else:
        (line,) = refusals(config, tmp_path)
        assert "hello.image" in line
        for cure in ("pull-through cache", "mode nat", "mode public"):
            assert cure in line
