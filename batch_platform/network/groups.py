"""Asks AWS about the security groups of others that a network of the stack's own names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi_aws as aws

from batch_platform.provider_answers import found
from batch_platform.settings import Problem
from batch_platform.settings.tags import ENVIRONMENT_TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batch_platform.settings import Settings
    from batch_platform.settings.errors import Path
    from batch_platform.settings.network import MadeNetwork

_NETWORK = "batch-platform:network"


def unusable_groups(settings: Settings, network: MadeNetwork) -> Iterator[Problem]:
    """Find groups that do not exist, and groups for the instances that are in another VPC.

    A security group is in one VPC, so one for the instances can be made only once the VPC of the
    stack is there. An egress rule may lead to a group of a peered VPC as well.
    """
    for index, rule in enumerate(network.egress):
        if rule.security_group_id is not None and _group(rule.security_group_id) is None:
            yield _missing((_NETWORK, "egress", index, "securityGroupId"), rule.security_group_id)
    for index, group_id in enumerate(network.security_group_ids):
        path = (_NETWORK, "securityGroupIds", index)
        group = _group(group_id)
        if group is None:
            yield _missing(path, group_id)
        elif not _is_own(str(group.vpc_id), settings, network):
            yield Problem(
                path,
                f"{group_id} is in {group.vpc_id}, which is not the VPC that the stack makes",
                "make the group in the stack's VPC (the output network.vpcId), after an `up` "
                "without this key; or use network mode existing",
            )


def _group(group_id: str) -> Any:
    return found(lambda: aws.ec2.get_security_group(id=group_id))


def _missing(path: Path, group_id: str) -> Problem:
    fix = "name a security group of this account and region"
    return Problem(path, f"{group_id} does not exist", fix)


def _is_own(vpc_id: str, settings: Settings, network: MadeNetwork) -> bool:
    """Tell whether a VPC is the stack's, and will be: another ``cidr`` makes another VPC."""
    vpc = aws.ec2.get_vpc(id=vpc_id)
    tags = vpc.tags or {}
    is_own = tags.get(ENVIRONMENT_TAG) == settings.environment
    return is_own and str(vpc.cidr_block) == network.cidr
