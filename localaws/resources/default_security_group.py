"""The security group that a VPC comes with (terraform-provider-aws: vpc_default_security_group.go).

EC2 makes it with the VPC and deletes it with the VPC. To create it is to take its rules away; to
delete it is to leave it as it is. Rules that somebody adds later are not read here (the real
provider shows them as drift).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, security_group, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, first
from localaws.resources.resource_type import ResourceType, finishing

Properties = Mapping[str, Any]

NAME = "default"


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Find the group of the VPC, take its rules away and tag it.

    Raises:
        LookupError: the VPC has none, or is not there.
    """
    ec2 = clients("ec2")
    wanted = {"vpc-id": inputs["vpcId"], "group-name": NAME}
    filters = [{"Name": name, "Values": [value]} for name, value in wanted.items()]
    group = first(ec2.describe_security_groups(Filters=filters), "SecurityGroups")
    if group is None:
        raise LookupError(f"{inputs['vpcId']} has no default security group")
    identifier: str = group["GroupId"]
    with finishing(identifier):
        for revoke, rules in (
            (ec2.revoke_security_group_ingress, group["IpPermissions"]),
            (ec2.revoke_security_group_egress, group["IpPermissionsEgress"]),
        ):
            if rules:
                revoke(GroupId=identifier, IpPermissions=rules)
        tags.update_ec2(ec2, identifier, tags.properties(group.get("Tags")), inputs)
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe the group without its rules."""
    return security_group.read(clients, identifier)


def delete(_clients: Clients, _identifier: str, _state: Properties) -> None:
    """Leave it: it goes with its VPC."""


DEFAULT_SECURITY_GROUP = ResourceType(
    create=create,
    read=read,
    update=security_group.update,
    delete=delete,
    arguments=aws.ec2.DefaultSecurityGroupArgs,
    replace_on=frozenset({"vpcId"}),
    computed=REGIONAL | {"vpcId"},
    check=checks.carrying("tags", "vpcId"),
)
