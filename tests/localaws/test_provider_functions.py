"""What the program asks of the local AWS about zones, by the provider's functions."""

import pytest

from localaws.resources.clients import Clients
from localaws.resources.functions import (
    get_instance_type_offerings,
    get_subnets,
    get_vpc_endpoint_service,
)


@pytest.fixture
def clients(local):
    return Clients(local.connection, "us-east-1")


def test_instance_types_are_told_by_zone(clients):
    found = get_instance_type_offerings(
        clients,
        {
            "locationType": "availability-zone",
            "filters": [{"name": "instance-type", "values": ["c5.*", "c4.large"]}],
        },
    )
    zones = {"c5.large": set(), "c4.large": set()}
    for name, zone in zip(found["instanceTypes"], found["locations"], strict=True):
        zones.setdefault(name, set()).add(zone)
    assert {"us-east-1a", "us-east-1b"} <= zones["c5.large"] & zones["c4.large"]
    assert zones["c4.large"] - zones["c5.large"] == {"us-east-1e"}


def test_a_service_of_endpoints_tells_its_zones(clients):
    wanted = {"serviceName": "com.amazonaws.us-east-1.ecs-agent", "serviceType": "Interface"}
    assert "us-east-1a" in get_vpc_endpoint_service(clients, wanted)["availabilityZones"]
    with pytest.raises(LookupError, match="no matching EC2 VPC Endpoint Service found"):
        get_vpc_endpoint_service(
            clients, {**wanted, "serviceName": "com.amazonaws.us-east-1.secretmanager"}
        )


def test_services_of_china_have_their_names(local):
    china = Clients(local.connection, "cn-north-1")
    for name in ("cn.com.amazonaws.cn-north-1.ecr.api", "com.amazonaws.cn-north-1.ecs"):
        found = get_vpc_endpoint_service(china, {"serviceName": name, "serviceType": "Interface"})
        assert "cn-north-1a" in found["availabilityZones"]


def test_subnets_are_found_by_the_names_of_the_stack(clients):
    ec2 = clients("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.78.0.0/16")["Vpc"]["VpcId"]
    tags = [{"Key": "Name", "Value": "zoned-private-1"}]
    subnet = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock="10.78.0.0/24",
        TagSpecifications=[{"ResourceType": "subnet", "Tags": tags}],
    )["Subnet"]["SubnetId"]

    def named(*names):
        return get_subnets(clients, {"filters": [{"name": "tag:Name", "values": [*names]}]})["ids"]

    assert named("zoned-private-1", "zoned-private-2") == [subnet]
    assert named("zoned-private-2") == []
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
