"""Which compute environment and instance take a job: types, vCPUs, memory, GPUs, ``maxvCpus``.

Instance data is moto's copy of EC2 DescribeInstanceTypes. The ECS agent keeps 32 MiB of a
container instance for itself (user guide: Compute resource memory management).
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES

from localaws.batch.capabilities import can_run
from localaws.batch.fleet import Instance, InstanceSize
from localaws.batch.models import ComputeEnvironment, Job, ResourceStatus

ECS_AGENT_RESERVED_MIB = 32
DEFAULT_FAMILIES = {
    "optimal": ("m6i", "c6i", "r6i", "c7i"),
    "default_x86_64": ("m6i", "c6i", "r6i", "c7i"),
    "default_arm64": ("m6g", "c6g", "r6g", "c7g"),
}
"""What the short names of ``instanceTypes`` stand for (API: ComputeResource.instanceTypes)."""
ORDERED_STRATEGIES = ("BEST_FIT_PROGRESSIVE_ORDERED", "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED")
"""Strategies that take ``instanceTypes`` in the order given (API: CRAllocationStrategy)."""


@dataclass(frozen=True)
class Place:
    """Where a job, or one node of it, runs."""

    job: Job
    environment: ComputeEnvironment
    instance: Instance | None
    """``None`` on Fargate."""


@functools.cache
def instance_sizes(instance_types: tuple[str, ...]) -> tuple[InstanceSize, ...]:
    """Return the sizes behind the ``instanceTypes`` of a compute environment, smallest first.

    Args:
        instance_types: types (``c4.large``), families (``c4``) or ``optimal`` and its likes.
    """
    sizes = map(_size, _type_names(instance_types))
    return tuple(sorted(sizes, key=lambda each: (each.gpus, each.vcpus, each.memory, each.name)))


def _type_names(instance_types: tuple[str, ...]) -> set[str]:
    wanted: set[str] = set()
    for name in instance_types:
        families = DEFAULT_FAMILIES.get(name, (name,))
        wanted.update(
            known for known in INSTANCE_TYPES if known == name or known.split(".")[0] in families
        )
    return wanted


@functools.cache
def architectures(instance_types: tuple[str, ...]) -> frozenset[str]:
    """Return the processor architectures behind the ``instanceTypes`` of an environment.

    A type that runs two (``i386`` and ``x86_64``) counts as the wider one.
    """
    return frozenset(
        max(INSTANCE_TYPES[name]["ProcessorInfo"]["SupportedArchitectures"])
        for name in _type_names(instance_types)
    )


def unknown_instance_types(instance_types: Iterable[str]) -> list[str]:
    """Return those names that are no instance type, family or default group of EC2."""
    return [name for name in instance_types if not instance_sizes((name,))]


def _size(name: str) -> InstanceSize:
    data = INSTANCE_TYPES[name]
    return InstanceSize(
        name=name,
        vcpus=data["VCpuInfo"]["DefaultVCpus"],
        memory=data["MemoryInfo"]["SizeInMiB"] - ECS_AGENT_RESERVED_MIB,
        gpus=sum(gpu["Count"] for gpu in data.get("GpuInfo", {}).get("Gpus", [])),
    )


def sizes_by_preference(environment: ComputeEnvironment) -> Sequence[InstanceSize]:
    """Return the environment's instance sizes, the one to launch first if it fits in front.

    AWS weighs prices and free capacity; here the smallest that fits is the best fit, and the
    strategies with an order take the first that fits. Nothing is launched for an UNMANAGED
    environment.
    """
    if is_unmanaged(environment):
        return ()
    resources = environment.compute_resources
    types = tuple(resources.get("instanceTypes", ()))
    strategy = resources.get("allocationStrategy")
    return _sizes_by_preference(strategy, types, gpus=registers_gpus(resources))


@functools.cache
def _sizes_by_preference(
    strategy: str | None, types: tuple[str, ...], *, gpus: bool
) -> tuple[InstanceSize, ...]:
    sizes = instance_sizes(types)
    if strategy in ORDERED_STRATEGIES:
        sizes = tuple(size for name in types for size in instance_sizes((name,)))
    return sizes if gpus else tuple(dataclasses.replace(size, gpus=0) for size in sizes)


def registers_gpus(resources: Mapping[str, Any]) -> bool:
    """Whether the instances' image has the driver without which no GPU is registered.

    AWS Batch takes such an image for GPU families where none is named (API: Ec2Configuration).
    There is none for arm64, where an AMI of the user's own counts as one.

    Args:
        resources: ``computeResources`` of an environment.
    """
    images = resources.get("ec2Configuration") or [{}]
    arm64 = "arm64" in architectures(tuple(resources.get("instanceTypes", ())))
    return any(
        "NVIDIA" in image.get("imageType", "NVIDIA") or (arm64 and "imageIdOverride" in image)
        for image in images
    )


def could_ever_fit(environment: ComputeEnvironment, job: Job) -> bool:
    """Whether the environment's kind and some instance type of it are right for the job."""
    if is_unmanaged(environment):
        # What its owner will register is not known. User guide: Multi-node parallel jobs.
        return not job.nodes
    if not is_of_its_kind(environment, job):
        return False
    if is_fargate(environment):
        return not job.gpus
    sizes = sizes_by_preference(environment)
    return all(any(size.fits(each) for size in sizes) for each in job.nodes or [job])


