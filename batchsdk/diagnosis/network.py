"""Whether instances in an environment's subnets can reach ECS, by the contract's rules.

Asks EC2 for what :mod:`batchsdk.contract.reachability` decides on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from batchsdk.contract.reachability import (
    ECS_ENDPOINTS,
    EVERYTHING_OUT,
    EVERYWHERE,
    AclEntry,
    Endpoint,
    Interface,
    Obstacle,
    Part,
    Rule,
    Subnet,
    Vpc,
    endpoint_service,
)
from batchsdk.diagnosis import config_keys
from batchsdk.diagnosis.case import Case, Environment
from batchsdk.diagnosis.findings import Cause, Finding, Verdict

_ATTRIBUTES = {"enableDnsSupport": "EnableDnsSupport", "enableDnsHostnames": "EnableDnsHostnames"}
"""Names of the VPC's attributes in the request, to those in the answer."""
_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "NetworkInterfaceId",
    "InstanceId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
)
"""What a route can lead to (EC2 API, Route)."""


def check(case: Case) -> Iterator[Finding]:
    """Find environments whose instances have no way to ECS."""
    for environment in case.environments:
        if not environment.has_instances or not environment.subnets:
            continue
        subnets = case.find("ec2", "DescribeSubnets", SubnetIds=list(environment.subnets))
        if subnets is None:
            yield _finding(
                environment,
                f"a subnet of {', '.join(environment.subnets)} does not exist",
                config_keys.network_key("subnetIds"),
            )
            continue
        groups: Sequence[str] = environment.resources.get("securityGroupIds") or ()
        rules = _rules(case, groups)
        if rules is None:
            yield _finding(
                environment,
                f"a security group of {', '.join(groups)} does not exist",
                config_keys.network_key("securityGroupIds"),
            )
            continue
        for subnet in subnets.get("Subnets") or ():
            obstacle = _interface(case, subnet, groups, rules).obstacle(*ECS_ENDPOINTS)
            if obstacle is not None:
                yield _obstacle_finding(environment, subnet["SubnetId"], obstacle)


def _obstacle_finding(environment: Environment, subnet: str, obstacle: Obstacle) -> Finding:
    egress, groups = map(config_keys.network_key, ("egress", "securityGroupIds"))
    where = {
        Part.NETWORK_ACL: "the ACL, which is not made by the stack",
        Part.SECURITY_GROUPS: f"{egress}, or {groups} with mode existing",
        Part.ENDPOINT_GROUPS: "the security groups of the endpoints, so that these let TCP 443 in",
        Part.WAY_OUT: f"{config_keys.network_key('mode')}; with mode endpoints also "
        f"{config_keys.network_key('endpoints')}",
    }
    return _finding(
        environment,
        f"instances in subnet {subnet} cannot reach ECS: {obstacle}",
        where[obstacle.part],
    )


def _interface(
    case: Case, subnet: Mapping[str, Any], groups: Sequence[str], rules: Sequence[Rule]
) -> Interface:
    vpc = str(subnet["VpcId"])
    endpoints = dict(_endpoints(case, vpc))
    return Interface(
        vpc=Vpc(dns=_has_dns(case, vpc) if endpoints else True, endpoints=endpoints),
        subnet=_subnet(case, vpc, subnet["SubnetId"]),
        public_ip=bool(subnet.get("MapPublicIpOnLaunch")),
        groups=groups,
        rules=rules,
    )


def _endpoints(case: Case, vpc: str) -> Iterator[tuple[str, Endpoint]]:
    """Yield the endpoints of ECS that the VPC has, by their short name."""
    answer = case.read("ec2", "DescribeVpcEndpoints", Filters=_in(vpc))
    for each in answer.get("VpcEndpoints") or ():
        name = endpoint_service(str(each.get("ServiceName", "")))
        if name not in ECS_ENDPOINTS or str(each.get("State", "")).lower() != "available":
            continue
        groups = [group["GroupId"] for group in each.get("Groups") or ()]
        rules = _rules(case, groups) if groups else None
        yield name, Endpoint(private_dns=each.get("PrivateDnsEnabled", True), rules=rules)


def _has_dns(case: Case, vpc: str) -> bool:
    return all(
        case.read("ec2", "DescribeVpcAttribute", VpcId=vpc, Attribute=asked)
        .get(told, {})
        .get("Value", True)
        for asked, told in _ATTRIBUTES.items()
    )


