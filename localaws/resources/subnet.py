"""Subnets (terraform-provider-aws: internal/service/ec2/vpc_subnet.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, changes, first, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a subnet."""
    place = {
        "AvailabilityZone": inputs.get("availabilityZone"),
        "AvailabilityZoneId": inputs.get("availabilityZoneId"),
    }
    created = clients("ec2").create_subnet(
        VpcId=inputs["vpcId"],
        CidrBlock=inputs["cidrBlock"],
        **present(place),
        **tags.ec2_specification("subnet", inputs),
    )
    identifier: str = created["Subnet"]["SubnetId"]
    with finishing(identifier):
        if inputs.get("mapPublicIpOnLaunch"):
            _map_public_ip(clients, identifier, on_launch=True)
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a subnet."""
    describe = clients("ec2").describe_subnets
    subnet = first(unless_gone(describe, SubnetIds=[identifier]), "Subnets")
    if subnet is None:
        return None
    return {
        "id": identifier,
        "arn": subnet["SubnetArn"],
        "availabilityZone": subnet["AvailabilityZone"],
        "availabilityZoneId": subnet["AvailabilityZoneId"],
        "cidrBlock": subnet["CidrBlock"],
        "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
        "ownerId": clients.account_id,
        "region": clients.region,
        "vpcId": subnet["VpcId"],
        **tags.properties(subnet.get("Tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change whether instances get a public address, and the tags."""
    if changes(state, inputs, "mapPublicIpOnLaunch"):
        _map_public_ip(clients, identifier, on_launch=inputs.get("mapPublicIpOnLaunch", False))
    tags.update_ec2(clients("ec2"), identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a subnet."""
    unless_gone(clients("ec2").delete_subnet, SubnetId=identifier)


def _map_public_ip(clients: Clients, identifier: str, *, on_launch: bool) -> None:
    clients("ec2").modify_subnet_attribute(
        SubnetId=identifier, MapPublicIpOnLaunch={"Value": on_launch}
    )


def _one_zone(inputs: Properties) -> Iterator[Refusal]:
    return checks.at_most_one(inputs, "availabilityZone", "availabilityZoneId")


_PLACE = frozenset({"availabilityZone", "availabilityZoneId", "cidrBlock"})

SUBNET = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.ec2.SubnetArgs,
    replace_on=_PLACE | {"vpcId"},
    computed=REGIONAL | _PLACE,
    defaults={"mapPublicIpOnLaunch": False},
    check=checks.carrying("mapPublicIpOnLaunch", "tags", "vpcId", *_PLACE, check=_one_zone),
)
