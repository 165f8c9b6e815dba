"""The ``network`` block: where the container instances run, and how they reach ECS."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from batch_platform.settings.addresses import (
    NARROWEST_PREFIX,
    VpcCidr,
    subnet_prefix,
    usable_addresses,
)
from batch_platform.settings.block import Block, Text, pattern, refuse_duplicates
from batch_platform.settings.egress import EgressRules, ExtraGroups
from batch_platform.settings.errors import did_you_mean, refusal, shown
from batch_platform.settings.flow_logs import FlowLogs
from batch_platform.settings.permissions import BucketName
from batch_platform.settings.refused import Refused
from batch_platform.settings.vpc_blocks import refuse_beside
from batchsdk.contract.reachability import ECS_ENDPOINTS

NEEDED_ENDPOINTS = (*ECS_ENDPOINTS, "ecr.api", "ecr.dkr", "logs")
"""By these an instance without internet registers, pulls an image (with S3, always made) and writes
its log (AWS Batch user guide, VPC)."""

THREE_CURES = (
    "give them one of: public IPs in a public subnet (mode: public); the interface endpoints "
    "ecs, ecs-agent and ecs-telemetry (mode: endpoints); a NAT gateway (mode: nat)"
)

MOST_ZONES = 6
"""No region has more Availability Zones."""

MOST_SUBNETS, MOST_SECURITY_GROUPS = 16, 5
"""Of one compute environment (CreateComputeEnvironment, ComputeResource)."""


def _count(zones: ZoneChoice) -> int:
    return zones if isinstance(zones, int) else len(zones)


def _zones(value: object) -> object:
    fix = f"write a number from 1 to {MOST_ZONES}, or a list such as [ap-northeast-1a]"
    if isinstance(value, bool) or not isinstance(value, int | list):
        raise refusal(f"{shown(value)} is neither a number of zones nor a list of names", fix)
    if isinstance(value, int):
        if not 1 <= value <= MOST_ZONES:
            raise refusal(f"{value} zones: a region has 1 to {MOST_ZONES} of them", fix)
        return value
    if not value or not all(isinstance(name, str) and name for name in value):
        raise refusal(f"{shown(value)} is not a list of zone names", fix)
    refuse_duplicates(value)
    return tuple(value)


ZoneChoice = (
    Annotated[int, Field(ge=1, le=MOST_ZONES)] | Annotated[tuple[str, ...], Field(min_length=1)]
)
"""How many Availability Zones, or their names."""

Zones = Annotated[ZoneChoice, BeforeValidator(_zones)]


class MadeNetwork(Block):
    """A VPC of the stack's own.

    Attributes:
        cidr: its IPv4 block, /16 to /28. Each subnet gets a sixteenth of it, at least a /28.
        availability_zones: how many zones to use, 1 to 6, or their names; at least 2 in mode
            ``endpoints``.
        secondary_cidrs: further IPv4 blocks of the VPC, /16 to /28; each gives the instances one
            more subnet in each zone, again a sixteenth of the block.
        flow_logs: records of the traffic.
        egress: egress rules of the instances beside those of the mode.
        security_group_ids: security groups that others made in this VPC once it was there; the
            instances are in them too.
    """

    cidr: VpcCidr = "10.0.0.0/16"
    availability_zones: Zones = 2
    secondary_cidrs: tuple[VpcCidr, ...] = ()
    flow_logs: FlowLogs = Field(default_factory=FlowLogs)
    egress: EgressRules = ()
    security_group_ids: ExtraGroups = ()

    @property
    def zone_count(self) -> int:
        """Number of Availability Zones in use."""
        return _count(self.availability_zones)

    @property
    def has_ipv6(self) -> bool:
        """Whether the VPC and the subnets of the instances have IPv6 blocks too."""
        return False

    @property
    def cidrs(self) -> tuple[str, ...]:
        """Every IPv4 block of the VPC, its own first."""
        return (self.cidr, *self.secondary_cidrs)

    @model_validator(mode="after")
    def _ipv6_for_ipv6(self) -> Self:
        for index, rule in enumerate(self.egress):
            if rule.cidr_ipv6 is not None and not self.has_ipv6:
                raise refusal(
                    f"{rule.cidr_ipv6}: the network has no IPv6",
                    "write a `cidr`, or `ipv6: true` in mode public or nat",
                    "egress",
                    index,
                    "cidrIpv6",
                )
        return self

    @field_validator("secondary_cidrs")
    @classmethod
    def _blocks_go_together(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not {"cidr", "availability_zones"} <= info.data.keys():
            return value  # refused already
        refuse_beside(info.data["cidr"], value)
        zones = _count(info.data["availability_zones"])
        for index, block in enumerate(map(ipaddress.IPv4Network, value)):
            room = 2 ** (subnet_prefix(block) - block.prefixlen)
            if zones > room:
                raise refusal(
                    f"{zones} zones need {zones} subnets of /{NARROWEST_PREFIX} or larger and "
                    f"{block} has room for {room}",
                    "use fewer zones or a larger block, e.g. a /16",
                    index,
                )
        if (subnets := zones * (1 + len(value))) > MOST_SUBNETS:
            raise refusal(
                f"{zones} zones with {1 + len(value)} blocks are {subnets} subnets, and a compute "
                f"environment has at most {MOST_SUBNETS}",
                "use fewer zones, or fewer and larger blocks",
            )
        return value

    @field_validator("availability_zones")
    @classmethod
    def _room_for_the_zones(cls, value: ZoneChoice, info: ValidationInfo) -> ZoneChoice:
        if "cidr" not in info.data:
            return value  # refused already
        network = ipaddress.IPv4Network(info.data["cidr"])
        room = 2 ** (subnet_prefix(network) - network.prefixlen)
        # In mode nat each zone may get a public subnet too, so that gateways can be added later.
        needed = _count(value) * (2 if "nat_gateways" in cls.model_fields else 1)
        if needed > room:
            raise refusal(
                f"{_count(value)} zones need {needed} subnets of /{NARROWEST_PREFIX} or larger and "
                f"{network} has room for {room}",
                "use fewer zones or a larger `cidr`, e.g. a /16",
            )
        return value


class DualStackNetwork(MadeNetwork):
    """One that may have IPv6 beside IPv4.

    Attributes:
        ipv6: give the VPC a /56 block of Amazon's and each subnet of the instances a /64 of it, and
            let TCP 443 out by it; in mode ``nat`` by an egress-only internet gateway.
    """

    ipv6: bool = False

    @property
    def has_ipv6(self) -> bool:
        """Whether the VPC and the subnets of the instances have IPv6 blocks too."""
        return self.ipv6


class PublicNetwork(DualStackNetwork):
    """Public subnets, public IPs on launch, an internet gateway; no way in, TCP 443 out.

    Attributes:
        mode: public.
        map_public_ip_on_launch: instances get a public IP; ``false`` is refused, as they could not
            reach ECS.
    """

    mode: Literal["public"]
    map_public_ip_on_launch: bool = True

    @field_validator("map_public_ip_on_launch")
    @classmethod
    def _needs_public_ips(cls, value: bool) -> bool:
        if not value:
            raise refusal(
                "false: instances in a public subnet without a public IP cannot reach ECS, so "
                "their jobs would stay RUNNABLE for ever",
                THREE_CURES,
            )
        return value


class EndpointsNetwork(MadeNetwork):
    """Private subnets without internet: interface endpoints, and S3 through a gateway endpoint.

    Attributes:
        mode: endpoints.
        endpoints: services with an endpoint, by the part of the name after the region; must include
            the defaults and may add others.
        endpoint_policies: whose requests the endpoints allow: identities and buckets of this
            account, or all.
        s3_buckets: buckets of other accounts that jobs use and no ``permissions`` declare.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = {
        "ipv6": (
            "the endpoints are reached by IPv4, and IPv6 would lead nowhere else in this mode",
            "remove it, or use network mode nat or public",
        )
    }

    mode: Literal["endpoints"]
    endpoints: tuple[Text, ...] = NEEDED_ENDPOINTS
    endpoint_policies: Literal["account", "open"] = "account"
    s3_buckets: tuple[BucketName, ...] = ()

    @field_validator("endpoints")
    @classmethod
    def _leave_addresses(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if "cidr" in info.data:
            prefix = subnet_prefix(ipaddress.IPv4Network(info.data["cidr"]))
            if len(value) >= usable_addresses(prefix):
                raise refusal(
                    f"{len(value)} endpoints take an address each in every subnet, and a /{prefix} "
                    f"has {usable_addresses(prefix)}: none would be left for instances",
                    "use a larger `cidr`, e.g. a /16, or fewer endpoints",
                )
        return value

    @field_validator("s3_buckets")
    @classmethod
    def _each_bucket_once(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        refuse_duplicates(value)
        if value and info.data.get("endpoint_policies") == "open":
            raise refusal(
                "with `endpointPolicies: open` every bucket is allowed",
                "drop `s3Buckets`, or `endpointPolicies`",
            )
        return value

    @field_validator("endpoints")
    @classmethod
    def _has_the_needed(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse_duplicates(value)
        for index, name in enumerate(value):
            if name == "s3":
                fix = "leave it out: the S3 gateway endpoint is always made"
                raise refusal("'s3' is not needed as an interface endpoint", fix, index)
            if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name):
                fix = "write the part after the region, e.g. secretsmanager"
                raise refusal(f"{shown(name)} is not the name of an endpoint", fix, index)
        if missing := [name for name in NEEDED_ENDPOINTS if name not in value]:
            near = "".join(did_you_mean(name, value) for name in missing)
            lacking = ", ".join(missing)
            raise refusal(
                f"the list lacks {lacking}{near}, and without them instances in private subnets "
                "cannot reach ECS, pull images or write logs",
                f"add {lacking}, or leave `endpoints` out to get them all, or {THREE_CURES}",
            )
        return value

    @field_validator("availability_zones")
    @classmethod
    def _two_zones(cls, value: ZoneChoice) -> ZoneChoice:
        if _count(value) == 1:
            raise refusal(
                "one zone: interface endpoints in a single zone fail with it",
                "use at least 2 zones in mode endpoints",
            )
        return value


class NatNetwork(DualStackNetwork):
    """Private subnets that reach the internet through NAT gateways; no way in, TCP 443 out.

    Attributes:
        mode: nat.
        nat_gateways: one gateway costs less; one per zone survives the loss of a zone.
    """

    mode: Literal["nat"]
    nat_gateways: Literal["single", "perZone"] = "single"


class ExistingNetwork(Block):
    """An existing network; a network that cannot work is refused before anything is created.

    Attributes:
        mode: existing.
        vpc_id: the VPC.
        subnet_ids: subnets of that VPC, in which the instances run.
        security_group_ids: security groups of the instances.
        reachability: ``checked`` refuses a network in which jobs could not start; ``assumed`` only
            warns, for a route that the look-ups cannot see.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = {
        "ipv6": (
            "the VPC and its subnets are not made by the stack",
            "give them IPv6 blocks where they are made, and remove it",
        )
    }

    mode: Literal["existing"]
    vpc_id: Annotated[Text, pattern("vpc-[0-9a-z]+")]
    subnet_ids: tuple[Annotated[Text, pattern("subnet-[0-9a-z]+")], ...] = Field(
        min_length=1, max_length=MOST_SUBNETS
    )
    security_group_ids: tuple[Annotated[Text, pattern("sg-[0-9a-z]+")], ...] = Field(
        min_length=1, max_length=MOST_SECURITY_GROUPS
    )
    reachability: Literal["checked", "assumed"] = "checked"

    @field_validator("vpc_id", "subnet_ids", "security_group_ids")
    @classmethod
    def _looks_like_an_id(cls, value: str | tuple[str, ...], info: ValidationInfo) -> object:
        prefixes = {"vpc_id": "vpc-", "subnet_ids": "subnet-", "security_group_ids": "sg-"}
        prefix = prefixes[str(info.field_name)]
        for index, identifier in enumerate((value,) if isinstance(value, str) else value):
            if not re.fullmatch(rf"{prefix}[0-9a-z]+", identifier):
                below = () if isinstance(value, str) else (index,)
                raise refusal(
                    f"{shown(identifier)} is not an id that begins with {prefix}",
                    f"write the id, e.g. {prefix}0123456789abcdef0",
                    *below,
                )
        if not isinstance(value, str):
            refuse_duplicates(value)
        return value


Network = Annotated[
    PublicNetwork | EndpointsNetwork | NatNetwork | ExistingNetwork, Field(discriminator="mode")
]
"""The ``network`` block; its key ``mode`` decides which."""
