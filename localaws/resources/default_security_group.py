"""The security group that a VPC comes with (terraform-provider-aws: vpc_default_security_group.go).

EC2 makes it with the VPC and deletes it with the VPC. To create it is to take its rules away; to
delete it is to leave it as it is. Rules that somebody adds later are not read here (the real
provider shows them as drift).
"""

from __future__ import annotations

from dataclasses import replace

import pulumi_aws as aws

from localaws.resources import tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Properties, first
from localaws.resources.security_group import SECURITY_GROUP, TAGGING

NAME = "default"


def _find(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Find the group of the VPC.

    Raises:
        LookupError: the VPC has none, or is not there.
    """
    wanted = {"vpc-id": inputs["vpcId"], "group-name": NAME}
    filters = [{"Name": name, "Values": [value]} for name, value in wanted.items()]
    group = first(clients("ec2").describe_security_groups(Filters=filters), "SecurityGroups")
    if group is None:
        raise LookupError(f"{inputs['vpcId']} has no default security group")
    return str(group["GroupId"])


def _take_over(clients: Clients, identifier: str, inputs: Properties) -> None:
    """Take the group's rules away, and give it the tags of the program."""
    ec2 = clients("ec2")
    group = SECURITY_GROUP.description(clients, identifier) or {}
    for revoke, rules in (
        (ec2.revoke_security_group_ingress, group.get("IpPermissions")),
        (ec2.revoke_security_group_egress, group.get("IpPermissionsEgress")),
    ):
        if rules:
            revoke(GroupId=identifier, IpPermissions=rules)
    TAGGING.update(clients, identifier, tags.properties(group.get("Tags")), inputs)


DEFAULT_SECURITY_GROUP = replace(
    SECURITY_GROUP,
    arguments=aws.ec2.DefaultSecurityGroupArgs,
    creation=_find,
    completion=_take_over,
    # The group goes with its VPC.
    deletion=lambda _clients, _identifier, _state: None,
    replace_on=frozenset({"vpcId"}),
    computed=REGIONAL | {"vpcId"},
    autonamed=False,
    defaults={},
    refusals=None,
)
