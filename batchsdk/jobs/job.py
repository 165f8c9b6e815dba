"""One job: look at it, wait for it, stop it, read its log."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from typing import Any

from batchsdk.arguments import typed_methods
from batchsdk.diagnosis import Diagnosis, diagnose
from batchsdk.errors import BatchSdkError, JobFailedError, JobLostError
from batchsdk.jobs import failure, stopping, waiting
from batchsdk.jobs.awaiting import off_loop
from batchsdk.jobs.detail import JobDetail, JobSummary
from batchsdk.jobs.listing import children_of
from batchsdk.jobs.stopping import StopResult, check_reason
from batchsdk.jobs.stuck import OnStuck, StartWatch
from batchsdk.jobs.watcher import Polling
from batchsdk.logs.following import JobLogs
from batchsdk.logs.reading import LogFilter, Moment
from batchsdk.session import Session
from batchsdk.states import JobStatus, StopEffect, cancel_effect


@typed_methods
class Job:
    """One job, by its id. Made by ``Batch.submit`` and ``Batch.job``."""

    def __init__(self, session: Session, job_id: str, name: str | None = None) -> None:
        self._session = session
        self._id = job_id
        self._name = name
        self._last: JobDetail | None = None
        """Its description, once it has ended: it does not change any more."""

    def __repr__(self) -> str:
        return f"Job({self._id!r}, name={self._name!r})"

    def __eq__(self, other: object) -> bool:
        """Tell whether both are the same job, by their ids, which AWS makes unique."""
        return self._id == other._id if isinstance(other, Job) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._id)

    @property
    def id(self) -> str:
        """The id that AWS gave."""
        return self._id

    @property
    def name(self) -> str:
        """The job's name; asks AWS the first time if it is not known."""
        if self._name is None:
            self._name = self.describe().name
        return self._name

    @property
    def status(self) -> JobStatus:
        """The status now (one DescribeJobs call)."""
        return self.describe().status

    def describe(self) -> JobDetail:
        """Return the job's current description (one DescribeJobs call).

        Raises:
            JobLostError: Batch does not know it.
            ServiceError: AWS refused the call or did not answer.
        """
        detail = self._session.describe_one(self._id)
        if detail is None:
            raise JobLostError(
                self._id,
                f"Batch does not know job {self._id}",
                hint=f"Batch forgets finished jobs after seven days or more. Known ones: "
                f"{self._session.command} list",
            )
        return detail

    def wait(
        self,
        timeout: float | None = None,
        *,
        polling: Polling | None = None,
        on_change: Callable[[JobDetail], None] | None = None,
        on_stuck: OnStuck | None = None,
        runnable_timeout: float | None = None,
    ) -> JobDetail:
        """Wait until the job has succeeded.

        Args:
            timeout: seconds; ``None`` waits without a limit.
            polling: how often to look.
            on_change: called with the description at each new status.
            on_stuck: called in this thread with the job's diagnosis if it does not start: at once
                when AWS Batch says that it blocks its queue, else after five minutes RUNNABLE; once
                for each queue and reason. By default the diagnosis is logged as a warning.
            runnable_timeout: seconds RUNNABLE after which a job is cancelled.

        Returns:
            The job, SUCCEEDED.

        Raises:
            JobFailedError: it ended FAILED; with reason, exit code, log tail and what to do next.
            WaitTimeoutError: the job has not ended in time. The job goes on.
            RunnableTimeoutError: a job was RUNNABLE for ``runnable_timeout`` seconds, and has been
                cancelled.
            JobLostError: Batch has not known it for the grace of ``polling`` (60 s).
            ServiceError: AWS refused a call or did not answer.
        """
        start = StartWatch(self._session, on_stuck, runnable_timeout)
        detail = waiting.wait_for_one(
            self._session, self._id, timeout, polling, on_change=on_change, start=start
        )
        return self._result(detail)

    def done(self) -> bool:
        """Tell whether the job has ended (one DescribeJobs call, unless that is known).

        Raises:
            JobLostError, ServiceError: as :meth:`describe`.
        """
        if self._last is None:
            self._note(self.describe())
        return self._last is not None

    def result(self, timeout: float | None = None) -> JobDetail:
        """Return the job, SUCCEEDED, as :meth:`wait` does; without a call if its end is known.

        Args:
            timeout: seconds; ``None`` waits without a limit.

        Raises:
            JobFailedError, WaitTimeoutError, JobLostError, ServiceError: as :meth:`wait`.
        """
        return self.wait(timeout) if self._last is None else self._result(self._last)

    def exception(self, timeout: float | None = None) -> JobFailedError | JobLostError | None:
        """Return what :meth:`result` would raise of the job; ``None`` if it SUCCEEDED.

        Args:
            timeout: seconds; ``None`` waits without a limit.

        Raises:
            WaitTimeoutError, ServiceError: as :meth:`wait`.
        """
        try:
            self.result(timeout)
        except (JobFailedError, JobLostError) as error:
            return error
        return None

    def _note(self, detail: JobDetail | None) -> None:
        if detail is not None and detail.status.is_terminal:
            self._last = detail

    def _result(self, detail: JobDetail) -> JobDetail:
        self._note(detail)
        if detail.status is JobStatus.FAILED:
            raise self.failure(detail)
        return detail

    def __await__(self) -> Generator[Any, None, JobDetail]:
        """Wait in asyncio, as :meth:`wait` does: ``detail = await job``.

        Any number of jobs, in any number of event loops, are watched by one thread. Why a job does
        not start is logged as a warning; ``Batch.wait_async`` also takes ``on_stuck`` and
        ``runnable_timeout``.

        Raises:
            JobFailedError, JobLostError, ServiceError: as :meth:`wait`.
        """
        return self._ended().__await__()

    async def _ended(self) -> JobDetail:
        detail = await waiting.ended(self._session, self._id)
        self._note(detail)
        if detail.status is JobStatus.FAILED:
            raise await off_loop(self.failure, detail)  # it reads the log
        return detail

    def add_done_callback(self, callback: Callable[[waiting.Outcome], None]) -> None:
        """Have ``callback`` called once when the job has ended, in the watcher's thread.

        An exception from ``callback`` is logged and affects no other callback. Why a job does not
        start is logged as a warning. A program that ends
        before the job waits for it, and says so; Ctrl-C ends the waiting, and the job goes on.
        """
        waiting.call_when_done(self._session, self, callback)

    def failure(self, detail: JobDetail) -> JobFailedError:
        """Return (not raise) the error that stands for a FAILED job."""
        return failure.failed(self._session, detail)

    def cancel(self, reason: str = "cancelled by batchsdk") -> StopResult:
        """Cancel the job if it has not started (API: CancelJob).

        CancelJob on a STARTING or RUNNING job succeeds and does nothing; the result says so.

        Args:
            reason: at most 1,024 characters; becomes the job's ``statusReason``.

        Raises:
            JobLostError: Batch does not know the job.
            InvalidArgumentError: the reason is empty or too long.
            ServiceError: AWS refused the call or did not answer.
        """
        check_reason(reason)
        before = self.describe().status
        if not before.is_terminal:
            self._session.transport.cancel_job(self._id, reason)
        if cancel_effect(before) is StopEffect.STOPS:
            # It may have started just before the request, which then did nothing.
            now = self.describe().status
            before = now if cancel_effect(now) is StopEffect.NOTHING else before
        return stopping.result_of(self._session, self._id, cancel_effect(before), before)

    def terminate(self, reason: str = "terminated by batchsdk") -> StopResult:
        """Stop the job in any state (API: TerminateJob).

        A running container gets SIGTERM and 30 seconds later SIGKILL, so the job may still be
        RUNNING for a while; ``wait`` ends when it has stopped.

        Args:
            reason: at most 1,024 characters; becomes the job's ``statusReason``.

        Raises:
            As for :meth:`cancel`.
        """
        check_reason(reason)
        return stopping.terminate(self._session, self._id, self.describe().status, reason)

    def logs(
        self,
        follow: bool = False,
        *,
        on_change: Callable[[JobDetail], None] | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        pattern: str | re.Pattern[str] | None = None,
        tail: int | None = None,
        on_error: Callable[[BatchSdkError], None] | None = None,
        on_stuck: OnStuck | None = None,
        runnable_timeout: float | None = None,
    ) -> JobLogs:
        """Return the log: of every attempt, child of an array and node; empty if it has not run.

        Args:
            follow: continue until the job has ended and its log is complete.
            on_change: while following, called with the description at each new status.
            since: only events from this time on: a timezone-aware datetime, a text of ISO 8601 with
                its zone, or how long ago: a timedelta, or e.g. ``10m``, ``2h``, ``1h30m``.
            until: only events before this time, given as ``since`` is.
            pattern: only events that match this regular expression anywhere.
            tail: only the last so many events of all streams together, read from the end; with
                ``follow`` of what there is at the beginning.
            on_error: called with the first error of reading the log, instead of raising it.
            on_stuck: while following, as for :meth:`wait`.
            runnable_timeout: while following, as for :meth:`wait`.

        Raises:
            InvalidArgumentError: a time is wrong or has no time zone, the pattern is not a regular
                expression, or ``tail`` is negative.
        """
        now = self._session.clock.now()
        wanted = LogFilter.of(since, until, pattern, tail, now=now)
        return JobLogs(
            self._session,
            self._id,
            follow,
            on_change,
            wanted,
            on_error,
            on_stuck=on_stuck,
            runnable_timeout=runnable_timeout,
        )

    def children(self, *statuses: JobStatus) -> Iterator[JobSummary]:
        """Yield the children of an array job, lazily; only those in ``statuses`` if given."""
        return children_of(self._session.transport, self._id, statuses or tuple(JobStatus))

    def diagnose(self) -> Diagnosis:
        """Find out why the job is not running, or how it ended.

        Raises:
            JobLostError: Batch does not know the job.
            ServiceError: AWS refused a call or did not answer.
        """
        return diagnose(self._session, self.describe())
