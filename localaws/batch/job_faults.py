"""Faults on demand that jobs meet: which hosts go, and what AWS says of it."""

from __future__ import annotations

from localaws.batch.models import Attempt, Job
from localaws.batch.state import BatchState
from localaws.faults import HOST_KINDS, FaultKind, Faults


def struck_hosts(faults: Faults, state: BatchState) -> list[tuple[str, FaultKind]]:
    """Return the tasks that lose their host now, and how; of tasks that run, not that start."""
    if not faults.has(HOST_KINDS):
        return []
    struck = []
    for task_id, (job, attempt) in state.running.items():
        if attempt.started_at is not None:
            fault = faults.strikes_job(HOST_KINDS, job.name, task_id)
            if fault is not None:
                struck.append((task_id, fault.kind))
    return struck


def pull_failure(job: Job) -> str:
    """Return the container's ``reason`` when its image cannot be pulled."""
    image = job.container["image"]
    return (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to "
        f"resolve ref {image}: {image}: not found"
    )


def host_lost_reason(attempt: Attempt, kind: FaultKind) -> str:
    """Return the ``statusReason`` of an attempt whose host is gone, in AWS's words."""
    capacity = attempt.compute_environment.compute_resources.get("type")
    if kind is FaultKind.SPOT_RECLAIM and capacity == "FARGATE_SPOT":
        return "Your Spot Task was interrupted."
    instance = attempt.container_instance_arn.rsplit("/", 1)[-1][:17]
    return f"Host EC2 (instance i-{instance}) terminated."
