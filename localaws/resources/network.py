"""VPC, subnets, gateways and routes (aws:ec2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.resources.clients import Clients


def tag_specification(kind: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ``TagSpecifications`` argument for a resource's ``tags`` input."""
    tags = [{"Key": key, "Value": value} for key, value in inputs.get("tags", {}).items()]
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else {}


def create_vpc(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Create a VPC with its DNS attributes."""
    ec2 = clients("ec2")
    vpc = ec2.create_vpc(CidrBlock=inputs["cidrBlock"], **tag_specification("vpc", inputs))["Vpc"]
    vpc_id = vpc["VpcId"]
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        if attribute in inputs:
            name = attribute[0].upper() + attribute[1:]
            ec2.modify_vpc_attribute(VpcId=vpc_id, **{name: {"Value": inputs[attribute]}})
    arn = f"arn:aws:ec2:{clients.region}:{vpc.get('OwnerId', '')}:vpc/{vpc_id}"
    return vpc_id, {"arn": arn}


def create_subnet(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Create a subnet."""
    ec2 = clients("ec2")
    subnet = ec2.create_subnet(
        VpcId=inputs["vpcId"],
        CidrBlock=inputs["cidrBlock"],
        AvailabilityZone=inputs["availabilityZone"],
        **tag_specification("subnet", inputs),
    )["Subnet"]
    if inputs.get("mapPublicIpOnLaunch"):
        ec2.modify_subnet_attribute(
            SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True}
        )
    return subnet["SubnetId"], {"arn": subnet["SubnetArn"]}


def create_internet_gateway(
    clients: Clients, inputs: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Create an internet gateway and attach it."""
    ec2 = clients("ec2")
    gateway = ec2.create_internet_gateway(**tag_specification("internet-gateway", inputs))
    gateway_id = gateway["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=inputs["vpcId"])
    return gateway_id, {}


def create_eip(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Allocate an elastic IP."""
    address = clients("ec2").allocate_address(
        Domain="vpc", **tag_specification("elastic-ip", inputs)
    )
    return address["AllocationId"], {
        "allocationId": address["AllocationId"],
        "publicIp": address["PublicIp"],
    }


def create_nat_gateway(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Create a NAT gateway."""
    gateway = clients("ec2").create_nat_gateway(
        SubnetId=inputs["subnetId"],
        AllocationId=inputs["allocationId"],
        **tag_specification("natgateway", inputs),
    )["NatGateway"]
    return gateway["NatGatewayId"], {}


def create_route_table(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Create a route table; its routes are resources of their own."""
    table = clients("ec2").create_route_table(
        VpcId=inputs["vpcId"], **tag_specification("route-table", inputs)
    )["RouteTable"]
    return table["RouteTableId"], {}


def create_route(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Create a route to an internet or NAT gateway."""
    targets = {"gatewayId": "GatewayId", "natGatewayId": "NatGatewayId"}
    clients("ec2").create_route(
        RouteTableId=inputs["routeTableId"],
        DestinationCidrBlock=inputs["destinationCidrBlock"],
        **{targets[key]: inputs[key] for key in targets if inputs.get(key)},
    )
    return f"r-{inputs['routeTableId']}-{inputs['destinationCidrBlock']}", {}


def create_route_table_association(
    clients: Clients, inputs: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Associate a route table with a subnet."""
    association = clients("ec2").associate_route_table(
        RouteTableId=inputs["routeTableId"], SubnetId=inputs["subnetId"]
    )
    return association["AssociationId"], {}
