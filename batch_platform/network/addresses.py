"""Whether a network has as many IPv4 addresses as the config lets run at once. No I/O.

An instance or a task that finds no free address does not start, and its jobs stay RUNNABLE.
"""

from __future__ import annotations

import ipaddress
import math
from typing import TYPE_CHECKING

from batch_platform.job_definitions.containers import resources_of
from batch_platform.settings.addresses import subnet_prefix, usable_addresses
from batch_platform.settings.compute_environments import FargateEnvironment
from batch_platform.settings.fargate import MEMORY_BY_VCPUS
from batch_platform.settings.instance_types import least_vcpus
from batch_platform.settings.network import EndpointsNetwork, ExistingNetwork
from batch_platform.settings.unmanaged import UnmanagedEnvironment

if TYPE_CHECKING:
    from batch_platform.settings import Settings
    from batch_platform.settings.compute_environments import ComputeEnvironment
    from batch_platform.settings.ec2_capacity import Ec2Capacity
    from batch_platform.settings.network import MadeNetwork


def subnet_addresses(network: MadeNetwork) -> int:
    """Return the addresses for instances and tasks of a subnet in the VPC's own block.

    Those that AWS keeps are not counted, nor those of interface endpoints, which take one each.
    """
    size = usable_addresses(subnet_prefix(ipaddress.IPv4Network(network.cidr)))
    return size - (len(network.endpoints) if isinstance(network, EndpointsNetwork) else 0)


def ipv6_subnet(block: str, number: int) -> str:
    """Return a /64 of a VPC's IPv6 block.

    Args:
        block: a /56, e.g. ``2600:1f14:0:aa00::/56``.
        number: which, from 0 to 255.
    """
    whole = ipaddress.IPv6Network(block)
    first = int(whole.network_address) + (number << 64)
    return str(ipaddress.IPv6Network((first, 64)))


def addresses(settings: Settings) -> int | None:
    """Return the addresses for instances and tasks of all subnets together.

    Returns:
        None in mode ``existing``, where only AWS knows.
    """
    network = settings.network
    if isinstance(network, ExistingNetwork):
        return None
    further = [subnet_prefix(ipaddress.IPv4Network(block)) for block in network.secondary_cidrs]
    in_zone = subnet_addresses(network) + sum(map(usable_addresses, further))
    return network.zone_count * in_zone


def most_at_once(settings: Settings) -> int:
    """Return how many instances and Fargate tasks there can be, with the smallest that may be."""
    return sum(
        _most_of(environment, settings) for environment in settings.compute_environments.values()
    )


def too_few(settings: Settings, have: int | None) -> str:
    """Return a warning where there can be more instances and tasks than addresses, or nothing.

    Args:
        settings: of the stack.
        have: addresses of all subnets together; None where that is not known.
    """
    most = most_at_once(settings)
    if have is None or most <= have:
        return ""
    kinds = map(type, settings.compute_environments.values())
    limit = "maxVcpus or maxSize" if UnmanagedEnvironment in kinds else "maxVcpus"
    return (
        f"{limit} lets up to {most} instances and tasks run at once, and the subnets have {have} "
        "addresses for them: no more can start, and further jobs stay RUNNABLE; use a larger "
        f"network, larger instance types or a lower {limit}"
    )


def _most_of(environment: ComputeEnvironment, settings: Settings) -> int:
    if isinstance(environment, UnmanagedEnvironment):
        group = environment.auto_scaling_group
        return group.max_size if group else 0
    return math.ceil(environment.max_vcpus / _smallest(environment, settings))


def _smallest(environment: Ec2Capacity | FargateEnvironment, settings: Settings) -> float:
    """Return the vCPUs of the smallest instance or task that the environment may have."""
    if not isinstance(environment, FargateEnvironment):
        return min(least_vcpus(each) for each in environment.instance_types)
    sizes = [
        float(resources_of(definition)["VCPU"])
        for definition in settings.job_definitions.values()
        if definition.platform == "FARGATE"
    ]
    return min(sizes, default=min(MEMORY_BY_VCPUS))
