"""Whether any compute environment of a queue could ever run a job, by what is known of both.

AWS Batch takes most such jobs, and they stay RUNNABLE for ever (user guide: Jobs stuck in a
RUNNABLE status).
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from batchsdk import contract, limits
from batchsdk.contract.capacity import name_patterns
from batchsdk.contract.definition_shapes import EKS
from batchsdk.errors import Problem
from batchsdk.submit.targets import Definition, Queue
from batchsdk.submit.tasks import Task

_PLATFORMS = ("EC2", "FARGATE")


@dataclass(frozen=True, kw_only=True)
class _Reason:
    """Why there is no place in one compute environment."""

    field: str
    """Of the submission, which is at fault."""
    value: object
    text: str
    """The end of "in <key>, …"."""


def place_problems(
    queue: Queue, definition: Definition, tasks: Sequence[Task]
) -> Iterator[Problem]:
    """Yield what keeps a job for ever out of every compute environment of its queue.

    Memory alone is no reason: how much of it an instance has to give is known only roughly, and
    :meth:`Job.diagnose` tells of it.
    """
    reasons: dict[str, _Reason] = {}
    for key, environment in queue.environments.items():
        reason = _unlike(environment, definition) or _too_small(environment, tasks)
        if reason is None:
            return
        reasons[key] = reason
    if not reasons:
        return
    first = next(iter(reasons.values()))
    why = "; ".join(f"in {key}, {each.text}" for key, each in reasons.items())
    less = "" if first.field == "job_definition" else "ask for less, or "
    yield Problem(
        first.field,
        first.value,
        f"no compute environment of the queue {queue.label!r} could ever run it: {why}",
        f"{less}use another queue",
    )


def depends_on_instances(definition: Definition, tasks: Sequence[Task]) -> bool:
    """Tell whether there are instance types that could not run it, whatever their memory."""
    return definition.architecture is not None or any(
        each.requirement.vcpus > limits.VCPUS or each.requirement.gpus for each in tasks
    )


def _unlike(environment: contract.ComputeEnvironment, definition: Definition) -> _Reason | None:
    """Return why an environment is not of the kind that a definition is for."""
    kind = environment.type
    is_fargate, is_windows = kind.startswith("FARGATE"), definition.is_windows
    text = None
    if (kind == EKS) != (definition.kind == EKS):
        text = f"which is {kind}, there are {'no' if kind != EKS else 'only'} jobs of EKS"
    elif definition.platform in _PLATFORMS and is_fargate != (definition.platform == "FARGATE"):
        text = f"which is {kind}, there is no platform {definition.platform}"
    elif definition.is_multi_node and kind != "EC2":
        text = f"which is {kind}, AWS Batch runs no multi-node parallel jobs"
    elif is_windows and kind != "FARGATE":
        text = f"which is {kind}, there are no Windows containers"
    elif (
        definition.architecture
        and environment.architecture
        and definition.architecture != environment.architecture
    ):
        text = f"the processors are {environment.architecture}, and it is for "
        text += definition.architecture
    if text is None:
        return None
    return _Reason(field="job_definition", value=definition.identifier, text=text)


def _too_small(environment: contract.ComputeEnvironment, tasks: Sequence[Task]) -> _Reason | None:
    """Return what an environment cannot give."""
    most = environment.max_vcpus
    together = sum(each.requirement.vcpus * each.count for each in tasks)
    if together > most:
        nodes = sum(each.count for each in tasks)
        of_nodes = f"its {nodes} nodes ask for {together:g} vCPUs together, and " * (nodes > 1)
        return _Reason(
            field="vcpus", value=_plain(together), text=f"{of_nodes}there are {most} vCPUs at most"
        )
    largest = environment.largest_instance
    for each in tasks:
        asked, named = each.requirement, each.instance_type
        if named and not _has_type(environment, named):
            text = f"{named}, the instance type of its nodes, is none of its instance types"
            return _Reason(field="job_definition", value=named, text=text)
        if largest is not None and asked.vcpus > largest.vcpus:
            text = f"the largest instance has {largest.vcpus} vCPUs"
            return _Reason(field="vcpus", value=_plain(asked.vcpus), text=text)
        if largest is not None and asked.gpus > largest.gpus:
            text = f"an instance has {largest.gpus} GPUs at most"
            return _Reason(field="gpus", value=asked.gpus, text=text)
        if asked.gpus and environment.type.startswith("FARGATE"):
            text = f"which is {environment.type}, there are no GPUs"
            return _Reason(field="gpus", value=asked.gpus, text=text)
    return None


def _has_type(environment: contract.ComputeEnvironment, name: str) -> bool:
    """Tell whether an environment may have instances of a type; one without types, of any."""
    patterns = name_patterns(environment.instance_types)
    return not patterns or any(fnmatch.fnmatch(name, each) for each in patterns)


def _plain(number: float) -> float:
    """Return a whole number as one, so that an error shows ``32`` and not ``32.0``."""
    return int(number) if number == int(number) else number
