"""Egress-only internet gateways (terraform: ec2/vpc_egress_only_internet_gateway.go)."""

from __future__ import annotations

import pulumi_aws as aws

from localaws.resources.calls import Create, Delete, Describe
from localaws.resources.reading import REGIONAL, first
from localaws.resources.resource_type import ResourceType
from localaws.resources.tags import Ec2Tagging

EGRESS_ONLY_INTERNET_GATEWAY = ResourceType(
    arguments=aws.ec2.EgressOnlyInternetGatewayArgs,
    creation=Create(
        "ec2",
        "create_egress_only_internet_gateway",
        {"vpcId": "VpcId"},
        returns="EgressOnlyInternetGateway.EgressOnlyInternetGatewayId",
    ),
    description=Describe(
        "ec2",
        "describe_egress_only_internet_gateways",
        by="EgressOnlyInternetGatewayIds",
        under="EgressOnlyInternetGateways",
    ),
    state=lambda _, gateway: {"vpcId": (first(gateway, "Attachments") or {}).get("VpcId", "")},
    tagging=Ec2Tagging(kind="egress-only-internet-gateway"),
    deletion=Delete("ec2", "delete_egress_only_internet_gateway", by="EgressOnlyInternetGatewayId"),
    replace_on=frozenset({"vpcId"}),
    computed=REGIONAL,
)
