"""Egress rules of the config that the stack makes anyway. No I/O.

EC2 refuses a rule that the group has already, whatever its description
(AuthorizeSecurityGroupEgress, InvalidPermission.Duplicate).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batch_platform.settings.egress import EVERYWHERE, EVERYWHERE_IPV6, HTTPS, NFS
from batch_platform.settings.errors import Problem
from batch_platform.settings.network import EndpointsNetwork, ExistingNetwork

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batch_platform.settings import Settings
    from batch_platform.settings.network import MadeNetwork


def rules_made_anyway(settings: Settings) -> Iterator[Problem]:
    """Find egress rules that the security group of the instances has already."""
    network = settings.network
    if isinstance(network, ExistingNetwork):
        return
    made = _made(settings, network)
    for index, rule in enumerate(network.egress):
        if why := made.get(rule.way):
            yield Problem(
                ("batch-platform:network", "egress", index),
                f"the stack makes this rule itself, {why}, and AWS refuses it twice",
                "remove it",
            )


def _made(settings: Settings, network: MadeNetwork) -> Mapping[tuple[object, ...], str]:
    made: dict[tuple[object, ...], str] = {}
    if not isinstance(network, EndpointsNetwork):
        made["tcp", (HTTPS, HTTPS), EVERYWHERE] = f"for TCP {HTTPS} to anywhere"
    if network.has_ipv6:
        made["tcp", (HTTPS, HTTPS), EVERYWHERE_IPV6] = f"for TCP {HTTPS} to anywhere by IPv6"
    if settings.mounts_file_systems:
        for cidr in network.cidrs:
            made["tcp", (NFS, NFS), cidr] = "since file systems are mounted"
    return made
