"""Network resources with tags whose creation was cut off: EC2 gives their ids, not we."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.plan import ENVIRONMENT_TAG
from infra.recovery.orphan_type import Aws, Found, OrphanType, Properties

GONE = frozenset({"deleted", "deleting"})
"""States of NAT gateways and VPC endpoints that EC2 still shows for a while."""


@dataclass(frozen=True)
class _Tagged:
    """The call that describes one kind of resource."""

    describe: str
    list_key: str
    id_key: str
    filter_argument: str = "Filters"

    def find(self, aws: Aws, inputs: Properties) -> Iterator[Found]:
        """Find by all the tags of the inputs, ``Name`` among them, and by the VPC."""
        wanted = inputs.get("tags", {})
        for each in self.described(aws, f"tag:{ENVIRONMENT_TAG}", aws.environment):
            tags = {tag["Key"]: tag["Value"] for tag in each.get("Tags", [])}
            # An internet gateway is in no VPC before it is attached, and says it elsewhere.
            same_vpc = "VpcId" not in each or each["VpcId"] == inputs.get("vpcId", each["VpcId"])
            if same_vpc and aws.owns(tags) and wanted.items() <= tags.items():
                yield Found(each[self.id_key])

    def described(self, aws: Aws, name: str, value: str) -> Iterator[Mapping[str, Any]]:
        """Yield what a filter leaves of what is still there."""
        ec2 = aws.client("ec2")
        filters = {self.filter_argument: [{"Name": name, "Values": [value]}]}
        if ec2.can_paginate(self.describe):
            pages = ec2.get_paginator(self.describe).paginate(**filters)
        else:
            pages = [getattr(ec2, self.describe)(**filters)]
        for page in pages:
            for each in page[self.list_key]:
                if str(each.get("State")).lower() not in GONE:
                    yield each


def _by(operation: str, argument: str) -> Callable[[Aws, str, Properties], None]:
    """Return what deletes by one call that takes the id."""

    def delete(aws: Aws, identifier: str, _: Properties) -> None:
        getattr(aws.client("ec2"), operation)(**{argument: identifier})

    return delete


def _delete_internet_gateway(aws: Aws, identifier: str, _: Properties) -> None:
    ec2 = aws.client("ec2")
    (gateway,) = ec2.describe_internet_gateways(InternetGatewayIds=[identifier])["InternetGateways"]
    for attachment in gateway.get("Attachments", []):
        ec2.detach_internet_gateway(InternetGatewayId=identifier, VpcId=attachment["VpcId"])
    ec2.delete_internet_gateway(InternetGatewayId=identifier)


_NAT_GATEWAYS = _Tagged("describe_nat_gateways", "NatGateways", "NatGatewayId", "Filter")
_ENDPOINTS = _Tagged("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId")


def _delete_nat_gateway(aws: Aws, identifier: str, _: Properties) -> None:
    """Delete it and wait: its address and subnet are held until it is gone."""
    ec2 = aws.client("ec2")
    ec2.delete_nat_gateway(NatGatewayId=identifier)

    def is_gone() -> bool:
        found = ec2.describe_nat_gateways(NatGatewayIds=[identifier])["NatGateways"]
        return all(each["State"] == "deleted" for each in found)

    aws.wait(f"NAT gateway {identifier} deleted", is_gone)


def _delete_endpoint(aws: Aws, identifier: str, _: Properties) -> None:
    """Delete it and wait: its subnets and groups are held until it is gone."""
    ec2 = aws.client("ec2")
    ec2.delete_vpc_endpoints(VpcEndpointIds=[identifier])
    only = [{"Name": "vpc-endpoint-id", "Values": [identifier]}]

    def is_gone() -> bool:
        found = ec2.describe_vpc_endpoints(Filters=only)["VpcEndpoints"]
        return all(each.get("State") == "deleted" for each in found)

    aws.wait(f"VPC endpoint {identifier} deleted", is_gone)


VPC = OrphanType(
    find=_Tagged("describe_vpcs", "Vpcs", "VpcId").find, delete=_by("delete_vpc", "VpcId")
)
SUBNET = OrphanType(
    find=_Tagged("describe_subnets", "Subnets", "SubnetId").find,
    delete=_by("delete_subnet", "SubnetId"),
)
SECURITY_GROUP = OrphanType(
    find=_Tagged("describe_security_groups", "SecurityGroups", "GroupId").find,
    delete=_by("delete_security_group", "GroupId"),
)
ROUTE_TABLE = OrphanType(
    find=_Tagged("describe_route_tables", "RouteTables", "RouteTableId").find,
    delete=_by("delete_route_table", "RouteTableId"),
)
INTERNET_GATEWAY = OrphanType(
    find=_Tagged("describe_internet_gateways", "InternetGateways", "InternetGatewayId").find,
    delete=_delete_internet_gateway,
)
EIP = OrphanType(
    find=_Tagged("describe_addresses", "Addresses", "AllocationId").find,
    delete=_by("release_address", "AllocationId"),
)
NAT_GATEWAY = OrphanType(find=_NAT_GATEWAYS.find, delete=_delete_nat_gateway)
VPC_ENDPOINT = OrphanType(find=_ENDPOINTS.find, delete=_delete_endpoint)
