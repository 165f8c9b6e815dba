"""IPv6 of VPCs, subnets, routes and rules, made, changed and read back as the provider does."""

from __future__ import annotations

import ipaddress

import pytest

from localaws.provider.previews import of_update
from localaws.provider.values import UNKNOWN
from localaws.resources.table import RESOURCE_TYPES

VPC = "aws:ec2/vpc:Vpc"
ROUTE = "aws:ec2/route:Route"


@pytest.fixture
def vpc(makes):
    return makes(VPC, cidrBlock="10.0.0.0/16", assignGeneratedIpv6CidrBlock=True)


def parts(vpc):
    return [str(each) for each in ipaddress.ip_network(vpc.state["ipv6CidrBlock"]).subnets(8)]


def test_a_vpc_gets_a_block_and_gives_it_back(makes):
    vpc = makes(VPC, cidrBlock="10.0.0.0/16")
    assert "ipv6CidrBlock" not in vpc.read()
    vpc.update(assignGeneratedIpv6CidrBlock=True)
    assert ipaddress.ip_network(vpc.read()["ipv6CidrBlock"]).prefixlen == 56
    assert vpc.differences(vpc.read()) == {}
    vpc.update(assignGeneratedIpv6CidrBlock=None)
    assert "ipv6CidrBlock" not in vpc.read()


def test_a_preview_does_not_know_the_block_of_a_vpc_that_gets_one():
    old, new = {"cidrBlock": "10.0.0.0/16"}, {"assignGeneratedIpv6CidrBlock": True}
    told = of_update(RESOURCE_TYPES[VPC], old, old, old | new)
    assert told["ipv6CidrBlock"] is UNKNOWN
    assert "ipv6CidrBlock" not in of_update(RESOURCE_TYPES[VPC], old | new, old | new, old | new)


def test_a_subnet_keeps_its_part_until_it_gets_another(makes, vpc):
    subnet = makes(
        "aws:ec2/subnet:Subnet",
        vpcId=vpc.id,
        cidrBlock="10.0.0.0/24",
        availabilityZone="us-east-1a",
        ipv6CidrBlock=parts(vpc)[1],
        assignIpv6AddressOnCreation=True,
    )
    assert subnet.differences(subnet.read()) == {}
    subnet.update(ipv6CidrBlock=parts(vpc)[2])
    assert subnet.read()["ipv6CidrBlock"] == parts(vpc)[2]
    subnet.update(ipv6CidrBlock=None, assignIpv6AddressOnCreation=False)
    found = subnet.read()
    assert found["ipv6CidrBlock"] == parts(vpc)[2]
    assert not found["assignIpv6AddressOnCreation"]


def test_a_subnet_gets_its_part_later(makes, vpc):
    subnet = makes.subnet(vpc)
    subnet.update(ipv6CidrBlock=parts(vpc)[0], assignIpv6AddressOnCreation=True)
    found = subnet.read()
    assert found["ipv6CidrBlock"] == parts(vpc)[0]
    assert found["assignIpv6AddressOnCreation"] is True


def test_routes_of_both_kinds_are_beside_one_another(makes, vpc):
    table = makes("aws:ec2/routeTable:RouteTable", vpcId=vpc.id)
    internet = makes.internet_gateway(vpc)
    outward = makes("aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", vpcId=vpc.id)
    ipv4 = makes(
        ROUTE, routeTableId=table.id, destinationCidrBlock="0.0.0.0/0", gatewayId=internet.id
    )
    ipv6 = makes(
        ROUTE,
        routeTableId=table.id,
        destinationIpv6CidrBlock="::/0",
        egressOnlyGatewayId=outward.id,
    )
    for each in (ipv4, ipv6):
        assert each.differences(each.read()) == {}
    assert ipv6.read(f"{table.id}_::/0")["egressOnlyGatewayId"] == outward.id
    ipv6.update(egressOnlyGatewayId=None, gatewayId=internet.id)
    assert ipv6.read()["gatewayId"] == internet.id
    ipv6.delete()
    assert ipv6.read() is None
    assert ipv4.read()["gatewayId"] == internet.id


def test_a_group_in_a_vpc_with_ipv6_begins_without_rules_and_takes_one(makes, vpc):
    group = makes.security_group(vpc)
    (found,) = group.clients("ec2").describe_security_groups(GroupIds=[group.id])["SecurityGroups"]
    assert found["IpPermissionsEgress"] == []
    rule = makes(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        securityGroupId=group.id,
        ipProtocol="tcp",
        fromPort=443,
        toPort=443,
        cidrIpv6="::/0",
        description="HTTPS",
    )
    assert rule.differences(rule.read()) == {}
    assert rule.read()["description"] == "HTTPS"
    rule.update(cidrIpv6="2001:db8::/32", description="Documents")
    assert rule.read()["cidrIpv6"] == "2001:db8::/32"
