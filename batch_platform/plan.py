"""What will be built, as plain values: names, zones, subnets, endpoints, tags. No I/O."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from batch_platform.instances.known import types_of
from batch_platform.job_definitions.own_images import definitions_with_images, not_pushed
from batch_platform.network.endpoint_policies import (
    OPEN,
    WITH_POLICIES,
    as_text,
    buckets_of,
    of_interface,
    of_s3,
    too_long,
)
from batch_platform.network.zones import Offers, choose_zones, not_offered
from batch_platform.partitions import partition, service_name
from batch_platform.settings import Problem, Settings
from batch_platform.settings import tags as tag_settings
from batch_platform.settings.addresses import subnet_prefix
from batch_platform.settings.flow_logs import FlowLogs
from batch_platform.settings.network import (
    EndpointsNetwork,
    ExistingNetwork,
    MadeNetwork,
    NatNetwork,
    PublicNetwork,
)
from batch_platform.storage.place import Place, place_of
from batchsdk.contract.capacity import InstanceType

ENVIRONMENT_TAG = tag_settings.ENVIRONMENT_TAG
ANY_ACCOUNT = "000000000000"
"""Stands for the account, which a config does not tell."""


@dataclass(frozen=True)
class Account:
    """What AWS says about where the stack goes.

    Attributes:
        account_id: twelve digits.
        zones: names of the region's Availability Zones; in mode ``existing`` those of the subnets.
        images: newest AMI of each compute environment that does not fix its own, by key.
        instance_types: what each compute environment may launch, by key, as far as AWS was asked;
            of the others the table in ``batch_platform/instances`` tells it.
        offers: in which zones the region has what the config asks for.
        zones_in_use: of the subnets that the stack has already, in their order.
        template_versions: numbers of the versions of launch templates that another team made, by
            the key of the compute environment.
    """

    account_id: str
    zones: tuple[str, ...] = ()
    images: Mapping[str, str] = field(default_factory=dict)
    instance_types: Mapping[str, Sequence[InstanceType]] = field(default_factory=dict)
    offers: Offers = field(default_factory=Offers)
    zones_in_use: Sequence[str] = ()
    template_versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Subnet:
    """One subnet to make.

    Attributes:
        name: last part of its names, e.g. ``private-1``.
        zone: Availability Zone, e.g. ``ap-northeast-1a``.
        cidr: IPv4 block.
        of: block of the VPC that it is in.
        ipv6: which /64 of the VPC's IPv6 block it has, from 0; None for none.
    """

    name: str
    zone: str
    cidr: str
    of: str
    ipv6: int | None = None


@dataclass(frozen=True)
class Plan:
    """Everything that the components need to know.

    Attributes:
        zones: of the subnets of the instances, as far as they are known.
        offers: as of :class:`Account`.
        instance_subnets: where instances run; empty in mode ``existing``.
        nat_subnets: public subnets with a NAT gateway each; only in mode ``nat``.
        endpoints: name to service name of the interface endpoints; only in mode ``endpoints``.
        endpoint_policies: name to policy, as canonical JSON, of those and of ``s3``, whose gateway
            endpoint every VPC of the stack has; services that take no policy are not in it.
        tags: on every resource.
        images: as of :class:`Account`.
        instance_types: what each compute environment with instances may launch, by key; empty
            where one of its types is not known.
        template_versions: as of :class:`Account`.
        not_pushed: key of each job definition that is left out until its images are pushed, and
            the names of those images.
    """

    settings: Settings
    account_id: str
    zones: tuple[str, ...] = ()
    offers: Offers = field(default_factory=Offers)
    instance_subnets: tuple[Subnet, ...] = ()
    nat_subnets: tuple[Subnet, ...] = ()
    endpoints: Mapping[str, str] = field(default_factory=dict)
    endpoint_policies: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    instance_types: Mapping[str, Sequence[InstanceType]] = field(default_factory=dict)
    template_versions: Mapping[str, str] = field(default_factory=dict)
    not_pushed: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def environment(self) -> str:
        """Name of the stack."""
        return self.settings.environment

    @property
    def partition(self) -> str:
        """First part of every ARN."""
        return partition(self.settings.region)

    @property
    def log_group_name(self) -> str:
        """CloudWatch log group of the jobs."""
        return f"/aws/batch/job/{self.environment}"

    @property
    def storage(self) -> Place | None:
        """Where values between steps, tables of sweeps and the ledger are; None for none."""
        return place_of(self.settings, self.account_id)

    @property
    def flow_logs(self) -> FlowLogs | None:
        """What is recorded of the traffic in the stack's own VPC; None for nothing."""
        network = self.settings.network
        if isinstance(network, ExistingNetwork) or not network.flow_logs.enabled:
            return None
        return network.flow_logs

    @property
    def flow_log_group_name(self) -> str:
        """CloudWatch log group of the VPC's traffic."""
        return f"/aws/vpc/{self.environment}"

    @property
    def parameter_name(self) -> str:
        """SSM parameter with the outputs."""
        return f"/batch/{self.environment}"

    def name(self, what: str) -> str:
        """Return the logical name of a resource; physical names begin with it."""
        return f"{self.environment}-{what}"

    def iam_name(self, what: str) -> str:
        """Return the same for what is in IAM, with the prefix that the config has for it."""
        return f"{self.settings.roles.name_prefix or ''}{self.name(what)}"

    def tagged(self, what: str) -> dict[str, str]:
        """Return the tags with a ``Name``, which the AWS console shows for network resources."""
        return {"Name": self.name(what), **self.tags}