def is_of_its_kind(environment: ComputeEnvironment, job: Job) -> bool:
    """Whether the environment is of the kind that the job is for, however much room it has."""
    types = tuple(environment.compute_resources.get("instanceTypes", ()))
    return can_run(environment, job, next(iter(architectures(types)), None))


def could_ever_have_room(environment: ComputeEnvironment, job: Job) -> bool:
    """Whether ``maxvCpus`` would let a job that fits its instances run if nothing else did."""
    limit = max_vcpus(environment)
    if is_fargate(environment) or may_overshoot(environment):
        return job.vcpus <= limit
    sizes = sizes_by_preference(environment)
    smallest = (min(size.vcpus for size in sizes if size.fits(each)) for each in job.nodes or [job])
    return sum(smallest) <= limit


def is_fargate(environment: ComputeEnvironment) -> bool:
    """Whether the environment runs its jobs on Fargate."""
    return str(environment.compute_resources.get("type", "")).startswith("FARGATE")


def platform(environment: ComputeEnvironment) -> str:
    """Return the platform capability that the environment has: EC2 or FARGATE."""
    return "FARGATE" if is_fargate(environment) else "EC2"


def is_unmanaged(environment: ComputeEnvironment) -> bool:
    """Whether the environment's instances are its owner's own business."""
    return environment.type == "UNMANAGED"


def max_vcpus(environment: ComputeEnvironment) -> float:
    """Return ``maxvCpus``; an UNMANAGED environment has none."""
    limit: float = environment.compute_resources.get("maxvCpus", math.inf)
    return limit


def is_usable(environment: ComputeEnvironment) -> bool:
    """Whether the environment takes jobs now."""
    return environment.state == "ENABLED" and environment.status in (
        ResourceStatus.VALID,
        ResourceStatus.UPDATING,
    )


def may_overshoot(environment: ComputeEnvironment) -> bool:
    """Whether the last instance may go beyond ``maxvCpus``.

    It may with every strategy but On-Demand BEST_FIT (API: ComputeResource.maxvCpus).
    """
    resources = environment.compute_resources
    strategy = resources.get("allocationStrategy", "BEST_FIT")
    return strategy != "BEST_FIT" or resources.get("type") != "EC2"


def candidates(job: Job) -> Iterator[ComputeEnvironment]:
    """Yield the environments of the job's queue, in its order, that are right for the job."""
    for environment in job.queue.compute_environments:
        if is_usable(environment) and could_ever_fit(environment, job):
            yield environment


