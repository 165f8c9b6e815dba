"""Routes to gateways, of IPv4 and IPv6 (terraform-provider-aws: ec2/vpc_route.go)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Description, Properties, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.route_table import describe

DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
}
TARGETS = {
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
}


def route_id(table_id: str, destination: str) -> str:
    """Return the id that pulumi-aws makes up: EC2 has none (RouteCreateID)."""
    return f"r-{table_id}{zlib.crc32(destination.encode())}"


def _create(clients: Clients, inputs: Properties, _: Properties) -> str:
    clients("ec2").create_route(**_route(inputs))
    (destination,) = (inputs[key] for key in DESTINATIONS if inputs.get(key))
    return route_id(inputs["routeTableId"], destination)


def _find(clients: Clients, identifier: str) -> Description | None:
    """Find a route by its id or, as an import gives it, ``table_destination``."""
    table_id, is_import, _ = identifier.partition("_")
    if is_import:
        table = describe(clients, table_id)
        tables = [table] if table else []
    else:  # the id has the table's id and a hash of the destination, with nothing between them
        tables = clients("ec2").describe_route_tables()["RouteTables"]
    for table in tables:
        table_id = table["RouteTableId"]
        for route in table["Routes"]:
            destination = next((route[name] for name in DESTINATIONS.values() if name in route), "")
            own_id = route_id(table_id, destination)
            if identifier in (own_id, f"{table_id}_{destination}"):
                return {**route, "Id": own_id, "RouteTableId": table_id}
    return None


def _state(_: Clients, route: Description) -> Properties:
    return {
        **present({key: route.get(name) for key, name in DESTINATIONS.items()}),
        "origin": route.get("Origin", "CreateRoute"),
        "state": route.get("State", "active"),
    }


def _change(clients: Clients, _: str, __: Properties, inputs: Properties) -> None:
    """Lead the route to another target."""
    clients("ec2").replace_route(**_route(inputs))


def _delete(clients: Clients, _: str, state: Properties) -> None:
    unless_gone(
        clients("ec2").delete_route,
        RouteTableId=state["routeTableId"],
        **present({name: state.get(key) for key, name in DESTINATIONS.items()}),
    )


def _route(inputs: Properties) -> dict[str, Any]:
    return {
        "RouteTableId": inputs["routeTableId"],
        **present({name: inputs.get(key) for key, name in (DESTINATIONS | TARGETS).items()}),
    }


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.at_most_one(inputs, *TARGETS)
    yield from checks.at_most_one(inputs, *DESTINATIONS)


ROUTE = ResourceType(
    arguments=aws.ec2.RouteArgs,
    creation=_create,
    description=_find,
    names={"id": "Id", "routeTableId": "RouteTableId", **TARGETS},
    state=_state,
    change=_change,
    deletion=_delete,
    replace_on=frozenset({"routeTableId", *DESTINATIONS}),
    update_on=frozenset(TARGETS),
    computed=REGIONAL,
    refusals=_refusals,
)
