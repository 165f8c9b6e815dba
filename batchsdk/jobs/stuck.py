"""Jobs that do not start while they are waited for: why, and for how long that is put up with.

A job is stuck when AWS Batch says that it blocks its queue, or when it has been RUNNABLE for some
minutes. It is then diagnosed, once for each queue and reason in a wait, and the caller is told.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable

from batchsdk.diagnosis import Cause, Diagnosis, Verdict, diagnose
from batchsdk.diagnosis.blocked import is_blocked
from batchsdk.errors import (
    InvalidArgumentError,
    Problem,
    RunnableTimeoutError,
    ServiceError,
)
from batchsdk.jobs.detail import JobDetail
from batchsdk.session import Session
from batchsdk.states import JobStatus

_log = logging.getLogger(__name__)

STUCK_SECONDS = 300.0
"""Seconds RUNNABLE after which a job is diagnosed: new instances start within a few minutes."""

EARLY_SECONDS = 8.0
"""Seconds RUNNABLE after which a caller who gave ``on_stuck`` is told of what is certain already: a
job behind the one that blocks the queue has no reason of its own."""

OnStuck = Callable[[Diagnosis], None]
"""Called in the caller's thread with why a job does not start."""


class StartWatch:
    """Looks after the jobs of one wait that have not started."""

    def __init__(
        self,
        session: Session,
        on_stuck: OnStuck | None = None,
        runnable_timeout: float | None = None,
    ) -> None:
        """Know of no job yet.

        Args:
            session: the way to AWS.
            on_stuck: see :data:`OnStuck`; ``None`` logs a warning.
            runnable_timeout: seconds RUNNABLE after which a job is cancelled.

        Raises:
            InvalidArgumentError: ``runnable_timeout`` is negative or no number.
        """
        if runnable_timeout is not None and not runnable_timeout >= 0:  # nan is neither
            rule, fix = "must be 0 seconds or more", "leave it out to wait without a limit"
            raise InvalidArgumentError(Problem("runnable_timeout", runnable_timeout, rule, fix))
        self._session = session
        self._on_stuck = on_stuck or _warn
        self._is_early = on_stuck is not None
        self._timeout = runnable_timeout
        self._since: dict[str, float] = {}
        self._told: set[tuple[str, str]] = set()
        self.found: dict[str, Diagnosis] = {}
        """Job id -> its diagnosis."""

    def needs_look(self, detail: JobDetail) -> bool:
        """Tell, in any thread and at once, whether :meth:`look` has something to do."""
        seconds = self._seconds(detail)
        if seconds is None:
            return False
        return self._is_over(seconds) or self._is_news(detail, seconds)

    def look(self, detail: JobDetail) -> None:
        """Tell why a job does not start, if it is time to; cancel it if its time is over.

        Raises:
            RunnableTimeoutError: it was RUNNABLE for too long, and has been cancelled.
        """
        seconds = self._seconds(detail)
        if seconds is None:
            return
        if self._is_news(detail, seconds):
            self._is_early = False
            diagnosis = self.diagnosis(detail)
            if self._is_due(detail, seconds) or (diagnosis and _is_certain(diagnosis)):
                self._told.add(_key(detail))
                if diagnosis is not None:
                    self._on_stuck(diagnosis)
        if self._is_over(seconds):
            self._give_up(detail)

    def diagnosis(self, detail: JobDetail | None) -> Diagnosis | None:
        """Return why a job does not start; ``None`` if it has, or AWS cannot be asked."""
        if detail is None or self._seconds(detail) is None:
            return None
        try:
            self.found[detail.job_id] = diagnose(self._session, detail)
        except ServiceError as fault:
            _log.info("job %s was not diagnosed: %s", detail.job_id, fault.message)
        return self.found.get(detail.job_id)

    def _seconds(self, detail: JobDetail) -> float | None:
        """Return for how long a job has been seen to wait for capacity; ``None``: it does not."""
        if not _waits(detail):
            self._since.pop(detail.job_id, None)
            return None
        now = self._session.clock.monotonic()
        return now - self._since.setdefault(detail.job_id, now)

    def _is_over(self, seconds: float) -> bool:
        return self._timeout is not None and seconds >= self._timeout

    def _is_news(self, detail: JobDetail, seconds: float) -> bool:
        """Tell whether it is time for a diagnosis; an early one is made of one job of a wait."""
        if _key(detail) in self._told:
            return False
        if self._is_due(detail, seconds):
            return True
        return self._is_early and seconds >= EARLY_SECONDS

    def _is_due(self, detail: JobDetail, seconds: float) -> bool:
        return is_blocked(detail.status_reason) or seconds >= STUCK_SECONDS

    def _give_up(self, detail: JobDetail) -> None:
        """Cancel the job, unless it has started meanwhile."""
        reason = f"RUNNABLE for more than {self._timeout:g} seconds (runnable_timeout)"
        diagnosis = self.found.get(detail.job_id) or self.diagnosis(detail)
        stop = self._session.transport.cancel_job
        if detail.is_array_parent:  # CancelJob leaves children alone that start this moment
            stop = self._session.transport.terminate_job
        stop(detail.job_id, reason)
        now = self._session.describe_one(detail.job_id)
        if now is not None and now.status in (JobStatus.STARTING, JobStatus.RUNNING):
            return
        cause = f": {diagnosis.findings[0].evidence}" if diagnosis and diagnosis.findings else ""
        fix = diagnosis.findings[0].fix if diagnosis and diagnosis.findings else ""
        raise RunnableTimeoutError(
            detail.job_id,
            f"job {detail.name} ({detail.job_id}) was RUNNABLE for {self._timeout:g} seconds and "
            f"was cancelled{cause}",
            diagnosis=diagnosis,
            hint=f"{fix} See more: {self._session.command} show {detail.job_id}".strip(),
        )