def make_plan(settings: Settings, account: Account) -> Plan:
    """Plan the environment.

    Raises:
        SettingsError: the region has not the zones that the network asks for, or these have not
            the instance types or endpoint services; or a policy of a VPC endpoint would be too
            long.
    """
    tags = {**settings.tags, ENVIRONMENT_TAG: settings.environment}
    registry = account.account_id
    if registry == ANY_ACCOUNT:
        registry = settings.image_digests.likely_account() or registry
    missing = not_pushed(settings, registry)
    settings = replace(settings, job_definitions=definitions_with_images(settings, registry))
    network = settings.network
    instance_types = {**_instance_types(settings), **account.instance_types}
    zones = _zones(settings, account)
    if isinstance(network, ExistingNetwork):
        return Plan(
            settings=settings,
            account_id=account.account_id,
            zones=zones,
            offers=account.offers,
            tags=tags,
            images=account.images,
            instance_types=instance_types,
            template_versions=account.template_versions,
            not_pushed=missing,
        )
    kind = "public" if isinstance(network, PublicNetwork) else "private"
    return Plan(
        settings=settings,
        account_id=account.account_id,
        zones=zones,
        offers=account.offers,
        instance_subnets=_instance_subnets(network, zones, kind),
        nat_subnets=_nat_subnets(network, zones) if isinstance(network, NatNetwork) else (),
        endpoints=(
            {name: service_name(settings.region, name) for name in network.endpoints}
            if isinstance(network, EndpointsNetwork)
            else {}
        ),
        endpoint_policies=(
            _endpoint_policies(settings, network, account.account_id)
            if isinstance(network, EndpointsNetwork)
            else {"s3": as_text(OPEN)}  # said, since without one an earlier mode's would stay
        ),
        tags=tags,
        images=account.images,
        instance_types=instance_types,
        template_versions=account.template_versions,
        not_pushed=missing,
    )


def assumed_plan(settings: Settings) -> Plan:
    """Plan the environment without AWS, for an account that has all that the config asks for.

    Raises:
        SettingsError: a policy of a VPC endpoint would be too long.
    """
    network = settings.network
    zones = () if isinstance(network, ExistingNetwork) else network.availability_zones
    names = tuple(map(str, range(zones))) if isinstance(zones, int) else zones
    images = dict.fromkeys(settings.compute_environments, "")
    versions = {
        key: str(environment.launch_template.version)
        for key, environment in settings.instances.items()
        if environment.launch_template.is_given
    }
    account = Account(ANY_ACCOUNT, names, images, template_versions=versions)
    return make_plan(settings, account)


def _zones(settings: Settings, account: Account) -> tuple[str, ...]:
    network = settings.network
    zones: tuple[str, ...] | Problem = account.zones
    if not isinstance(network, ExistingNetwork):
        zones = choose_zones(
            network, account.zones, settings.region, account.offers, account.zones_in_use
        )
    if isinstance(zones, Problem):
        raise settings.refused([zones])
    if problems := list(not_offered(zones, account.offers)):
        raise settings.refused(problems)
    return zones


def _instance_types(settings: Settings) -> dict[str, Sequence[InstanceType]]:
    return {
        key: types_of(instances.instance_types) for key, instances in settings.instances.items()
    }


def _endpoint_policies(
    settings: Settings, network: EndpointsNetwork, account_id: str
) -> Mapping[str, str]:
    names = [*(name for name in network.endpoints if name in WITH_POLICIES), "s3"]
    if network.endpoint_policies == "open":
        return dict.fromkeys(names, as_text(OPEN))
    buckets = {*network.s3_buckets, *buckets_of(settings.job_definitions)}
    if settings.storage.bucket is not None:  # whoever owns it; one that is made is the account's
        buckets.add(settings.storage.bucket)
    s3 = as_text(of_s3(partition(settings.region), settings.region, account_id, buckets))
    if problems := list(too_long(s3)):
        raise settings.refused(problems)
    policies = {name: of_interface(name, account_id) for name in network.endpoints}
    return {name: as_text(policy) for name, policy in policies.items() if policy} | {"s3": s3}


def subnet_cidrs(cidr: str) -> list[str]:
    """Return the blocks that a VPC's block is cut into: sixteen, or fewer where it is small.

    The size never depends on the number of zones, so that adding one moves no subnet.
    """
    network = ipaddress.IPv4Network(cidr)
    return [str(block) for block in network.subnets(new_prefix=subnet_prefix(network))]


def _instance_subnets(network: MadeNetwork, zones: Sequence[str], kind: str) -> tuple[Subnet, ...]:
    """Place private subnets from the bottom of the VPC's blocks upwards, public ones downwards.

    With another mode the new subnets are made before the old ones go, so they must not overlap.
    Those of secondary blocks have the block in their names, so that no other moves when it goes.
    """
    subnets = []
    for position, block in enumerate(network.cidrs):
        cidrs = subnet_cidrs(block)
        places = list(range(len(cidrs)))
        if kind == "public":
            places.reverse()
        suffix = "" if block == network.cidr else f"-{block}"
        subnets += [
            Subnet(
                f"{kind}-{number}{suffix}",
                zone,
                cidrs[place],
                block,
                # Sixteen of a block at most, and sixteen blocks at most: as many as a /56 has.
                ipv6=16 * position + place if network.has_ipv6 else None,
            )
            for number, (zone, place) in enumerate(zip(zones, places, strict=False), start=1)
        ]
    return tuple(subnets)


def _nat_subnets(network: NatNetwork, zones: Sequence[str]) -> tuple[Subnet, ...]:
    """Place the NAT gateways' subnets from the top of the VPC's own block downwards."""
    cidrs = subnet_cidrs(network.cidr)
    used = zones if network.nat_gateways == "perZone" else zones[:1]
    return tuple(
        Subnet(f"public-{number}", zone, cidrs[-number], network.cidr)
        for number, zone in enumerate(used, start=1)
    )
