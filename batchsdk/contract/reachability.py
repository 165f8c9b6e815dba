"""Whether what runs in a subnet reaches a service of AWS by HTTPS. Pure.

The one copy of the rules: ``batch-platform check`` decides by them before anything is created, the
doctor afterwards, and the local AWS lets instances register and images be pulled by them.

An instance that cannot reach ECS never joins its cluster, and its jobs stay RUNNABLE without a
reason (AWS Batch user guide, "Jobs stuck in a RUNNABLE status" and "Compute environments": the
instances need a public IP and an internet gateway, a NAT gateway, or the interface endpoints of
ECS).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

HTTPS = 443
EVERYWHERE = "0.0.0.0/0"
"""Destination of the default IPv4 route."""
INTERNET = "the internet"
"""In place of a service's name: what has no VPC endpoint, such as a public registry."""

ECS_ENDPOINTS = ("ecs", "ecs-agent", "ecs-telemetry")
"""Without internet a container instance registers through these (AWS Batch user guide, VPC)."""
ECR_ENDPOINTS = ("ecr.api", "ecr.dkr", "s3")
"""Through these an image of a private registry is pulled; S3 holds its layers (ECR guide, "Amazon
ECR interface VPC endpoints")."""

_SERVICE_NAME = re.compile(r"(?:cn\.)?com\.amazonaws\.[a-z0-9-]+\.(?P<service>.+)")
ANY_PROTOCOL = "-1"
_TCP = frozenset({"tcp", "6"})


def endpoint_service(service_name: str) -> str:
    """Return the short name of an endpoint's service.

    ``com.amazonaws.us-east-1.ecr.api`` becomes ``ecr.api``; a name of another form stays as it is.
    """
    found = _SERVICE_NAME.fullmatch(service_name)
    return found["service"] if found else service_name


def secret_service(reference: str) -> str:
    """Return where the secret of a ``valueFrom`` is: ``secretsmanager`` or ``ssm``."""
    return "secretsmanager" if ":secretsmanager:" in reference else "ssm"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of a security group.

    Attributes:
        is_egress: whether it is about traffic out of what has the group.
        protocol: ``tcp``, its number ``6``, … or ``-1`` for all.
        ports: first and last; None for all, and where the protocol has none.
        cidr: IPv4 block, or empty.
        prefix_list: id of a prefix list, or empty.
        group: id of the security group at the other end, or empty.
    """

    is_egress: bool
    protocol: str
    ports: tuple[int, int] | None = None
    cidr: str = ""
    prefix_list: str = ""
    group: str = ""

    def covers(self, first: int, last: int) -> bool:
        """Tell whether it is about all TCP ports from the first to the last, among others."""
        return covers_ports(self.protocol, self.ports, first, last)

    def lets_https_in(self, groups: Collection[str]) -> bool:
        """Tell whether TCP 443 comes in from what has one of ``groups``.

        A rule from addresses counts, whichever they are.
        """
        if self.is_egress or not self.covers(HTTPS, HTTPS):
            return False
        return self.group in groups or bool(self.cidr or self.prefix_list)

    def lets_https_out(self, *, inside: bool) -> bool:
        """Tell whether TCP 443 goes out to AWS.

        Args:
            inside: whether a way within the VPC will do; otherwise the rule must lead to public
                addresses or to a prefix list, as of S3.
        """
        if not self.is_egress or not self.covers(HTTPS, HTTPS):
            return False
        if inside:  # ECS, ECR and CloudWatch Logs are reached by IPv4
            return bool(self.cidr or self.prefix_list or self.group)
        if self.prefix_list:
            return True
        return bool(self.cidr) and not ipaddress.IPv4Network(self.cidr).is_private


def covers_ports(protocol: str, ports: tuple[int, int] | None, first: int, last: int) -> bool:
    """Tell whether a rule of a group or of an ACL is about these TCP ports, among others."""
    if protocol == ANY_PROTOCOL:
        return True
    return protocol in _TCP and (ports is None or (ports[0] <= first and last <= ports[1]))


EVERYTHING_OUT = Rule(is_egress=True, protocol=ANY_PROTOCOL, cidr=EVERYWHERE)
"""What a VPC's default security group lets out, which holds where no group is named."""


@dataclass(frozen=True, kw_only=True)
class AclEntry:
    """An outbound entry of a network ACL.

    Attributes:
        number: entries count in this order; the first that is about the traffic decides.
        allows: else it denies.
        protocol: its number, ``-1`` for all.
        ports: first and last; None for all.
        cidr: IPv4 block.
    """

    number: int
    allows: bool
    protocol: str
    ports: tuple[int, int] | None
    cidr: str


