"""Why the head of a queue does not start, in AWS's words, and what a time limit does about it.

Source: user guide, "Jobs stuck in a RUNNABLE status" and "Resource: job state time limit actions".
AWS's reasons about Availability Zones, launch templates and the service role's rights are not
here: nothing on this machine causes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localaws.batch import placement
from localaws.batch.models import Blockage, Job, JobQueue, ResourceStatus

ABOVE_MAXIMUM = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue have "
    "a max vCPU limit that is lower than the job's vCPU requirement."
)
FITS_NO_INSTANCE = (
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is "
    "higher than that can be met by the CE(s) attached to the job queue."
)
NO_CAPACITY = (
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for "
    "the instance types of the CE(s) attached to the job queue."
)

UNDETERMINED = "UNDETERMINED - Batch job is blocked, root cause is undetermined."
"""No environment is of the kind that the job is for, of which no other reason tells."""


@dataclass(frozen=True)
class TimeLimit:
    """A job state time limit action that acts on the head of a queue."""

    reason: str
    due: int
    """Epoch milliseconds."""

    @property
    def status_reason(self) -> str:
        """What the cancelled job shows."""
        return f"Canceled by JobStateTimeLimit action due to reason: {self.reason}"


def blocked_reason(job: Job, *, is_short: bool) -> str | None:
    """Say why the head of a queue cannot start; ``None`` if it waits for others to end.

    Args:
        job: the head.
        is_short: there are no instances to be had for it.
    """
    environments = job.queue.compute_environments
    if all(environment.status is ResourceStatus.INVALID for environment in environments):
        return "ACTION_REQUIRED - CE(s) associated with the job queue are invalid."
    usable = [each for each in environments if placement.is_usable(each)]
    if not usable:
        return "ACTION_REQUIRED - CE(s) associated with the job queue are disabled."
    if all(placement.max_vcpus(each) < job.vcpus for each in usable):
        return ABOVE_MAXIMUM
    usable = [each for each in usable if placement.is_of_its_kind(each, job)]
    if not usable:
        return UNDETERMINED
    fitting = [each for each in usable if placement.could_ever_fit(each, job)]
    if not fitting:
        return FITS_NO_INSTANCE
    if not any(placement.could_ever_have_room(each, job) for each in fitting):
        return ABOVE_MAXIMUM
    return NO_CAPACITY if is_short else None


def note(queue: JobQueue, job: Job | None, reason: str | None, now: int) -> None:
    """Keep what blocks the queue's head, and since when; ``None`` says that nothing does."""
    before = queue.blockage
    if before is not None and before.job is job and before.reason == reason:
        return
    if before is not None and before.job.status_reason == before.reason:
        before.job.status_reason = None
    queue.blockage = None
    if job is not None and reason is not None:
        job.status_reason = reason
        queue.blockage = Blockage(job, reason, now)


def time_limit(queue: JobQueue) -> TimeLimit | None:
    """Return the time limit that runs against the head of the queue, if one does."""
    blockage = queue.blockage
    if blockage is None:
        return None
    actions: list[dict[str, Any]] = queue.job_state_time_limit_actions
    limits = [
        TimeLimit(each["reason"], blockage.since + each["maxTimeSeconds"] * 1000)
        for each in actions
        if blockage.reason.startswith(each["reason"])
    ]
    return min(limits, key=lambda limit: limit.due, default=None)
