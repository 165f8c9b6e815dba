"""Waiting for many jobs to end, 100 to a call."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from batchsdk import limits
from batchsdk.detail import JobDetail
from batchsdk.errors import (
    EndpointUnreachableError,
    JobLostError,
    ServiceFailureError,
    ThrottledError,
    WaitTimeoutError,
)
from batchsdk.session import Session
from batchsdk.states import JobLifecycle, Sighting
from batchsdk.waiting import Polling

_FAULTS_IN_A_ROW = 5


def until_all_ended(
    session: Session,
    job_ids: Collection[str],
    *,
    timeout: float | None,
    polling: Polling,
    on_change: Callable[[JobDetail], None] | None = None,
) -> dict[str, JobDetail]:
    """Wait until all jobs are SUCCEEDED or FAILED, and return their last descriptions.

    Raises:
        WaitTimeoutError: they have not all ended after ``timeout`` seconds.
        JobLostError: the service has not known one for the grace of ``polling``.
        ServiceError: AWS cannot be asked. A single fault on the way is only waited out.
    """
    looks = _Looks(session, {job_id: JobLifecycle(polling.grace) for job_id in job_ids}, on_change)
    clock, start, interval = session.clock, session.clock.monotonic(), 0.0
    while True:
        has_changed = looks.look()
        if not looks.running:
            return looks.ended
        # Of many jobs one always changes: the more calls a look takes, the rarer it is.
        shortest = polling.shortest * -(-len(looks.running) // limits.DESCRIBE_JOBS)
        interval = max(shortest, 0.0 if has_changed else interval * polling.growth)
        interval = min(interval, polling.longest)
        left = polling.longest
        if timeout is not None and (left := timeout - (clock.monotonic() - start)) <= 0:
            raise looks.timed_out(timeout, len(job_ids))
        clock.sleep(min(interval, left))


@dataclass
class _Looks:
    session: Session
    running: dict[str, JobLifecycle]
    on_change: Callable[[JobDetail], None] | None
    ended: dict[str, JobDetail] = field(default_factory=dict)
    faults: int = 0

    def look(self) -> bool:
        """Describe what still runs; tell whether anything has changed."""
        try:
            found = {each.job_id: each for each in self.session.describe(list(self.running))}
        except (ThrottledError, ServiceFailureError, EndpointUnreachableError):
            self.faults += 1
            if self.faults >= _FAULTS_IN_A_ROW:
                raise
            return False
        self.faults = 0
        changes = [self._take(job_id, found.get(job_id)) for job_id in list(self.running)]
        return any(changes)

    def _take(self, job_id: str, detail: JobDetail | None) -> bool:
        lifecycle = self.running[job_id]
        status = detail.status if detail else None
        sighting = lifecycle.observe(status, self.session.clock.monotonic())
        if sighting is Sighting.LOST:
            raise JobLostError(
                job_id, f"Batch has not known job {job_id} for {lifecycle.grace:g} seconds"
            )
        if sighting is not Sighting.CHANGED or detail is None:
            return False
        if self.on_change is not None:
            self.on_change(detail)
        if detail.status.is_terminal:
            self.ended[job_id] = detail
            del self.running[job_id]
        return True

    def timed_out(self, timeout: float, total: int) -> WaitTimeoutError:
        """Return the error that stands for what still runs."""
        job_id, lifecycle = next(iter(self.running.items()))
        return WaitTimeoutError(
            job_id,
            f"{len(self.running)} of {total} jobs have not ended after {timeout:g} seconds: "
            "they go on",
            status=lifecycle.status,
            hint=f"See why: {self.session.command} show {job_id}",
        )
