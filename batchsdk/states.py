"""The life of a job as a state machine, without any I/O.

A reader of DescribeJobs sees samples of it: states are skipped, and an answer may be older than
the one before. :class:`JobLifecycle` makes sense of the samples; what polls, and how, is not its
business.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class JobStatus(enum.StrEnum):
    """Status of a job (API: JobDetail ``status``), in the order of a job's life."""

    SUBMITTED = "SUBMITTED"
    PENDING = "PENDING"
    RUNNABLE = "RUNNABLE"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"

    @property
    def is_terminal(self) -> bool:
        """The job has ended and never changes again."""
        return self is JobStatus.SUCCEEDED or self is JobStatus.FAILED


TERMINAL = frozenset(each for each in JobStatus if each.is_terminal)

_S = JobStatus

TRANSITIONS: Mapping[JobStatus, frozenset[JobStatus]] = {
    _S.SUBMITTED: frozenset({_S.PENDING, _S.RUNNABLE, _S.FAILED}),
    # The parent of an array shows no state between PENDING and its end.
    _S.PENDING: frozenset({_S.RUNNABLE, _S.SUCCEEDED, _S.FAILED}),
    _S.RUNNABLE: frozenset({_S.STARTING, _S.FAILED}),
    # Back to RUNNABLE: another attempt.
    _S.STARTING: frozenset({_S.RUNNING, _S.RUNNABLE, _S.FAILED}),
    _S.RUNNING: frozenset({_S.SUCCEEDED, _S.RUNNABLE, _S.FAILED}),
    _S.SUCCEEDED: frozenset(),
    _S.FAILED: frozenset(),
}
"""What can follow directly (user guide: job states)."""


def can_follow(earlier: JobStatus, later: JobStatus) -> bool:
    """Tell whether a job that was ``earlier`` can be ``later`` at some time afterwards."""
    seen: set[JobStatus] = set()
    frontier = {earlier}
    while frontier:
        frontier = {after for status in frontier for after in TRANSITIONS[status]} - seen
        seen |= frontier
    return later in seen


class StopEffect(enum.StrEnum):
    """What CancelJob or TerminateJob does to a job."""

    STOPS = "STOPS"
    """The job becomes FAILED with the reason that was given."""
    STOPS_AFTER_DEPENDENCIES = "STOPS_AFTER_DEPENDENCIES"
    """The job becomes FAILED, but only when the jobs that it waits for have ended."""
    NOTHING = "NOTHING"
    """The call succeeded and does nothing: the job goes on."""
    ALREADY_ENDED = "ALREADY_ENDED"
    """The job had ended before."""


def cancel_effect(status: JobStatus) -> StopEffect:
    """Tell what CancelJob does to a job in ``status`` (API: CancelJob)."""
    if status in (JobStatus.STARTING, JobStatus.RUNNING):
        return StopEffect.NOTHING
    return terminate_effect(status)


def terminate_effect(status: JobStatus) -> StopEffect:
    """Tell what TerminateJob does to a job in ``status`` (API: TerminateJob)."""
    if status.is_terminal:
        return StopEffect.ALREADY_ENDED
    if status is JobStatus.PENDING:
        return StopEffect.STOPS_AFTER_DEPENDENCIES
    return StopEffect.STOPS


class Sighting(enum.Enum):
    """What one sample of a job tells."""

    CHANGED = enum.auto()
    """The job has a new status."""
    SAME = enum.auto()
    """Nothing new: the same status, or an answer older than the one before."""
    MISSING = enum.auto()
    """The service does not know the job, for less than the grace so far."""
    LOST = enum.auto()
    """The service has not known the job for the whole grace."""


@dataclass
class JobLifecycle:
    """What is known of one job after the samples seen so far."""

    grace: float
    """Seconds for which the service may not know the job before it counts as lost."""
    status: JobStatus | None = field(default=None, init=False)
    """The newest status; a terminal one never changes again."""
    _missing_since: float | None = field(default=None, init=False)

    @property
    def lost_at(self) -> float | None:
        """When the job counts as lost unless it is seen before; ``None`` while it is known."""
        return None if self._missing_since is None else self._missing_since + self.grace

    def observe(self, status: JobStatus | None, now: float) -> Sighting:
        """Take one sample.

        Args:
            status: what the service says; ``None`` if it does not know the job.
            now: seconds of a clock that only goes forward.
        """
        if self.status is not None and self.status.is_terminal:
            return Sighting.SAME
        if status is None:
            if self._missing_since is None:
                self._missing_since = now
            lost = now >= self._missing_since + self.grace
            return Sighting.LOST if lost else Sighting.MISSING
        self._missing_since = None
        if self.status is not None and not can_follow(self.status, status):
            return Sighting.SAME
        if status == self.status:
            return Sighting.SAME
        self.status = status
        return Sighting.CHANGED
