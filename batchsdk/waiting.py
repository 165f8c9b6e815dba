"""Waiting for one job to end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from batchsdk.clock import Clock
from batchsdk.detail import JobDetail
from batchsdk.errors import (
    EndpointUnreachableError,
    JobLostError,
    ServiceFailureError,
    ThrottledError,
    WaitTimeoutError,
)
from batchsdk.states import JobLifecycle, Sighting

_FAULTS_IN_A_ROW = 5


@dataclass(frozen=True, kw_only=True)
class Polling:
    """How often to look: quickly after a change, ever more slowly while nothing happens."""

    shortest: float = 0.5
    """Seconds until the next look after a change of status."""
    growth: float = 1.5
    """Factor from one interval to the next while nothing changes."""
    longest: float = 30.0
    """Seconds that an interval never exceeds."""
    grace: float = 60.0
    """Seconds for which Batch may not know the job before it counts as lost."""


@dataclass(frozen=True, kw_only=True)
class Wait:
    """How to wait for one job."""

    job_id: str
    read: Callable[[], JobDetail | None]
    """Describes the job; ``None`` if the service does not know it."""
    clock: Clock
    polling: Polling
    on_change: Callable[[JobDetail], None] | None = None
    """Called with each new status, the first one too."""
    hint: str = ""
    """What to do when the time is over."""

    def until_ended(self, timeout: float | None) -> JobDetail:
        """Wait until the job is SUCCEEDED or FAILED, and return its last description.

        Raises:
            WaitTimeoutError: it has not ended after ``timeout`` seconds.
            JobLostError: the service has not known it for the grace of ``polling``.
            ServiceError: AWS cannot be asked. A single fault on the way is only waited out.
        """
        start = self.clock.monotonic()
        lifecycle = JobLifecycle(self.polling.grace)
        interval = self.polling.shortest
        faults = 0
        while True:
            try:
                detail = self.read()
            except (ThrottledError, ServiceFailureError, EndpointUnreachableError):
                faults += 1
                # At the very start it is more likely a wrong setting than a passing fault.
                if lifecycle.status is None or faults >= _FAULTS_IN_A_ROW:
                    raise
            else:
                faults = 0
                sighting = lifecycle.observe(
                    detail.status if detail else None, self.clock.monotonic()
                )
                if sighting is Sighting.LOST:
                    raise self._lost()
                if sighting is Sighting.CHANGED and detail is not None:
                    interval = self.polling.shortest
                    if self.on_change is not None:
                        self.on_change(detail)
                    if detail.status.is_terminal:
                        return detail
            left = self._left(start, timeout, lifecycle)
            self.clock.sleep(min(interval, left))
            interval = min(interval * self.polling.growth, self.polling.longest)

    def _left(self, start: float, timeout: float | None, lifecycle: JobLifecycle) -> float:
        if timeout is None:
            return self.polling.longest
        left = timeout - (self.clock.monotonic() - start)
        if left <= 0:
            raise WaitTimeoutError(
                self.job_id,
                f"job {self.job_id} has not ended after {timeout:g} seconds: it is "
                f"{lifecycle.status or 'not known to Batch yet'} and goes on",
                status=lifecycle.status,
                hint=self.hint,
            )
        return left

    def _lost(self) -> JobLostError:
        return JobLostError(
            self.job_id,
            f"Batch has not known job {self.job_id} for {self.polling.grace:g} seconds",
            hint="Check the id, the account and the region; Batch forgets finished jobs after "
            "seven days or more.",
        )
