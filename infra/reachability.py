"""Whether instances in somebody else's network could reach ECS. Decides on facts; no I/O.

An instance that cannot register leaves every job RUNNABLE for ever and says nothing, which is why
such a config is refused before anything is created (AWS Batch user guide, "Jobs stuck in a
RUNNABLE status").
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.settings import Problem
from infra.settings.checks import image_needs_internet
from infra.settings.network import ECS_ENDPOINTS, NEEDED_ENDPOINTS, THREE_CURES, ExistingNetwork

EVERY_ENDPOINT = (*NEEDED_ENDPOINTS, "s3")
"""All that instances without internet need; S3 holds the layers of ECR's images."""

_INTERNET = "0.0.0.0/0"
_PATH = ("batch-platform:network", "subnetIds")


@dataclass(frozen=True)
class SubnetFacts:
    """What AWS says about a subnet.

    Attributes:
        vpc_id: the VPC that it is in.
        public_ips: whether instances get a public IPv4 address on launch.
        routes: of its route table, with the keys of EC2's API in snake_case.
    """

    vpc_id: str
    public_ips: bool
    routes: Sequence[Mapping[str, Any]]


def default_route(routes: Sequence[Mapping[str, Any]]) -> str:
    """Return the id of what the default IPv4 route leads to, or nothing."""
    for route in routes:
        if route.get("cidr_block") == _INTERNET:
            targets = (str(value) for key, value in route.items() if key.endswith("_id") and value)
            return next(targets, "")
    return ""


def unreachable(
    network: ExistingNetwork,
    subnets: Sequence[SubnetFacts],
    endpoints: Collection[str],
    images: Mapping[str, str],
    region: str,
    *,
    instances: bool = True,
) -> Iterator[Problem]:
    """Find what keeps instances, or Fargate, in an existing network from working.

    Args:
        network: the config's block.
        subnets: facts about its subnets, in their order.
        endpoints: those of :data:`EVERY_ENDPOINT` that the VPC has.
        images: key of a job definition to its image.
        region: the AWS region.
        instances: whether any compute environment has them. Fargate reaches ECS by itself, and
            whether its tasks have public IPs the job definitions say (AWS Batch user guide, "Access
            AWS Batch using an interface endpoint").
    """
    offline = []
    for index, (subnet_id, subnet) in enumerate(zip(network.subnet_ids, subnets, strict=True)):
        if subnet.vpc_id != network.vpc_id:
            fault = f"{subnet_id} is in {subnet.vpc_id} and not in {network.vpc_id}"
            yield Problem((*_PATH, index), fault, "name subnets of that VPC, or the other VPC")
            continue
        target = default_route(subnet.routes)
        if target and (subnet.public_ips or not instances or not target.startswith("igw-")):
            continue
        wanted = ECS_ENDPOINTS if instances else ()
        missing = [name for name in wanted if name not in endpoints]
        if not missing:
            offline.append(subnet_id)
            continue
        way = (
            f"its default route leads to the internet gateway {target} and instances get no "
            "public IP there"
            if target
            else "it has no default route"
        )
        yield Problem(
            (*_PATH, index),
            f"instances in {subnet_id} could not reach ECS: {way}, and {network.vpc_id} has no "
            f"endpoint for {', '.join(missing)}",
            THREE_CURES,
        )
    if offline:
        needed = [name for name in EVERY_ENDPOINT if instances or name not in ECS_ENDPOINTS]
        missing = [name for name in needed if name not in endpoints]
        yield from _offline_problems(network, offline, missing, images, region)


def _offline_problems(
    network: ExistingNetwork,
    offline: Sequence[str],
    missing: Sequence[str],
    images: Mapping[str, str],
    region: str,
) -> Iterator[Problem]:
    """Find what subnets that have only endpoints lack beside those of ECS."""
    where = ", ".join(offline)
    if missing:
        yield Problem(
            ("batch-platform:network", "vpcId"),
            f"{where} has no way to the internet, and {network.vpc_id} has no endpoint for "
            f"{', '.join(missing)}, so that images or logs would fail",
            "add these endpoints, or a NAT gateway",
        )
    for key, image in images.items():
        if image_needs_internet(image, region):
            yield Problem(
                ("batch-platform:jobDefinitions", key, "image"),
                f"{image!r} is not in a private ECR registry of {region}, and {where} has no way "
                "to the internet",
                f"copy it to <account>.dkr.ecr.{region}.amazonaws.com/…, or add a NAT gateway",
            )
