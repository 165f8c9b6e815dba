"""What is known of an existing network, and what jobs need of it. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batch_platform.job_definitions.containers import assigns_public_ip, images_of
from batch_platform.settings.checks import EXEC_ENDPOINT, secret_services
from batch_platform.settings.network import NEEDED_ENDPOINTS
from batchsdk.contract.reachability import Endpoint, Rule

if TYPE_CHECKING:
    from batch_platform.settings.job_definitions import JobDefinition

EVERY_ENDPOINT = (*NEEDED_ENDPOINTS, "s3")
"""All that instances without internet need; S3 holds the layers of ECR's images."""

LOOKED_FOR = (*EVERY_ENDPOINT, "secretsmanager", "ssm", EXEC_ENDPOINT)
"""The above, where the secrets of jobs may be, and what the agent of ECS Exec reaches."""


def rule_of(given: Mapping[str, Any]) -> Rule:
    """Return a security group's rule.

    Args:
        given: with the keys of the provider's ``getSecurityGroupRule`` in snake_case.
    """
    first, last = given.get("from_port"), given.get("to_port")
    return Rule(
        is_egress=bool(given.get("is_egress")),
        protocol=str(given.get("ip_protocol")),
        ports=None if first is None or last is None else (int(first), int(last)),
        cidr=given.get("cidr_ipv4") or "",
        prefix_list=given.get("prefix_list_id") or "",
        group=given.get("referenced_security_group_id") or "",
    )


@dataclass(frozen=True)
class SubnetFacts:
    """What AWS says about a subnet.

    Attributes:
        vpc_id: the VPC that it is in.
        public_ips: whether instances get a public IPv4 address on launch.
        routes: of its route table, with the keys of EC2's API in snake_case.
        zone: Availability Zone, e.g. ``ap-northeast-1a``.
        route_table_id: of that table; empty where it is not known.
        addresses: IPv4 addresses in all, but for AWS's own; 0 where that is not known.
    """

    vpc_id: str
    public_ips: bool
    routes: Sequence[Mapping[str, Any]]
    zone: str = ""
    route_table_id: str = ""
    addresses: int = 0


@dataclass(frozen=True)
class NetworkFacts:
    """What AWS says about an existing network.

    Attributes:
        subnets: of the config's block, in their order.
        dns: whether the VPC has both DNS support and DNS hostnames.
        endpoints: those of :data:`LOOKED_FOR` that the VPC has, by name.
        group_vpcs: security group to its VPC.
        rules: of those groups, both directions; may ask AWS for each as it is taken.
    """

    subnets: Sequence[SubnetFacts]
    dns: bool = True
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    group_vpcs: Mapping[str, str] = field(default_factory=dict)
    rules: Iterable[Rule] = ()


def zones_of(facts: NetworkFacts) -> list[str]:
    """Return the Availability Zones of the subnets, by name, as far as they are known."""
    return sorted({subnet.zone for subnet in facts.subnets if subnet.zone})


@dataclass(frozen=True)
class JobNeeds:
    """What a job definition needs of the network.

    Attributes:
        images: of its containers.
        public_ip: whether its task on Fargate gets one; None on EC2, where the subnet says it.
        secret_services: where its secrets are, ``secretsmanager`` and ``ssm``.
        executes_commands: whether ECS Exec may look into its containers.
    """

    images: Sequence[str]
    public_ip: bool | None = None
    secret_services: frozenset[str] = frozenset()
    executes_commands: bool = False


def needs_of(definition: JobDefinition) -> JobNeeds:
    """Return what a job definition of the config needs."""
    return JobNeeds(
        tuple(images_of(definition)),
        assigns_public_ip(definition),
        secret_services(definition),
        definition.executes_commands,
    )
