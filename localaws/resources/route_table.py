"""Route tables and their associations with subnets.

terraform-provider-aws: internal/service/ec2/vpc_route_table.go, vpc_route_table_association.go.
"""

from __future__ import annotations

import pulumi_aws as aws

from localaws.resources.calls import Create, Delete, Describe
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Description, Properties, changes, unless_gone
from localaws.resources.resource_type import ResourceType
from localaws.resources.tags import Ec2Tagging

describe = Describe("ec2", "describe_route_tables", by="RouteTableIds", under="RouteTables")

ROUTE_TABLE = ResourceType(
    arguments=aws.ec2.RouteTableArgs,
    creation=Create(
        "ec2", "create_route_table", {"vpcId": "VpcId"}, returns="RouteTable.RouteTableId"
    ),
    # Without its routes, which are resources of their own.
    description=describe,
    names={"vpcId": "VpcId"},
    arn="ec2:route-table",
    state=lambda clients, _: {"ownerId": clients.account_id},
    tagging=Ec2Tagging(kind="route-table"),
    deletion=Delete("ec2", "delete_route_table", by="RouteTableId"),
    replace_on=frozenset({"vpcId"}),
    computed=REGIONAL,
)


def _find_association(clients: Clients, identifier: str) -> Description | None:
    """Find an association by its id or, as an import gives it, ``subnet/table``."""
    key = "association.route-table-association-id"
    subnet, is_import, _ = identifier.partition("/")
    if is_import:
        key = "association.subnet-id"
    filters = [{"Name": key, "Values": [subnet]}]
    tables = clients("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    for each in (each for table in tables for each in table["Associations"]):
        if subnet in (each.get("SubnetId"), each["RouteTableAssociationId"]):
            return dict(each)
    return None


def _change_association(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> str:
    """Give the subnet another route table; EC2 gives the association another id."""
    current = str(state.get("id", identifier))
    if not changes(state, inputs, "routeTableId"):
        return current
    replaced = clients("ec2").replace_route_table_association(
        AssociationId=current, RouteTableId=inputs["routeTableId"]
    )
    return str(replaced["NewAssociationId"])


def _dissociate(clients: Clients, identifier: str, state: Properties) -> None:
    """Take the route table from the subnet."""
    current = state.get("id", identifier)
    unless_gone(clients("ec2").disassociate_route_table, AssociationId=current)


def _new_outputs(old: Properties, new: Properties) -> list[str]:
    """See :func:`_change_association`."""
    return ["id"] if changes(old, new, "routeTableId") else []


_INPUTS = {"routeTableId": "RouteTableId", "subnetId": "SubnetId"}

ROUTE_TABLE_ASSOCIATION = ResourceType(
    arguments=aws.ec2.RouteTableAssociationArgs,
    creation=Create("ec2", "associate_route_table", _INPUTS, returns="AssociationId"),
    description=_find_association,
    names={"id": "RouteTableAssociationId", **_INPUTS},
    change=_change_association,
    deletion=_dissociate,
    replace_on=frozenset({"subnetId"}),
    update_on=frozenset({"routeTableId"}),
    computed=REGIONAL,
    new_outputs=_new_outputs,
)
