"""What Elastic Fabric Adapters (EFA) of instances need of the network. Decides on facts; no I/O.

AWS Batch user guide, "Elastic Fabric Adapter"; EC2 user guide, "Elastic Fabric Adapter".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batch_platform.network.reachability import default_route
from batch_platform.settings import Problem
from batch_platform.settings.ec2_capacity import Ec2Capacity
from batch_platform.settings.network import ExistingNetwork, PublicNetwork
from batchsdk.contract.reachability import ANY_PROTOCOL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batch_platform.network.facts import NetworkFacts
    from batch_platform.settings import Settings
    from batchsdk.contract.reachability import Rule

_NETWORK = "batch-platform:network"
_NO_ADDRESS = (
    "EC2 gives an instance with several network interfaces no public address, so without a NAT "
    "gateway it reaches nothing outside of the VPC"
)


def public_adapters(settings: Settings) -> Iterator[Problem]:
    """Find several adapters in a network whose only way out is a public address."""
    if isinstance(settings.network, PublicNetwork):
        for key, interfaces in _adapters(settings):
            if interfaces > 1:
                yield Problem(
                    ("batch-platform:computeEnvironments", key, "launchTemplate", "efa"),
                    f"{interfaces}, and network.mode is public: {_NO_ADDRESS}",
                    "use network mode nat or endpoints, or efa: 1",
                )


def adapters_apart(
    settings: Settings, network: ExistingNetwork, facts: NetworkFacts
) -> Iterator[Problem]:
    """Find what keeps adapters in an existing network from one another, and from what is outside.

    Args:
        settings: of the stack.
        network: the config's block.
        facts: about it, with all the rules of its security groups.
    """
    most = max((interfaces for _, interfaces in _adapters(settings)), default=0)
    first = facts.subnets[0]
    if most > 1 and default_route(first.routes).startswith("igw-"):
        yield Problem(
            (_NETWORK, "subnetIds", 0),
            f"{network.subnet_ids[0]} leads to the internet gateway by itself, and an environment "
            f"has {most} EFA interfaces: {_NO_ADDRESS}",
            "name a subnet behind a NAT gateway first, or write `reachability: assumed`",
        )
    if not most:
        return  # and the rules are not asked for
    closed = [_closed_to_itself(group, facts) for group in network.security_group_ids]
    if not all(closed):
        return  # one group that is open both ways will do
    for index, (group, ways) in enumerate(zip(network.security_group_ids, closed, strict=True)):
        yield Problem(
            (_NETWORK, "securityGroupIds", index),
            f"no rule of {group} allows all traffic from and to {group} itself "
            f"({' and '.join(ways)}), and EFA works by no other rule",
            "add a rule for all traffic from the group to itself, each way; or write "
            "`reachability: assumed`",
        )


def _closed_to_itself(group: str, facts: NetworkFacts) -> list[str]:
    """Return the ways in which members of a group do not reach one another."""
    return [
        way
        for way, out in {"in": False, "out": True}.items()
        if not any(_is_to_itself(rule, group, out=out) for rule in facts.rules)
    ]


def _is_to_itself(rule: Rule, group: str, *, out: bool) -> bool:
    return rule.is_egress is out and rule.protocol == ANY_PROTOCOL and rule.group == group


def _adapters(settings: Settings) -> Iterator[tuple[str, int]]:
    """Yield the environments with EFA: key, and interfaces of each instance."""
    for key, environment in settings.compute_environments.items():
        if isinstance(environment, Ec2Capacity) and environment.launch_template.efa is not None:
            yield key, environment.launch_template.efa
