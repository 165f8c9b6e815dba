"""The compute environments, job queues and job definitions of one stack, to be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from batch_platform.changes.hazards import KINDS as HAZARDOUS
from batch_platform.changes.registrations import UNKNOWN, Reference, Registration, Stack
from batch_platform.changes.rules import (
    DEFINITION,
    ENVIRONMENT,
    GROUP,
    GROUP_BLOCK,
    QUEUE,
    UNORDERED,
    Inputs,
)
from batch_platform.compute_environments.updates import LINKED
from batch_platform.plan import ENVIRONMENT_TAG, assumed_plan
from batch_platform.settings.job_queues import FAIR_SHARE, FIFO
from batch_platform.settings.network import ExistingNetwork

if TYPE_CHECKING:
    from batch_platform.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What a stack is, or shall be.

    Attributes:
        described: where it was read, for people.
        resources: by type and by key in the config.
        others: what the warnings of a plan are about beside them, by type and by name without the
            stack's; None where it is not known.
        renamed_from: name that the stack had when its resources were made, if it was another.
        whole: whether an input that a resource does not have is not set; otherwise it is not known.
    """

    described: str
    environment: str
    region: str | None
    resources: Mapping[str, Mapping[str, Registration]] = field(default_factory=dict)
    others: Mapping[str, Mapping[str, Inputs]] | None = None
    renamed_from: str = ""
    whole: bool = True


def of_registrations(
    registrations: Mapping[str, Registration],
    *,
    described: str,
    environment: str,
    region: str | None,
) -> Snapshot:
    """Return the snapshot of a stack's resources, given by their URNs."""
    stack, prefix = Stack(registrations), f"{environment}-"
    groups = {one.name: one.inputs for one in stack.every(GROUP)}
    made_for = {(one.inputs.get("tags") or {}).get(ENVIRONMENT_TAG) for one in stack.every(QUEUE)}
    return Snapshot(
        described=described,
        environment=environment,
        region=region,
        resources={
            kind: {
                one.name.removeprefix(prefix): replace(
                    one, inputs=comparable(_with_group(one, groups), prefix)
                )
                for one in stack.every(kind)
            }
            for kind, comparable in COMPARABLE.items()
        },
        others={
            kind: {one.name.removeprefix(prefix): one.inputs for one in stack.every(kind)}
            for kind in HAZARDOUS
        },
        renamed_from=next((name for name in made_for if name and name != environment), ""),
    )


def of_settings(settings: Settings, described: str) -> Snapshot:
    """Return the snapshot of what the program registers for a config."""
    # It imports the whole of pulumi-aws, for which `batch-platform check` need not wait.
    from batch_platform.changes.recording import recorded  # noqa: PLC0415

    network = settings.network
    zones = () if isinstance(network, ExistingNetwork) else network.availability_zones
    registrations = recorded(assumed_plan(settings))
    registrations = {urn: _of_any_version(one) for urn, one in registrations.items()}
    if isinstance(zones, int):
        registrations = {urn: _anywhere(one) for urn, one in registrations.items()}
    return of_registrations(
        registrations,
        described=described,
        environment=settings.environment,
        region=settings.region,
    )


def _anywhere(one: Registration) -> Registration:
    """Return the resource without its zone, where the config only says how many there are."""
    if "availabilityZone" not in one.inputs:
        return one
    return replace(one, inputs={**one.inputs, "availabilityZone": UNKNOWN})


def _with_group(one: Registration, groups: Mapping[str, Inputs]) -> Inputs:
    """Return the inputs, of an environment with those of the Auto Scaling group of its name."""
    if one.type != ENVIRONMENT or one.name not in groups:
        return one.inputs
    return {**one.inputs, GROUP_BLOCK: groups[one.name]}


def _of_any_version(one: Registration) -> Registration:
    """Return the compute environment without the version that only AWS knows: ``$Default``."""
    resources = one.inputs.get("computeResources") or {}
    template = resources.get("launchTemplate") or {}
    if not str(template.get("version")).startswith("$"):
        return one
    unknown = {**resources, "launchTemplate": {**template, "version": UNKNOWN}}
    return replace(one, inputs={**one.inputs, "computeResources": unknown})


def _environment(inputs: Inputs, _prefix: str) -> Inputs:
    capacity = dict(inputs.get("computeResources") or {})
    for key in UNORDERED:
        if key in capacity:
            capacity[key] = sorted(capacity[key], key=str)
    role = inputs.get("serviceRole") or LINKED
    if "/aws-service-role/" in str(role):  # as a refresh may have it
        role = LINKED
    return {**inputs, "serviceRole": role, "computeResources": capacity}


def _queue(inputs: Inputs, prefix: str) -> Inputs:
    """Return the inputs with the scheduling policy's, as the config has them."""
    given = dict(inputs)
    order = sorted(given.pop("computeEnvironmentOrders"), key=lambda each: int(each["order"]))
    policy = given.pop("schedulingPolicyArn", None)
    return {
        **given,
        "computeEnvironments": [_key(each["computeEnvironment"], prefix) for each in order],
        "schedulingMode": FAIR_SHARE if policy else FIFO,
        "fairsharePolicy": _shares(policy.inputs) if isinstance(policy, Reference) else None,
    }


def _key(environment: Any, prefix: str) -> Any:
    is_own = isinstance(environment, Reference)
    return environment.of[1].removeprefix(prefix) if is_own else environment


def _shares(policy: Inputs) -> Inputs:
    fair = policy["fairSharePolicy"]
    shares = fair.get("shareDistributions") or ()
    weights = {each["shareIdentifier"]: each.get("weightFactor", 1.0) for each in shares}
    return {**fair, "shareDistributions": weights}


def _definition(inputs: Inputs, _prefix: str) -> Inputs:
    """Return the inputs with the resource requirements of its container by their types."""
    container = inputs.get("containerProperties")
    if container is None:
        return inputs
    amounts = {
        each["type"]: float(each["value"]) for each in container.get("resourceRequirements", ())
    }
    return {**inputs, "containerProperties": {**container, "resourceRequirements": amounts}}


COMPARABLE: Mapping[str, Callable[[Inputs, str], Inputs]] = {
    ENVIRONMENT: _environment,
    QUEUE: _queue,
    DEFINITION: _definition,
}
"""How the inputs of each type are compared: lists without an order sorted, links followed."""
