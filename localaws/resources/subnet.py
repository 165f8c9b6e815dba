"""Subnets (terraform-provider-aws: internal/service/ec2/vpc_subnet.go)."""

from __future__ import annotations

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Create, Delete, Describe
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Description, Properties, changes, first, present
from localaws.resources.resource_type import ResourceType
from localaws.resources.tags import Ec2Tagging

PLACE = {
    "availabilityZone": "AvailabilityZone",
    "availabilityZoneId": "AvailabilityZoneId",
    "cidrBlock": "CidrBlock",
}
IPV6_BLOCK = "ipv6CidrBlock"
SWITCHES = {"assignIpv6AddressOnCreation": False, "mapPublicIpOnLaunch": False}
NAMES = {
    "assignIpv6AddressOnCreation": "AssignIpv6AddressOnCreation",
    "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
}


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    """Change which addresses instances get; a block that the program does not name stays."""
    ec2 = clients("ec2")
    if inputs.get(IPV6_BLOCK, state.get(IPV6_BLOCK)) != state.get(IPV6_BLOCK):
        if state.get("ipv6CidrBlockAssociationId"):
            ec2.disassociate_subnet_cidr_block(AssociationId=state["ipv6CidrBlockAssociationId"])
        ec2.associate_subnet_cidr_block(SubnetId=identifier, Ipv6CidrBlock=inputs[IPV6_BLOCK])
    for key, name in NAMES.items():
        if changes(state, inputs, key):
            ec2.modify_subnet_attribute(SubnetId=identifier, **{name: {"Value": inputs[key]}})


def _state(clients: Clients, subnet: Description) -> Properties:
    block = first(subnet, "Ipv6CidrBlockAssociationSet") or {}
    told = {
        IPV6_BLOCK: block.get("Ipv6CidrBlock"),
        "ipv6CidrBlockAssociationId": block.get("AssociationId"),
    }
    return {"ownerId": clients.account_id, **present(told)}


SUBNET = ResourceType(
    arguments=aws.ec2.SubnetArgs,
    creation=Create("ec2", "create_subnet", {"vpcId": "VpcId", **PLACE}, returns="Subnet.SubnetId"),
    completion=lambda clients, identifier, inputs: _change(clients, identifier, SWITCHES, inputs),
    description=Describe("ec2", "describe_subnets", by="SubnetIds", under="Subnets"),
    names={
        "arn": "SubnetArn",
        "vpcId": "VpcId",
        **NAMES,
        **PLACE,
    },
    state=_state,
    change=_change,
    tagging=Ec2Tagging(kind="subnet"),
    deletion=Delete("ec2", "delete_subnet", by="SubnetId"),
    replace_on=frozenset({"vpcId", *PLACE}),
    update_on=frozenset({IPV6_BLOCK, *SWITCHES}),
    computed=REGIONAL | frozenset({IPV6_BLOCK, *PLACE}),
    defaults=SWITCHES,
    refusals=lambda inputs: checks.at_most_one(inputs, "availabilityZone", "availabilityZoneId"),
)
