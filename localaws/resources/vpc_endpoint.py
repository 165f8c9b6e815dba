"""VPC endpoints (terraform-provider-aws: internal/service/ec2/vpc_endpoint.go)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients, settle
from localaws.resources.json_documents import same_document
from localaws.resources.reading import REGIONAL, beside, changes, first, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

GATEWAY, INTERFACE = "Gateway", "Interface"
LISTS = {
    "routeTableIds": "RouteTableIds",
    "securityGroupIds": "SecurityGroupIds",
    "subnetIds": "SubnetIds",
}
_FIXED = frozenset({"serviceName", "vpcEndpointType", "vpcId"})


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create an interface or gateway endpoint."""
    names = {"policy": "PolicyDocument", "privateDnsEnabled": "PrivateDnsEnabled", **LISTS}
    created = clients("ec2").create_vpc_endpoint(
        VpcId=inputs["vpcId"],
        ServiceName=inputs["serviceName"],
        VpcEndpointType=inputs.get("vpcEndpointType", GATEWAY),
        **{name: inputs[key] for key, name in names.items() if key in inputs},
        **tags.ec2_specification("vpc-endpoint", inputs),
    )
    identifier: str = created["VpcEndpoint"]["VpcEndpointId"]
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe an endpoint; EC2 shows a deleted one for a while."""
    endpoint = _describe(clients, identifier)
    if endpoint is None or endpoint.get("State") in ("deleted", "deleting"):
        return None
    kind = endpoint.get("VpcEndpointType", GATEWAY)
    groups = [group["GroupId"] for group in endpoint.get("Groups", ())]
    state = {
        "id": identifier,
        "arn": clients.arn("ec2", f"vpc-endpoint/{identifier}"),
        "networkInterfaceIds": endpoint.get("NetworkInterfaceIds", []),
        "ownerId": clients.account_id,
        "policy": endpoint.get("PolicyDocument") or json.dumps({}),
        "privateDnsEnabled": bool(endpoint.get("PrivateDnsEnabled")),
        "region": clients.region,
        "routeTableIds": endpoint.get("RouteTableIds", []),
        "securityGroupIds": groups,
        "serviceName": endpoint["ServiceName"],
        "state": endpoint.get("State", "available"),
        "subnetIds": endpoint.get("SubnetIds", []),
        "vpcEndpointType": kind,
        "vpcId": endpoint["VpcId"],
        **tags.properties(endpoint.get("Tags")),
    }
    if kind == GATEWAY:
        state["prefixListId"] = _prefix_list(clients, endpoint["ServiceName"])
    return state


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change where the endpoint is, its policy and its tags."""
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
    tags.update_ec2(clients("ec2"), identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete an endpoint and wait until it is: till then it holds its subnets and groups."""
    if read(clients, identifier) is None:
        return
    clients("ec2").delete_vpc_endpoints(VpcEndpointIds=[identifier])
    settle(
        f"VPC endpoint {identifier}",
        lambda: (_describe(clients, identifier) or {}).get("State", "deleted") == "deleted",
    )


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


def _describe(clients: Clients, identifier: str) -> dict[str, Any] | None:
    describe = clients("ec2").describe_vpc_endpoints
    return first(unless_gone(describe, VpcEndpointIds=[identifier]), "VpcEndpoints")


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
    lists = clients("ec2").describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [service_name]}]
    )["PrefixLists"]
    if not lists:
        raise LookupError(f"no prefix list for {service_name} in {clients.region}")
    return str(lists[0]["PrefixListId"])


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.one_of(inputs, "vpcEndpointType", [GATEWAY, INTERFACE])
    yield from checks.json_text(inputs, "policy")


VPC_ENDPOINT = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.ec2.VpcEndpointArgs,
    replace_on=_FIXED,
    replaces=replaces,
    computed=REGIONAL | {"policy", "privateDnsEnabled", *LISTS},
    unchanged=unchanged,
    defaults={"vpcEndpointType": GATEWAY},
    check=checks.carrying("policy", "privateDnsEnabled", "tags", *LISTS, *_FIXED, check=_refusals),
)