def find_places(job: Job, registers: Callable[[ComputeEnvironment], bool]) -> list[Place] | None:
    """Give the job its part of the first environment, in the queue's order, that can take it now.

    Args:
        job: to be placed.
        registers: whether instances of that environment can reach ECS.

    Returns:
        A place for the job, or for each of its nodes; ``None`` if there is no room.
    """
    for environment in candidates(job):
        if registers(environment):
            places = _place_all(environment, job)
            if places is not None:
                return places
    return None


def vacate(place: Place) -> None:
    """Give back what :func:`find_places` gave."""
    place.environment.used_vcpus -= place.job.vcpus
    if place.instance is not None:
        place.environment.fleet.release(place.instance, place.job)


def shed_excess(environment: ComputeEnvironment) -> None:
    """Drop idle instances beyond ``maxvCpus``, which may have been lowered."""
    fleet = environment.fleet
    if fleet.vcpus <= max_vcpus(environment):
        return
    for instance in fleet.idle():
        others = fleet.vcpus - instance.size.vcpus
        if not _is_allowed(environment, instance.size, beside=others):
            fleet.drop(instance)


def scale_in(
    environment: ComputeEnvironment, registers: Callable[[ComputeEnvironment], bool]
) -> None:
    """Drop instances that run nothing, down to ``minvCpus``, and launch what is missing of it.

    A DISABLED environment keeps its minimum (API: CEState).

    Args:
        environment: whose instances.
        registers: whether instances of that environment can reach ECS: others join no cluster.
    """
    resources, fleet = environment.compute_resources, environment.fleet
    if is_fargate(environment) or is_unmanaged(environment):
        return
    least: int = resources.get("minvCpus", 0)
    if environment.status in (ResourceStatus.INVALID, ResourceStatus.DELETING):
        least = 0
    if fleet.vcpus > least:
        for instance in fleet.idle():
            if fleet.vcpus - instance.size.vcpus >= least:
                fleet.drop(instance)
    if is_usable(environment) and fleet.vcpus < least and registers(environment):
        sizes = sizes_by_preference(environment)
        while fleet.vcpus < least and _is_allowed(environment, sizes[0]):
            fleet.launch(sizes[0], _instance_arn_prefix(environment))
    resources["desiredvCpus"] = fleet.vcpus


def _place_all(environment: ComputeEnvironment, job: Job) -> list[Place] | None:
    places: list[Place] = []
    for each in job.nodes or [job]:
        found = _place_one(environment, each, alone=bool(job.nodes))
        if found is None:
            for taken in places:
                vacate(taken)
            return None
        places.append(found)
    return places


def _place_one(environment: ComputeEnvironment, job: Job, *, alone: bool) -> Place | None:
    """Place one container; a node of a multi-node job has its instance for itself."""
    instance = None
    if is_fargate(environment):
        if environment.used_vcpus + job.vcpus > max_vcpus(environment):
            return None
    else:
        fleet = environment.fleet
        instance = fleet.with_room(job, alone=alone) or _launch_for(environment, job)
        if instance is None:
            return None
        fleet.hold(instance, job)
    environment.used_vcpus += job.vcpus
    return Place(job, environment, instance)


def _launch_for(environment: ComputeEnvironment, job: Job) -> Instance | None:
    """Launch an instance that the job fits on, in place of idle ones if need be."""
    fleet = environment.fleet
    for size in sizes_by_preference(environment):
        if not size.fits(job) or not _is_allowed(environment, size):
            continue
        for idle in fleet.idle():
            if _is_allowed(environment, size, beside=fleet.vcpus):
                break
            fleet.drop(idle)
        return fleet.launch(size, _instance_arn_prefix(environment))
    return None


def _is_allowed(
    environment: ComputeEnvironment, size: InstanceSize, *, beside: int | None = None
) -> bool:
    """Whether ``maxvCpus`` allows an instance beside so many vCPUs, those in use if not given."""
    limit = max_vcpus(environment)
    held = environment.fleet.busy_vcpus if beside is None else beside
    return held < limit if may_overshoot(environment) else held + size.vcpus <= limit


def _instance_arn_prefix(environment: ComputeEnvironment) -> str:
    return environment.ecs_cluster_arn.replace(":cluster/", ":container-instance/")
