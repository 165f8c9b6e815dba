"""Where moto does otherwise than AWS, the local AWS does as AWS."""

from __future__ import annotations

from tests.aws_clients import client_of


def test_a_deleted_nat_gateway_lets_go_of_its_address(local):
    ec2 = client_of(local, "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.77.0.0/24")["Subnet"]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateways = []
    for _ in range(2):
        made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
        gateways.append(made["NatGatewayId"])
        (found,) = ec2.describe_addresses(AllocationIds=[address])["Addresses"]
        assert found["AssociationId"]
        ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
        (found,) = ec2.describe_addresses(AllocationIds=[address])["Addresses"]
        assert not found.get("AssociationId")
    for gateway in gateways:
        ec2.delete_nat_gateway(NatGatewayId=gateway)  # again: it stays deleted
    ec2.release_address(AllocationId=address)
