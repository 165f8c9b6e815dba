"""Route tables and their associations with subnets.

terraform-provider-aws: internal/service/ec2/vpc_route_table.go, vpc_route_table_association.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, changes, first, unless_gone
from localaws.resources.resource_type import ResourceType, finishing

Properties = Mapping[str, Any]


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a route table; its routes are resources of their own."""
    created = clients("ec2").create_route_table(
        VpcId=inputs["vpcId"], **tags.ec2_specification("route-table", inputs)
    )
    identifier: str = created["RouteTable"]["RouteTableId"]
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a route table without its routes."""
    table = describe(clients, identifier)
    if table is None:
        return None
    return {
        "id": identifier,
        "arn": clients.arn("ec2", f"route-table/{identifier}"),
        "ownerId": clients.account_id,
        "region": clients.region,
        "vpcId": table["VpcId"],
        **tags.properties(table.get("Tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change the tags."""
    tags.update_ec2(clients("ec2"), identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a route table; EC2 refuses one that subnets use."""
    unless_gone(clients("ec2").delete_route_table, RouteTableId=identifier)


def describe(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Return EC2's description of a route table."""
    answer = unless_gone(clients("ec2").describe_route_tables, RouteTableIds=[identifier])
    return first(answer, "RouteTables")


def associate(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Associate a route table with a subnet."""
    association = clients("ec2").associate_route_table(
        RouteTableId=inputs["routeTableId"], SubnetId=inputs["subnetId"]
    )
    identifier: str = association["AssociationId"]
    with finishing(identifier):
        return identifier, beside(inputs, read_association(clients, identifier))


def read_association(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Find an association by its id or, as an import gives it, ``subnet/table``."""
    key = "association.route-table-association-id"
    subnet, is_import, _ = identifier.partition("/")
    if is_import:
        key = "association.subnet-id"
    filters = [{"Name": key, "Values": [subnet]}]
    tables = clients("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    for each in (each for table in tables for each in table["Associations"]):
        if subnet in (each.get("SubnetId"), each["RouteTableAssociationId"]):
            return {
                "id": each["RouteTableAssociationId"],
                "region": clients.region,
                "routeTableId": each["RouteTableId"],
                "subnetId": each["SubnetId"],
            }
    return None


def update_association(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Give the subnet another route table; EC2 gives the association another id."""
    current = state.get("id", identifier)
    if changes(state, inputs, "routeTableId"):
        current = clients("ec2").replace_route_table_association(
            AssociationId=current, RouteTableId=inputs["routeTableId"]
        )["NewAssociationId"]
    return beside(inputs, read_association(clients, current))


def dissociate(clients: Clients, identifier: str, state: Properties) -> None:
    """Take the route table from the subnet."""
    current = state.get("id", identifier)
    unless_gone(clients("ec2").disassociate_route_table, AssociationId=current)


def new_association_outputs(old: Properties, new: Properties) -> list[str]:
    """See :func:`update_association`."""
    return ["id"] if changes(old, new, "routeTableId") else []


ROUTE_TABLE = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.ec2.RouteTableArgs,
    replace_on=frozenset({"vpcId"}),
    computed=REGIONAL,
    check=checks.carrying("tags", "vpcId"),
)

ROUTE_TABLE_ASSOCIATION = ResourceType(
    create=associate,
    read=read_association,
    update=update_association,
    delete=dissociate,
    arguments=aws.ec2.RouteTableAssociationArgs,
    replace_on=frozenset({"subnetId"}),
    computed=REGIONAL,
    new_outputs=new_association_outputs,
    check=checks.carrying("routeTableId", "subnetId"),
)
