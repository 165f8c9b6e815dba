"""Faults on demand that hit jobs (hosts, memory, images), and AWS's words for them."""

from __future__ import annotations

from collections.abc import Iterable

from localaws.batch.executors import KILLED, OUT_OF_MEMORY
from localaws.batch.models import Attempt, Job, ResourceStatus
from localaws.batch.state import BatchState
from localaws.faults import HOST_KINDS, FaultKind, Faults


def struck_hosts(faults: Faults, state: BatchState) -> list[str]:
    """Return the tasks that lose their host now; of tasks that run, not that start."""
    return _struck(HOST_KINDS, faults, state)


def struck_memory(faults: Faults, state: BatchState) -> list[str]:
    """Return the tasks whose container is killed now for the memory that it used, likewise."""
    return _struck([FaultKind.OUT_OF_MEMORY], faults, state)


def kill_for_memory(job: Job, attempt: Attempt) -> None:
    """Note on the containers of a task that its first essential one was killed, and with it all."""
    essential = {each["name"] for each in job.containers if each.get("essential", True)}
    alive = [each for each in attempt.containers if each.is_started and each.exit_code is None]
    hungry = next((each for each in alive if each.name in essential), None)
    for container in alive:
        container.exit_code = KILLED
        container.reason = OUT_OF_MEMORY if container is hungry else None


def _struck(kinds: Iterable[FaultKind], faults: Faults, state: BatchState) -> list[str]:
    if not faults.has(kinds):
        return []
    return [
        task_id
        for task_id, (job, attempt) in state.running.items()
        if attempt.started_at is not None and faults.strikes_job(kinds, job.name, task_id)
    ]


def hosts_of_deleted_environments(state: BatchState) -> list[str]:
    """Return the tasks on instances of environments that are being deleted: Batch ends those.

    A deletion is refused until the environment is DISABLED and in no queue, but not because jobs
    run on it (API: DeleteComputeEnvironment); on Fargate the jobs should have been ended before.
    """
    return [
        task_id
        for task_id, (_, attempt) in state.running.items()
        if attempt.instance is not None
        and attempt.compute_environment.status is ResourceStatus.DELETING
    ]


def pull_failure(job: Job) -> str:
    """Return the container's ``reason`` when its image cannot be pulled."""
    image = job.container["image"]
    return (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to "
        f"resolve ref {image}: {image}: not found"
    )


def host_lost_reason(attempt: Attempt) -> str:
    """Return the ``statusReason`` of an attempt whose host is gone, in AWS's words."""
    if attempt.instance is None:  # Fargate
        return "Your Spot Task was interrupted."
    return f"Host EC2 (instance {attempt.instance.id}) terminated."
