"""Whether each job definition could run in some compute environment of some queue. No I/O.

A job that could not stays RUNNABLE for ever (AWS Batch user guide, "Jobs stuck in a RUNNABLE
status").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batch_platform.compute_environments.capabilities import lacks
from batch_platform.job_definitions.containers import node_groups, resources_of
from batch_platform.settings import Problem
from batch_platform.settings.compute_environments import Ec2Environment, FargateEnvironment
from batchsdk.contract.capacity import Misfit, Requirement, as_registered, may_overshoot, misfit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batch_platform.plan import Plan
    from batch_platform.settings.compute_environments import ComputeEnvironment
    from batch_platform.settings.job_definitions import JobDefinition
    from batchsdk.contract.capacity import InstanceType

MOST_SHOWN = 3
"""Compute environments of which a message says why."""


@dataclass(frozen=True)
class Verdict:
    """Why a definition can run nowhere.

    Attributes:
        reasons: by the key of a compute environment; all that queues name.
        only_memory: whether with less memory it could run in some of them.
        waits: whether it could run in one that is DISABLED.
    """

    reasons: dict[str, str]
    only_memory: bool
    waits: bool

    def __str__(self) -> str:
        shown = [f"in {key}, {reason}" for key, reason in list(self.reasons.items())[:MOST_SHOWN]]
        more = len(self.reasons) - len(shown)
        return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")


def instances_of(plan: Plan, key: str) -> list[InstanceType]:
    """Return what the compute environment ``key`` may launch, as the ECS agent registers it.

    Nothing for Fargate, and where one of its instance types, or who registers, is not known.
    """
    instances = plan.settings.instances.get(key)
    if instances is None:
        return []
    return as_registered(
        plan.instance_types.get(key, ()),
        image_type=instances.image_family,
        own_image=instances.image_id_override is not None,
        threads_per_core=instances.launch_template.threads_per_core,
    )


def unfit(plan: Plan) -> Iterator[Problem]:
    """Find definitions that could never run, whatever the memory of instances may be."""
    for key, definition, verdict in _verdicts(plan):
        if not (verdict.only_memory or verdict.waits):
            yield Problem(
                ("batch-platform:jobDefinitions", key, *_asked(definition)),
                f"{_wanted(definition)} could never run on any job queue: {verdict}",
                "ask for what an environment has, or give a queue an environment for it "
                "(type, instanceTypes, maxVcpus)",
            )


def unfit_schedules(plan: Plan) -> Iterator[Problem]:
    """Find schedules whose jobs could never run in their queue, as :func:`unfit` does."""
    for key, definition, sizes, verdict in _verdicts_of_schedules(plan):
        if not (verdict.only_memory or verdict.waits):
            queue = plan.settings.schedules[key].job_queue
            yield Problem(
                ("batch-platform:schedules", key, *sizes[:1]),
                f"{_wanted(definition)} could never run on the job queue {queue!r}: {verdict}",
                "ask for what its environments have, or name another queue",
            )


def tight(plan: Plan) -> Iterator[str]:
    """Yield a warning for each definition or schedule that by its memory, or for now, cannot run.

    It is no refusal: how much an instance has to give is known only roughly, and each job may ask
    for less; an environment that is DISABLED may be enabled again.
    """
    named = [
        (f"jobDefinitions.{key}", definition, verdict)
        for key, definition, verdict in _verdicts(plan)
    ]
    named += [
        (f"schedules.{key}", definition, verdict)
        for key, definition, _, verdict in _verdicts_of_schedules(plan)
    ]
    for where, definition, verdict in named:
        if verdict.waits:
            yield (
                f"{where}: {_wanted(definition)} runs nowhere for now: {verdict}; its "
                f"jobs stay RUNNABLE until such an environment is ENABLED"
            )
        elif verdict.only_memory:
            yield (
                f"{where}: {_wanted(definition)} fits on no instance: {verdict}; its "
                f"jobs stay RUNNABLE unless they ask for less memory"
            )


def _verdicts_of_schedules(
    plan: Plan,
) -> Iterator[tuple[str, JobDefinition, list[str], Verdict]]:
    """Yield the schedules whose jobs can run nowhere: key, definition, keys of sizes, and why."""
    settings = plan.settings
    for key, schedule in settings.schedules.items():
        given = {name: getattr(schedule, name) for name in ("vcpus", "memory", "gpus")}
        sizes = {name: size for name, size in given.items() if size is not None}
        definition = settings.job_definitions[schedule.job_definition].model_copy(update=sizes)
        environments = settings.job_queues[schedule.job_queue].compute_environments
        instances = {each: instances_of(plan, each) for each in environments}
        verdict = _verdict(plan, instances, definition)
        if verdict is not None:
            yield key, definition, list(sizes), verdict


def _verdicts(plan: Plan) -> Iterator[tuple[str, JobDefinition, Verdict]]:
    """Yield the definitions that can run nowhere, with why."""
    named = dict.fromkeys(
        key for queue in plan.settings.job_queues.values() for key in queue.compute_environments
    )
    instances = {key: instances_of(plan, key) for key in named}
    for key, definition in plan.settings.job_definitions.items():
        verdict = _verdict(plan, instances, definition)
        if verdict is not None:
            yield key, definition, verdict


def _verdict(
    plan: Plan, instances: dict[str, list[InstanceType]], definition: JobDefinition
) -> Verdict | None:
    """Return why the definition can run nowhere; None where it can.

    Args:
        plan: of the stack.
        instances: what each compute environment that a queue names may launch, by its key.
        definition: of the jobs.
    """
    reasons: dict[str, str] = {}
    only_memory = waits = False
    for key, launched in instances.items():
        environment = plan.settings.compute_environments[key]
        reason = _reason(environment, launched, definition)
        if reason is None:
            if not environment.is_disabled:
                return None
            reason, waits = "which is DISABLED, nothing starts", True
        reasons[key] = reason if isinstance(reason, str) else reason.evidence
        only_memory |= isinstance(reason, Misfit) and reason.only_memory
    return Verdict(reasons, only_memory, waits)


def _reason(
    environment: ComputeEnvironment, instances: list[InstanceType], definition: JobDefinition
) -> Misfit | str | None:
    on_instances = not isinstance(environment, FargateEnvironment)
    if definition.platform != ("EC2" if on_instances else "FARGATE"):
        return f"which is {environment.type}, there is no platform {definition.platform}"
    if lacking := lacks(environment, definition):
        return lacking
    if definition.node_properties is None:
        return _misfit(environment, instances, definition)
    if not isinstance(environment, Ec2Environment):
        return f"which is {environment.type}, AWS Batch runs no multi-node parallel jobs"
    return _misfit_of_nodes(environment, instances, definition)


def _misfit(
    environment: ComputeEnvironment, instances: list[InstanceType], definition: JobDefinition
) -> Misfit | None:
    return misfit(
        _requirement(resources_of(definition)),
        max_vcpus=getattr(environment, "max_vcpus", None),
        instances=instances,
        may_overshoot=may_overshoot(
            environment.type, getattr(environment, "allocation_strategy", "")
        ),
    )


def _misfit_of_nodes(
    environment: Ec2Environment, instances: list[InstanceType], definition: JobDefinition
) -> Misfit | str | None:
    """Return why the nodes have no place together: each takes an instance for itself."""
    groups = list(node_groups(definition))
    vcpus = sum(float(group.resources["VCPU"]) * group.nodes for group in groups)
    if vcpus > environment.max_vcpus:
        return (
            f"its nodes ask for {vcpus:g} vCPU(s) together, and the environment may have "
            f"{environment.max_vcpus} at most"
        )
    for group in groups:
        wanted = group.instance_type
        if wanted and instances and wanted not in {each.name for each in instances}:
            return f"{wanted}, the instanceType of its nodes, is none of its instance types"
        found = misfit(_requirement(group.resources), max_vcpus=None, instances=instances)
        if found is not None:
            return found
    return None


def _requirement(resources: dict[str, str]) -> Requirement:
    return Requirement(
        vcpus=float(resources["VCPU"]),
        memory=int(resources["MEMORY"]),
        gpus=int(resources.get("GPU", 0)),
    )


def _wanted(definition: JobDefinition) -> str:
    if definition.node_properties is None:
        return f"{_requirement(resources_of(definition))} on {definition.platform}"
    count = definition.node_properties["numNodes"]
    return f"{count} node(s), each e.g. {_requirement(resources_of(definition))}, on EC2"


def _asked(definition: JobDefinition) -> tuple[str, ...]:
    """Return the key to point at, where a short one says the size."""
    given = (key for key in ("gpus", "vcpus", "platform") if key in definition.model_fields_set)
    return tuple(given)[:1]
