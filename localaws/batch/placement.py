"""Which compute environment can take a job: instance types, vCPUs, memory, GPUs.

Instance data is moto's copy of EC2 DescribeInstanceTypes. The ECS agent keeps 32 MiB of a
container instance for itself (user guide: Compute resource memory management).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from moto.ec2.models.instance_types import INSTANCE_TYPES

from localaws.batch.models import ComputeEnvironment, Job, ResourceStatus

ECS_AGENT_RESERVED_MIB = 32
DEFAULT_FAMILIES = {
    "optimal": ("m6i", "c6i", "r6i", "c7i"),
    "default_x86_64": ("m6i", "c6i", "r6i", "c7i"),
    "default_arm64": ("m6g", "c6g", "r6g", "c7g"),
}
"""What the short names of ``instanceTypes`` stand for (API: ComputeResource.instanceTypes)."""


@dataclass(frozen=True)
class InstanceSize:
    """What one instance offers to jobs."""

    vcpus: int
    memory: int
    """MiB, after the ECS agent's share."""
    gpus: int

    def fits(self, job: Job) -> bool:
        """Whether one empty instance of this size could run the job."""
        return job.vcpus <= self.vcpus and job.memory <= self.memory and job.gpus <= self.gpus


@functools.cache
def instance_sizes(instance_types: tuple[str, ...]) -> tuple[InstanceSize, ...]:
    """Return the sizes behind the ``instanceTypes`` of a compute environment.

    Args:
        instance_types: types (``c4.large``), families (``c4``) or ``optimal`` and its likes.
    """
    wanted: set[str] = set()
    for name in instance_types:
        families = DEFAULT_FAMILIES.get(name, (name,))
        wanted.update(
            known for known in INSTANCE_TYPES if known == name or known.split(".")[0] in families
        )
    return tuple(_size(name) for name in sorted(wanted))


def unknown_instance_types(instance_types: Iterable[str]) -> list[str]:
    """Return those names that are no instance type, family or default group of EC2."""
    return [name for name in instance_types if not instance_sizes((name,))]


def _size(name: str) -> InstanceSize:
    data = INSTANCE_TYPES[name]
    return InstanceSize(
        vcpus=data["VCpuInfo"]["DefaultVCpus"],
        memory=data["MemoryInfo"]["SizeInMiB"] - ECS_AGENT_RESERVED_MIB,
        gpus=sum(gpu["Count"] for gpu in data.get("GpuInfo", {}).get("Gpus", [])),
    )


def could_ever_fit(environment: ComputeEnvironment, job: Job) -> bool:
    """Whether some instance type of the environment is large enough for the job."""
    if is_fargate(environment):
        return not job.gpus
    types = tuple(environment.compute_resources.get("instanceTypes", ()))
    return any(size.fits(job) for size in instance_sizes(types))


def has_room(environment: ComputeEnvironment, job: Job) -> bool:
    """Whether the job fits under ``maxvCpus`` beside what runs there now."""
    limit: int = environment.compute_resources.get("maxvCpus", 0)  # UNMANAGED has none
    return environment.used_vcpus + job.vcpus <= limit


def is_fargate(environment: ComputeEnvironment) -> bool:
    """Whether the environment runs its jobs on Fargate."""
    return str(environment.compute_resources.get("type", "")).startswith("FARGATE")


def choose(job: Job) -> ComputeEnvironment | None:
    """Return the first environment, in the queue's order, that can take the job now."""
    for environment in job.queue.compute_environments:
        fits = could_ever_fit(environment, job) and has_room(environment, job)
        if fits and _is_usable(environment):
            return environment
    return None


def blocked_reason(job: Job) -> str | None:
    """Say why the head of a queue can never start, in AWS's words; ``None`` if it just waits.

    Source: user guide, "Jobs stuck in a RUNNABLE status".
    """
    environments = job.queue.compute_environments
    if all(environment.status is ResourceStatus.INVALID for environment in environments):
        return "ACTION_REQUIRED - CE(s) associated with the job queue are invalid."
    usable = [environment for environment in environments if _is_usable(environment)]
    if not usable:
        return "ACTION_REQUIRED - CE(s) associated with the job queue are disabled."
    if all(each.compute_resources.get("maxvCpus", 0) < job.vcpus for each in usable):
        return (
            "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job "
            "queue have a max vCPU limit that is lower than the job's vCPU requirement."
        )
    if not any(could_ever_fit(environment, job) for environment in usable):
        return (
            "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement "
            "(vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job "
            "queue."
        )
    return None


def _is_usable(environment: ComputeEnvironment) -> bool:
    return environment.state == "ENABLED" and environment.status in (
        ResourceStatus.VALID,
        ResourceStatus.UPDATING,
    )
