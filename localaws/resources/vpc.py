"""VPCs (terraform-provider-aws: internal/service/ec2/vpc_.go)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pulumi_aws as aws

from localaws.resources.calls import Create, Delete, Describe
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Description, Properties, first
from localaws.resources.resource_type import ResourceType
from localaws.resources.tags import Ec2Tagging

INPUTS = {"cidrBlock": "CidrBlock", "instanceTenancy": "InstanceTenancy"}
ATTRIBUTES = {
    "enableDnsHostnames": "EnableDnsHostnames",
    "enableDnsSupport": "EnableDnsSupport",
    "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics",
}
DEFAULT = "default"
GENERATED = "assignGeneratedIpv6CidrBlock"
OF_IPV6 = ("ipv6AssociationId", "ipv6CidrBlock")


def _state(clients: Clients, vpc: Description) -> Properties:
    """Read the attributes of a VPC, and what EC2 made with it."""
    ec2, identifier = clients("ec2"), vpc["VpcId"]
    here = [{"Name": "vpc-id", "Values": [identifier]}]
    main = [*here, {"Name": "association.main", "Values": ["true"]}]
    default = [*here, {"Name": "default", "Values": ["true"]}]
    group = [*here, {"Name": "group-name", "Values": ["default"]}]
    table = first(ec2.describe_route_tables(Filters=main), "RouteTables") or {}
    acl = first(ec2.describe_network_acls(Filters=default), "NetworkAcls") or {}
    groups = first(ec2.describe_security_groups(Filters=group), "SecurityGroups") or {}
    return {
        "defaultNetworkAclId": acl.get("NetworkAclId"),
        "defaultRouteTableId": table.get("RouteTableId"),
        "defaultSecurityGroupId": groups.get("GroupId"),
        "dhcpOptionsId": vpc.get("DhcpOptionsId"),
        "mainRouteTableId": table.get("RouteTableId"),
        "ownerId": clients.account_id,
        **{key: _attribute(ec2, identifier, key) for key in ATTRIBUTES},
        **_ipv6(vpc),
    }


def _ipv6(vpc: Description) -> Properties:
    for each in vpc.get("Ipv6CidrBlockAssociationSet", ()):
        if each["Ipv6CidrBlockState"]["State"] == "associated":
            found = (each["AssociationId"], each["Ipv6CidrBlock"])
            return {GENERATED: True, **dict(zip(OF_IPV6, found, strict=True))}
    return {}


def _attribute(ec2: Any, identifier: str, key: str) -> bool:
    answer = ec2.describe_vpc_attribute(VpcId=identifier, Attribute=key)
    return bool(answer[ATTRIBUTES[key]]["Value"])


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    """Change attributes, tenancy, and whether there is a block of IPv6."""
    _set_attributes(clients, identifier, state, inputs)
    if inputs["instanceTenancy"] != state.get("instanceTenancy", DEFAULT):
        clients("ec2").modify_vpc_tenancy(
            VpcId=identifier, InstanceTenancy=inputs["instanceTenancy"]
        )

    if bool(inputs.get(GENERATED)) != bool(state.get(GENERATED)):
        _set_ipv6(clients, identifier, state, inputs)


def _complete(clients: Clients, identifier: str, inputs: Properties) -> None:
    _set_attributes(clients, identifier, {}, inputs)
    if inputs.get(GENERATED):
        _set_ipv6(clients, identifier, {}, inputs)


def _set_ipv6(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    if inputs.get(GENERATED):
        clients("ec2").associate_vpc_cidr_block(VpcId=identifier, AmazonProvidedIpv6CidrBlock=True)
    else:  # AWS refuses while a subnet has a part of it
        clients("ec2").disassociate_vpc_cidr_block(AssociationId=state["ipv6AssociationId"])


def new_outputs(old: Properties, new: Properties) -> Collection[str]:
    """Tell that the block is another (resourceVPCCustomizeDiff)."""
    return OF_IPV6 if bool(old.get(GENERATED)) != bool(new.get(GENERATED)) else ()


def _set_attributes(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> None:
    for key, name in ATTRIBUTES.items():
        if key in inputs and inputs[key] != state.get(key):
            clients("ec2").modify_vpc_attribute(VpcId=identifier, **{name: {"Value": inputs[key]}})


def replaces(old: Properties, new: Properties) -> list[str]:
    """Tenancy can be changed from dedicated to default alone (resourceVPCCustomizeDiff)."""
    before, after = old.get("instanceTenancy", DEFAULT), new.get("instanceTenancy", DEFAULT)
    return ["instanceTenancy"] if after not in (before, DEFAULT) else []


VPC = ResourceType(
    arguments=aws.ec2.VpcArgs,
    creation=Create("ec2", "create_vpc", INPUTS, returns="Vpc.VpcId"),
    completion=_complete,
    description=Describe("ec2", "describe_vpcs", by="VpcIds", under="Vpcs"),
    names=INPUTS,
    arn="ec2:vpc",
    state=_state,
    change=_change,
    tagging=Ec2Tagging(kind="vpc"),
    # EC2 refuses while something is still in it.
    deletion=Delete("ec2", "delete_vpc", by="VpcId"),
    replace_on=frozenset({"cidrBlock"}),
    replaces=replaces,
    update_on=frozenset({GENERATED, "instanceTenancy", *ATTRIBUTES}),
    new_outputs=new_outputs,
    computed=REGIONAL | {"cidrBlock", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"},
    defaults={"enableDnsSupport": True, "instanceTenancy": DEFAULT},
)
