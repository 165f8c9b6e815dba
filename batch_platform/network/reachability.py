"""Whether jobs in somebody else's network could start. Decides on facts; no I/O.

An instance that cannot register leaves every job RUNNABLE for ever and says nothing, which is why
such a config is refused before anything is created (AWS Batch user guide, "Jobs stuck in a
RUNNABLE status").
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from batch_platform.network.facts import EVERY_ENDPOINT
from batch_platform.partitions import registry
from batch_platform.settings import Problem
from batch_platform.settings.checks import EXEC_ENDPOINT
from batch_platform.settings.network import THREE_CURES, ExistingNetwork
from batchsdk.contract.ecr import needs_internet
from batchsdk.contract.reachability import ECS_ENDPOINTS, EVERYWHERE, HTTPS, Subnet

if TYPE_CHECKING:
    from batch_platform.network.facts import JobNeeds, NetworkFacts, SubnetFacts

_NETWORK = "batch-platform:network"
_DEFINITIONS = "batch-platform:jobDefinitions"


def default_route(routes: Sequence[Mapping[str, Any]]) -> str:
    """Return the id, or the ARN, of what the default IPv4 route leads to, or nothing."""
    for route in routes:
        if route.get("cidr_block") == EVERYWHERE:
            targets = (str(value) for key, value in route.items() if key != "cidr_block" and value)
            return next(targets, "")
    return ""


def unreachable(
    network: ExistingNetwork,
    facts: NetworkFacts,
    jobs: Mapping[str, JobNeeds],
    region: str,
    *,
    instances: bool = True,
) -> Iterator[Problem]:
    """Find what keeps instances, or Fargate, in an existing network from working.

    Args:
        network: the config's block.
        facts: about it.
        jobs: key of a job definition to what it needs.
        region: the AWS region.
        instances: whether any compute environment has them. Fargate reaches ECS by itself, and
            whether its tasks have public IPs the job definitions say (AWS Batch user guide, "Access
            AWS Batch using an interface endpoint").
    """
    offline: dict[str, SubnetFacts] = {}
    for index, (subnet_id, subnet) in enumerate(
        zip(network.subnet_ids, facts.subnets, strict=True)
    ):
        path = (_NETWORK, "subnetIds", index)
        if subnet.vpc_id != network.vpc_id:
            fault = f"{subnet_id} is in {subnet.vpc_id} and not in {network.vpc_id}"
            yield Problem(path, fault, "name subnets of that VPC, or the other VPC")
            continue
        target = default_route(subnet.routes)
        public_ip = subnet.public_ips or not instances
        if Subnet(target=target).reaches_the_internet(public_ip=public_ip):
            continue
        missing = [n for n in ECS_ENDPOINTS if instances and n not in facts.endpoints]
        if not missing:
            offline[subnet_id] = subnet
            continue
        way = (
            f"its default route leads to the internet gateway {target} and instances get no "
            "public IP there"
            if target
            else "it has no default route"
        )
        yield Problem(
            path,
            f"instances in {subnet_id} could not reach ECS: {way}, and {network.vpc_id} has no "
            f"endpoint for {', '.join(missing)}",
            f"{THREE_CURES}; or, if there is a route that this check cannot see, write "
            "`reachability: assumed`",
        )
    if offline:
        yield from _offline_problems(network, facts, offline, _needed(instances=instances))
        yield from _images_out_of_reach(jobs, ", ".join(offline), region)
        yield from _secrets_out_of_reach(network, facts, jobs, ", ".join(offline))
        yield from _commands_out_of_reach(network, facts, jobs, ", ".join(offline))
    # What is offline has been told of.
    inside = all(name in facts.endpoints for name in _needed(instances=False))
    known = offline if inside else ()
    outward = {
        key: job for key, job in jobs.items() if not inside or _leads_out(job, facts, region)
    }
    yield from _tasks_without_a_way(network, facts, outward, known)
    yield from _closed_groups(network, facts, instances=instances)


def _needed(*, instances: bool) -> list[str]:
    return [name for name in EVERY_ENDPOINT if instances or name not in ECS_ENDPOINTS]


def _offline_problems(
    network: ExistingNetwork,
    facts: NetworkFacts,
    offline: Mapping[str, SubnetFacts],
    needed: Sequence[str],
) -> Iterator[Problem]:
    """Find what subnets that have only endpoints lack beside those of ECS."""
    where, path = ", ".join(offline), (_NETWORK, "vpcId")
    if missing := [name for name in needed if name not in facts.endpoints]:
        yield Problem(
            path,
            f"{where} has no route to the internet, and {network.vpc_id} has no endpoint for "
            f"{', '.join(missing)}, so images or logs would fail",
            "add these endpoints, or a NAT gateway",
        )
    if not facts.dns:
        yield Problem(
            path,
            f"{where} reaches AWS through endpoints alone, and {network.vpc_id} lacks DNS "
            f"support or DNS hostnames, without which the services' names do not resolve to the "
            f"endpoints",
            "turn both on (aws ec2 modify-vpc-attribute), or add a NAT gateway",
        )
    have = {name: facts.endpoints[name] for name in needed if name in facts.endpoints}
    if nameless := [name for name, endpoint in have.items() if not endpoint.private_dns]:
        yield Problem(
            path,
            f"the endpoints {', '.join(nameless)} of {network.vpc_id} have no private DNS, so "
            f"the services' names do not resolve to them, and {where} has no route to the internet",
            "turn it on (aws ec2 modify-vpc-endpoint --private-dns-enabled)",
        )
    groups = network.security_group_ids
    if closed := [name for name, endpoint in have.items() if endpoint.is_closed_to(groups)]:
        yield Problem(
            path,
            f"no rule of the security groups of the endpoints {', '.join(closed)} of "
            f"{network.vpc_id} lets TCP {HTTPS} in, neither from {', '.join(groups)} nor from "
            f"addresses, and {where} has no route to the internet",
            f"add an ingress rule for TCP {HTTPS} from {groups[0]} to those groups",
        )
    tables = have["s3"].route_table_ids if "s3" in have else None
    for subnet_id, subnet in offline.items():
        if tables is not None and subnet.route_table_id and subnet.route_table_id not in tables:
            yield Problem(
                (_NETWORK, "subnetIds", network.subnet_ids.index(subnet_id)),
                f"the route table {subnet.route_table_id} of {subnet_id} does not lead to the S3 "
                f"endpoint of {network.vpc_id}, so image layers could not be pulled",
                "add that route table to the endpoint (aws ec2 modify-vpc-endpoint)",
            )


def _images_out_of_reach(
    jobs: Mapping[str, JobNeeds], where: str, region: str
) -> Iterator[Problem]:
    for key, job in jobs.items():
        for image in job.images:
            if needs_internet(image, region):
                yield Problem(
                    (_DEFINITIONS, key, "image"),
                    f"{image!r} is not in a private ECR registry of {region}, and {where} has no "
                    f"route to the internet",
                    f"copy it to {registry(region)}/…, or add a NAT gateway",
                )


def _secrets_out_of_reach(
    network: ExistingNetwork, facts: NetworkFacts, jobs: Mapping[str, JobNeeds], where: str
) -> Iterator[Problem]:
    for key, job in jobs.items():
        for service in sorted(job.secret_services - set(facts.endpoints)):
            yield Problem(
                (_DEFINITIONS, key, "secrets"),
                f"a secret is read from {service}, {where} has no route to the internet and "
                f"{network.vpc_id} has no endpoint for it, so the job would never start",
                f"add an endpoint for {service}, or a NAT gateway",
            )


def _commands_out_of_reach(
    network: ExistingNetwork, facts: NetworkFacts, jobs: Mapping[str, JobNeeds], where: str
) -> Iterator[Problem]:
    for key, job in jobs.items():
        if job.executes_commands and EXEC_ENDPOINT not in facts.endpoints:
            yield Problem(
                (_DEFINITIONS, key),
                f"enableExecuteCommand is true, {where} has no route to the internet and "
                f"{network.vpc_id} has no endpoint for {EXEC_ENDPOINT}, so its agent would never "
                f"answer",
                f"add an endpoint for {EXEC_ENDPOINT} or a NAT gateway, or drop "
                f"enableExecuteCommand",
            )


def _leads_out(job: JobNeeds, facts: NetworkFacts, region: str) -> bool:
    """Tell whether a job needs more than the endpoints that an image of ECR and a log need."""
    return bool(job.secret_services - set(facts.endpoints)) or any(
        needs_internet(image, region) for image in job.images
    )


def _tasks_without_a_way(
    network: ExistingNetwork,
    facts: NetworkFacts,
    jobs: Mapping[str, JobNeeds],
    known: Collection[str],
) -> Iterator[Problem]:
    """Find tasks on Fargate that would be in a public subnet without a public IP.

    Such a task never pulls its image (ECS guide, "Fargate task networking").

    Args:
        network: the config's block.
        facts: about it.
        jobs: those for which the endpoints will not do.
        known: subnets that are told of already.
    """
    gateways = {
        subnet_id: target
        for subnet_id, subnet in zip(network.subnet_ids, facts.subnets, strict=True)
        if (target := default_route(subnet.routes)).startswith("igw-") and subnet_id not in known
    }
    for subnet_id, target in list(gateways.items())[:1]:
        for key, job in jobs.items():
            if job.public_ip is False:
                yield Problem(
                    (_DEFINITIONS, key, "fargate", "assignPublicIp"),
                    f"false, also where it is left out: the default route of {subnet_id} leads to "
                    f"the internet gateway {target}, and a task without a public IP could not pull "
                    "its image or read its secrets there",
                    "write `fargate: {assignPublicIp: true}` (with ecsProperties: `assignPublicIp: "
                    "ENABLED` in its networkConfiguration), or name subnets behind a NAT gateway",
                )


def _closed_groups(
    network: ExistingNetwork, facts: NetworkFacts, *, instances: bool
) -> Iterator[Problem]:
    """Find security groups of another VPC, and those that let nothing out to AWS."""
    wrong = False
    for index, group_id in enumerate(network.security_group_ids):
        vpc_id = facts.group_vpcs.get(group_id, network.vpc_id)
        if vpc_id != network.vpc_id:
            wrong = True
            fault = f"{group_id} is in {vpc_id} and not in {network.vpc_id}"
            fix = "name security groups of that VPC"
            yield Problem((_NETWORK, "securityGroupIds", index), fault, fix)
    # Where every endpoint is there, a rule that leads to them alone will do.
    inside = all(name in facts.endpoints for name in _needed(instances=instances))
    if not wrong and not any(rule.lets_https_out(inside=inside) for rule in facts.rules):
        groups = ", ".join(network.security_group_ids)
        yield Problem(
            (_NETWORK, "securityGroupIds"),
            f"{groups} let no TCP {HTTPS} out{'' if inside else ' to the internet'}, without "
            "which nothing reaches ECS, ECR or CloudWatch Logs and jobs would stay RUNNABLE",
            f"add an egress rule for TCP {HTTPS} to {EVERYWHERE}"
            f"{', or to the endpoints' if inside else ''}",
        )
