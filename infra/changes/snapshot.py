"""What a stack is, as flat facts that can be compared whatever they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from infra.changes import launch_templates
from infra.compute_environments.images import pin
from infra.job_definitions.containers import document, document_key
from infra.job_definitions.defaults import defaults
from infra.job_definitions.retries import filled_up
from infra.plan import Account, make_plan
from infra.settings.compute_environments import FargateEnvironment, SpotEnvironment
from infra.settings.network import ExistingNetwork

if TYPE_CHECKING:
    from infra.plan import Plan
    from infra.settings import Settings
    from infra.settings.compute_environments import ComputeEnvironment
    from infra.settings.fair_share import FairsharePolicy
    from infra.settings.job_definitions import JobDefinition
    from infra.settings.job_queues import JobQueue

Facts = Mapping[str, Any]
"""Name of a property, as the config or the API has it, to its value; ``None`` is not set."""


class Unknown:
    """The one value that equals nothing and differs from nothing."""

    def __repr__(self) -> str:
        return "(not known)"


UNKNOWN: Final = Unknown()


class Subnet(NamedTuple):
    """A subnet that the stack makes."""

    name: str
    cidr: str
    zone: str | None
    """None: the config only says how many zones."""

    def __str__(self) -> str:
        return f"{self.name} {self.cidr}"


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The compute environments, queues and definitions of one stack.

    Attributes:
        described: where it was read, for people.
        whole: whether a property that it does not name is not set; otherwise it is not known.
        images: AMI of each compute environment, where that is known.
    """

    described: str
    environment: str
    region: str | None
    compute_environments: Mapping[str, Facts] = field(default_factory=dict)
    job_queues: Mapping[str, Facts] = field(default_factory=dict)
    job_definitions: Mapping[str, Facts] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True


def is_fargate(environment: Facts) -> bool:
    """Tell whether the facts are of a Fargate environment."""
    return str(environment.get("type")).startswith("FARGATE")


def own_role(name: str, path: str, prefix: str) -> str:
    """Return what stands for the ARN of a role that the stack makes."""
    where = f"{path}{prefix}"
    return f"the stack's {name} role" + ("" if where == "/" else f" ({where}…)")


def of_vpc(cidr: str) -> str:
    """Return what stands for the security group of instances in a VPC that the stack makes."""
    return f"instances in {cidr}"


def pinned(variant: str, refresh: str) -> str:
    """Return what stands for an AMI that is pinned in the state."""
    return f"newest {variant} when pinned" + (f" (imageRefresh {refresh})" if refresh else "")


def of_settings(settings: Settings, described: str) -> Snapshot:
    """Return what the config of a stack asks for."""
    plan = make_plan(settings, Account(account_id="", zones=_zones(settings)))
    return Snapshot(
        described=described,
        environment=settings.environment,
        region=settings.region,
        compute_environments={
            key: _compute_environment(plan, key, environment)
            for key, environment in settings.compute_environments.items()
        },
        job_queues={key: _job_queue(plan, queue) for key, queue in settings.job_queues.items()},
        job_definitions={
            key: _job_definition(plan, key, definition)
            for key, definition in settings.job_definitions.items()
        },
    )


def _zones(settings: Settings) -> tuple[str, ...]:
    network = settings.network
    if isinstance(network, ExistingNetwork):
        return ()
    wanted = network.availability_zones
    return tuple(map(str, range(wanted))) if isinstance(wanted, int) else wanted


