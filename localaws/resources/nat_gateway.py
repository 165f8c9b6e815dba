"""NAT gateways (terraform-provider-aws: internal/service/ec2/vpc_nat_gateway.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients, settle
from localaws.resources.reading import REGIONAL, beside, first, present, unless_gone
from localaws.resources.resource_type import PartiallyCreated, Refusal, ResourceType, finishing

Properties = Mapping[str, Any]


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a NAT gateway and wait until it is available."""
    created = clients("ec2").create_nat_gateway(
        SubnetId=inputs["subnetId"],
        ConnectivityType=inputs.get("connectivityType", "public"),
        **present({"AllocationId": inputs.get("allocationId")}),
        **tags.ec2_specification("natgateway", inputs),
    )
    identifier: str = created["NatGateway"]["NatGatewayId"]
    with finishing(identifier):

        def is_available() -> bool:
            gateway = _describe(clients, identifier) or {}
            if gateway.get("State") == "failed":
                raise PartiallyCreated(identifier, {}, gateway.get("FailureMessage", "failed"))
            return gateway.get("State") == "available"

        settle(f"NAT gateway {identifier}", is_available)
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a NAT gateway; EC2 shows a deleted one for an hour."""
    gateway = _describe(clients, identifier)
    if gateway is None or gateway["State"] in ("deleted", "deleting"):
        return None
    address = first(gateway, "NatGatewayAddresses") or {}
    return {
        "id": identifier,
        "connectivityType": gateway.get("ConnectivityType", "public"),
        "networkInterfaceId": address.get("NetworkInterfaceId"),
        "privateIp": address.get("PrivateIp"),
        "publicIp": address.get("PublicIp"),
        "region": clients.region,
        "subnetId": gateway["SubnetId"],
        "vpcId": gateway["VpcId"],
        **present({"allocationId": address.get("AllocationId")}),
        **tags.properties(gateway.get("Tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change the tags."""
    tags.update_ec2(clients("ec2"), identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a NAT gateway and wait until it is: till then it holds its address and subnet."""
    if read(clients, identifier) is None:
        return
    clients("ec2").delete_nat_gateway(NatGatewayId=identifier)
    settle(
        f"NAT gateway {identifier}",
        lambda: (_describe(clients, identifier) or {}).get("State", "deleted") == "deleted",
    )


def _describe(clients: Clients, identifier: str) -> dict[str, Any] | None:
    describe = clients("ec2").describe_nat_gateways
    return first(unless_gone(describe, NatGatewayIds=[identifier]), "NatGateways")


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    """resourceNATGatewayCustomizeDiff: a private gateway has no address of its own."""
    yield from checks.one_of(inputs, "connectivityType", ["public", "private"])
    if inputs.get("connectivityType") == "private" and inputs.get("allocationId"):
        reason = 'allocationId is not supported with connectivityType = "private"'
        yield Refusal("allocationId", reason)


_FIXED = frozenset({"allocationId", "connectivityType", "subnetId"})

NAT_GATEWAY = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.ec2.NatGatewayArgs,
    replace_on=_FIXED,
    computed=REGIONAL | {"privateIp", "vpcId"},
    defaults={"connectivityType": "public"},
    check=checks.carrying("tags", *_FIXED, check=_refusals),
)
