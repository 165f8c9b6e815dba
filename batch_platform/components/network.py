"""The network in which the instances run, by mode; never a way in from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.components.security_groups import SecurityGroups
from batch_platform.network.addresses import ipv6_subnet
from batch_platform.partitions import service_name
from batch_platform.settings.egress import EVERYWHERE, EVERYWHERE_IPV6
from batch_platform.settings.network import (
    EndpointsNetwork,
    ExistingNetwork,
    NatNetwork,
    PublicNetwork,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batch_platform.plan import Plan, Subnet


@dataclass(frozen=True)
class NetworkArgs:
    """Input of :class:`Network`."""

    plan: Plan


class Network(pulumi.ComponentResource):
    """VPC, subnets, and their way to AWS; in mode ``existing`` just the ids.

    Attributes:
        vpc_id: id, or an output of it.
        subnet_ids: of the instances' subnets.
        security_group_ids: for the instances.
        ready: what must exist before an instance can reach ECS.
    """

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("batch-platform:index:Network", name, None, opts)
        self._plan = args.plan
        self.ready: list[pulumi.Resource] = []
        network = args.plan.settings.network
        if isinstance(network, ExistingNetwork):
            self.vpc_id = network.vpc_id
            self.subnet_ids = network.subnet_ids
            self.security_group_ids = network.security_group_ids
        else:
            self._make(network)
        self.register_outputs({"vpcId": self.vpc_id, "subnetIds": self.subnet_ids})

    @property
    def subnets_of_first_zone(self) -> Sequence[pulumi.Input[str]]:
        """Ids of the subnets of one zone: the first one, in mode ``existing`` its first subnet."""
        planned = self._plan.instance_subnets
        if not planned:
            return self.subnet_ids[:1]
        return [
            made
            for subnet, made in zip(planned, self.subnet_ids, strict=True)
            if subnet.zone == planned[0].zone
        ]

    def _make(self, network: PublicNetwork | EndpointsNetwork | NatNetwork) -> None:
        plan = self._plan
        # CKV2_AWS_11, AwsSolutions-VPC7: flow logs are `network.flowLogs`, off where nobody asks:
        # they cost.
        self._vpc = aws.ec2.Vpc(
            plan.name("vpc"),
            cidr_block=network.cidr,
            assign_generated_ipv6_cidr_block=network.has_ipv6 or None,
            # The endpoints' private DNS wants both.
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=plan.tagged("vpc"),
            opts=self._child(),
        )
        self.vpc_id = self._vpc.id
        self._blocks = {block: self._block(block) for block in network.secondary_cidrs}
        public = isinstance(network, PublicNetwork)
        subnets = {subnet: self._subnet(subnet, public=public) for subnet in plan.instance_subnets}
        self.subnet_ids = [subnet.id for subnet in subnets.values()]
        groups = SecurityGroups(plan, network, self.vpc_id, parent=self)
        self.security_group_ids = [groups.instances.id, *network.security_group_ids]
        match network:
            case PublicNetwork():
                self._s3_endpoint(self._public_routes(network, subnets))
            case NatNetwork():
                self._s3_endpoint(self._nat_routes(network, subnets))
            case EndpointsNetwork():
                tables = [self._route_table(planned, [made]) for planned, made in subnets.items()]
                s3 = self._s3_endpoint(tables)
                groups.let_reach_endpoints(s3.prefix_list_id)
                self._interface_endpoints(
                    groups,
                    [made for planned, made in subnets.items() if planned.of == network.cidr],
                )
        self.ready += groups.rules

    def _public_routes(
        self, network: PublicNetwork, subnets: dict[Subnet, aws.ec2.Subnet]
    ) -> list[aws.ec2.RouteTable]:
        gateway = self._internet_gateway()
        table = self._named_route_table("public", list(subnets.items()))
        self._default_route("public", table, gateway_id=gateway.id)
        if network.ipv6:
            self._ipv6_route("public", table, gateway_id=gateway.id)
        return [table]

    def _nat_routes(
        self, network: NatNetwork, subnets: dict[Subnet, aws.ec2.Subnet]
    ) -> list[aws.ec2.RouteTable]:
        gateway = self._internet_gateway()
        # Nothing but the gateways is in them, each with an address of its own.
        outside = {s: self._subnet(s, public=False) for s in self._plan.nat_subnets}
        table = self._named_route_table("public", list(outside.items()))
        route = self._default_route("public", table, gateway_id=gateway.id)
        nats = {s.zone: self._nat_gateway(s, made, route) for s, made in outside.items()}
        only = next(iter(nats.values()))
        # What NAT is for IPv4, this gateway is for IPv6: the addresses are public.
        outward = self._egress_only_gateway() if network.ipv6 else None
        tables = []
        for planned, made in subnets.items():
            nat = nats[planned.zone] if network.nat_gateways == "perZone" else only
            private = self._route_table(planned, [made])
            self._default_route(planned.name, private, nat_gateway_id=nat.id)
            if outward is not None:
                self._ipv6_route(planned.name, private, egress_only_gateway_id=outward.id)
            tables.append(private)
        return tables

    def _block(self, cidr: str) -> aws.ec2.VpcIpv4CidrBlockAssociation:
        return aws.ec2.VpcIpv4CidrBlockAssociation(
            self._plan.name(f"vpc-{cidr}"),
            vpc_id=self.vpc_id,
            cidr_block=cidr,
            opts=self._child(),
        )

    def _subnet(self, subnet: Subnet, *, public: bool) -> aws.ec2.Subnet:
        return aws.ec2.Subnet(
            self._plan.name(subnet.name),
            vpc_id=self.vpc_id,
            # W3010 of cfn-lint: the zone is the config's, or one that AWS has named.
            availability_zone=subnet.zone,
            cidr_block=subnet.cidr,
            # CKV_AWS_130, CT.EC2.PR.11: in mode public alone, where it is the way to AWS.
            map_public_ip_on_launch=public,
            ipv6_cidr_block=self._ipv6_block(subnet),
            assign_ipv6_address_on_creation=None if subnet.ipv6 is None else True,
            tags=self._plan.tagged(subnet.name),
            opts=self._child([self._blocks[subnet.of]] if subnet.of in self._blocks else None),
        )

    def _ipv6_block(self, subnet: Subnet) -> pulumi.Output[str] | None:
        number = subnet.ipv6
        if number is None:
            return None
        return self._vpc.ipv6_cidr_block.apply(lambda block: ipv6_subnet(block, number))

    def _egress_only_gateway(self) -> aws.ec2.EgressOnlyInternetGateway:
        return aws.ec2.EgressOnlyInternetGateway(
            self._plan.name("internet-ipv6"),
            vpc_id=self.vpc_id,
            tags=self._plan.tagged("internet-ipv6"),
            opts=self._child(),
        )

    def _internet_gateway(self) -> aws.ec2.InternetGateway:
        return aws.ec2.InternetGateway(
            self._plan.name("internet"),
            vpc_id=self.vpc_id,
            tags=self._plan.tagged("internet"),
            opts=self._child(),
        )

    def _nat_gateway(
        self, planned: Subnet, subnet: aws.ec2.Subnet, route: pulumi.Resource
    ) -> aws.ec2.NatGateway:
        what = planned.name.replace("public", "nat")
        address = aws.ec2.Eip(
            self._plan.name(what),
            domain="vpc",
            tags=self._plan.tagged(what),
            opts=self._child(depends_on=[route]),
        )
        return aws.ec2.NatGateway(
            self._plan.name(what),
            allocation_id=address.id,
            subnet_id=subnet.id,
            tags=self._plan.tagged(what),
            # A NAT gateway whose subnet has no internet gateway fails (CreateNatGateway).
            opts=self._child(depends_on=[route]),
        )

    def _route_table(
        self, planned: Subnet, subnets: Sequence[aws.ec2.Subnet]
    ) -> aws.ec2.RouteTable:
        return self._named_route_table(planned.name, [(planned, subnet) for subnet in subnets])

    def _named_route_table(
        self, what: str, subnets: Sequence[tuple[Subnet, aws.ec2.Subnet]]
    ) -> aws.ec2.RouteTable:
        table = aws.ec2.RouteTable(
            self._plan.name(what),
            vpc_id=self.vpc_id,
            tags=self._plan.tagged(what),
            opts=self._child(),
        )
        for planned, subnet in subnets:
            association = aws.ec2.RouteTableAssociation(
                self._plan.name(planned.name),
                route_table_id=table.id,
                subnet_id=subnet.id,
                opts=self._child(),
            )
            self.ready.append(association)
        return table

    def _default_route(
        self, what: str, table: aws.ec2.RouteTable, **target: pulumi.Input[str]
    ) -> pulumi.Resource:
        return self._route(what, table, destination_cidr_block=EVERYWHERE, **target)

    def _ipv6_route(
        self, what: str, table: aws.ec2.RouteTable, **target: pulumi.Input[str]
    ) -> None:
        destination = {"destination_ipv6_cidr_block": EVERYWHERE_IPV6}
        self._route(f"{what}-ipv6", table, **destination, **target)

    def _route(
        self, what: str, table: aws.ec2.RouteTable, **ends: pulumi.Input[str]
    ) -> pulumi.Resource:
        route: pulumi.Resource = aws.ec2.Route(
            self._plan.name(what), route_table_id=table.id, opts=self._child(), **ends
        )
        self.ready.append(route)
        return route

    def _s3_endpoint(self, tables: Sequence[aws.ec2.RouteTable]) -> aws.ec2.VpcEndpoint:
        """Make the gateway through which ECR's image layers and the jobs' data come.

        It costs nothing, and in mode ``nat`` spares what NAT gateways charge for each GiB.
        """
        endpoint = aws.ec2.VpcEndpoint(
            self._plan.name("s3"),
            vpc_id=self.vpc_id,
            service_name=service_name(self._plan.settings.region, "s3"),
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.id for table in tables],
            policy=self._plan.endpoint_policies["s3"],
            tags=self._plan.tagged("s3"),
            opts=self._child(),
        )
        self.ready.append(endpoint)
        return endpoint

    def _interface_endpoints(
        self, groups: SecurityGroups, subnets: Sequence[aws.ec2.Subnet]
    ) -> None:
        """Make the endpoints, in one subnet of each zone (CreateVpcEndpoint takes no second)."""
        for name, service in self._plan.endpoints.items():
            endpoint = aws.ec2.VpcEndpoint(
                self._plan.name(name),
                vpc_id=self.vpc_id,
                service_name=service,
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                policy=self._plan.endpoint_policies.get(name),
                subnet_ids=[subnet.id for subnet in subnets],
                security_group_ids=[groups.endpoints.id],
                tags=self._plan.tagged(name),
                opts=self._child(),
            )
            self.ready.append(endpoint)

    def _child(self, depends_on: list[pulumi.Resource] | None = None) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=depends_on)
