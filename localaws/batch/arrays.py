"""The children of array jobs, and which job a dependency means for which of them."""

from __future__ import annotations

from batchsdk.states import JobStatus
from localaws.batch.models import Job
from localaws.batch.state import BatchState

CHILD_FAILED = "Array Child Job failed"


def spawn_children(state: BatchState, parent: Job, now: int) -> None:
    """Make the children of an array."""
    for index in range(parent.array_size or 0):
        child_id = f"{parent.id}:{index}"
        child = Job(
            id=child_id,
            arn=state.arn(f"job/{child_id}"),
            name=parent.name,
            queue=parent.queue,
            definition=parent.definition,
            created_at=now,
            container=parent.container,
            containers=parent.containers,
            parameters=parent.parameters,
            depends_on=[],
            retry_strategy=parent.retry_strategy,
            timeout_seconds=parent.timeout_seconds,
            tags={},  # tags do not reach array children (user guide: Tag your resources)
            propagate_tags=parent.propagate_tags,
            vcpus=parent.vcpus,
            memory=parent.memory,
            gpus=parent.gpus,
            share_identifier=parent.share_identifier,
            scheduling_priority=parent.scheduling_priority,
            consumable_resources=parent.consumable_resources,
            needed_resources=parent.needed_resources,
            parent=parent,
            index=index,
        )
        parent.children.append(child)
        state.add(child)


def outcome(parent: Job) -> tuple[JobStatus, str | None] | None:
    """Return how an array has ended and why; ``None`` while a child has not."""
    failed = parent.status_counts.get(JobStatus.FAILED, 0)
    succeeded = parent.status_counts.get(JobStatus.SUCCEEDED, 0)
    if failed + succeeded < (parent.array_size or 0):
        return None
    if failed:
        return JobStatus.FAILED, parent.requested_reason or CHILD_FAILED
    return JobStatus.SUCCEEDED, None


def dependency_of(state: BatchState, job: Job, dependency: dict[str, str]) -> Job | None:
    """Return the very job that ``job`` waits for (API: JobDependency)."""
    kind = dependency.get("type")
    if kind == "SEQUENTIAL" and "jobId" not in dependency:
        siblings = job.parent.children if job.parent is not None else []
        return siblings[job.index - 1] if job.index else None
    other = state.jobs[dependency["jobId"]]
    if kind == "N_TO_N" and job.index is not None and job.index < len(other.children):
        return other.children[job.index]
    return other
