"""Rules between ``schedules`` or ``triggers`` and the definitions and queues that they name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from batch_platform.settings.checks import LONGEST_ROLE_NAME, no_queue_runs
from batch_platform.settings.errors import Path, Problem, did_you_mean, shown
from batch_platform.settings.job_definitions import JobDefinition
from batch_platform.settings.messages import to_problem
from batch_platform.settings.network import EndpointsNetwork
from batch_platform.settings.resource_requirements import REQUIREMENTS
from batch_platform.settings.scheduled_workflows import problems_of

if TYPE_CHECKING:
    from batch_platform.settings.job_queues import JobQueue
    from batch_platform.settings.scheduled_workflows import WorkflowFile
    from batch_platform.settings.schedules import Schedule
    from batch_platform.settings.started_jobs import StartedJob

LONGEST_SCHEDULE_NAME = 64 - 8
"""Characters of the name of a schedule (CreateSchedule), less the suffix that Pulumi adds."""

REFERENCE = "Ref::"
ASKED_BY_WORKFLOWS = ("batch", "ssm")
"""Services that the job of a workflow asks; S3 has an endpoint in every network of the stack."""

OVERRIDES = ("command", "environment", *REQUIREMENTS)
"""Keys of a schedule that stand for the definition's."""


@dataclass(frozen=True)
class Stack:
    """What the rules are about.

    Attributes:
        name: of the stack.
        role_prefix: what the names of roles begin with.
        raw: values of the blocks of entries, by their names, as the stack file has them.
        valid: their valid entries.
        workflows: the workflow files of schedules, by the keys of these.
        blocks: blocks by their names; None for one that is absent, without those that are faulty.
    """

    name: str
    role_prefix: str
    raw: Mapping[str, Any]
    valid: Mapping[str, Mapping[str, Any]]
    workflows: Mapping[str, WorkflowFile]
    blocks: Mapping[str, Any]


def problems(stack: Stack, project: str) -> Iterator[Problem]:
    """Find schedules and triggers whose jobs AWS would never make, or could not run.

    Args:
        stack: the stack.
        project: the namespace of the config.
    """
    yield from _of_triggers(stack, (f"{project}:triggers",))
    base = (f"{project}:schedules",)
    yield from _unknown(stack, "schedules", base)
    definitions, queues = stack.valid["jobDefinitions"], stack.valid["jobQueues"]
    for key, schedule in stack.valid["schedules"].items():
        at = (*base, key)
        yield from _long_names(stack, key, "schedule", at)
        queue, definition = (
            queues.get(schedule.job_queue),
            definitions.get(schedule.job_definition),
        )
        if queue is not None:
            yield from _shares(schedule, queue, at)
        if definition is not None:
            yield from _forms(schedule, definition, at)
            if schedule.workflow is None:
                yield from _parameters(schedule, definition, at)
            else:
                yield from _runner(schedule, definition, at)
            yield from _overrides(stack, key, schedule, at)
        if schedule.workflow is not None:
            yield from _around_workflow(stack, stack.workflows.get(key), at)
        if key in stack.workflows:
            config = {name: _mapping(stack.raw[name]) for name in ("jobDefinitions", "jobQueues")}
            yield from problems_of(schedule, stack.workflows[key], stack.name, config, at)


def _runner(schedule: Schedule, definition: JobDefinition, at: Path) -> Iterator[Problem]:
    """Find definitions whose jobs cannot run a workflow, or could not submit its jobs."""
    if definition.ecs_properties is not None or definition.node_properties is not None:
        yield Problem(
            (*at, "jobDefinition"),
            f"{shown(schedule.job_definition)} has several containers or nodes, and a workflow is "
            "run by a job of one container",
            "name a definition with `image`",
        )
    elif definition.container_properties.get("jobRoleArn"):
        yield Problem(
            (*at, "jobDefinition"),
            f"{shown(schedule.job_definition)} has a jobRoleArn, and the role of a workflow's job "
            "is made by the stack, with the rights to submit the jobs of the workflow",
            "drop the jobRoleArn, and write `permissions` for what else the job may do",
        )


