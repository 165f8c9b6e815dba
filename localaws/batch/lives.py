"""What jobs do to one another: dependents wait, arrays end with their children, jobs with nodes."""

from __future__ import annotations

from batchsdk.states import JobStatus
from localaws.batch import arrays
from localaws.batch.models import Job
from localaws.batch.state import BatchState

DEPENDENCY_FAILED = "Dependent Job failed"

End = tuple[Job, JobStatus, str | None]
"""A job, the status that it ends in, and why."""


class Lives:
    """Makes the jobs of one :class:`BatchState` wait, become RUNNABLE and end."""

    def __init__(self, state: BatchState) -> None:
        self._state = state

    def await_dependencies(self, job: Job, depends_on: list[dict[str, str]], now: int) -> None:
        """Put a job that is being admitted where its dependencies leave it."""
        failed = False
        for dependency in depends_on:
            other = arrays.dependency_of(self._state, job, dependency)
            if other is None or other.status is JobStatus.SUCCEEDED:
                continue
            failed = failed or other.status is JobStatus.FAILED
            job.waiting_for.add(other.id)
            self._state.dependents[other.id].append(job)
        if failed:
            self._state.move(job, JobStatus.PENDING)
            self.finish(job, JobStatus.FAILED, DEPENDENCY_FAILED, now)
        elif job.waiting_for:
            self._state.move(job, JobStatus.PENDING)
        else:
            self.make_runnable(job, now, None)

    def make_runnable(self, job: Job, now: int, reason: str | None) -> None:
        """Put a job, and the nodes of a multi-node job, into its queue."""
        job.status_reason = reason
        job.runnable_since = now
        self._state.move(job, JobStatus.RUNNABLE)
        for node in job.nodes:
            self._state.move(node, JobStatus.RUNNABLE)

    def finish(self, job: Job, status: JobStatus, reason: str | None, now: int) -> None:
        """End a job, and with it whatever hangs on it: its array's parent and its dependents.

        A work list, not recursion: a chain of a thousand dependent jobs ends in one call.
        """
        ended: list[End] = [(job, status, reason)]
        while ended:
            each, outcome, why = ended.pop()
            if each.status.is_terminal:
                continue
            each.status_reason = why
            each.stopped_at = now
            self._state.move(each, outcome)
            ended.extend((node, outcome, why) for node in each.nodes)
            if each.parent is not None and each.parent.array_size is not None:
                parent_outcome = arrays.outcome(each.parent)
                if parent_outcome is not None:
                    ended.append((each.parent, *parent_outcome))
            ended.extend(self._released_dependents(each, now))

    def _released_dependents(self, job: Job, now: int) -> list[End]:
        ended: list[End] = []
        for dependent in self._state.dependents.pop(job.id, ()):
            if dependent.status is not JobStatus.PENDING:
                continue
            dependent.waiting_for.discard(job.id)
            if job.status is JobStatus.FAILED:
                reason = dependent.requested_reason or DEPENDENCY_FAILED
                ended.append((dependent, JobStatus.FAILED, reason))
            elif not dependent.waiting_for:
                if dependent.requested_reason is not None:
                    ended.append((dependent, JobStatus.FAILED, dependent.requested_reason))
                else:
                    self.make_runnable(dependent, now, None)
        return ended
