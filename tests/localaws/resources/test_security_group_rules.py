"""Rules whose other end is no CIDR."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("direction", ["Egress", "Ingress"])
@pytest.mark.parametrize("other_end", ["referencedSecurityGroupId", "prefixListId"])
def test_a_rule_keeps_its_description_whatever_its_other_end(makes, direction, other_end):
    vpc = makes.vpc()
    s3 = makes(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        vpcId=vpc.id,
        serviceName="com.amazonaws.us-east-1.s3",
        vpcEndpointType="Gateway",
    )
    ends = {
        "referencedSecurityGroupId": makes.security_group(vpc).id,
        "prefixListId": s3.state["prefixListId"],
    }
    made = makes(
        f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        securityGroupId=makes.security_group(vpc).id,
        ipProtocol="tcp",
        fromPort=443,
        toPort=443,
        description="HTTPS",
        **{other_end: ends[other_end]},
    )
    assert made.read()["description"] == "HTTPS"
    assert made.differences(made.read()) == {}


@pytest.mark.parametrize(
    "rule",
    [
        {"ipProtocol": "icmp", "fromPort": -1, "toPort": -1, "cidrIpv4": "10.9.0.0/16"},
        {"ipProtocol": "-1", "cidrIpv4": "10.9.0.0/16"},
    ],
)
def test_a_rule_without_ports_is_read_as_it_was_made(makes, rule):
    made = makes(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        securityGroupId=makes.security_group(makes.vpc()).id,
        **rule,
    )
    assert made.differences(made.read()) == {}
    assert {key: made.read().get(key) for key in rule} == rule
