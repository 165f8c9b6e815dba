"""A VPC's own security group: its rules go when it is taken over, and it goes with its VPC."""

from __future__ import annotations

import pytest

TOKEN = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"


def rules(makes, vpc):
    only = [{"Name": "vpc-id", "Values": [vpc.id]}, {"Name": "group-name", "Values": ["default"]}]
    (group,) = makes.clients("ec2").describe_security_groups(Filters=only)["SecurityGroups"]
    return group["GroupId"], group["IpPermissions"] + group["IpPermissionsEgress"]


def test_taking_it_over_takes_its_rules_away(makes):
    vpc = makes.vpc()
    identifier, found = rules(makes, vpc)
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    makes.clients("ec2").authorize_security_group_ingress(
        GroupId=identifier, IpPermissions=[{**ssh, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    )
    assert found  # to everywhere, as EC2 makes it
    made = makes(TOKEN, vpcId=vpc.id)
    assert rules(makes, vpc) == (made.id, [])
    assert made.state["vpcId"] == vpc.id
    made.delete()
    assert rules(makes, vpc) == (identifier, [])
    vpc.delete()
    assert made.read() is None


def test_a_vpc_that_is_not_there_is_named(makes):
    with pytest.raises(LookupError, match="vpc-0 has no default security group"):
        makes(TOKEN, vpcId="vpc-0")
