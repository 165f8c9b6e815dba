"""The attempts of a job as they are counted: from when to when, with what, on what. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from batchsdk.jobs.detail import JobDetail, requirements_of, task_arns, task_containers
from batchsdk.states import JobStatus

_MIB_PER_GIB = 1024


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a job asked for while it ran, over all its containers."""

    vcpus: float
    gib: float
    gpus: float


def asked_of(detail: JobDetail) -> Asked | None:
    """Return what a job asks for; ``None`` where AWS Batch does not say it (EKS)."""
    several = task_containers(detail.raw, "ecsProperties")
    listed = [requirements_of(each) for each in several or [detail.raw.get("container") or {}]]
    known = [each for each in listed if {"VCPU", "MEMORY"} <= each.keys()]
    if not known or len(known) < len(listed):
        return None
    return Asked(
        vcpus=sum(each["VCPU"] for each in known),
        gib=sum(each["MEMORY"] for each in known) / _MIB_PER_GIB,
        gpus=sum(each.get("GPU", 0) for each in known),
    )


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One attempt that ran, or runs."""

    start: datetime
    end: datetime
    task_arn: str | None
    container_instance_arn: str | None

    @property
    def duration(self) -> timedelta:
        """How long it held what the job asked for; never less than nothing."""
        return max(self.end - self.start, timedelta())

    @property
    def hours(self) -> float:
        """The same, in hours."""
        return self.duration / timedelta(hours=1)


def attempts_of(detail: JobDetail, now: datetime) -> list[Ran]:
    """Return the attempts of a job that ran, oldest first.

    Args:
        detail: a job that runs a container itself: not the parent of an array, nor of nodes.
        now: until when an attempt that has not ended is counted.
    """
    found = [
        Ran(
            start=each.started_at,
            end=each.stopped_at or now,
            task_arn=each.task_arn,
            container_instance_arn=each.container_instance_arn,
        )
        for each in detail.attempts
        if each.started_at is not None
    ]
    known = {each.start for each in found}
    if (
        detail.started_at is not None
        and detail.started_at not in known
        and (detail.status is JobStatus.RUNNING or not found)
    ):
        arns = task_arns(detail.raw, (detail.raw.get("ecsProperties") or {}).get("taskProperties"))
        found.append(
            Ran(
                start=detail.started_at,
                end=detail.stopped_at or now,
                task_arn=arns.get("taskArn"),
                container_instance_arn=arns.get("containerInstanceArn"),
            )
        )
    return found
