"""Security groups without inline rules (terraform-provider-aws: ec2/vpc_security_group.go)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pulumi_aws as aws
from botocore.exceptions import ClientError

from localaws.resources.calls import Create, Delete, Describe
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Properties
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Ec2Tagging

INPUTS = {"description": "Description", "name": "GroupName", "vpcId": "VpcId"}
TAGGING = Ec2Tagging(kind="security-group")


def _close(clients: Clients, identifier: str, _: Properties) -> None:
    """Take the rules away that EC2 adds (as the real provider does), in a VPC with IPv6 two."""
    for ranges in (
        {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
    ):
        rule = {"IpProtocol": "-1", **ranges}
        with contextlib.suppress(ClientError):  # no such rule: then there is nothing to take away
            clients("ec2").revoke_security_group_egress(GroupId=identifier, IpPermissions=[rule])


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    if str(inputs.get("name", "")).startswith("sg-"):
        yield Refusal("name", "name cannot begin with sg-")


SECURITY_GROUP = ResourceType(
    arguments=aws.ec2.SecurityGroupArgs,
    creation=Create("ec2", "create_security_group", INPUTS, returns="GroupId"),
    completion=_close,
    # Without its rules, which are resources of their own.
    description=Describe("ec2", "describe_security_groups", by="GroupIds", under="SecurityGroups"),
    names=INPUTS,
    arn="ec2:security-group",
    state=lambda clients, _: {"ownerId": clients.account_id},
    tagging=TAGGING,
    # EC2 refuses one that another's rules name.
    deletion=Delete("ec2", "delete_security_group", by="GroupId"),
    replace_on=frozenset(INPUTS),
    computed=REGIONAL | {"name", "vpcId"},
    autonamed=True,
    defaults={"description": "Managed by Pulumi"},
    refusals=_refusals,
)