class BackgroundStartWatch:
    """Looks after jobs that callbacks and ``await job`` wait for: logs why they do not start.

    It is one for all of a connection, so that a thousand jobs in one queue are one diagnosis, made
    in a thread of its own, as the watcher's must not block.
    """

    def __init__(self, session: Session) -> None:
        self._watch = StartWatch(session)
        self._is_looking = False

    @staticmethod
    def of(session: Session) -> BackgroundStartWatch:
        """Return that of a connection; it forgets what it told when nothing is waited for."""
        found = _in_background.get(id(session))
        if found is None:
            found = _in_background[id(session)] = BackgroundStartWatch(session)
        return found

    def note(self, detail: JobDetail) -> None:
        """Take a look at a job that has not ended, in the watcher's thread."""
        if self._is_looking or not self._watch.needs_look(detail):
            return
        self._is_looking = True
        try:
            threading.Thread(
                target=self._look, args=(detail,), name="batchsdk-diagnosis", daemon=True
            ).start()
        except RuntimeError:  # the interpreter ends
            self._is_looking = False

    def _look(self, detail: JobDetail) -> None:
        try:
            self._watch.look(detail)
        except Exception:
            _log.exception("job %s could not be diagnosed", detail.job_id)
        finally:
            self._is_looking = False


_in_background: weakref.WeakValueDictionary[int, BackgroundStartWatch] = (
    weakref.WeakValueDictionary()
)
"""By the id of the session, which each keeps alive."""


def _is_certain(diagnosis: Diagnosis) -> bool:
    """Tell whether waiting for instances that are about to start would not help."""
    if diagnosis.verdict is Verdict.MISCONFIGURED:
        return diagnosis.findings[0].cause is Cause.ENVIRONMENTS_UNUSABLE
    return diagnosis.verdict in (Verdict.WILL_NEVER_FIT, Verdict.BEHIND_BLOCKED_JOB)


def _waits(detail: JobDetail) -> bool:
    """Tell whether nothing but capacity is missing for a job, or for the children of an array."""
    if detail.array is None or not detail.is_array_parent:
        return detail.status is JobStatus.RUNNABLE
    counts = detail.array.status_summary
    others = sum(count for status, count in counts.items() if status not in _BEFORE)
    return bool(counts.get(JobStatus.RUNNABLE)) and not others


_BEFORE = (JobStatus.SUBMITTED, JobStatus.PENDING, JobStatus.RUNNABLE)


def _key(detail: JobDetail) -> tuple[str, str]:
    """Return what is told of once: a queue, and what Batch says of it."""
    reason = detail.status_reason or ""
    return detail.queue, reason if is_blocked(reason) else ""


def _warn(diagnosis: Diagnosis) -> None:
    level = logging.WARNING if diagnosis.verdict.is_problem else logging.INFO
    _log.log(level, "job %s does not start: %s", diagnosis.job_id, diagnosis.text)
