"""The containers of a job that runs, by name, and what each of them has asked for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from localaws.batch.models import Job

DEFAULT_NAME = "default"
"""Of the container of a job that has one, as in its log stream."""


class Size(NamedTuple):
    """What a container has asked for.

    Attributes:
        vcpus: vCPUs.
        memory: MiB.
        gpus: GPUs.
    """

    vcpus: float
    memory: int
    gpus: int


def containers_of(job: Job) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Return the containers of a job, each with its name."""
    if not job.containers:
        return [(DEFAULT_NAME, job.container)]
    return [(each["name"], each) for each in job.containers]


def size_of(job: Job, container: Mapping[str, Any]) -> Size:
    """Return the size of a container of a job: where there is only one, the job's."""
    if not job.containers:
        return Size(job.vcpus, job.memory, job.gpus)
    needs = {each["type"]: each["value"] for each in container.get("resourceRequirements", ())}
    return Size(float(needs["VCPU"]), int(needs["MEMORY"]), int(needs.get("GPU", 0)))
