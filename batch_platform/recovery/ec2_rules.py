"""Routes, associations and rules whose creation was cut off: parts of what the state knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from batch_platform.recovery.orphan_type import Aws, Found, OrphanType, Properties

ANY_PORT = -1
CREATED = "CreateRoute"
"""Origin of a route that somebody made; a table's local route has another."""


def _tables(aws: Aws, name: str, value: str) -> list[dict[str, Any]]:
    only = [{"Name": name, "Values": [value]}]
    answer = aws.client("ec2").describe_route_tables(Filters=only)
    found: list[dict[str, Any]] = answer["RouteTables"]
    return found


def _route(aws: Aws, inputs: Properties) -> Iterator[Found]:
    for table in _tables(aws, "route-table-id", inputs["routeTableId"]):
        for route in table["Routes"]:
            destination = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
            made = route.get("Origin", CREATED) == CREATED
            if made and destination == _destination(inputs):
                yield Found(f"{table['RouteTableId']}_{destination}")


def _destination(inputs: Properties) -> Any:
    return inputs.get("destinationIpv6CidrBlock") or inputs["destinationCidrBlock"]


def _delete_route(aws: Aws, _: str, inputs: Properties) -> None:
    is_ipv6 = "destinationIpv6CidrBlock" in inputs
    name = "DestinationIpv6CidrBlock" if is_ipv6 else "DestinationCidrBlock"
    aws.client("ec2").delete_route(
        RouteTableId=inputs["routeTableId"], **{name: _destination(inputs)}
    )


def _association(aws: Aws, inputs: Properties) -> Iterator[Found]:
    for table in _tables(aws, "association.subnet-id", inputs["subnetId"]):
        for each in table["Associations"]:
            if (each.get("SubnetId"), each["RouteTableId"]) == (
                inputs["subnetId"],
                inputs["routeTableId"],
            ):
                yield Found(each["RouteTableAssociationId"])


def _disassociate(aws: Aws, identifier: str, _: Properties) -> None:
    aws.client("ec2").disassociate_route_table(AssociationId=identifier)


def _rules(aws: Aws, inputs: Properties, *, is_egress: bool) -> Iterator[Found]:
    only = [{"Name": "group-id", "Values": [inputs["securityGroupId"]]}]
    pages = aws.client("ec2").get_paginator("describe_security_group_rules").paginate(Filters=only)
    for rule in (each for page in pages for each in page["SecurityGroupRules"]):
        if rule["IsEgress"] == is_egress and _described(rule) == _wanted(inputs):
            yield Found(rule["SecurityGroupRuleId"])


def _described(rule: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        rule["IpProtocol"],
        rule.get("FromPort", ANY_PORT),
        rule.get("ToPort", ANY_PORT),
        rule.get("CidrIpv4"),
        rule.get("CidrIpv6"),
        rule.get("PrefixListId"),
        (rule.get("ReferencedGroupInfo") or {}).get("GroupId"),
    )


def _wanted(inputs: Properties) -> tuple[Any, ...]:
    return (
        inputs["ipProtocol"],
        inputs.get("fromPort", ANY_PORT),
        inputs.get("toPort", ANY_PORT),
        inputs.get("cidrIpv4"),
        inputs.get("cidrIpv6"),
        inputs.get("prefixListId"),
        inputs.get("referencedSecurityGroupId"),
    )


def _egress(aws: Aws, inputs: Properties) -> Iterator[Found]:
    return _rules(aws, inputs, is_egress=True)


def _ingress(aws: Aws, inputs: Properties) -> Iterator[Found]:
    return _rules(aws, inputs, is_egress=False)


def _revoke_egress(aws: Aws, identifier: str, inputs: Properties) -> None:
    aws.client("ec2").revoke_security_group_egress(
        GroupId=inputs["securityGroupId"], SecurityGroupRuleIds=[identifier]
    )


def _revoke_ingress(aws: Aws, identifier: str, inputs: Properties) -> None:
    aws.client("ec2").revoke_security_group_ingress(
        GroupId=inputs["securityGroupId"], SecurityGroupRuleIds=[identifier]
    )


def _vpc_blocks(aws: Aws, inputs: Properties) -> Iterator[Found]:
    for vpc in aws.client("ec2").describe_vpcs(VpcIds=[inputs["vpcId"]])["Vpcs"]:
        for each in vpc.get("CidrBlockAssociationSet", ()):
            is_there = each["CidrBlockState"]["State"] in {"associating", "associated"}
            if is_there and each["CidrBlock"] == inputs["cidrBlock"]:
                yield Found(each["AssociationId"])


def _disassociate_block(aws: Aws, identifier: str, _: Properties) -> None:
    aws.client("ec2").disassociate_vpc_cidr_block(AssociationId=identifier)


_DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock")
ROUTE = OrphanType(find=_route, delete=_delete_route, key=("routeTableId", _DESTINATIONS))
ROUTE_TABLE_ASSOCIATION = OrphanType(
    find=_association, delete=_disassociate, key=("subnetId", "routeTableId")
)
VPC_IPV4_BLOCK = OrphanType(
    find=_vpc_blocks, delete=_disassociate_block, key=("vpcId", "cidrBlock")
)
SECURITY_GROUP_EGRESS_RULE = OrphanType(find=_egress, delete=_revoke_egress)
SECURITY_GROUP_INGRESS_RULE = OrphanType(find=_ingress, delete=_revoke_ingress)
