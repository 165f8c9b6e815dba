"""Internet gateways (terraform-provider-aws: internal/service/ec2/vpc_internet_gateway.go)."""

from __future__ import annotations

import pulumi_aws as aws

from localaws.resources.calls import Create, Describe
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Description, Properties, first, unless_gone
from localaws.resources.resource_type import ResourceType
from localaws.resources.tags import Ec2Tagging

_describe = Describe(
    "ec2", "describe_internet_gateways", by="InternetGatewayIds", under="InternetGateways"
)


def _state(clients: Clients, gateway: Description) -> Properties:
    return {"ownerId": clients.account_id, "vpcId": _attached_to(gateway)}


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    """Attach the gateway to another VPC."""
    if "vpcId" in inputs:
        _move(clients, identifier, state.get("vpcId"), inputs["vpcId"])


def _delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Detach and delete a gateway."""
    gateway = _describe(clients, identifier)
    if gateway is None:
        return
    _move(clients, identifier, _attached_to(gateway), None)
    unless_gone(clients("ec2").delete_internet_gateway, InternetGatewayId=identifier)


def _attached_to(gateway: Description) -> str:
    attachment = first(gateway, "Attachments") or {}
    return str(attachment.get("VpcId", ""))


def _move(clients: Clients, identifier: str, old: str | None, new: str | None) -> None:
    if old and old != new:
        clients("ec2").detach_internet_gateway(InternetGatewayId=identifier, VpcId=old)
    if new and old != new:
        clients("ec2").attach_internet_gateway(InternetGatewayId=identifier, VpcId=new)


INTERNET_GATEWAY = ResourceType(
    arguments=aws.ec2.InternetGatewayArgs,
    creation=Create(
        "ec2", "create_internet_gateway", {}, returns="InternetGateway.InternetGatewayId"
    ),
    completion=lambda clients, identifier, inputs: _change(clients, identifier, {}, inputs),
    description=_describe,
    arn="ec2:internet-gateway",
    state=_state,
    change=_change,
    tagging=Ec2Tagging(kind="internet-gateway"),
    deletion=_delete,
    update_on=frozenset({"vpcId"}),
    computed=REGIONAL | {"vpcId"},
)
