"""NAT gateways (terraform-provider-aws: internal/service/ec2/vpc_nat_gateway.go)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Create, Delete, Describe
from localaws.resources.clients import Clients, settle
from localaws.resources.reading import REGIONAL, Description, Properties, first, present
from localaws.resources.resource_type import PartiallyCreated, Refusal, ResourceType
from localaws.resources.tags import Ec2Tagging

INPUTS = {
    "allocationId": "AllocationId",
    "connectivityType": "ConnectivityType",
    "subnetId": "SubnetId",
}
_describe = Describe(
    "ec2", "describe_nat_gateways", by="NatGatewayIds", under="NatGateways", gone=("deleted",)
)
"""EC2 shows a deleted gateway for an hour."""


def _wait(clients: Clients, identifier: str, _: Properties) -> None:
    def is_available() -> bool:
        gateway = _describe(clients, identifier) or {}
        if gateway.get("State") == "failed":
            raise PartiallyCreated(identifier, {}, gateway.get("FailureMessage", "failed"))
        return gateway.get("State") == "available"

    settle(f"NAT gateway {identifier}", is_available)


def _state(_: Clients, gateway: Description) -> Properties:
    address = first(gateway, "NatGatewayAddresses") or {}
    return {
        "connectivityType": gateway.get("ConnectivityType", "public"),
        "networkInterfaceId": address.get("NetworkInterfaceId"),
        "privateIp": address.get("PrivateIp"),
        "publicIp": address.get("PublicIp"),
        **present({"allocationId": address.get("AllocationId")}),
    }


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    """resourceNATGatewayCustomizeDiff: a private gateway has no address of its own."""
    yield from checks.one_of(inputs, "connectivityType", ["public", "private"])
    if inputs.get("connectivityType") == "private" and inputs.get("allocationId"):
        reason = 'allocationId is not supported with connectivityType = "private"'
        yield Refusal("allocationId", reason)


NAT_GATEWAY = ResourceType(
    arguments=aws.ec2.NatGatewayArgs,
    creation=Create("ec2", "create_nat_gateway", INPUTS, returns="NatGateway.NatGatewayId"),
    completion=_wait,
    description=replace(_describe, gone=("deleted", "deleting")),
    names={"subnetId": "SubnetId", "vpcId": "VpcId"},
    state=_state,
    tagging=Ec2Tagging(kind="natgateway"),
    # Till it is deleted, it holds its address and subnet.
    deletion=Delete("ec2", "delete_nat_gateway", by="NatGatewayId", until=_describe),
    replace_on=frozenset(INPUTS),
    computed=REGIONAL | {"privateIp", "vpcId"},
    defaults={"connectivityType": "public"},
    refusals=_refusals,
)
