"""Asks AWS about a network that somebody else made."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pulumi_aws as aws

from batch_platform.network.facts import LOOKED_FOR, NetworkFacts, SubnetFacts, rule_of
from batch_platform.partitions import service_name
from batch_platform.provider_answers import found, is_one_of_several
from batch_platform.settings import Problem
from batch_platform.settings.addresses import usable_addresses
from batchsdk.contract.reachability import Endpoint, Rule

if TYPE_CHECKING:
    from batch_platform.settings import Settings
    from batch_platform.settings.errors import Path
    from batch_platform.settings.network import ExistingNetwork

_ROUTE_TARGETS = (
    "gateway_id",
    "nat_gateway_id",
    "transit_gateway_id",
    "network_interface_id",
    "instance_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
    "egress_only_gateway_id",
    "local_gateway_id",
    "carrier_gateway_id",
    "core_network_arn",
)
_RULE_KEYS = (
    "is_egress",
    "ip_protocol",
    "from_port",
    "to_port",
    "cidr_ipv4",
    "prefix_list_id",
    "referenced_security_group_id",
)


def facts_of(settings: Settings, network: ExistingNetwork) -> NetworkFacts:
    """Return what AWS says about the network of the config.

    Raises:
        SettingsError: one of its ids does not exist.
    """
    vpc = found(lambda: aws.ec2.get_vpc(id=network.vpc_id))
    if vpc is None:
        raise _missing(settings, network.vpc_id, "a VPC", "vpcId")
    groups = {
        group_id: _group_vpc(settings, index, group_id)
        for index, group_id in enumerate(network.security_group_ids)
    }
    rules = _rules(network.security_group_ids)
    return NetworkFacts(
        subnets=[_subnet(settings, index, name) for index, name in enumerate(network.subnet_ids)],
        dns=bool(vpc.enable_dns_support and vpc.enable_dns_hostnames),
        endpoints=dict(_endpoints(network.vpc_id, settings.region)),
        group_vpcs=groups,
        rules=tuple(rules) if settings.has_multi_node or settings.has_adapters else rules,
    )


def _missing(settings: Settings, identifier: str, what: str, *below: str | int) -> Exception:
    path: Path = ("batch-platform:network", *below)
    fix = f"name {what} of this account and region"
    return settings.refused([Problem(path, f"{identifier} does not exist", fix)])


def _subnet(settings: Settings, index: int, subnet_id: str) -> SubnetFacts:
    subnet = found(lambda: aws.ec2.get_subnet(id=subnet_id))
    if subnet is None:
        raise _missing(settings, subnet_id, "a subnet", "subnetIds", index)
    table = found(lambda: aws.ec2.get_route_table(subnet_id=subnet_id))
    if table is None:  # then the VPC's main route table counts
        main = [aws.ec2.GetRouteTableFilterArgs(name="association.main", values=["true"])]
        table = found(lambda: aws.ec2.get_route_table(vpc_id=subnet.vpc_id, filters=main))
    routes = [
        {name: getattr(route, name, None) for name in ("cidr_block", *_ROUTE_TARGETS)}
        for route in (table.routes if table else ())
    ]
    return SubnetFacts(
        subnet.vpc_id,
        bool(subnet.map_public_ip_on_launch),
        routes,
        zone=subnet.availability_zone or "",
        addresses=(
            usable_addresses(ipaddress.IPv4Network(subnet.cidr_block).prefixlen)
            if subnet.cidr_block
            else 0
        ),
        route_table_id=(table.route_table_id or "") if table else "",
    )


def _group_vpc(settings: Settings, index: int, group_id: str) -> str:
    group = found(lambda: aws.ec2.get_security_group(id=group_id))
    if group is None:
        raise _missing(settings, group_id, "a security group", "securityGroupIds", index)
    return str(group.vpc_id)


def _rules(group_ids: Sequence[str]) -> Iterator[Rule]:
    """Yield the groups' rules, each asked for as it is taken: mostly the first few will do."""
    for group_id in group_ids:
        of_group = [aws.vpc.GetSecurityGroupRulesFilterArgs(name="group-id", values=[group_id])]
        for rule_id in aws.vpc.get_security_group_rules(filters=of_group).ids:
            rule = aws.vpc.get_security_group_rule(security_group_rule_id=rule_id)
            yield rule_of({key: getattr(rule, key, None) for key in _RULE_KEYS})


def _endpoints(vpc_id: str, region: str) -> Iterator[tuple[str, Endpoint]]:
    """Yield those of the endpoints that may be needed that the VPC has and that are available."""
    for name in LOOKED_FOR:
        if (endpoint := _endpoint(vpc_id, service_name(region, name))) is not None:
            yield name, endpoint


def _endpoint(vpc_id: str, service: str) -> Endpoint | None:
    try:
        endpoint = found(
            lambda: aws.ec2.get_vpc_endpoint(vpc_id=vpc_id, service_name=service, state="available")
        )
    except Exception as error:
        if is_one_of_several(error):  # which of them leads where is not asked
            return Endpoint()
        raise
    if endpoint is None:
        return None
    if endpoint.vpc_endpoint_type == "Gateway":
        return Endpoint(route_table_ids=frozenset(endpoint.route_table_ids))
    return Endpoint(
        private_dns=bool(endpoint.private_dns_enabled),
        rules=_rules(endpoint.security_group_ids) if endpoint.security_group_ids else None,
    )
