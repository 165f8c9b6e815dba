"""The container instances of one compute environment, and what is free on them.

Fargate has none: there a job holds vCPUs under ``maxvCpus`` and nothing else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localaws.batch.models import Job


@dataclass(frozen=True)
class InstanceSize:
    """What one instance of a type offers to jobs."""

    name: str
    """The instance type, e.g. ``c4.large``."""
    vcpus: int
    memory: int
    """MiB, after the ECS agent's share."""
    gpus: int

    def fits(self, job: Job) -> bool:
        """Whether one empty instance of this size could run the job."""
        return (
            job.vcpus <= self.vcpus
            and job.memory <= self.memory
            and job.gpus <= self.gpus
            and self.is_wanted_by(job)
        )

    def is_wanted_by(self, job: Job) -> bool:
        """Whether the job, a node that names an instance type, names this one."""
        wanted = job.container.get("instanceType")
        if wanted is None and job.node_index is not None:
            wanted = next(iter(job.group.get("instanceTypes", ())), None)
        return wanted in (None, self.name)


@dataclass(slots=True, eq=False)
class Instance:
    """A container instance that runs, with what its jobs hold of it."""

    id: str
    arn: str
    """Of the container instance in the environment's ECS cluster."""
    size: InstanceSize
    vcpus: float = 0.0
    memory: int = 0
    gpus: int = 0
    jobs: int = 0

    def has_room(self, job: Job) -> bool:
        """Whether the job fits beside what runs here."""
        return (
            self.vcpus + job.vcpus <= self.size.vcpus
            and self.memory + job.memory <= self.size.memory
            and self.gpus + job.gpus <= self.size.gpus
            and self.size.is_wanted_by(job)
        )


@dataclass(slots=True, eq=False)
class Fleet:
    """The instances of one environment. Full ones are kept apart, so that none is looked at."""

    vcpus: int = 0
    """Of all instances."""
    busy_vcpus: int = 0
    """Of the instances that run something."""
    instances: dict[str, Instance] = field(default_factory=dict)
    """By container instance ARN."""
    _open: dict[str, Instance] = field(default_factory=dict)
    _idle: dict[str, Instance] = field(default_factory=dict)

    def idle(self) -> Iterable[Instance]:
        """Return the instances that run nothing."""
        return tuple(self._idle.values())

    def with_room(self, job: Job, *, alone: bool) -> Instance | None:
        """Return an instance that the job fits on; with ``alone``, one that runs nothing."""
        candidates = self._idle if alone else self._open
        return next((each for each in candidates.values() if each.has_room(job)), None)

    def launch(self, size: InstanceSize, arn_prefix: str) -> Instance:
        """Add an instance.

        Args:
            size: its type.
            arn_prefix: of container instances in the environment's ECS cluster.
        """
        unique = uuid.uuid4().hex
        return self.join(f"i-{unique[:17]}", f"{arn_prefix}/{unique}", size)

    def join(self, instance_id: str, arn: str, size: InstanceSize) -> Instance:
        """Add an instance that runs already.

        Args:
            instance_id: of EC2.
            arn: of the container instance.
            size: its type.
        """
        instance = Instance(instance_id, arn, size)
        self.instances[instance.arn] = instance
        self._open[instance.arn] = instance
        self._idle[instance.arn] = instance
        self.vcpus += size.vcpus
        return instance

    def drop(self, instance: Instance) -> None:
        """Take away an instance that runs nothing."""
        del self.instances[instance.arn], self._open[instance.arn], self._idle[instance.arn]
        self.vcpus -= instance.size.vcpus

    def leave(self, instance: Instance) -> None:
        """Take away an instance that is gone, whatever runs on it."""
        if instance.jobs:
            self.busy_vcpus -= instance.size.vcpus
        for instances in (self.instances, self._open, self._idle):
            instances.pop(instance.arn, None)
        self.vcpus -= instance.size.vcpus

    def hold(self, instance: Instance, job: Job) -> None:
        """Give the job its part of the instance."""
        if not instance.jobs:
            del self._idle[instance.arn]
            self.busy_vcpus += instance.size.vcpus
        instance.jobs += 1
        instance.vcpus += job.vcpus
        instance.memory += job.memory
        instance.gpus += job.gpus
        if instance.vcpus >= instance.size.vcpus:
            del self._open[instance.arn]

    def release(self, instance: Instance, job: Job) -> None:
        """Take the job's part of the instance back."""
        instance.jobs -= 1
        instance.vcpus -= job.vcpus
        instance.memory -= job.memory
        instance.gpus -= job.gpus
        if instance.arn not in self.instances:
            return  # it is gone
        self._open[instance.arn] = instance
        if not instance.jobs:
            self._idle[instance.arn] = instance
            self.busy_vcpus -= instance.size.vcpus
