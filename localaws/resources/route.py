"""Routes to internet and NAT gateways (terraform-provider-aws: ec2/vpc_route.go)."""

from __future__ import annotations

import zlib
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Description, Properties, present, unless_gone
from localaws.resources.resource_type import ResourceType
from localaws.resources.route_table import describe

TARGETS = {"gatewayId": "GatewayId", "natGatewayId": "NatGatewayId"}


def route_id(table_id: str, destination: str) -> str:
    """Return the id that pulumi-aws makes up: EC2 has none (RouteCreateID)."""
    return f"r-{table_id}{zlib.crc32(destination.encode())}"


def _create(clients: Clients, inputs: Properties, _: Properties) -> str:
    clients("ec2").create_route(**_route(inputs))
    return route_id(inputs["routeTableId"], inputs["destinationCidrBlock"])


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
            destination = route.get("DestinationCidrBlock", "")
            own_id = route_id(table_id, destination)
            if identifier in (own_id, f"{table_id}_{destination}"):
                return {**route, "Id": own_id, "RouteTableId": table_id}
    return None


def _state(_: Clients, route: Description) -> Properties:
    return {
        "destinationCidrBlock": route.get("DestinationCidrBlock", ""),
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
        DestinationCidrBlock=state["destinationCidrBlock"],
    )


def _route(inputs: Properties) -> dict[str, Any]:
    return {
        "RouteTableId": inputs["routeTableId"],
        "DestinationCidrBlock": inputs["destinationCidrBlock"],
        **present({name: inputs.get(key) for key, name in TARGETS.items()}),
    }


ROUTE = ResourceType(
    arguments=aws.ec2.RouteArgs,
    creation=_create,
    description=_find,
    names={"id": "Id", "routeTableId": "RouteTableId", **TARGETS},
    state=_state,
    change=_change,
    deletion=_delete,
    replace_on=frozenset({"destinationCidrBlock", "routeTableId"}),
    update_on=frozenset(TARGETS),
    computed=REGIONAL,
    refusals=lambda inputs: checks.at_most_one(inputs, *TARGETS),
)
