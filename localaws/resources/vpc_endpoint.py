"""VPC endpoints (terraform-provider-aws: internal/service/ec2/vpc_endpoint.go)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Create, Delete, Describe
from localaws.resources.clients import Clients
from localaws.resources.json_documents import same_document
from localaws.resources.reading import REGIONAL, Description, Properties, changes
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Ec2Tagging

GATEWAY, INTERFACE = "Gateway", "Interface"
FIXED = {
    "serviceName": "ServiceName",
    "vpcEndpointType": "VpcEndpointType",
    "vpcId": "VpcId",
}
LISTS = {
    "routeTableIds": "RouteTableIds",
    "securityGroupIds": "SecurityGroupIds",
    "subnetIds": "SubnetIds",
}
CHANGEABLE = {"policy": "PolicyDocument", "privateDnsEnabled": "PrivateDnsEnabled", **LISTS}
_describe = Describe(
    "ec2", "describe_vpc_endpoints", by="VpcEndpointIds", under="VpcEndpoints", gone=("deleted",)
)
"""EC2 shows a deleted endpoint for a while."""


def _state(clients: Clients, endpoint: Description) -> Properties:
    kind = endpoint.get("VpcEndpointType", GATEWAY)
    state = {
        "networkInterfaceIds": endpoint.get("NetworkInterfaceIds", []),
        "ownerId": clients.account_id,
        "policy": endpoint.get("PolicyDocument") or json.dumps({}),
        "privateDnsEnabled": bool(endpoint.get("PrivateDnsEnabled")),
        "routeTableIds": endpoint.get("RouteTableIds", []),
        "securityGroupIds": [group["GroupId"] for group in endpoint.get("Groups", ())],
        "state": endpoint.get("State", "available"),
        "subnetIds": endpoint.get("SubnetIds", []),
        "vpcEndpointType": kind,
    }
    if kind == GATEWAY:
        state["prefixListId"] = _prefix_list(clients, endpoint["ServiceName"])
    return state


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    """Change where the endpoint is, and its policy."""
    modified: dict[str, Any] = {}
    for key, name in LISTS.items():
        old, new = set(state.get(key) or ()), set(inputs.get(key, state.get(key)) or ())
        modified |= {f"Add{name}": sorted(new - old)} if new - old else {}
        modified |= {f"Remove{name}": sorted(old - new)} if old - new else {}
    if "policy" in inputs and not same_document(inputs["policy"], state.get("policy", "{}")):
        modified["PolicyDocument"] = inputs["policy"]
    if "privateDnsEnabled" in inputs and changes(state, inputs, "privateDnsEnabled"):
        modified["PrivateDnsEnabled"] = inputs["privateDnsEnabled"]
    if modified:
        clients("ec2").modify_vpc_endpoint(VpcEndpointId=identifier, **modified)
        _lead_routes(clients, identifier, state, modified)


def _lead_routes(
    clients: Clients, identifier: str, state: Properties, modified: Properties
) -> None:
    """Add and remove the routes to the endpoint: moto changes its route tables alone."""
    ec2 = clients("ec2")
    for table in modified.get("AddRouteTableIds", ()):
        ec2.create_route(
            RouteTableId=table,
            DestinationPrefixListId=state["prefixListId"],
            GatewayId=identifier,
        )
    for table in modified.get("RemoveRouteTableIds", ()):
        ec2.delete_route(RouteTableId=table, DestinationPrefixListId=state["prefixListId"])


def _prefix_list(clients: Clients, service_name: str) -> str:
    lists = clients("ec2").describe_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [service_name]}]
    )["PrefixLists"]
    if not lists:
        raise LookupError(f"no prefix list for {service_name} in {clients.region}")
    return str(lists[0]["PrefixListId"])


def replaces(old: Properties, new: Properties) -> list[str]:
    """Private DNS of anything but an interface endpoint (CustomizeDiff)."""
    if new.get("vpcEndpointType", GATEWAY) == INTERFACE or "privateDnsEnabled" not in new:
        return []
    return ["privateDnsEnabled"] if changes(old, new, "privateDnsEnabled") else []


def unchanged(key: str, old: Any, new: Any) -> bool:
    """Compare lists without order, and policies without layout."""
    if key in LISTS:
        return sorted(old) == sorted(new)
    return key == "policy" and same_document(old, new)


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.one_of(inputs, "vpcEndpointType", [GATEWAY, INTERFACE])
    yield from checks.json_text(inputs, "policy")


VPC_ENDPOINT = ResourceType(
    arguments=aws.ec2.VpcEndpointArgs,
    creation=Create(
        "ec2", "create_vpc_endpoint", {**FIXED, **CHANGEABLE}, returns="VpcEndpoint.VpcEndpointId"
    ),
    description=replace(_describe, gone=("deleted", "deleting")),
    names={"serviceName": "ServiceName", "vpcId": "VpcId"},
    arn="ec2:vpc-endpoint",
    state=_state,
    change=_change,
    tagging=Ec2Tagging(kind="vpc-endpoint"),
    # Till it is deleted, it holds its subnets and groups.
    deletion=Delete("ec2", "delete_vpc_endpoints", by="VpcEndpointIds", many=True, until=_describe),
    replace_on=frozenset(FIXED),
    replaces=replaces,
    update_on=frozenset(CHANGEABLE),
    computed=REGIONAL | frozenset(CHANGEABLE),
    unchanged=unchanged,
    defaults={"vpcEndpointType": GATEWAY},
    refusals=_refusals,
)