def _compute_environment(plan: Plan, key: str, environment: ComputeEnvironment) -> Facts:
    shared = {
        "serviceRole": plan.settings.roles.service_role,
        "type": environment.type,
        "maxVcpus": environment.max_vcpus,
        **_network(plan),
    }
    if isinstance(environment, FargateEnvironment):
        return shared
    policy = environment.update_policy
    return {
        **shared,
        "allocationStrategy": environment.allocation_strategy,
        "instanceTypes": tuple(sorted(environment.instance_types)),
        "minVcpus": environment.min_vcpus,
        "bidPercentage": (
            environment.bid_percentage if isinstance(environment, SpotEnvironment) else None
        ),
        "spotIamFleetRole": _role(plan, "spot-fleet")
        if environment.needs_spot_fleet_role
        else None,
        "instanceRole": _role(plan, "instance"),
        "imageType": environment.image_type,
        "placementGroup": environment.placement_group,
        "ec2KeyPair": environment.ec2_key_pair,
        "updatePolicy": policy.model_dump(by_alias=True) if policy else None,
        "image": environment.image_id_override or pinned(*pin(environment)),
        **launch_templates.of_settings(environment.launch_template),
        "tags": plan.tagged(key),
    }


def _role(plan: Plan, name: str) -> str:
    roles = plan.settings.roles
    return own_role(name, roles.path, roles.name_prefix or "")


def _network(plan: Plan) -> Facts:
    network = plan.settings.network
    if isinstance(network, ExistingNetwork):
        return {
            "subnets": tuple(sorted(network.subnet_ids)),
            "securityGroups": tuple(sorted(network.security_group_ids)),
        }
    counted = isinstance(network.availability_zones, int)
    subnets = (
        Subnet(subnet.name, subnet.cidr, None if counted else subnet.zone)
        for subnet in plan.instance_subnets
    )
    return {"subnets": tuple(sorted(subnets)), "securityGroups": of_vpc(network.cidr)}


def _job_queue(plan: Plan, queue: JobQueue) -> Facts:
    return {
        "priority": queue.priority,
        "state": queue.state,
        "computeEnvironments": queue.compute_environments,
        "schedulingMode": queue.scheduling_mode,
        "fairsharePolicy": _fairshare_policy(queue.fairshare_policy),
        "jobStateTimeLimitActions": tuple(
            action.model_dump(by_alias=True) for action in queue.job_state_time_limit_actions
        ),
        "tags": dict(plan.tags),
    }


def _fairshare_policy(policy: FairsharePolicy | None) -> Facts | None:
    if policy is None:
        return None
    return fairshare_facts(
        policy.share_decay_seconds,
        policy.compute_reservation,
        {share.share_identifier: share.weight_factor for share in policy.share_distribution},
    )


def fairshare_facts(decay: int, reservation: int, weights: Mapping[str, float]) -> Facts:
    """Return what a scheduling policy is; shares have no order."""
    return {
        "shareDecaySeconds": decay,
        "computeReservation": reservation,
        "shareDistribution": {share: float(weight) for share, weight in weights.items()},
    }


def _job_definition(plan: Plan, key: str, definition: JobDefinition) -> Facts:
    given = defaults(
        plan,
        key,
        log_group=plan.log_group_name,
        execution_role=_role(plan, "execution"),
        job_role=_role(plan, f"job-{key}" if definition.has_own_job_role else "job"),
    )
    retry, timeout = definition.strategy, definition.timeout
    rules = filled_up(retry.evaluate_on_exit if retry else ())
    return {
        **document_facts(document_key(definition), document(definition, given)),
        "platform": definition.platform,
        "parameters": dict(definition.parameters) or None,
        "retryStrategy.attempts": retry.attempts if retry else 1,
        "retryStrategy.evaluateOnExit": tuple(
            rule.model_dump(by_alias=True, exclude_none=True) for rule in rules
        ),
        "timeout": timeout.attempt_duration_seconds if timeout else None,
        "propagateTags": definition.propagate_tags,
        "schedulingPriority": definition.scheduling_priority,
        "tags": {**plan.tags, **definition.tags},
    }


def document_facts(key: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of what a definition runs, by which of the API's forms it has.

    A form of several containers is one fact: its parts mean nothing without one another.
    """
    return container_facts(value) if key == "containerProperties" else {key: dict(value)}


def container_facts(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a ContainerProperties, its resource requirements one by one."""
    facts = {key: value for key, value in properties.items() if key != "resourceRequirements"}
    for requirement in properties.get("resourceRequirements", ()):
        facts[f"resourceRequirements.{requirement['type']}"] = float(requirement["value"])
    return facts
