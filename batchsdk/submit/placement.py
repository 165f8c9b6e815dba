"""Whether any compute environment of a queue could ever run a job, by what is known of both.

AWS Batch takes most such jobs, and they stay RUNNABLE for ever (user guide: Jobs stuck in a
RUNNABLE status).
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from batchsdk import contract, limits
from batchsdk.contract.capacity import name_patterns
from batchsdk.contract.definition_shapes import EKS
from batchsdk.errors import Problem
from batchsdk.submit.submission import Submission
from batchsdk.submit.targets import Definition, Queue
from batchsdk.submit.tasks import tasks_of

_PLATFORMS = ("EC2", "FARGATE")


@dataclass(frozen=True, kw_only=True)
class _Need:
    """What must have a place on one instance, or in one task of Fargate."""

    count: int = 1
    """How many alike: nodes."""
    vcpus: float
    gpus: int
    instance_type: str | None = None
    """The only type that will do."""


@dataclass(frozen=True, kw_only=True)
class _Reason:
    """Why there is no place in one compute environment."""

    field: str
    """Of the submission, which is at fault."""
    value: object
    text: str
    """The end of "in <key>, …"."""


def place_problems(wanted: Submission, queue: Queue, definition: Definition) -> Iterator[Problem]:
    """Yield what keeps a job for ever out of every compute environment of its queue.

    Memory alone is no reason: how much of it an instance has to give is known only roughly, and
    :meth:`Job.diagnose` tells of it.
    """
    needs = list(_needs(wanted, definition))
    reasons: dict[str, _Reason] = {}
    for key, environment in queue.environments.items():
        reason = _unlike(environment, definition) or _too_small(environment, needs)
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


def depends_on_instances(wanted: Submission, definition: Definition) -> bool:
    """Tell whether there are instance types that could not run it, whatever their memory."""
    needs = list(_needs(wanted, definition))
    return definition.architecture is not None or any(
        each.vcpus > limits.VCPUS or each.gpus for each in needs
    )


def _needs(wanted: Submission, definition: Definition) -> Iterator[_Need]:
    """Yield what a job asks for; of several nodes, what those that are alike do."""
    for each in tasks_of(wanted, definition):
        asked = each.requirement
        yield _Need(
            count=len(each.nodes) if each.nodes else 1,
            vcpus=asked.vcpus,
            gpus=asked.gpus,
            instance_type=each.instance_type,
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


def _too_small(environment: contract.ComputeEnvironment, needs: list[_Need]) -> _Reason | None:
    """Return what an environment cannot give."""
    most, together = environment.max_vcpus, sum(each.vcpus * each.count for each in needs)
    if together > most:
        nodes = sum(each.count for each in needs)
        of_nodes = f"its {nodes} nodes ask for {together:g} vCPUs together, and " * (nodes > 1)
        return _Reason(
            field="vcpus", value=_plain(together), text=f"{of_nodes}there are {most} vCPUs at most"
        )
    patterns = name_patterns(environment.instance_types)
    largest = environment.largest_instance
    for each in needs:
        named = each.instance_type
        if named and patterns and not any(fnmatch.fnmatch(named, one) for one in patterns):
            text = f"{named}, the instance type of its nodes, is none of its instance types"
            return _Reason(field="job_definition", value=named, text=text)
        if largest is not None and each.vcpus > largest.vcpus:
            text = f"the largest instance has {largest.vcpus} vCPUs"
            return _Reason(field="vcpus", value=_plain(each.vcpus), text=text)
        if largest is not None and each.gpus > largest.gpus:
            text = f"an instance has {largest.gpus} GPUs at most"
            return _Reason(field="gpus", value=each.gpus, text=text)
        if each.gpus and environment.type.startswith("FARGATE"):
            text = f"which is {environment.type}, there are no GPUs"
            return _Reason(field="gpus", value=each.gpus, text=text)
    return None


def _plain(number: float) -> float:
    """Return a whole number as one, so that an error shows ``32`` and not ``32.0``."""
    return int(number) if number == int(number) else number
