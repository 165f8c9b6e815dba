"""In which Availability Zones the network of the stack is. Decides on facts; no I/O.

Not every zone of a region has every instance type, nor every service behind a VPC endpoint. A
service that is not in the zone of a subnet makes the endpoint fail (CreateVpcEndpoint); an instance
type that is in none of the zones never launches, and the jobs stay RUNNABLE.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from batch_platform.settings.errors import Problem

if TYPE_CHECKING:
    from batch_platform.settings.network import MadeNetwork

_ZONES = ("batch-platform:network", "availabilityZones")
_ENVIRONMENTS = "batch-platform:computeEnvironments"


@dataclass(frozen=True, kw_only=True)
class Offers:
    """What a region has in which Availability Zones, as far as AWS was asked and answered.

    Attributes:
        services: name of an endpoint service, e.g. ``com.amazonaws.us-east-1.ecs``, to its zones.
        instance_types: key of a compute environment to its instance types, as the config names
            them, each with its zones.
    """

    services: Mapping[str, Collection[str]] = field(default_factory=dict)
    instance_types: Mapping[str, Mapping[str, Collection[str]]] = field(default_factory=dict)

    def services_not_in(self, zone: str) -> list[str]:
        """Return the endpoint services that ``zone`` has not."""
        return [name for name, zones in self.services.items() if zone not in zones]

    def types_not_in(self, zone: str, key: str) -> list[str]:
        """Return the instance types of the compute environment ``key`` that ``zone`` has not."""
        return [name for name, zones in self.instance_types[key].items() if zone not in zones]

    def environments_not_in(self, zone: str) -> list[str]:
        """Return the compute environments that could launch no instance in ``zone``."""
        return [
            key
            for key, types in self.instance_types.items()
            if len(self.types_not_in(zone, key)) == len(types)
        ]

    def has_all(self, zone: str) -> bool:
        """Tell whether ``zone`` has every service and every instance type."""
        types = [self.types_not_in(zone, key) for key in self.instance_types]
        return not self.services_not_in(zone) and not any(types)

    def misfit(self, zones: Sequence[str]) -> tuple[int, int, int]:
        """Return how badly ``zones`` fit the compute environments, the less the better.

        First the environments that could launch nothing in any of them, then those that could not
        in one, each time it is so, then the zones that lack anything.
        """
        absent = [set(self.environments_not_in(zone)) for zone in zones]
        nowhere = set.intersection(*absent) if absent else set()
        lacking = sum(not self.has_all(zone) for zone in zones)
        return len(nowhere), sum(map(len, absent)), lacking


def choose_zones(
    network: MadeNetwork,
    available: Sequence[str],
    region: str,
    offers: Offers | None = None,
    kept: Sequence[str] = (),
) -> tuple[str, ...] | Problem:
    """Return the Availability Zones to use, or why there are none.

    Zones that the config names are taken. Of a number of them, those come first in which the stack
    has its subnets already: a subnet that moves to another zone with its addresses is refused by
    AWS (CreateSubnet). The others have every endpoint service, and the instance types of as many
    compute environments as can be; of what is alike the first by name.

    Args:
        network: the config's block.
        available: names of the region's zones.
        region: the AWS region.
        offers: what is in which of them.
        kept: zones of the subnets that the stack has, in the order of the subnets.
    """
    offers = offers or Offers()
    wanted, have = network.availability_zones, sorted(available)
    if not isinstance(wanted, int):
        unknown = [zone for zone in wanted if zone not in have]
        if unknown:
            names = ", ".join(unknown)
            fault = f"{names} is not a zone of {region} that this account may use"
            return Problem(_ZONES, fault, f"use some of {', '.join(have)}")
        return wanted
    if wanted > len(have):
        fault = f"{wanted} zones, and {region} has {len(have)}"
        return Problem(_ZONES, fault, f"use some of {', '.join(have)}")
    stay = tuple(zone for zone in dict.fromkeys(kept) if zone in have)[:wanted]
    others = [zone for zone in have if zone not in stay and not offers.services_not_in(zone)]
    sets = [(*stay, *some) for some in combinations(others, wanted - len(stay))]
    if sets:
        return min(sets, key=lambda some: (*offers.misfit(some), some))
    left = "; ".join(
        f"{zone} has no endpoint service {' and no '.join(offers.services_not_in(zone))}"
        for zone in have
        if zone not in stay and zone not in others
    )
    return Problem(
        _ZONES,
        f"{wanted} zones, and {region} has {len(stay) + len(others)} with every endpoint service: "
        f"{left}",
        "use fewer zones or other endpoints",
    )


def not_offered(zones: Sequence[str], offers: Offers) -> Iterator[Problem]:
    """Find endpoint services that a zone of the network has not, and types that none of them has.

    Args:
        zones: those of the network.
        offers: what is in which zone.
    """
    for name, having in offers.services.items():
        if missing := [zone for zone in zones if zone not in having]:
            where = ", ".join(sorted(having)) or "no zone"
            yield Problem(
                _ZONES,
                f"{', '.join(missing)} has no endpoint service {name}, which is in {where}",
                "use zones that have it, or leave it out of `endpoints`",
            )
    for key, types in offers.instance_types.items():
        if all(key in offers.environments_not_in(zone) for zone in zones):
            there = sorted({zone for having in types.values() for zone in having})
            yield Problem(
                (_ENVIRONMENTS, key, "instanceTypes"),
                f"{', '.join(types)}: none of them is offered in {', '.join(zones)}, the zones of "
                f"the network, so no instance would launch; AWS has them in {', '.join(there)}",
                "use other types, or subnets in zones that have them",
            )


def in_few_zones(zones: Sequence[str], offers: Offers) -> Iterator[str]:
    """Warn of instance types that only some zones of the network have, or none.

    Args:
        zones: those of the network.
        offers: what is in which zone.
    """
    for key, types in offers.instance_types.items():
        by_zones: dict[tuple[str, ...], list[str]] = {}
        for name, having in types.items():
            if missing := tuple(zone for zone in zones if zone not in having):
                by_zones.setdefault(missing, []).append(name)
        for missing, names in by_zones.items():
            rest = "the other zones" if len(missing) < len(zones) else "other instance types"
            yield (
                f"computeEnvironments.{key}.instanceTypes: {', '.join(names)} cannot be had in "
                f"{', '.join(missing)} of the network's zones, so instances come from {rest} alone"
            )
