"""Where the instances of a network that the stack makes may connect to."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from batch_platform.settings.addresses import Cidr, CidrIpv6
from batch_platform.settings.block import Block, Text, of_form, pattern, refuse_duplicates
from batch_platform.settings.errors import refusal, shown

EVERYWHERE, EVERYWHERE_IPV6 = "0.0.0.0/0", "::/0"
"""Every address."""

HTTPS, NFS = 443, 2049
"""Ports of AWS's endpoints and of EFS (EFS user guide, "Using VPC security groups")."""

_GROUP_ID = "sg-[0-9a-z]+"
_MOST_EXTRA_GROUPS = 4
"""A compute environment has at most five (ComputeResource), of which the stack makes one."""

GroupId = Annotated[
    Text,
    of_form(
        _GROUP_ID, "is not an id that begins with sg-", "write the id, e.g. sg-0123456789abcdef0"
    ),
    pattern(_GROUP_ID),
]
"""Id of a security group that others made."""


def _each_group_once(value: tuple[str, ...]) -> tuple[str, ...]:
    refuse_duplicates(value)
    return value


ExtraGroups = Annotated[
    # The limit comes first: behind a validator the JSON Schema would count characters.
    tuple[GroupId, ...],
    Field(max_length=_MOST_EXTRA_GROUPS),
    AfterValidator(_each_group_once),
]
"""Security groups of others that the instances are in, beside the one that the stack makes."""


class EgressRule(Block):
    """One egress rule of the instances beside those of the stack (AuthorizeSecurityGroupEgress).

    Attributes:
        protocol: ``tcp``, ``udp``, ``icmp`` (all its types) or ``all`` (every protocol and port).
        from_port: the first port; only of ``tcp`` and ``udp``, which must have one.
        to_port: the last port; ``fromPort`` by default.
        cidr: IPv4 block that the instances may reach; this or one of the next two.
        cidr_ipv6: IPv6 block that they may reach, in a network with ``ipv6``.
        security_group_id: security group whose members the instances may reach, in the stack's VPC
            or one that is peered with it.
        description: shown in the security group.
    """

    protocol: Literal["tcp", "udp", "icmp", "all"] = "tcp"
    from_port: int | None = Field(default=None, ge=0, le=65535)
    to_port: int | None = Field(default=None, ge=0, le=65535)
    cidr: Cidr | None = None
    cidr_ipv6: CidrIpv6 | None = None
    security_group_id: GroupId | None = None
    description: Text = "Further egress of the config"

    @property
    def has_ports(self) -> bool:
        """Whether the protocol has ports."""
        return self.protocol in {"tcp", "udp"}

    @property
    def ports(self) -> tuple[int, int] | None:
        """The first and the last port; None for all that the protocol has."""
        if self.from_port is None:
            return None
        return self.from_port, self.from_port if self.to_port is None else self.to_port

    @property
    def target(self) -> str:
        """The block or the security group that the instances may reach."""
        return self.cidr or self.cidr_ipv6 or self.security_group_id or ""

    @property
    def way(self) -> tuple[object, ...]:
        """What EC2 tells rules apart by; the description is no part of it."""
        return self.protocol, self.ports, self.target

    @field_validator("to_port")
    @classmethod
    def _ports_in_order(cls, value: int | None, info: ValidationInfo) -> int | None:
        first = info.data.get("from_port")
        if value is not None and first is not None and value < first:
            raise refusal(f"{value} is below fromPort {first}", f"write at least {first}")
        return value

    @model_validator(mode="after")
    def _ports_of_the_protocol(self) -> Self:
        if self.has_ports and self.from_port is None:
            raise refusal(
                f"a rule for {self.protocol} has no fromPort",
                "add `fromPort: …` (0, with `toPort: 65535`, for every port)",
            )
        given = {"fromPort": self.from_port, "toPort": self.to_port}
        for key, port in given.items():
            if not self.has_ports and port is not None:
                raise refusal(
                    f"{port}: {self.protocol} has no ports, and the rule is for all of it",
                    "remove it, or write `protocol: tcp` or `udp`",
                    key,
                )
        return self

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        targets = {
            "cidr": self.cidr,
            "cidrIpv6": self.cidr_ipv6,
            "securityGroupId": self.security_group_id,
        }
        given = [key for key, value in targets.items() if value is not None]
        if len(given) != 1:
            told = f"it has {' and '.join(given)}" if given else "it leads nowhere"
            raise refusal(
                f"{told}, and a rule leads to one of {', '.join(targets)}", "write one of them"
            )
        return self


def _each_rule_once(value: tuple[EgressRule, ...]) -> tuple[EgressRule, ...]:
    for index, rule in enumerate(value):
        if rule.way in [other.way for other in value[:index]]:
            told = " ".join(str(part) for part in rule.way if part is not None)
            raise refusal(f"{shown(told)} is in the list twice", "keep it once", index)
    return value


EgressRules = Annotated[tuple[EgressRule, ...], AfterValidator(_each_rule_once)]
