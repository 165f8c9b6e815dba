"""Routes to internet and NAT gateways (terraform-provider-aws: ec2/vpc_route.go)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing
from localaws.resources.route_table import describe

Properties = Mapping[str, Any]

TARGETS = {"gatewayId": "GatewayId", "natGatewayId": "NatGatewayId"}


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a route."""
    clients("ec2").create_route(**_route(inputs))
    identifier = route_id(inputs["routeTableId"], inputs["destinationCidrBlock"])
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Find a route by its id or, as an import gives it, ``table_destination``."""
    table_id, is_import, _ = identifier.partition("_")
    if is_import:
        table = describe(clients, table_id)
        tables = [table] if table else []
    else:  # the id has the table's id and a hash of the destination, with nothing between them
        tables = clients("ec2").describe_route_tables()["RouteTables"]
    for table in tables:
        for route in table["Routes"]:
            destination = route.get("DestinationCidrBlock", "")
            own_id = route_id(table["RouteTableId"], destination)
            if identifier in (own_id, f"{table['RouteTableId']}_{destination}"):
                return {
                    "id": own_id,
                    "destinationCidrBlock": destination,
                    "origin": route.get("Origin", "CreateRoute"),
                    "region": clients.region,
                    "routeTableId": table["RouteTableId"],
                    "state": route.get("State", "active"),
                    **present({key: route.get(name) for key, name in TARGETS.items()}),
                }
    return None


def update(clients: Clients, identifier: str, _: Properties, inputs: Properties) -> dict[str, Any]:
    """Lead the route to another target."""
    clients("ec2").replace_route(**_route(inputs))
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, _: str, state: Properties) -> None:
    """Delete a route."""
    unless_gone(
        clients("ec2").delete_route,
        RouteTableId=state["routeTableId"],
        DestinationCidrBlock=state["destinationCidrBlock"],
    )


def route_id(table_id: str, destination: str) -> str:
    """Return the id that pulumi-aws makes up: EC2 has none (RouteCreateID)."""
    return f"r-{table_id}{zlib.crc32(destination.encode())}"


def _route(inputs: Properties) -> dict[str, Any]:
    return {
        "RouteTableId": inputs["routeTableId"],
        "DestinationCidrBlock": inputs["destinationCidrBlock"],
        **present({name: inputs.get(key) for key, name in TARGETS.items()}),
    }


def _one_target(inputs: Properties) -> Iterator[Refusal]:
    return checks.at_most_one(inputs, *TARGETS)


ROUTE = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.ec2.RouteArgs,
    replace_on=frozenset({"destinationCidrBlock", "routeTableId"}),
    computed=REGIONAL,
    check=checks.carrying("destinationCidrBlock", "routeTableId", *TARGETS, check=_one_target),
)
