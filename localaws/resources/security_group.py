"""Security groups without inline rules (terraform-provider-aws: ec2/vpc_security_group.go)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws
from botocore.exceptions import ClientError

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, first, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

DESCRIPTION = "Managed by Pulumi"


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a security group without the rule that EC2 adds (as the real provider does)."""
    ec2 = clients("ec2")
    identifier: str = ec2.create_security_group(
        GroupName=inputs["name"],
        Description=inputs.get("description", DESCRIPTION),
        VpcId=inputs["vpcId"],
        **tags.ec2_specification("security-group", inputs),
    )["GroupId"]
    with finishing(identifier):
        everywhere = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        with contextlib.suppress(ClientError):  # no such rule: then there is nothing to take away
            ec2.revoke_security_group_egress(GroupId=identifier, IpPermissions=everywhere)
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a security group without its rules, which are resources of their own."""
    describe = clients("ec2").describe_security_groups
    group = first(unless_gone(describe, GroupIds=[identifier]), "SecurityGroups")
    if group is None:
        return None
    return {
        "id": identifier,
        "arn": clients.arn("ec2", f"security-group/{identifier}"),
        "description": group["Description"],
        "name": group["GroupName"],
        "ownerId": clients.account_id,
        "region": clients.region,
        "vpcId": group["VpcId"],
        **tags.properties(group.get("Tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change the tags."""
    tags.update_ec2(clients("ec2"), identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a security group; EC2 refuses one that another's rules name."""
    unless_gone(clients("ec2").delete_security_group, GroupId=identifier)


def _name(inputs: Properties) -> Iterator[Refusal]:
    if str(inputs.get("name", "")).startswith("sg-"):
        yield Refusal("name", "name cannot begin with sg-")


SECURITY_GROUP = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.ec2.SecurityGroupArgs,
    replace_on=frozenset({"description", "name", "vpcId"}),
    computed=REGIONAL | {"name", "vpcId"},
    autonamed=True,
    defaults={"description": DESCRIPTION},
    check=checks.carrying("description", "name", "tags", "vpcId", check=_name),
)
