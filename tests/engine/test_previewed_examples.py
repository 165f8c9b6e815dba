"""Each example environment, previewed by the real engine."""

from __future__ import annotations

import re
import shutil

import boto3
import pytest

from batch_platform.settings import read_stack_file
from tests import example_environments as examples

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]

REGION = "ap-northeast-1"


@pytest.fixture(scope="module")
def network(local):
    """A VPC with two subnets behind a NAT gateway, as the config names it."""
    ec2 = boto3.client("ec2", **(local.client_arguments | {"region_name": REGION}))
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=zone)[
            "Subnet"
        ]["SubnetId"]
        for number, zone in enumerate((f"{REGION}a", f"{REGION}c"))
    ]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    (main,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[
        "RouteTables"
    ]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]
    ec2.create_route(
        RouteTableId=main["RouteTableId"],
        DestinationCidrBlock="0.0.0.0/0",
        NatGatewayId=nat["NatGatewayId"],
    )
    group = ec2.create_security_group(GroupName="jobs", Description="jobs", VpcId=vpc)["GroupId"]
    return vpc, *subnets, group


@pytest.mark.parametrize("name", examples.NAMES)
def test_an_example_is_previewed(new_stack, network, name):
    stack = new_stack()
    stack.text = examples.text(name)
    digests = examples.FOLDER / f"images.{name}.lock.json"
    if digests.exists():
        shutil.copy(digests, stack.folder / f"images.{stack.name}.lock.json")
    if name == examples.EXISTING_VPC:
        for written, real in zip(re.findall(examples.IDENTIFIER, stack.text), network, strict=True):
            stack.text = stack.text.replace(written, real)
    run = stack.preview()
    assert set(run.counts()) <= {"create", "same", "read"}, run.output
    planned = [resource for _, resource in run.planned]
    config = read_stack_file(stack.folder / f"Pulumi.{stack.name}.yaml").values
    for block, kind in (
        ("computeEnvironments", "ComputeEnvironment"),
        ("jobQueues", "JobQueue"),
        ("jobDefinitions", "JobDefinition"),
    ):
        wanted = {f"{kind} {stack.name}-{key}" for key in config[f"batch-platform:{block}"]}
        assert {each for each in planned if each.startswith(f"{kind} ")} == wanted
    assert any(each.startswith("Vpc ") for each in planned) == (name != examples.EXISTING_VPC)
