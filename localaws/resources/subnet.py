"""Subnets (terraform-provider-aws: internal/service/ec2/vpc_subnet.go)."""

from __future__ import annotations

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Create, Delete, Describe
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Properties, changes
from localaws.resources.resource_type import ResourceType
from localaws.resources.tags import Ec2Tagging

PLACE = {
    "availabilityZone": "AvailabilityZone",
    "availabilityZoneId": "AvailabilityZoneId",
    "cidrBlock": "CidrBlock",
}
PUBLIC_IP = {"mapPublicIpOnLaunch": False}


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    """Change whether instances get a public address."""
    if changes(state, inputs, *PUBLIC_IP):
        clients("ec2").modify_subnet_attribute(
            SubnetId=identifier, MapPublicIpOnLaunch={"Value": inputs["mapPublicIpOnLaunch"]}
        )


SUBNET = ResourceType(
    arguments=aws.ec2.SubnetArgs,
    creation=Create("ec2", "create_subnet", {"vpcId": "VpcId", **PLACE}, returns="Subnet.SubnetId"),
    completion=lambda clients, identifier, inputs: _change(clients, identifier, PUBLIC_IP, inputs),
    description=Describe("ec2", "describe_subnets", by="SubnetIds", under="Subnets"),
    names={
        "arn": "SubnetArn",
        "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
        "vpcId": "VpcId",
        **PLACE,
    },
    state=lambda clients, _: {"ownerId": clients.account_id},
    change=_change,
    tagging=Ec2Tagging(kind="subnet"),
    deletion=Delete("ec2", "delete_subnet", by="SubnetId"),
    replace_on=frozenset({"vpcId", *PLACE}),
    update_on=frozenset(PUBLIC_IP),
    computed=REGIONAL | frozenset(PLACE),
    defaults=PUBLIC_IP,
    refusals=lambda inputs: checks.at_most_one(inputs, "availabilityZone", "availabilityZoneId"),
)
