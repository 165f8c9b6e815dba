"""A job's log: every attempt, and every child of an array."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from batchsdk.detail import JobDetail
from batchsdk.errors import JobLostError, LogsUnavailableError
from batchsdk.listing import children_of
from batchsdk.session import Session
from batchsdk.states import JobLifecycle, JobStatus, Sighting
from batchsdk.waiting import Polling

_SHORTEST, _LONGEST = 0.5, 5.0
"""Seconds between two looks while following: the first while the log grows."""

_DRAIN_SECONDS = 1.0
_DRAIN_ROUNDS = 5
"""Events come late: after the end, look again until a round brings nothing, this often at most
while a stream that Batch names is still absent."""

_MAY_HAVE_RUN = frozenset(JobStatus) - {JobStatus.SUBMITTED, JobStatus.PENDING}


@dataclass(frozen=True, kw_only=True)
class LogEvent:
    """One line of a log."""

    time: datetime
    """When the job wrote it, aware."""
    message: str
    job_id: str
    """The job, or the child of an array, that wrote it."""
    stream: str


@dataclass(frozen=True)
class LogSource:
    """One log stream of one job."""

    job_id: str
    group: str
    stream: str


def sources_of(detail: JobDetail) -> list[LogSource]:
    """Return the streams of one job, oldest attempt first; none before it runs.

    Raises:
        LogsUnavailableError: its log driver is not ``awslogs``.
    """
    if detail.log_driver != "awslogs":
        raise LogsUnavailableError(
            detail.job_id,
            f"job {detail.job_id} logs through the {detail.log_driver!r} driver, not to CloudWatch",
            hint="Read its log where that driver sends it.",
        )
    return [LogSource(detail.job_id, detail.log_group, name) for name in detail.log_streams]


@dataclass
class _Cursor:
    """A place in one stream."""

    session: Session
    source: LogSource
    exists: bool = False
    _token: str | None = None

    def read(self) -> Iterator[LogEvent]:
        """Yield what is new since the last call."""
        while True:
            request: dict[str, Any] = {
                "logGroupName": self.source.group,
                "logStreamName": self.source.stream,
                "startFromHead": True,
            }
            if self._token:
                request["nextToken"] = self._token
            page = self.session.transport.get_log_events(request)
            if page is None:
                return
            self.exists = True
            yield from (_event(self.source, raw) for raw in page.get("events", ()))
            # An empty page is not the end: only the token that was sent is (API: GetLogEvents).
            token = page.get("nextForwardToken")
            if not token or token == self._token:
                return
            self._token = token


def _event(source: LogSource, raw: dict[str, Any]) -> LogEvent:
    time = datetime.fromtimestamp(raw["timestamp"] / 1000, UTC)
    return LogEvent(time=time, message=raw["message"], job_id=source.job_id, stream=source.stream)


@dataclass(frozen=True)
class JobLogs:
    """The log of a job. Each iteration reads it anew, lazily.

    With ``follow`` the iteration goes on until the job has ended and nothing more comes.
    """

    session: Session = field(repr=False)
    job_id: str
    follow: bool = False
    on_change: Callable[[JobDetail], None] | None = field(default=None, repr=False)
    """While following: called with each new status."""

    def __iter__(self) -> Iterator[LogEvent]:
        return self._followed() if self.follow else self._read_once()

    @property
    def text(self) -> str:
        """All messages, one a line, without a newline at the end."""
        return "\n".join(event.message for event in self)

    def _read_once(self) -> Iterator[LogEvent]:
        details = self._describe()
        if not details:
            raise self._lost()
        for detail in details:
            for source in sources_of(detail):
                yield from _Cursor(self.session, source).read()

    def _followed(self) -> Iterator[LogEvent]:
        cursors: dict[LogSource, _Cursor] = {}
        lifecycle = JobLifecycle(Polling().grace)
        rounds_after_end = 0
        interval = _SHORTEST
        while True:
            details = self._describe()
            if self._observe(lifecycle, details) is Sighting.CHANGED:
                interval = _SHORTEST
            for source in (source for detail in details for source in sources_of(detail)):
                cursors.setdefault(source, _Cursor(self.session, source))
            new = [event for cursor in cursors.values() for event in cursor.read()]
            yield from sorted(new, key=lambda event: event.time)
            if lifecycle.status is not None and lifecycle.status.is_terminal:
                settled = all(cursor.exists for cursor in cursors.values())
                patience = 1 if settled else _DRAIN_ROUNDS
                if not new and rounds_after_end >= patience:
                    return
                rounds_after_end += 1
                interval = _DRAIN_SECONDS
            elif new:
                interval = _SHORTEST
            self.session.clock.sleep(interval)
            interval = min(interval * 1.3, _LONGEST)

    def _observe(self, lifecycle: JobLifecycle, details: list[JobDetail]) -> Sighting:
        now = self.session.clock.monotonic()
        sighting = lifecycle.observe(details[0].status if details else None, now)
        if sighting is Sighting.LOST:
            raise self._lost()
        if sighting is Sighting.CHANGED and self.on_change is not None:
            self.on_change(details[0])
        return sighting

    def _describe(self) -> list[JobDetail]:
        """Return the job, then its children, as far as they may have run; none if unknown."""
        detail = self.session.describe_one(self.job_id)
        if detail is None:
            return []
        if not detail.is_array_parent:
            return [detail]
        children = children_of(self.session.transport, self.job_id, _MAY_HAVE_RUN)
        details = self.session.describe([child.job_id for child in children])
        return [detail, *sorted(details, key=_child_index)]

    def _lost(self) -> JobLostError:
        return JobLostError(
            self.job_id,
            f"Batch does not know job {self.job_id}",
            hint="Batch forgets finished jobs after seven days or more.",
        )


def _child_index(detail: JobDetail) -> int:
    return detail.array.index or 0 if detail.array else 0


def tail(session: Session, detail: JobDetail, lines: int) -> list[str]:
    """Return the last lines of the job's newest log stream; none if there is no log.

    A job's last events may arrive after its end, so an absent or empty stream is looked at again.
    """
    if detail.log_driver != "awslogs" or not detail.log_streams:
        return []
    request = {
        "logGroupName": detail.log_group,
        "logStreamName": detail.log_streams[-1],
        "startFromHead": False,
        "limit": lines,
    }
    for attempt in range(3):
        if attempt:
            session.clock.sleep(_DRAIN_SECONDS)
        page = session.transport.get_log_events(request)
        if page is not None and page.get("events"):
            return [raw["message"] for raw in page["events"]][-lines:]
    return []
