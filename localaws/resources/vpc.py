"""VPCs (terraform-provider-aws: internal/service/ec2/vpc_.go)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, first, unless_gone
from localaws.resources.resource_type import ResourceType, finishing

Properties = Mapping[str, Any]

ATTRIBUTES = {
    "enableDnsHostnames": "EnableDnsHostnames",
    "enableDnsSupport": "EnableDnsSupport",
    "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics",
}
DEDICATED, DEFAULT = "dedicated", "default"


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a VPC with its attributes."""
    created = clients("ec2").create_vpc(
        CidrBlock=inputs["cidrBlock"],
        InstanceTenancy=inputs.get("instanceTenancy", DEFAULT),
        **tags.ec2_specification("vpc", inputs),
    )
    identifier: str = created["Vpc"]["VpcId"]
    with finishing(identifier):
        _set_attributes(clients, identifier, {}, inputs)
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a VPC, and what EC2 made with it."""
    ec2 = clients("ec2")
    vpc = first(unless_gone(ec2.describe_vpcs, VpcIds=[identifier]), "Vpcs")
    if vpc is None:
        return None
    here = [{"Name": "vpc-id", "Values": [identifier]}]
    main = [*here, {"Name": "association.main", "Values": ["true"]}]
    default = [*here, {"Name": "default", "Values": ["true"]}]
    group = [*here, {"Name": "group-name", "Values": ["default"]}]
    table = first(ec2.describe_route_tables(Filters=main), "RouteTables") or {}
    acl = first(ec2.describe_network_acls(Filters=default), "NetworkAcls") or {}
    groups = first(ec2.describe_security_groups(Filters=group), "SecurityGroups") or {}
    return {
        "id": identifier,
        "arn": clients.arn("ec2", f"vpc/{identifier}"),
        "cidrBlock": vpc["CidrBlock"],
        "defaultNetworkAclId": acl.get("NetworkAclId"),
        "defaultRouteTableId": table.get("RouteTableId"),
        "defaultSecurityGroupId": groups.get("GroupId"),
        "dhcpOptionsId": vpc.get("DhcpOptionsId"),
        "instanceTenancy": vpc["InstanceTenancy"],
        "mainRouteTableId": table.get("RouteTableId"),
        "ownerId": clients.account_id,
        "region": clients.region,
        **{key: _attribute(ec2, identifier, key) for key in ATTRIBUTES},
        **tags.properties(vpc.get("Tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change attributes, tenancy and tags."""
    ec2 = clients("ec2")
    _set_attributes(clients, identifier, state, inputs)
    if inputs.get("instanceTenancy", DEFAULT) != state.get("instanceTenancy", DEFAULT):
        ec2.modify_vpc_tenancy(VpcId=identifier, InstanceTenancy=inputs["instanceTenancy"])
    tags.update_ec2(ec2, identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a VPC; what is still in it is refused by EC2."""
    unless_gone(clients("ec2").delete_vpc, VpcId=identifier)


def replaces(old: Properties, new: Properties) -> list[str]:
    """Tenancy can be changed from dedicated to default alone (resourceVPCCustomizeDiff)."""
    before, after = old.get("instanceTenancy", DEFAULT), new.get("instanceTenancy", DEFAULT)
    return ["instanceTenancy"] if after not in (before, DEFAULT) else []


def _attribute(ec2: Any, identifier: str, key: str) -> bool:
    answer = ec2.describe_vpc_attribute(VpcId=identifier, Attribute=key)
    return bool(answer[ATTRIBUTES[key]]["Value"])


def _set_attributes(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> None:
    for key, name in ATTRIBUTES.items():
        if key in inputs and inputs[key] != state.get(key):
            clients("ec2").modify_vpc_attribute(VpcId=identifier, **{name: {"Value": inputs[key]}})


VPC = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.ec2.VpcArgs,
    replace_on=frozenset({"cidrBlock"}),
    replaces=replaces,
    computed=REGIONAL | {"cidrBlock", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"},
    defaults={"enableDnsSupport": True, "instanceTenancy": DEFAULT},
    check=checks.carrying("cidrBlock", "instanceTenancy", "tags", *ATTRIBUTES),
)
