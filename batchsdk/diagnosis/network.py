"""Whether instances in an environment's subnets can reach ECS (user guide: Compute environments).

They need a public IP and an internet gateway, or a NAT gateway, or the interface endpoints of ECS;
a security group and a network ACL that let HTTPS out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from batchsdk.diagnosis import config_keys
from batchsdk.diagnosis.case import Case, Environment
from batchsdk.diagnosis.findings import Cause, Finding, Verdict

ENDPOINTS = ("ecs", "ecs-agent", "ecs-telemetry")
_HTTPS = 443
_ANY = "-1"


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
        for subnet in subnets.get("Subnets") or ():
            yield from _way_out(case, environment, subnet)
        yield from _security_groups(case, environment)


def _way_out(case: Case, environment: Environment, subnet: Mapping[str, Any]) -> Iterator[Finding]:
    vpc, name = subnet["VpcId"], subnet["SubnetId"]
    missing = _missing_endpoints(case, vpc)
    route = _default_route(case, vpc, name)
    what = ""
    if missing and route is None:
        what = "no default route"
    elif missing and route is not None:
        if route.get("State") == "blackhole":
            what = "a default route that leads nowhere (blackhole)"
        elif str(route.get("GatewayId", "")).startswith("igw-") and not subnet.get(
            "MapPublicIpOnLaunch"
        ):
            what = "a route to the internet but gives no public IPs"
    if what:
        yield _finding(
            environment,
            f"subnet {name} has {what}, and its VPC lacks the endpoints {', '.join(missing)}: "
            "instances there cannot reach ECS",
            f"{config_keys.network_key('mode')}; with mode endpoints also "
            f"{config_keys.network_key('endpoints')}",
        )
    elif _acl_is_shut(case, vpc, name):
        yield _finding(
            environment,
            f"the network ACL of subnet {name} lets no HTTPS out",
            "the ACL, which is not made by the stack",
        )


def _missing_endpoints(case: Case, vpc: str) -> list[str]:
    answer = case.read("ec2", "DescribeVpcEndpoints", Filters=_in(vpc))
    there = {
        str(each.get("ServiceName", "")).rpartition(".")[2]
        for each in answer.get("VpcEndpoints") or ()
        if str(each.get("State", "")).lower() == "available"
        and each.get("VpcEndpointType") == "Interface"
    }
    return [each for each in ENDPOINTS if each not in there]


def _default_route(case: Case, vpc: str, subnet: str) -> Mapping[str, Any] | None:
    tables = case.read("ec2", "DescribeRouteTables", Filters=_in(vpc)).get("RouteTables") or ()
    own, main = None, None
    for table in tables:
        for association in table.get("Associations") or ():
            own = table if association.get("SubnetId") == subnet else own
            main = table if association.get("Main") else main
    routes: Sequence[Mapping[str, Any]] = (own or main or {}).get("Routes") or ()
    return next((each for each in routes if each.get("DestinationCidrBlock") == "0.0.0.0/0"), None)


def _acl_is_shut(case: Case, vpc: str, subnet: str) -> bool:
    """Tell whether the subnet's ACL has no rule that lets any HTTPS out before all is denied."""
    acls = case.read("ec2", "DescribeNetworkAcls", Filters=_in(vpc)).get("NetworkAcls") or ()
    for acl in acls:
        if subnet not in {each.get("SubnetId") for each in acl.get("Associations") or ()}:
            continue
        outward = [each for each in acl.get("Entries") or () if each.get("Egress")]
        for entry in sorted(outward, key=lambda each: each["RuleNumber"]):
            if not _covers_https(entry.get("Protocol"), entry.get("PortRange"), "From", "To"):
                continue
            if entry["RuleAction"] == "allow":
                return False
            if entry.get("CidrBlock") == "0.0.0.0/0":
                return True
        return bool(outward)
    return False


def _security_groups(case: Case, environment: Environment) -> Iterator[Finding]:
    given = environment.resources.get("securityGroupIds")
    if not given:
        return
    found = case.find("ec2", "DescribeSecurityGroups", GroupIds=list(given))
    key = config_keys.network_key("securityGroupIds")
    if found is None:
        yield _finding(environment, f"a security group of {', '.join(given)} does not exist", key)
        return
    rules = [
        rule
        for group in found.get("SecurityGroups") or ()
        for rule in group.get("IpPermissionsEgress") or ()
    ]
    if found.get("SecurityGroups") and not any(
        _covers_https(rule.get("IpProtocol"), rule, "FromPort", "ToPort") for rule in rules
    ):
        yield _finding(
            environment,
            f"no rule of security group(s) {', '.join(given)} lets HTTPS (TCP 443) out",
            f"{config_keys.network_key('egress')}, or {key} with mode existing",
        )


def _covers_https(
    protocol: str | None, ports: Mapping[str, Any] | None, first: str, last: str
) -> bool:
    if protocol == _ANY:
        return True
    if protocol not in ("tcp", "6") or not ports:
        return False
    return bool(ports[first] <= _HTTPS <= ports[last])


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
