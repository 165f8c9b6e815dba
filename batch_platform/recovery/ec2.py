"""Network resources with tags whose creation was cut off: EC2 gives their ids, not we."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from batch_platform.plan import ENVIRONMENT_TAG
from batch_platform.recovery.orphan_type import Aws, Found, OrphanType, Properties

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
        for each in self._described(aws):
            tags = {tag["Key"]: tag["Value"] for tag in each.get("Tags", [])}
            # An internet gateway is in no VPC before it is attached, and says it elsewhere.
            same_vpc = "VpcId" not in each or each["VpcId"] == inputs.get("vpcId", each["VpcId"])
            is_there = _state(each) not in GONE
            if is_there and same_vpc and aws.owns(tags) and wanted.items() <= tags.items():
                yield Found(each[self.id_key])

    def wait_until_gone(self, aws: Aws, identifier: str) -> None:
        """Return when EC2 shows it no more, or as deleted: till then it holds what it uses."""

        def is_gone() -> bool:
            found = [each for each in self._described(aws) if each[self.id_key] == identifier]
            return all(_state(each) == "deleted" for each in found)

        aws.wait(f"{identifier} deleted", is_gone)

    def _described(self, aws: Aws) -> Iterator[Mapping[str, Any]]:
        ec2 = aws.client("ec2")
        ours = {"Name": f"tag:{ENVIRONMENT_TAG}", "Values": [aws.environment]}
        filters = {self.filter_argument: [ours]}
        if ec2.can_paginate(self.describe):
            pages = ec2.get_paginator(self.describe).paginate(**filters)
        else:
            pages = [getattr(ec2, self.describe)(**filters)]
        for page in pages:
            yield from page[self.list_key]


def _state(described: Mapping[str, Any]) -> str:
    # Lower case for NAT gateways; the model of VPC endpoints begins with a capital letter.
    return str(described.get("State")).lower()


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


def _delete_flow_log(aws: Aws, identifier: str, _: Properties) -> None:
    aws.client("ec2").delete_flow_logs(FlowLogIds=[identifier])


_NAT_GATEWAYS = _Tagged("describe_nat_gateways", "NatGateways", "NatGatewayId", "Filter")
_GROUPS = _Tagged("describe_security_groups", "SecurityGroups", "GroupId")
_ENDPOINTS = _Tagged("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId")


def _delete_nat_gateway(aws: Aws, identifier: str, _: Properties) -> None:
    aws.client("ec2").delete_nat_gateway(NatGatewayId=identifier)
    _NAT_GATEWAYS.wait_until_gone(aws, identifier)


def _delete_endpoint(aws: Aws, identifier: str, _: Properties) -> None:
    aws.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[identifier])
    _ENDPOINTS.wait_until_gone(aws, identifier)


def _default_group(aws: Aws, inputs: Properties) -> Iterator[Found]:
    for each in _GROUPS.find(aws, inputs):
        yield Found(each.id, "the resource is its VPC's default, and is deleted with the VPC")


VPC = OrphanType(
    find=_Tagged("describe_vpcs", "Vpcs", "VpcId").find, delete=_by("delete_vpc", "VpcId")
)
SUBNET = OrphanType(
    find=_Tagged("describe_subnets", "Subnets", "SubnetId").find,
    delete=_by("delete_subnet", "SubnetId"),
)
SECURITY_GROUP = OrphanType(find=_GROUPS.find, delete=_by("delete_security_group", "GroupId"))
DEFAULT_SECURITY_GROUP = OrphanType(find=_default_group)
ROUTE_TABLE = OrphanType(
    find=_Tagged("describe_route_tables", "RouteTables", "RouteTableId").find,
    delete=_by("delete_route_table", "RouteTableId"),
)
FLOW_LOG = OrphanType(
    find=_Tagged("describe_flow_logs", "FlowLogs", "FlowLogId", "Filter").find,
    delete=_delete_flow_log,
)
INTERNET_GATEWAY = OrphanType(
    find=_Tagged("describe_internet_gateways", "InternetGateways", "InternetGatewayId").find,
    delete=_delete_internet_gateway,
)
EGRESS_ONLY_INTERNET_GATEWAY = OrphanType(
    find=_Tagged(
        "describe_egress_only_internet_gateways",
        "EgressOnlyInternetGateways",
        "EgressOnlyInternetGatewayId",
    ).find,
    delete=_by("delete_egress_only_internet_gateway", "EgressOnlyInternetGatewayId"),
)
EIP = OrphanType(
    find=_Tagged("describe_addresses", "Addresses", "AllocationId").find,
    delete=_by("release_address", "AllocationId"),
)
LAUNCH_TEMPLATE = OrphanType(
    find=_Tagged("describe_launch_templates", "LaunchTemplates", "LaunchTemplateId").find,
    delete=_by("delete_launch_template", "LaunchTemplateId"),
)
PLACEMENT_GROUP = OrphanType(
    find=_Tagged("describe_placement_groups", "PlacementGroups", "GroupName").find,
    delete=_by("delete_placement_group", "GroupName"),
)
NAT_GATEWAY = OrphanType(find=_NAT_GATEWAYS.find, delete=_delete_nat_gateway)
VPC_ENDPOINT = OrphanType(find=_ENDPOINTS.find, delete=_delete_endpoint)
