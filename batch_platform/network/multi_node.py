"""What the nodes of a multi-node parallel job need of the network. Decides on facts; no I/O.

Each node has a network interface of its own, in the environment's subnets and security groups
(AWS Batch user guide, "Compute environment considerations for multi-node parallel jobs").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batch_platform.network.reachability import default_route
from batch_platform.settings import Problem
from batch_platform.settings.network import ExistingNetwork, PublicNetwork

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batch_platform.network.facts import NetworkFacts
    from batch_platform.settings import Settings
    from batchsdk.contract.reachability import Rule

_REGISTERED_PORTS, _LAST_PORT = 1024, 65535
_DEFINITIONS = "batch-platform:jobDefinitions"
_NETWORK = "batch-platform:network"
_NO_WAY_OUT = (
    "the network interfaces of nodes get no public address, so without a NAT gateway they reach "
    "nothing outside of the VPC"
)


def public_nodes(settings: Settings) -> Iterator[Problem]:
    """Find definitions of several nodes in a network whose only way out is a public address."""
    if not isinstance(settings.network, PublicNetwork):
        return
    for key, definition in settings.job_definitions.items():
        if definition.node_properties is not None:
            fault = f"it runs on several nodes, and network.mode is public: {_NO_WAY_OUT}"
            fix = "use network mode nat or endpoints, or one node"
            yield Problem((_DEFINITIONS, key, "nodeProperties"), fault, fix)


def nodes_apart(network: ExistingNetwork, facts: NetworkFacts) -> Iterator[Problem]:
    """Find what keeps nodes in an existing network from one another, and from what is outside.

    Args:
        network: the config's block.
        facts: about it, with all the rules of its security groups.
    """
    for index, (subnet_id, subnet) in enumerate(
        zip(network.subnet_ids, facts.subnets, strict=True)
    ):
        if default_route(subnet.routes).startswith("igw-"):
            yield Problem(
                (_NETWORK, "subnetIds", index),
                f"{subnet_id} leads to the internet gateway by itself, and a job definition runs "
                f"on several nodes: {_NO_WAY_OUT}",
                "name subnets behind a NAT gateway; or, if its nodes need nothing from outside, "
                "write `reachability: assumed`",
            )
    rules = list(facts.rules)
    groups = network.security_group_ids
    ways = {"in": False, "out": True}
    closed = [
        way for way, out in ways.items() if not any(_joins(rule, groups, out=out) for rule in rules)
    ]
    if closed:
        yield Problem(
            (_NETWORK, "securityGroupIds"),
            f"no rule of {', '.join(groups)} lets the nodes of a job reach one another "
            f"({' and '.join(closed)})",
            "add a rule for all traffic from the group to itself, each way; or write "
            "`reachability: assumed`",
        )


def _joins(rule: Rule, groups: Sequence[str], *, out: bool) -> bool:
    """Tell whether a rule lets members of the groups talk on the ports that nodes choose."""
    if rule.is_egress is not out or not rule.covers(_REGISTERED_PORTS, _LAST_PORT):
        return False
    return rule.group in groups or bool(rule.cidr)
