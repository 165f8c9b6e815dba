"""Internet gateways (terraform-provider-aws: internal/service/ec2/vpc_internet_gateway.go)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, first, unless_gone
from localaws.resources.resource_type import ResourceType, finishing

Properties = Mapping[str, Any]


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create an internet gateway and attach it."""
    created = clients("ec2").create_internet_gateway(
        **tags.ec2_specification("internet-gateway", inputs)
    )
    identifier: str = created["InternetGateway"]["InternetGatewayId"]
    with finishing(identifier):
        _move(clients, identifier, None, inputs.get("vpcId"))
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe an internet gateway and the VPC that it is attached to."""
    describe = clients("ec2").describe_internet_gateways
    gateway = first(unless_gone(describe, InternetGatewayIds=[identifier]), "InternetGateways")
    if gateway is None:
        return None
    attachment = first(gateway, "Attachments") or {}
    return {
        "id": identifier,
        "arn": clients.arn("ec2", f"internet-gateway/{identifier}"),
        "ownerId": clients.account_id,
        "region": clients.region,
        "vpcId": attachment.get("VpcId", ""),
        **tags.properties(gateway.get("Tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Attach to another VPC, and change the tags."""
    if "vpcId" in inputs:
        _move(clients, identifier, state.get("vpcId"), inputs["vpcId"])
    tags.update_ec2(clients("ec2"), identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Detach and delete."""
    found = read(clients, identifier)
    if found is None:
        return
    _move(clients, identifier, found["vpcId"], None)
    unless_gone(clients("ec2").delete_internet_gateway, InternetGatewayId=identifier)


def _move(clients: Clients, identifier: str, old: str | None, new: str | None) -> None:
    if old and old != new:
        clients("ec2").detach_internet_gateway(InternetGatewayId=identifier, VpcId=old)
    if new and old != new:
        clients("ec2").attach_internet_gateway(InternetGatewayId=identifier, VpcId=new)


INTERNET_GATEWAY = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.ec2.InternetGatewayArgs,
    computed=REGIONAL | {"vpcId"},
    check=checks.carrying("tags", "vpcId"),
)