def lets_no_https_out(entries: Iterable[AclEntry]) -> bool:
    """Tell whether an ACL's entries let no HTTPS out at all before all of it is denied."""
    known = sorted(entries, key=lambda each: each.number)
    for entry in known:
        if covers_ports(entry.protocol, entry.ports, HTTPS, HTTPS):
            if entry.allows:
                return False
            if entry.cidr == EVERYWHERE:
                return True
    return bool(known)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A VPC endpoint that is available.

    Attributes:
        private_dns: whether the service's public name leads to it; only an interface has that.
        route_table_ids: those that lead to it, only of a gateway; None where that is not known.
        rules: of its security groups; None where they are not known, and of a gateway.
    """

    private_dns: bool = True
    route_table_ids: frozenset[str] | None = None
    rules: Iterable[Rule] | None = None

    def is_closed_to(self, groups: Collection[str]) -> bool:
        """Tell whether its own security groups keep out what has ``groups``."""
        return self.rules is not None and not any(rule.lets_https_in(groups) for rule in self.rules)


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """A subnet and its way out.

    Attributes:
        target: id or ARN of what the default IPv4 route leads to; empty without one.
        leads_out: whether that target itself is there and leads to the internet.
        route_table_id: empty where it is not known.
        acl: outbound entries of the network ACL.
    """

    target: str = ""
    leads_out: bool = True
    route_table_id: str = ""
    acl: Sequence[AclEntry] = ()

    def reaches_the_internet(self, *, public_ip: bool) -> bool:
        """Tell whether an interface in it does, with or without a public IPv4 address."""
        if not self.target or not self.leads_out:
            return False
        return public_ip or not self.target.startswith("igw-")


@dataclass(frozen=True, kw_only=True)
class Vpc:
    """What of a VPC decides.

    Attributes:
        dns: whether it has both DNS support and DNS hostnames, without which the services' names
            do not resolve to interface endpoints.
        endpoints: by the short name of their service, as in :func:`endpoint_service`.
    """

    dns: bool = True
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)


class Part(StrEnum):
    """The part of a network that stands in the way."""

    NETWORK_ACL = "network ACL"
    SECURITY_GROUPS = "security groups"
    ENDPOINT_GROUPS = "security groups of an endpoint"
    WAY_OUT = "routes, addresses or endpoints"


@dataclass(frozen=True)
class Obstacle:
    """What keeps an interface from a service.

    Attributes:
        part: of the network.
        text: a clause, e.g. ``the subnet has no default route …``.
    """

    part: Part
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True)
class Interface:
    """A network interface of an instance or task.

    Attributes:
        vpc: its VPC.
        subnet: its subnet.
        public_ip: whether it has a public IPv4 address.
        groups: ids of its security groups.
        rules: of these groups, both directions.
    """

    vpc: Vpc
    subnet: Subnet
    public_ip: bool
    groups: Collection[str]
    rules: Sequence[Rule]

    def obstacle(self, *services: str) -> Obstacle | None:
        """Return what keeps the interface from one of some services.

        Args:
            services: short names of their endpoint services, or :data:`INTERNET`.

        Returns:
            The first obstacle, which names every service that it is about; None if each is reached.
        """
        if lets_no_https_out(self.subnet.acl):
            return Obstacle(Part.NETWORK_ACL, "the network ACL of the subnet lets no HTTPS out")
        if not any(rule.lets_https_out(inside=True) for rule in self.rules):
            text = "no rule of the security groups lets HTTPS (TCP 443) out"
            return Obstacle(Part.SECURITY_GROUPS, text)
        found = {name: self.vpc.endpoints.get(name) for name in services}
        # The name leads to the endpoint even where there is a way to the internet.
        inside = {name: each for name, each in found.items() if each and self._resolves_to(each)}
        if closed := [name for name, each in inside.items() if each.is_closed_to(self.groups)]:
            text = (
                f"no rule of the security groups of the endpoint {', '.join(closed)} lets HTTPS "
                "(TCP 443) in from the instances"
            )
            return Obstacle(Part.ENDPOINT_GROUPS, text)
        outside = {name: each for name, each in found.items() if name not in inside}
        return self._obstacle_outside(outside) if outside else None

    def _resolves_to(self, endpoint: Endpoint) -> bool:
        if endpoint.route_table_ids is not None:
            return self.subnet.route_table_id in endpoint.route_table_ids
        return endpoint.private_dns and self.vpc.dns

    def _obstacle_outside(self, services: Mapping[str, Endpoint | None]) -> Obstacle | None:
        if self.subnet.reaches_the_internet(public_ip=self.public_ip):
            if any(rule.lets_https_out(inside=False) for rule in self.rules):
                return None
            text = "no rule of the security groups lets HTTPS (TCP 443) out to public addresses"
            return Obstacle(Part.SECURITY_GROUPS, text)
        lacks = self._lacks({name: each for name, each in services.items() if name != INTERNET})
        return Obstacle(Part.WAY_OUT, ", and ".join([self._way_out(), *lacks]))

    def _way_out(self) -> str:
        target = self.subnet.target
        if not target:
            return "the subnet has no default route"
        if not self.subnet.leads_out:
            return f"the default route of the subnet leads to {target}, which leads nowhere"
        return f"the subnet has a route to the internet but gives no public IPs ({target})"

    def _lacks(self, services: Mapping[str, Endpoint | None]) -> Iterator[str]:
        """Say why no endpoint helps."""
        gateways = [n for n, each in services.items() if each and each.route_table_ids is not None]
        missing = [name for name, each in services.items() if each is None]
        nameless = [name for name in services if name not in {*gateways, *missing}]
        if missing:
            yield f"its VPC lacks the endpoints {', '.join(missing)}"
        if gateways:
            yield f"its route table does not lead to the endpoint {', '.join(gateways)}"
        if nameless and self.vpc.dns:
            yield f"the endpoints {', '.join(nameless)} have no private DNS"
        elif nameless:
            yield (
                "its VPC has no DNS support or no DNS hostnames, without which names do not lead "
                f"to the endpoints {', '.join(nameless)}"
            )
