"""The rules that a submission must keep, checked before anything is sent.

Each function yields every rule that is broken, so that one error can name them all. ``tasks`` are
those of :func:`batchsdk.submit.tasks.tasks_of`.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from batchsdk import limits, names
from batchsdk.errors import Problem
from batchsdk.submit import references, staging
from batchsdk.submit.dependencies import as_dependencies, several
from batchsdk.submit.fields import JobField
from batchsdk.submit.overrides import OVERRIDE_FIELDS, Override
from batchsdk.submit.submission import JOB_FIELDS, Submission
from batchsdk.submit.targets import Definition, Queue
from batchsdk.submit.tasks import Task, asked_by


def _declared_problems(
    wanted: Submission | Override, fields: Mapping[str, JobField] = JOB_FIELDS
) -> Iterator[Problem]:
    """Yield the numbers that are out of their declared bounds."""
    for each in fields.values():
        bounds = each.about.bounds
        if bounds is None:
            continue
        value = getattr(wanted, each.name)
        if value is not None and value not in bounds:
            of_unit = f" of {each.about.unit}" if each.about.unit else ""
            rule = f"must be a whole number{of_unit}, {each.bounds_in_words}"
            fix = each.about.fix or "give a number within the limits"
            yield Problem(each.name, value, rule, fix)


def queue_problems(
    wanted: Submission, queue: Queue | None, definition: Definition | None
) -> Iterator[Problem]:
    """Yield what a queue, or the platform of a definition, does not take.

    Args:
        wanted: what is to be submitted.
        queue: as far as it is known; ``None`` if it is not.
        definition: likewise.
    """
    if queue is not None and queue.state is not None:
        rule = f"the queue {queue.label!r} is {queue.state}: it takes no jobs"
        yield Problem("queue", queue.identifier, rule, "enable it, or use another queue")
    platform = definition.platform if definition is not None else None
    if queue is not None and queue.is_known and platform is None and queue.environments:
        platform = "FARGATE" if queue.is_fargate else "EC2"
    if queue is not None and queue.is_fargate:
        platform = "FARGATE"
    yield from _size_problems(wanted, platform)
    for field in ("containers", "nodes"):
        for name, each in getattr(wanted, field).items():
            found = _sizes_of_override(each, platform)
            yield from (problem.within(f"{field}[{name!r}]") for problem in found)
    yield from _share_problems(wanted, queue)


def _sizes_of_override(given: Override, platform: str | None) -> Iterator[Problem]:
    # Fargate offers its sizes for all containers together: see pair_problems.
    shared = dataclasses.replace(given, vcpus=None) if platform == "FARGATE" else given
    yield from _size_problems(shared, platform)
    for name, each in given.containers.items():
        found = _sizes_of_override(each, platform)
        yield from (problem.within(f"containers[{name!r}]") for problem in found)


def _size_problems(given: Submission | Override, platform: str | None) -> Iterator[Problem]:
    yield from _vcpu_problems(given.vcpus, platform)
    if given.gpus is not None and platform == "FARGATE":
        yield Problem(
            "gpus", given.gpus, "Fargate has no GPUs", "use a queue with EC2 environments"
        )


def _vcpu_problems(vcpus: float | None, platform: str | None) -> Iterator[Problem]:
    if vcpus is None:
        return
    is_number = -limits.MOST_VCPUS <= vcpus <= limits.MOST_VCPUS  # neither nan nor infinite
    is_whole = is_number and vcpus >= limits.VCPUS and vcpus == int(vcpus)
    is_size = is_number and vcpus in limits.FARGATE_MEMORY_MIB
    if platform == "EC2" and not is_whole:
        yield Problem(
            "vcpus",
            vcpus,
            f"must be a whole number, at least {limits.VCPUS} on EC2",
            f"ask for {limits.VCPUS} or more",
        )
    elif not is_size and (platform == "FARGATE" or not is_whole):
        allowed = ", ".join(f"{each:g}" for each in limits.FARGATE_MEMORY_MIB)
        yield Problem("vcpus", vcpus, f"must be one of {allowed} on Fargate", "pick one")


def pair_problems(
    wanted: Submission, queue: Queue, definition: Definition, tasks: Sequence[Task]
) -> Iterator[Problem]:
    """Yield a pair of vCPUs and memory that Fargate does not offer."""
    is_fargate = queue.is_fargate or definition.platform == "FARGATE"
    changed: list[Submission | Override] = [wanted, *wanted.containers.values()]
    if not is_fargate or all(each.vcpus is each.memory is None for each in changed):
        return
    asked = asked_by(tasks)
    vcpus, memory = asked.vcpus, asked.memory
    if not vcpus or not memory:
        return
    offered = limits.FARGATE_MEMORY_MIB.get(vcpus)
    if offered is not None and memory not in offered:
        yield Problem(
            "memory",
            memory,
            f"Fargate does not offer it with {vcpus:g} vCPUs",
            f"ask for one of {', '.join(map(str, offered))} MiB",
        )


_NO_NAME = "the name must not be empty"
_SHARE_IDENTIFIER = re.compile(r"[A-Za-z0-9]+", re.ASCII)


def own_problems(wanted: Submission) -> Iterator[Problem]:
    """Yield the broken rules that need no knowledge of the queue and the job definition.

    Every field is of its type; see :mod:`batchsdk.submit.field_types`.
    """
    yield from _name_problems(wanted)
    yield from _parameter_problems(wanted.parameters)
    yield from _text_problems(wanted)
    yield from _declared_problems(wanted)
    yield from _consumable_problems(wanted.consumable_resources)
    yield from _dependency_problems(wanted)
    yield from _tag_problems(wanted.tags)
    yield from staging.own_problems(wanted)
    if wanted.retry is not None:
        yield from wanted.retry.problems()
    for field in ("containers", "nodes"):
        for name, each in getattr(wanted, field).items():
            found = _override_problems(each)
            yield from (problem.within(f"{field}[{name!r}]") for problem in found)


def _override_problems(given: Override) -> Iterator[Problem]:
    """Yield the broken rules of one container or range of nodes."""
    yield from _text_problems(given)
    yield from _declared_problems(given, OVERRIDE_FIELDS)
    for name, each in given.containers.items():
        found = _override_problems(each)
        yield from (problem.within(f"containers[{name!r}]") for problem in found)


def reference_problems(
    wanted: Submission, definition: Definition, tasks: Sequence[Task]
) -> Iterator[Problem]:
    """Yield parameters that are missing, and those that no ``Ref::`` uses."""
    commands = tuple(each for task in tasks for each in task.commands)
    used = {name: None for command in commands for name in references.referenced(command)}
    for name in used:
        if name not in wanted.parameters and name not in definition.parameters:
            yield Problem(
                f"parameters[{name!r}]",
                None,
                f"the command refers to Ref::{name}, which has no value and no default",
                f"give parameters={{{name!r}: …}}",
            )
    inside = {name for command in commands for name in references.embedded(command)}
    for name, value in wanted.parameters.items():
        if name in used:
            continue
        if name in inside:
            rule = f"Ref::{name} is only a part of an element, where Batch does not replace it"
            fix = f"make Ref::{name} a whole element of the command"
        else:
            rule = f"no Ref::{name} in the command {_shown(commands)} uses it"
            fix = names.suggestion(name, used).replace("known:", "it uses:")
        yield Problem(f"parameters[{name!r}]", value, rule, fix)


def size_problems(
    wanted: Submission,
    definition: Definition,
    tasks: Sequence[Task],
    request: Mapping[str, Any],
) -> Iterator[Problem]:
    """Yield the size limits that the finished request breaks."""
    values = {**definition.parameters, **wanted.parameters}
    longest = max((len(each.rendered(values)) for each in tasks), default=0)
    if longest > limits.OVERRIDES_LENGTH:
        yield Problem(
            "command, environment and parameters",
            f"{longest} characters once rendered",
            f"at most {limits.OVERRIDES_LENGTH} fit (ECS fails the job when it starts)",
            "pass the long values in an object in S3",
        )
    payload = len(json.dumps(request))  # which is ASCII: a character is a byte
    if payload > limits.PAYLOAD_BYTES:
        yield Problem(
            "the whole request",
            f"{payload} bytes",
            f"SubmitJob takes at most {limits.PAYLOAD_BYTES} bytes (30 KiB)",
            "pass the long values in an object in S3",
        )


def _shown(commands: tuple[tuple[str, ...], ...]) -> str:
    return " and ".join(str(list(command)) for command in commands) or "of the image"


def _name_problems(wanted: Submission) -> Iterator[Problem]:
    if wanted.name is not None and not names.is_job_name(wanted.name):
        yield Problem(
            "name",
            wanted.name,
            f"must be 1-{limits.JOB_NAME_LENGTH} letters, digits, '-' or '_' (it has "
            f"{len(wanted.name)} characters), and start with a letter or digit",
            "leave it out to get a generated name",
        )


def _parameter_problems(parameters: Mapping[str, str]) -> Iterator[Problem]:
    if "" in parameters:
        yield Problem("parameters['']", parameters[""], _NO_NAME, "give it a name")


def _text_problems(wanted: Submission | Override) -> Iterator[Problem]:
    yield from _command_problems(wanted.command)
    for name, value in wanted.environment.items():
        if not name:
            yield Problem("environment['']", value, _NO_NAME, "give it a name")
        if "=" in name or "\0" in f"{name}{value}":
            yield Problem(
                f"environment[{name!r}]",
                value,
                "a name must not contain '=', and neither the name nor the value may contain NUL",
                "rename it, or encode the value",
            )
        if name.startswith(limits.RESERVED_ENVIRONMENT_PREFIX):
            yield Problem(
                f"environment[{name!r}]",
                value,
                f"names that start with {limits.RESERVED_ENVIRONMENT_PREFIX} are reserved for "
                f"AWS Batch",
                "choose another name",
            )


def _command_problems(command: Sequence[str] | None) -> Iterator[Problem]:
    if command is None:
        return
    if not command:
        yield Problem("command", [], "must not be empty", "leave it out to keep the default")
    for index, item in enumerate(command):
        if not item:
            yield Problem(
                f"command[{index}]",
                item,
                "must be a string, not empty",
                "remove it, or give it a value",
            )


def _consumable_problems(resources: Mapping[str, int]) -> Iterator[Problem]:
    if len(resources) > limits.CONSUMABLE_RESOURCES:
        yield Problem(
            "consumable_resources",
            f"{len(resources)} resources",
            f"at most {limits.CONSUMABLE_RESOURCES} are allowed",
            "make one resource of those that are always needed together",
        )
    for name, quantity in resources.items():
        if not name or quantity < 1:
            yield Problem(
                f"consumable_resources[{name!r}]",
                quantity,
                "needs the name of a resource and a whole number, at least 1",
                "give the number of units, or leave the resource out",
            )


def node_problems(wanted: Submission, definition: Definition) -> Iterator[Problem]:
    """Yield what a submission says that a job of several nodes cannot have."""
    if not definition.is_multi_node:
        return
    if wanted.array_size is not None:
        yield Problem(
            "array_size",
            wanted.array_size,
            f"{definition.label} is a multi-node parallel job, which cannot be an array",
            "leave it out, and submit several jobs (submit_many; of a sweep, as_separate_jobs)",
        )
    if wanted.consumable_resources:
        yield Problem(
            "consumable_resources",
            dict(wanted.consumable_resources),
            f"{definition.label} is a multi-node parallel job, whose nodes need them",
            "write them in the nodeRangeProperties of the definition",
        )


def _dependency_problems(wanted: Submission) -> Iterator[Problem]:
    if not wanted.depends_on:
        return
    dependencies = as_dependencies(wanted.depends_on)
    if len(dependencies) > limits.DEPENDENCIES:
        yield Problem(
            "depends_on",
            f"{len(dependencies)} jobs",
            f"at most {limits.DEPENDENCIES} are allowed",
            "put a job that only waits in between, or make the jobs one array job",
        )
    for index, each in enumerate(dependencies):
        if each.type and wanted.array_size is None:
            yield Problem(
                f"depends_on[{index}]", each.type, "is only for array jobs", "give array_size"
            )
        if each.job_id == "":
            given = several(wanted.depends_on)[index]
            yield Problem(f"depends_on[{index}]", given, "must be a job or its id", "drop it")
        elif each.type not in (None, *limits.DEPENDENCY_TYPES):
            rule = f"must be {' or '.join(limits.DEPENDENCY_TYPES)}"
            fix = "take batchsdk.SEQUENTIAL or batchsdk.n_to_n(job)"
            yield Problem(f"depends_on[{index}].type", each.type, rule, fix)
        elif each.job_id is None and each.type != "SEQUENTIAL":
            rule = "needs the job that it waits for"
            yield Problem(f"depends_on[{index}]", each.type, rule, "give job_id")


def _tag_problems(tags: Mapping[str, str]) -> Iterator[Problem]:
    if len(tags) > limits.TAGS:
        yield Problem(
            "tags", f"{len(tags)} tags", f"at most {limits.TAGS} are allowed", "drop some"
        )
    for key, value in tags.items():
        if not 0 < len(key) <= limits.TAG_KEY_LENGTH or key.lower().startswith("aws:"):
            yield Problem(
                f"tags[{key!r}]",
                value,
                f"a key has 1-{limits.TAG_KEY_LENGTH} characters and does not start with aws:",
                "rename it",
            )
        if len(value) > limits.TAG_VALUE_LENGTH:
            yield Problem(
                f"tags[{key!r}]",
                value,
                f"a value is a string of at most {limits.TAG_VALUE_LENGTH} characters",
                "shorten it",
            )


def combined_tag_problems(wanted: Submission, definition: Definition) -> Iterator[Problem]:
    """Yield too many tags of the job and its definition, where both are copied to the ECS task.

    AWS Batch takes such a job and moves it to FAILED (API: SubmitJob ``propagateTags``).
    """
    given, own = wanted.propagate_tags, definition.tag_keys
    propagates = definition.propagates_tags if given is None else given
    count = len(own | wanted.tags.keys())
    if propagates and len(wanted.tags) <= limits.TAGS < count:
        yield Problem(
            "tags",
            f"{len(wanted.tags)} tags",
            f"with the {len(own)} of {definition.label} they are {count}, and an ECS task to which "
            f"tags are propagated has at most {limits.TAGS}",
            "drop some, or give propagate_tags=False",
        )


def _share_problems(wanted: Submission, queue: Queue | None) -> Iterator[Problem]:
    share, priority = wanted.share_identifier, wanted.scheduling_priority
    if share is None and queue is not None and queue.is_fair_share:
        yield Problem(
            "share_identifier",
            None,
            f"the fair-share queue {queue.label!r} needs one for each job",
            "give share_identifier (--share-identifier), e.g. the name of your team",
        )
    if share is not None and not (
        len(share) <= limits.SHARE_IDENTIFIER_LENGTH and _SHARE_IDENTIFIER.fullmatch(share)
    ):
        yield Problem(
            "share_identifier",
            share,
            f"must be 1-{limits.SHARE_IDENTIFIER_LENGTH} letters and digits",
            "use an identifier of the queue's scheduling policy",
        )
    elif share is not None and queue is not None and queue.is_known and not queue.is_fair_share:
        yield Problem(
            "share_identifier",
            share,
            f"the queue {queue.label!r} has no scheduling policy, so its jobs have no share",
            "leave it out, or use a queue with fairsharePolicy",
        )
    if priority is not None and share is None:
        yield Problem(
            "scheduling_priority",
            priority,
            "orders the jobs of one share, and no share_identifier is given",
            "give share_identifier, or leave the priority out",
        )
