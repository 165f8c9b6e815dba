"""Endpoint policies and flow logs under the real engine."""

from __future__ import annotations

import json
from ipaddress import ip_network

import pytest

from tests.aws_clients import client_of

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/busybox"

FULL_ACCESS = [None]
"""Statement ids of the policy that an endpoint has by default, and of an open one."""


@pytest.fixture(scope="module")
def stack(new_stack):
    """A stack without internet whose traffic is recorded, up."""
    made = new_stack()
    made.config["batch-platform:network"] = {"mode": "endpoints", "flowLogs": {"enabled": True}}
    made.block("jobDefinitions")["hello"]["image"] = IMAGE
    made.up()
    yield made
    made.destroy()
    assert made.resources() == []


def let_through(stack, local):
    """Return the statement ids of each endpoint's policy, by its name after the region."""
    ec2 = client_of(local, "ec2")
    of_stack = [{"Name": "tag:batch-platform:environment", "Values": [stack.name]}]
    return {
        each["ServiceName"].removeprefix("com.amazonaws.us-east-1."): [
            statement.get("Sid")
            for statement in json.loads(each.get("PolicyDocument") or "{}").get("Statement", ())
        ]
        for each in ec2.describe_vpc_endpoints(Filters=of_stack)["VpcEndpoints"]
    }


def test_policies_and_flow_logs_are_no_change_the_second_time(stack, local):
    found = let_through(stack, local)
    assert found["s3"] == ["OwnBuckets", "ImageLayersAndPackages"]
    assert found["ecr.api"] == found["logs"] == ["OwnIdentities"]
    assert found["ecs-agent"] == FULL_ACCESS

    assert stack.pulumi("refresh", "--yes", "--skip-preview").changes == []
    assert stack.up().changes == []


def test_policies_open_in_place_and_another_traffic_replaces_the_flow_log(stack, local):
    network = stack.block("network")
    network["endpointPolicies"] = "open"
    network["flowLogs"]["trafficType"] = "ALL"

    changes = stack.up().changes

    with_policies = {"s3", "ecs", "ecr.api", "ecr.dkr", "logs"}
    updated = {name for step, name in changes if step == "update"}
    assert updated == {f"VpcEndpoint {stack.name}-{each}" for each in with_policies}
    others = {name for step, name in changes if step != "update"}
    assert others == {f"FlowLog {stack.name}-flow-logs"}
    assert all(sids == FULL_ACCESS for sids in let_through(stack, local).values())


@pytest.fixture(scope="module")
def dual_stack(new_stack):
    """A stack behind a NAT gateway that gets IPv6, a further block and egress rules, up."""
    made = new_stack()
    made.config["batch-platform:network"] = {"mode": "nat", "availabilityZones": 1}
    made.up()
    made.block("network").update(
        ipv6=True,
        secondaryCidrs=["100.64.0.0/20"],
        egress=[
            {"protocol": "icmp", "cidr": "10.9.0.0/16"},
            {"protocol": "all", "cidrIpv6": "2001:db8::/32"},
        ],
    )
    made.up()
    yield made
    made.destroy()
    assert made.resources() == []


def test_ipv6_and_further_blocks_come_later_and_are_no_change_the_second_time(dual_stack, local):
    ec2 = client_of(local, "ec2")
    of_stack = [{"Name": "tag:batch-platform:environment", "Values": [dual_stack.name]}]
    (vpc,) = ec2.describe_vpcs(Filters=of_stack)["Vpcs"]
    (block,) = vpc["Ipv6CidrBlockAssociationSet"]
    subnets = {
        subnet["CidrBlock"]: [
            each["Ipv6CidrBlock"] for each in subnet["Ipv6CidrBlockAssociationSet"]
        ]
        for subnet in ec2.describe_subnets(Filters=of_stack)["Subnets"]
    }
    parts = [str(each) for each in ip_network(block["Ipv6CidrBlock"]).subnets(8)]
    assert subnets == {
        "10.0.0.0/20": [parts[0]],
        "100.64.0.0/24": [parts[16]],
        "10.0.240.0/20": [],
    }
    assert dual_stack.pulumi("refresh", "--yes", "--skip-preview").changes == []
    assert dual_stack.up().changes == []
