"""A job's log: every attempt, every child of an array, every node."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from batchsdk.aws.backoff import ATTEMPTS, Backoff, Waits
from batchsdk.errors import (
    BatchSdkError,
    CredentialsError,
    JobLostError,
    LogsUnavailableError,
    ServiceError,
    TransientError,
)
from batchsdk.jobs import failure
from batchsdk.jobs.awaiting import iterated
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.stuck import OnStuck, StartWatch
from batchsdk.jobs.waiting import going_on
from batchsdk.jobs.watcher import Polling
from batchsdk.logs.reading import Cursor, LogEvent, LogFilter
from batchsdk.logs.sources import LogSource, sources_of, writers_of
from batchsdk.session import Session
from batchsdk.states import JobLifecycle, JobStatus, Sighting

_DRAIN = Backoff(first=1.0, longest=1.0)
_DRAIN_ROUNDS = 5
"""Events come late: after the end, look again until a round brings nothing, this often at most
while a stream that Batch names is still absent."""


def _in_order(several: Sequence[Iterator[LogEvent]]) -> Iterator[LogEvent]:
    """Return the events of streams that were written at the same time, by their times."""
    return heapq.merge(*several, key=lambda event: event.time)


@dataclass
class _Writer:
    """One job, child or node whose streams are read while it runs."""

    cursors: dict[LogSource, Cursor] = field(default_factory=dict)
    faults: dict[LogSource, int] = field(default_factory=dict)
    given_up: bool = False
    rounds_after_end: int = 0
    settled: bool = False
    """It has ended, and nothing more comes."""

    def end_round(self, *, ended: bool, brought: bool) -> None:
        if not ended:
            return
        absent = any(
            not cursor.exists and self.faults.get(source, 0) < ATTEMPTS
            for source, cursor in self.cursors.items()
        )
        if not brought and self.rounds_after_end >= (_DRAIN_ROUNDS if absent else 1):
            self.settled = True
        self.rounds_after_end += 1


@dataclass(frozen=True)
class JobLogs:
    """The log of a job. Each iteration reads it anew, lazily.

    With ``follow`` the iteration continues until the job has ended and its log is complete.

    An error of reading does not end the iteration: the rest of the log is read, and with
    ``follow`` the job is followed to its end. The first such error then goes to ``on_error``;
    without it the error is raised at the end, unless the job FAILED: then the job's failure is
    raised from it.

    Raises, while it is iterated:
        JobLostError: Batch does not know the job.
        LogsUnavailableError: its log does not go to CloudWatch Logs.
        JobFailedError: following, the log could not be read and the job FAILED.
        RunnableTimeoutError: the job was RUNNABLE for ``runnable_timeout``; it has been cancelled.
        ServiceError: AWS refused a call or did not answer.
    """

    session: Session = field(repr=False)
    job_id: str
    follow: bool = False
    on_change: Callable[[JobDetail], None] | None = field(default=None, repr=False)
    """While following: called with each new status."""
    filter: LogFilter = field(default_factory=LogFilter)
    on_error: Callable[[BatchSdkError], None] | None = field(default=None, repr=False)
    """Called with the first error of reading, instead of raising it."""
    on_stuck: OnStuck | None = field(default=None, repr=False)
    """While following: called with why the job does not start; see ``Job.wait``."""
    runnable_timeout: float | None = None
    """While following: seconds RUNNABLE after which the job is cancelled."""

    def __iter__(self) -> Iterator[LogEvent]:
        return self._followed() if self.follow else self._read_once()

    def __aiter__(self) -> AsyncIterator[LogEvent]:
        """Iterate in asyncio: ``async for event in job.logs(follow=True)``."""
        return iterated(self)

    @property
    def text(self) -> str:
        """All messages, one a line, without a newline at the end."""
        return "\n".join(event.message for event in self)

    def _read_once(self) -> Iterator[LogEvent]:
        detail = self.session.describe_one(self.job_id)
        if detail is None:
            raise self._lost()
        errors: list[BatchSdkError] = []
        events = self._events(detail, errors)
        yield from events if self.filter.tail is None else self._last(events)
        if errors:
            self._tell(errors[0], None)

    def _events(self, detail: JobDetail, errors: list[BatchSdkError]) -> Iterator[LogEvent]:
        writers = writers_of(self.session, detail)
        if detail.node_count is None:
            for each in writers:
                yield from self._all_of(each, errors)
        else:
            yield from _in_order([self._all_of(each, errors) for each in writers])

    def _all_of(self, detail: JobDetail, errors: list[BatchSdkError]) -> Iterator[LogEvent]:
        """Yield the log of one writer, its attempts one after the other."""
        try:
            sources = sources_of(detail)
        except LogsUnavailableError as fault:
            errors.append(fault)
            return
        for _, some in itertools.groupby(sources, lambda each: each.attempt):
            yield from _in_order([self._until_fault(each, errors) for each in some])

    def _until_fault(self, source: LogSource, errors: list[BatchSdkError]) -> Iterator[LogEvent]:
        try:
            yield from self._cursor(source, self.filter.tail).read()
        except ServiceError as fault:
            errors.append(fault)

    def _last(self, events: Iterable[LogEvent]) -> list[LogEvent]:
        """Return the last of the events of all streams, in the order of time."""
        ordered = sorted(events, key=lambda event: event.time)
        return ordered[max(0, len(ordered) - (self.filter.tail or 0)) :]

    def _followed(self) -> Iterator[LogEvent]:
        writers: dict[str, _Writer] = {}
        errors: list[BatchSdkError] = []
        start = StartWatch(self.session, self.on_stuck, self.runnable_timeout)
        lifecycle = JobLifecycle(Polling().grace)
        waits = Waits(self.session.clock, self.session.randomness)
        draining = Waits(self.session.clock, self.session.randomness, looks=_DRAIN)
        tail = self.filter.tail
        while True:
            try:
                detail, details = self._describe(writers)
            except ServiceError as error:
                passes = isinstance(error, TransientError) or (
                    lifecycle.status is not None and isinstance(error, CredentialsError)
                )
                try:
                    waits.retry(error, attempts=ATTEMPTS if passes else 1)
                except ServiceError:
                    raise going_on(error, f"{self.session.command} wait {self.job_id}") from error
                continue
            waits.answered()
            if self._observe(lifecycle, detail) is Sighting.CHANGED:
                waits.start_over()
            if detail is not None and start.needs_look(detail):
                start.look(detail)
            over = lifecycle.status is not None and lifecycle.status.is_terminal
            new: list[LogEvent] = []
            for each in details:
                # A node that has ended may come back while its job has attempts left.
                ended = over if each.is_node else each.status.is_terminal
                new += self._read(
                    writers.setdefault(each.job_id, _Writer()), each, ended, errors, tail
                )
            yield from (
                sorted(new, key=lambda event: event.time) if tail is None else self._last(new)
            )
            tail = None
            if over and detail is not None and all(each.settled for each in writers.values()):
                if errors:
                    self._tell(errors[0], detail)
                return
            if new:
                waits.start_over()
            # A stream that cannot be read for now must not hold up the others, nor the job's end.
            (draining if over else waits).poll()

    def _read(
        self,
        writer: _Writer,
        detail: JobDetail,
        ended: bool,
        errors: list[BatchSdkError],
        tail: int | None,
    ) -> list[LogEvent]:
        new: list[LogEvent] = []
        try:
            sources = [] if writer.given_up else sources_of(detail)
        except LogsUnavailableError as fault:
            errors.append(fault)
            writer.given_up, sources = True, []
        for source in sources:
            cursor = writer.cursors.setdefault(source, self._cursor(source, tail))
            if writer.faults.get(source, 0) >= ATTEMPTS:
                continue
            try:
                new += cursor.read()
                writer.faults[source] = 0
            except TransientError as fault:
                writer.faults[source] = writer.faults.get(source, 0) + 1
                if writer.faults[source] == ATTEMPTS:
                    errors.append(fault)
            except ServiceError as fault:
                writer.faults[source] = ATTEMPTS
                errors.append(fault)
        is_waiting = any(0 < count < ATTEMPTS for count in writer.faults.values())
        writer.end_round(ended=ended, brought=bool(new) or is_waiting)
        return new

    def _cursor(self, source: LogSource, tail: int | None) -> Cursor:
        return Cursor(self.session, source, self.job_id, self.filter, tail=tail)

    def _observe(self, lifecycle: JobLifecycle, detail: JobDetail | None) -> Sighting:
        now = self.session.clock.monotonic()
        sighting = lifecycle.observe(detail.status if detail else None, now)
        if sighting is Sighting.LOST:
            raise self._lost()
        if sighting is Sighting.CHANGED and detail is not None and self.on_change is not None:
            self.on_change(detail)
        return sighting

    def _describe(self, writers: dict[str, _Writer]) -> tuple[JobDetail | None, list[JobDetail]]:
        """Return the job, and what writes its log, as far as it may have run and is not settled."""
        detail = self.session.describe_one(self.job_id)
        if detail is None:
            return None, []
        settled = {job_id for job_id, writer in writers.items() if writer.settled}
        return detail, list(writers_of(self.session, detail, settled=settled))

    def _tell(self, fault: BatchSdkError, detail: JobDetail | None) -> None:
        if self.on_error is not None:
            self.on_error(fault)
        elif detail is not None and detail.status is JobStatus.FAILED:
            raise failure.failed(self.session, detail) from fault
        else:
            raise fault

    def _lost(self) -> JobLostError:
        return JobLostError(
            self.job_id,
            f"Batch does not know job {self.job_id}",
            hint="Batch forgets finished jobs after seven days or more.",
        )
