"""The rules for vCPUs, memory and GPUs of a job (API: ResourceRequirement)."""

from __future__ import annotations

from collections.abc import Iterator

from batchsdk import limits
from batchsdk.errors import Problem
from batchsdk.submission import Submission
from batchsdk.targets import Definition, Queue


def is_whole(value: object) -> bool:
    """Tell whether ``value`` is an int; True and False are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def resource_problems(wanted: Submission, queue: Queue | None) -> Iterator[Problem]:
    """Yield the broken rules that need no knowledge of the job definition."""
    if wanted.memory is not None and not (
        is_whole(wanted.memory) and wanted.memory >= limits.MEMORY_MIB
    ):
        yield Problem(
            "memory",
            wanted.memory,
            f"must be a whole number of MiB, at least {limits.MEMORY_MIB}",
            f"ask for {limits.MEMORY_MIB} MiB or more",
        )
    yield from _vcpu_problems(wanted.vcpus, queue)
    if wanted.gpus is not None and not (is_whole(wanted.gpus) and wanted.gpus >= 1):
        yield Problem("gpus", wanted.gpus, "must be a whole number, at least 1", "leave it out")
    if wanted.gpus is not None and queue is not None and queue.is_fargate:
        yield Problem(
            "gpus", wanted.gpus, "Fargate has no GPUs", "use a queue with EC2 environments"
        )


def _vcpu_problems(vcpus: float | None, queue: Queue | None) -> Iterator[Problem]:
    if vcpus is None:
        return
    is_number = isinstance(vcpus, int | float) and not isinstance(vcpus, bool)
    if queue is not None and (queue.is_fargate or queue.key is None):
        # A queue of another stack may be a Fargate one.
        if not is_number or vcpus not in limits.FARGATE_MEMORY_MIB:
            allowed = ", ".join(f"{each:g}" for each in limits.FARGATE_MEMORY_MIB)
            if queue.is_fargate or not is_number or vcpus < limits.VCPUS:
                yield Problem("vcpus", vcpus, f"must be one of {allowed} on Fargate", "pick one")
    elif not is_number or vcpus < limits.VCPUS or vcpus != int(vcpus):
        yield Problem(
            "vcpus",
            vcpus,
            f"must be a whole number, at least {limits.VCPUS} on EC2",
            f"ask for {limits.VCPUS} or more",
        )


def pair_problems(wanted: Submission, queue: Queue, definition: Definition) -> Iterator[Problem]:
    """Yield a pair of vCPUs and memory that Fargate does not offer."""
    if not queue.is_fargate or (wanted.vcpus is None and wanted.memory is None):
        return
    vcpus = wanted.vcpus if wanted.vcpus is not None else definition.vcpus
    memory = wanted.memory if wanted.memory is not None else definition.memory
    if vcpus is None or memory is None:
        return
    offered = limits.FARGATE_MEMORY_MIB.get(vcpus)
    if offered is not None and memory not in offered:
        yield Problem(
            "memory",
            memory,
            f"Fargate does not offer it with {vcpus:g} vCPUs",
            f"ask for one of {', '.join(map(str, offered))} MiB",
        )