def _around_workflow(stack: Stack, file: WorkflowFile | None, at: Path) -> Iterator[Problem]:
    """Find stacks without what the job of a workflow needs of them."""
    storage, outputs = stack.blocks.get("storage"), stack.blocks.get("outputs")
    if "storage" in stack.blocks and (storage is None or not storage.enabled):
        yield Problem(
            (*at, "workflow"),
            "its runs are kept in the ledger of the stack's storage, which the stack has not",
            "add `batch-platform:storage: {enabled: true}`",
        )
    if outputs is not None and not outputs.ssm_parameter:
        yield Problem(
            (*at, "workflow"),
            "its job reads the stack's outputs from their SSM parameter, which the stack has not",
            "drop `ssmParameter: false` from outputs",
        )
    network = stack.blocks.get("network")
    if isinstance(network, EndpointsNetwork):
        asked = [*ASKED_BY_WORKFLOWS, *(["sns"] if file and file.data.get("onEnd") else [])]
        if missing := [each for each in asked if each not in network.endpoints]:
            yield Problem(
                (*at, "workflow"),
                f"its job asks {' and '.join(missing)}, and without internet the network has no "
                "endpoint for that",
                f"add {', '.join(missing)} to network.endpoints",
            )


def _of_triggers(stack: Stack, base: Path) -> Iterator[Problem]:
    yield from _unknown(stack, "triggers", base)
    for key, trigger in stack.valid["triggers"].items():
        at = (*base, key)
        yield from _long_names(stack, key, "trigger", at)
        queue = stack.valid["jobQueues"].get(trigger.job_queue)
        if queue is not None and queue.fairshare_policy is not None:
            yield Problem(
                (*at, "jobQueue"),
                f"{shown(trigger.job_queue)} has fair share, and a target of EventBridge can name "
                "no share, without which AWS Batch refuses the job",
                "name a queue without fairsharePolicy",
            )
        definition = stack.valid["jobDefinitions"].get(trigger.job_definition)
        if definition is not None:
            yield from _array(trigger, definition, at)
            yield from _parameters(trigger, definition, at)


def _unknown(stack: Stack, block: str, base: Path) -> Iterator[Problem]:
    """Find definitions and queues that the config has not, and queues of another platform."""
    definitions, queues = (_mapping(stack.raw[name]) for name in ("jobDefinitions", "jobQueues"))
    for key, entry in _mapping(stack.raw[block]).items():
        named = {name: _mapping(entry).get(name) for name in ("jobDefinition", "jobQueue")}
        for (name, value), known in zip(named.items(), (definitions, queues), strict=True):
            if isinstance(value, str) and value.strip() and value not in known:
                yield Problem(
                    (*base, key, name),
                    f"{shown(value)} is not a key of {name}s{did_you_mean(value, known)}",
                    f"use one of: {', '.join(sorted(known)) or '(none)'}",
                )
        definition, queue = named["jobDefinition"], named["jobQueue"]
        are_known = queue in list(queues) and definition in list(definitions)
        if are_known and no_queue_runs(str(definition), [str(queue)], stack.raw):
            yield Problem(
                (*base, key, "jobQueue"),
                f"{shown(queue)} has no compute environment of the platform of "
                f"{shown(definition)}, and AWS Batch refuses the job there",
                "name another queue or another definition",
            )


def _long_names(stack: Stack, key: str, what: str, at: Path) -> Iterator[Problem]:
    names = {
        f"{stack.name}-{key}": ("EventBridge", LONGEST_SCHEDULE_NAME),
        f"{stack.role_prefix}{stack.name}-{what}-{key}": ("IAM", LONGEST_ROLE_NAME),
    }
    for name, (service, most) in names.items():
        if len(name) > most:
            kind = "its role" if service == "IAM" else "it"
            yield Problem(
                at,
                f"{kind} would be named {name}-<random>, and {service} allows {most} characters "
                "before the random suffix",
                f"shorten the key by {len(name) - most}",
            )
            return


