"""Further blocks of a VPC (terraform-provider-aws: ec2/vpc_ipv4_cidr_block_association.go)."""

from __future__ import annotations

import pulumi_aws as aws

from localaws.resources.calls import Create, Delete
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Description
from localaws.resources.resource_type import ResourceType

ASSOCIATED = "associated"


def _find(clients: Clients, identifier: str) -> Description | None:
    """Find an association by its id; only the VPC tells of it."""
    for vpc in clients("ec2").describe_vpcs()["Vpcs"]:
        for each in vpc.get("CidrBlockAssociationSet", ()):
            is_there = each["CidrBlockState"]["State"] == ASSOCIATED
            if is_there and each["AssociationId"] == identifier:
                return {**each, "VpcId": vpc["VpcId"]}
    return None


VPC_IPV4_BLOCK = ResourceType(
    arguments=aws.ec2.VpcIpv4CidrBlockAssociationArgs,
    creation=Create(
        "ec2",
        "associate_vpc_cidr_block",
        {"vpcId": "VpcId", "cidrBlock": "CidrBlock"},
        returns="CidrBlockAssociation.AssociationId",
    ),
    description=_find,
    names={"cidrBlock": "CidrBlock", "vpcId": "VpcId"},
    # AWS refuses while a subnet is in the block.
    deletion=Delete("ec2", "disassociate_vpc_cidr_block", by="AssociationId"),
    replace_on=frozenset({"cidrBlock", "vpcId"}),
    computed=REGIONAL | {"cidrBlock"},
)
