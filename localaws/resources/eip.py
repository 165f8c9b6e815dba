"""Elastic IP addresses (terraform-provider-aws: internal/service/ec2/ec2_eip.go)."""

from __future__ import annotations

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Create, Delete, Describe
from localaws.resources.reading import REGIONAL
from localaws.resources.resource_type import ResourceType
from localaws.resources.tags import Ec2Tagging

EIP = ResourceType(
    arguments=aws.ec2.EipArgs,
    creation=Create("ec2", "allocate_address", {"domain": "Domain"}, returns="AllocationId"),
    description=Describe("ec2", "describe_addresses", by="AllocationIds", under="Addresses"),
    # What the address is associated with moves without it, and is not shown.
    names={"allocationId": "AllocationId", "domain": "Domain", "publicIp": "PublicIp"},
    arn="ec2:elastic-ip",
    tagging=Ec2Tagging(kind="elastic-ip"),
    deletion=Delete("ec2", "release_address", by="AllocationId"),
    replace_on=frozenset({"domain"}),
    computed=REGIONAL | {"domain"},
    refusals=lambda inputs: checks.one_of(inputs, "domain", ["vpc"]),
)