def _shares(schedule: Schedule, queue: JobQueue, at: Path) -> Iterator[Problem]:
    if queue.fairshare_policy is None:
        for name, value in (
            ("shareIdentifier", schedule.share_identifier),
            ("schedulingPriority", schedule.scheduling_priority),
        ):
            if value is not None:
                yield Problem(
                    (*at, name),
                    f"the queue {shown(schedule.job_queue)} has no fair share, and AWS Batch "
                    "refuses it there",
                    "drop it, or give the queue a fairsharePolicy",
                )
    elif schedule.share_identifier is None:
        yield Problem(
            (*at, "shareIdentifier"),
            f"missing: the queue {shown(schedule.job_queue)} has fair share, and AWS Batch refuses "
            "its jobs without a share",
            "add e.g. `shareIdentifier: nightly`",
        )


def _forms(schedule: Schedule, definition: JobDefinition, at: Path) -> Iterator[Problem]:
    is_single = definition.ecs_properties is None and definition.node_properties is None
    for name in OVERRIDES if not is_single else ():
        if getattr(schedule, name) not in (None, {}, ()):
            yield Problem(
                (*at, name),
                f"{shown(schedule.job_definition)} has several containers or nodes, and this key "
                "is about a single one",
                "drop it, and use parameters",
            )
    yield from _array(schedule, definition, at)


def _array(started: StartedJob, definition: JobDefinition, at: Path) -> Iterator[Problem]:
    if definition.node_properties is not None and started.array_size is not None:
        yield Problem(
            (*at, "arraySize"),
            f"{shown(started.job_definition)} is multi-node, and has no array jobs",
            "drop it",
        )


def _parameters(started: StartedJob, definition: JobDefinition, at: Path) -> Iterator[Problem]:
    """Find values that no command takes, and those that a command takes and nobody gives."""
    own = getattr(started, "command", None)
    commands = [list(own)] if own else definition.commands
    used = {
        item.removeprefix(REFERENCE)
        for command in commands
        for item in command
        if item.startswith(REFERENCE)
    }
    for name in started.parameters:
        if name not in used:
            yield Problem(
                (*at, "parameters", name),
                f"no item {REFERENCE}{name} of the command takes it{did_you_mean(name, used)}",
                f"drop it, or write {REFERENCE}{name} as an item of the command",
            )
    for name in sorted(used - started.parameters.keys() - definition.parameters.keys()):
        yield Problem(
            (*at, "parameters"),
            f"the command has {REFERENCE}{name}, which has neither a value here nor a default",
            f"add `{name}: …`",
        )


def _overrides(stack: Stack, key: str, schedule: Schedule, at: Path) -> Iterator[Problem]:
    """Find a container that with the schedule's keys is none that AWS Batch takes."""
    raw = _mapping(_mapping(stack.raw["schedules"]).get(key))
    given = {name: raw[name] for name in OVERRIDES if raw.get(name) is not None}
    definition = _mapping(_mapping(stack.raw["jobDefinitions"]).get(schedule.job_definition))
    if not given or definition.get("ecsProperties") or definition.get("nodeProperties"):
        return
    merged = json.dumps({**_without(definition, given), **given})
    try:
        _DEFINITION.validate_json(merged)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            found = to_problem(detail, JobDefinition, at)
            named = found.path[len(at)] if len(found.path) > len(at) else ""
            yield Problem(found.path if named in given else at, found.fault, found.fix)


_DEFINITION: TypeAdapter[JobDefinition] = TypeAdapter(JobDefinition)


def _without(definition: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition without what the schedule says in its place."""
    properties = dict(_mapping(definition.get("containerProperties")))
    kinds = {REQUIREMENTS[name] for name in given if name in REQUIREMENTS}
    for name in ("command", "environment"):
        if name in given:
            properties.pop(name, None)
    if kinds and "resourceRequirements" in properties:
        properties["resourceRequirements"] = [
            each for each in properties["resourceRequirements"] if each.get("type") not in kinds
        ]
    return {**definition, **({"containerProperties": properties} if properties else {})}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
