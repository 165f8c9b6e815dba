"""Whether instances and tasks reach what they need, by what EC2 has in one account and region.

Only networks that somebody made are judged: moto's default VPC has no internet gateway, as AWS's
has. An environment is as good as the best of its subnets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends

from batchsdk.contract.ecr import needs_internet
from batchsdk.contract.reachability import (
    ECR_ENDPOINTS,
    ECS_ENDPOINTS,
    EVERYTHING_OUT,
    EVERYWHERE,
    INTERNET,
    AclEntry,
    Endpoint,
    Interface,
    Rule,
    Subnet,
    Vpc,
    endpoint_service,
    secret_service,
)
from localaws.batch.placement import is_fargate
from localaws.batch.unreachable import (
    image_not_pulled,
    log_stream_not_made,
    secret_not_read,
)

if TYPE_CHECKING:
    from moto.ec2.models.route_tables import Route

    from localaws.batch.models import Attempt, ComputeEnvironment, Job


class Network:
    """The network of one account and region, as EC2 describes it at the moment."""

    def __init__(self, account_id: str, region: str) -> None:
        self._account_id = account_id
        self._region = region

    @property
    def _ec2(self) -> Any:
        return ec2_backends[self._account_id][self._region]

    def lets_register(self, environment: ComputeEnvironment) -> bool:
        """Tell whether instances of the environment could reach ECS. Fargate needs no way there."""
        if is_fargate(environment):
            return True
        interfaces = list(self._interfaces(environment, public_ip=None))
        return not interfaces or any(
            not interface.obstacle(*ECS_ENDPOINTS) for interface in interfaces
        )

    def start_failure(self, job: Job, attempt: Attempt) -> str | None:
        """Say, in AWS's words, why the attempt's containers would never start.

        Returns:
            The container's ``reason``, or None if nothing stands in the way.
        """
        on_fargate = is_fargate(attempt.compute_environment)
        failures = [
            next(self._failures(interface, job, fargate=on_fargate), None)
            for interface in self._interfaces_of(job, attempt)
        ]
        return failures[0] if failures and all(failures) else None

    def reaches(self, job: Job, attempt: Attempt, service: str) -> bool:
        """Tell whether the attempt's containers reach a service of AWS, such as ``ssmmessages``."""
        interfaces = list(self._interfaces_of(job, attempt))
        return not interfaces or any(not each.obstacle(service) for each in interfaces)

    def _interfaces_of(self, job: Job, attempt: Attempt) -> Iterator[Interface]:
        environment = attempt.compute_environment
        on_fargate = is_fargate(environment)
        assigned = job.container.get("networkConfiguration", {}).get("assignPublicIp")
        public_ip = assigned == "ENABLED" if on_fargate else None
        for interface in self._interfaces(environment, public_ip=public_ip):
            # An instance runs jobs only where it has registered.
            if on_fargate or not interface.obstacle(*ECS_ENDPOINTS):
                yield interface

    def _failures(self, interface: Interface, job: Job, *, fargate: bool) -> Iterator[str]:
        for container in job.containers or [job.container]:
            image = container["image"]
            services = (INTERNET,) if needs_internet(image, self._region) else ECR_ENDPOINTS
            if interface.obstacle(*services):
                yield image_not_pulled(image, self._region, fargate=fargate)
            for secret in container.get("secrets", ()):
                service = secret_service(secret["valueFrom"])
                if interface.obstacle(service):
                    yield secret_not_read(service)
            driver = container.get("logConfiguration", {}).get("logDriver", "awslogs")
            if driver == "awslogs" and interface.obstacle("logs"):
                yield log_stream_not_made(self._region)

    def _interfaces(
        self, environment: ComputeEnvironment, *, public_ip: bool | None
    ) -> Iterator[Interface]:
        """Yield an interface for each subnet that is judged.

        Args:
            environment: whose.
            public_ip: whether it gets one; None: as the subnet has it.
        """
        resources = environment.compute_resources
        groups: Sequence[str] = resources.get("securityGroupIds") or ()
        for subnet_id in resources.get("subnets") or ():
            subnet = self._subnet(subnet_id)
            vpc = self._ec2.vpcs.get(subnet.vpc_id) if subnet is not None else None
            if subnet is None or vpc is None or vpc.is_default:
                continue
            given = bool(subnet.map_public_ip_on_launch) if public_ip is None else public_ip
            yield Interface(
                vpc=Vpc(
                    dns=bool(vpc.enable_dns_support and vpc.enable_dns_hostnames),
                    endpoints=self._endpoints(vpc.id),
                ),
                subnet=self._way_out(subnet),
                public_ip=given,
                groups=groups,
                rules=tuple(self._rules(groups)) if groups else (EVERYTHING_OUT,),
            )

    def _subnet(self, subnet_id: str) -> Any:
        """Find a subnet: moto keeps them by zone."""
        zones = list(self._ec2.subnets.values())
        return next((zone[subnet_id] for zone in zones if subnet_id in zone), None)

    def _way_out(self, subnet: Any) -> Subnet:
        table, route = self._route_table(subnet), self._default_route(subnet)
        target, leads_out = self._target(route) if route is not None else ("", False)
        return Subnet(
            target=target,
            leads_out=leads_out,
            route_table_id=table.id if table is not None else "",
            acl=tuple(self._acl(subnet.id)),
        )

    def _route_table(self, subnet: Any) -> Any:
        main = None
        for table in list(self._ec2.route_tables.values()):
            if table.vpc_id != subnet.vpc_id:
                continue
            if subnet.id in table._associations.values():
                return table
            main = table if table.main_association_id is not None else main
        return main

    def _default_route(self, subnet: Any) -> Route | None:
        table = self._route_table(subnet)
        routes = table.routes if table is not None else ()
        return next((each for each in routes if each.destination_cidr_block == EVERYWHERE), None)

    def _is_open_gateway(self, route: Route) -> bool:
        """Tell whether a route leads to an internet gateway that is attached."""
        found = self._ec2.internet_gateways.get(str(route.gateway_id))
        return found is not None and found.vpc is not None

    def _target(self, route: Route) -> tuple[str, bool]:
        """Return what a default route leads to, and whether that leads to the internet.

        What is not an internet gateway or a NAT gateway (a transit gateway, a firewall, …) belongs
        to somebody who knows where it leads.
        """
        nat = route.nat_gateway
        if nat is not None:
            there = self._ec2.nat_gateways.get(nat.id)
            if there is None or there.state != "available" or there.connectivity_type == "private":
                return nat.id, False
            own = self._subnet(there.subnet_id)
            onward = self._default_route(own) if own is not None else None
            return nat.id, onward is not None and self._is_open_gateway(onward)
        gateway = str(route.gateway_id or "")
        if gateway.startswith("igw-"):
            return gateway, self._is_open_gateway(route)
        others = (route.transit_gateway, route.interface, route.instance, route.vpc_pcx)
        named = next((each.id for each in others if each is not None), gateway)
        return str(named or "unknown"), True

    def _acl(self, subnet_id: str) -> Iterator[AclEntry]:
        for acl in list(self._ec2.network_acls.values()):
            if all(each.subnet_id != subnet_id for each in acl.associations):
                continue
            for entry in acl.entries:
                if str(entry.egress).lower() != "true" or not entry.cidr_block:
                    continue
                yield AclEntry(
                    number=int(entry.rule_number),
                    allows=entry.rule_action == "allow",
                    protocol=str(entry.protocol),
                    ports=_ports(entry.port_range_from, entry.port_range_to),
                    cidr=entry.cidr_block,
                )

    def _endpoints(self, vpc_id: str) -> Mapping[str, Endpoint]:
        return {
            endpoint_service(each.service_name): self._endpoint(each)
            for each in list(self._ec2.vpc_end_points.values())
            if each.vpc_id == vpc_id and str(each.state).lower() == "available"
        }

    def _endpoint(self, endpoint: Any) -> Endpoint:
        if str(endpoint.vpc_endpoint_type).lower() == "gateway":
            return Endpoint(route_table_ids=frozenset(endpoint.route_table_ids or ()))
        groups = endpoint.security_group_ids
        return Endpoint(
            private_dns=bool(endpoint.private_dns_enabled),
            rules=tuple(self._rules(groups)) if groups else None,
        )

    def _rules(self, groups: Iterable[str]) -> Iterator[Rule]:
        for group_id in groups:
            group = self._ec2.get_security_group_from_id(group_id)
            if group is None:
                continue
            # Not by the rule itself: two that differ in direction alone are equal.
            directions = ((False, group.ingress_rules), (True, group.egress_rules))
            for is_egress, rule in (
                (out, each) for out, rules in directions for each in list(rules)
            ):
                yield Rule(
                    is_egress=is_egress,
                    protocol=str(rule.ip_protocol),
                    ports=_ports(rule.from_port, rule.to_port),
                    cidr=rule.cidr_ipv4 or "",
                    prefix_list=rule.prefix_list_id or "",
                    group=rule.source_group.get("GroupId", ""),
                )


def _ports(first: object, last: object) -> tuple[int, int] | None:
    return None if first is None or last is None else (int(str(first)), int(str(last)))