def _subnet(case: Case, vpc: str, subnet: str) -> Subnet:
    route = _default_route(case, vpc, subnet)
    acl = tuple(_acl(case, vpc, subnet))
    if route is None:
        return Subnet(acl=acl)
    target = next((str(route[key]) for key in _TARGETS if route.get(key)), "elsewhere")
    leads_out = route.get("State") != "blackhole"
    if leads_out and target.startswith("nat-"):
        leads_out = _nat_leads_out(case, vpc, target)
    return Subnet(target=target, leads_out=leads_out, acl=acl)


def _nat_leads_out(case: Case, vpc: str, gateway: str) -> bool:
    """Tell whether a NAT gateway is there and in a subnet with a route to an internet gateway."""
    answer = case.find("ec2", "DescribeNatGateways", NatGatewayIds=[gateway])
    for found in (answer or {}).get("NatGateways") or ():
        onward = _default_route(case, vpc, found["SubnetId"])
        if found.get("State") == "available" and found.get("ConnectivityType") != "private":
            return onward is not None and str(onward.get("GatewayId", "")).startswith("igw-")
    return False


def _default_route(case: Case, vpc: str, subnet: str) -> Mapping[str, Any] | None:
    tables = case.read("ec2", "DescribeRouteTables", Filters=_in(vpc)).get("RouteTables") or ()
    own, main = None, None
    for table in tables:
        for association in table.get("Associations") or ():
            own = table if association.get("SubnetId") == subnet else own
            main = table if association.get("Main") else main
    routes: Sequence[Mapping[str, Any]] = (own or main or {}).get("Routes") or ()
    return next((each for each in routes if each.get("DestinationCidrBlock") == EVERYWHERE), None)


def _acl(case: Case, vpc: str, subnet: str) -> Iterator[AclEntry]:
    """Yield the outbound entries of the subnet's network ACL."""
    acls = case.read("ec2", "DescribeNetworkAcls", Filters=_in(vpc)).get("NetworkAcls") or ()
    for acl in acls:
        if subnet not in {each.get("SubnetId") for each in acl.get("Associations") or ()}:
            continue
        for entry in acl.get("Entries") or ():
            if entry.get("Egress") and entry.get("CidrBlock"):
                yield AclEntry(
                    number=entry["RuleNumber"],
                    allows=entry["RuleAction"] == "allow",
                    protocol=str(entry.get("Protocol")),
                    ports=_ports(entry.get("PortRange") or {}, "From", "To"),
                    cidr=entry["CidrBlock"],
                )


def _rules(case: Case, groups: Sequence[str]) -> Sequence[Rule] | None:
    """Return the rules of security groups; None if one of these does not exist."""
    if not groups:
        return (EVERYTHING_OUT,)
    found = case.find("ec2", "DescribeSecurityGroups", GroupIds=list(groups))
    if found is None:
        return None
    return tuple(
        rule
        for group in found.get("SecurityGroups") or ()
        for is_egress, key in ((False, "IpPermissions"), (True, "IpPermissionsEgress"))
        for permission in group.get(key) or ()
        for rule in _rules_of(permission, is_egress=is_egress)
    )


def _rules_of(permission: Mapping[str, Any], *, is_egress: bool) -> Iterator[Rule]:
    """Yield a rule for each other end of a permission."""
    protocol = str(permission.get("IpProtocol"))
    ports = _ports(permission, "FromPort", "ToPort")
    for key, identifier, member in (
        ("IpRanges", "CidrIp", "cidr"),
        ("PrefixListIds", "PrefixListId", "prefix_list"),
        ("UserIdGroupPairs", "GroupId", "group"),
    ):
        for each in permission.get(key) or ():
            end = {member: each.get(identifier, "")}
            yield Rule(is_egress=is_egress, protocol=protocol, ports=ports, **end)


def _ports(given: Mapping[str, Any], first: str, last: str) -> tuple[int, int] | None:
    if given.get(first) is None or given.get(last) is None:
        return None
    return given[first], given[last]


def _in(vpc: str) -> list[dict[str, Any]]:
    return [{"Name": "vpc-id", "Values": [vpc]}]


def _finding(environment: Environment, evidence: str, where: str) -> Finding:
    return Finding(
        evidence=f"{evidence} (compute environment {environment.name})",
        fix=f"Change {where}.",
        cause=Cause.NOT_IN_CLUSTER,
        verdict=Verdict.MISCONFIGURED,
        environment=environment.name,
    )
