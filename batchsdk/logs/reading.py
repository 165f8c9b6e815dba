"""Reading one log stream of CloudWatch Logs: pages, times, patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from batchsdk.arguments import as_seconds, is_number
from batchsdk.aws.backoff import Backoff, Waits
from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.jobs.detail import JobDetail
from batchsdk.logs.sources import LogSource, label, sources_of, writers_of
from batchsdk.session import Session

_MOST_EVENTS = 10_000
"""Of one page (API: GetLogEvents)."""
_TAIL_SECONDS = 2.0
"""A job's last events may arrive this much later than its end."""
_TAIL_LOOKS = Backoff(first=1.0, longest=1.0)


@dataclass(frozen=True, kw_only=True)
class LogEvent:
    """One line of a log."""

    time: datetime
    """When the job wrote the line; timezone-aware."""
    message: str
    job_id: str
    """The job, the child of an array, or the node that wrote it."""
    stream: str
    attempt: int = 1
    """Of that job, from 1."""
    label: str = ""
    """The writer among those of the same log: ``3``, ``#1``, ``main``, ``3 attempt 2``."""
    container: str = ""
    """Name of the container that wrote the line; empty where the job has one alone."""


@dataclass(frozen=True, kw_only=True)
class LogFilter:
    """Which events are wanted.

    Times are left to AWS (GetLogEvents ``startTime``, ``endTime``). The pattern is matched here:
    FilterLogEvents has a pattern language of its own instead of regular expressions, far lower
    rates, and needs another permission, while every page is read here anyway.
    """

    since: datetime | None = None
    until: datetime | None = None
    """Events at this time and later are left out."""
    pattern: re.Pattern[str] | None = None
    """Must be found somewhere in the message."""
    tail: int | None = None
    """Of what there is at the first look, only so many events, the last ones."""

    @classmethod
    def of(
        cls,
        since: Moment | None,
        until: Moment | None,
        pattern: str | re.Pattern[str] | None,
        tail: int | None = None,
        *,
        now: datetime,
    ) -> LogFilter:
        """Check and take what a caller gave.

        Raises:
            InvalidArgumentError: a time is wrong or has no time zone, the pattern is not a regular
                expression, or ``tail`` is negative.
        """
        times = {"since": since, "until": until}
        read = {name: _time(name, each, now) for name, each in times.items() if each is not None}
        if tail is not None and tail < 0:
            fix = "leave it out for the whole log"
            raise InvalidArgumentError(Problem("tail", tail, "must be 0 or more lines", fix))
        try:
            compiled = re.compile(pattern) if pattern is not None else None
        except re.error as fault:
            raise InvalidArgumentError(
                Problem(
                    "pattern",
                    pattern,
                    f"is not a Python regular expression: {fault}",
                    "put a backslash before characters that are meant literally",
                )
            ) from None
        return cls(since=read.get("since"), until=read.get("until"), pattern=compiled, tail=tail)

    def to_request(self) -> dict[str, Any]:
        """Return the members of GetLogEvents that stand for the times."""
        times = {"startTime": self.since, "endTime": self.until}
        return {
            name: int(time.timestamp() * 1000) for name, time in times.items() if time is not None
        }

    def wants(self, message: str) -> bool:
        """Tell whether the pattern is in a message."""
        return self.pattern is None or self.pattern.search(message) is not None


Moment = datetime | timedelta | str
"""A time, or how long ago: ``10m``, ``1h30m``; as text also a time of ISO 8601."""


def moment_of(given: str | timedelta, now: datetime) -> datetime | None:
    """Return the time that a text of ISO 8601 says, or that was so long ago; ``None``: neither."""
    seconds = as_seconds(given)
    try:
        if is_number(seconds):
            return now - timedelta(seconds=seconds)
        return datetime.fromisoformat(str(given))
    except (ValueError, OverflowError):  # or before the year 1
        return None


def _time(name: str, given: Moment, now: datetime) -> datetime:
    time = given if isinstance(given, datetime) else moment_of(given, now)
    if time is None:
        rule = "must be a time, or how long ago"
        fix = "give e.g. 10m, 2h, 1d or 2026-01-31T12:00:00Z"
        raise InvalidArgumentError(Problem(name, given, rule, fix))
    if time.tzinfo is None:
        fix = "give e.g. tzinfo=UTC, or end the text with Z"
        raise InvalidArgumentError(Problem(name, str(given), "must have a time zone", fix))
    return time


@dataclass
class Cursor:
    """A place in one stream."""

    session: Session
    source: LogSource
    root: str
    """Id of the job whose log is read: events of other jobs in it are labelled."""
    filter: LogFilter = field(default_factory=LogFilter)
    exists: bool = False
    tail: int | None = None
    """At the first look, only the last so many events are read."""
    _token: str | None = None

    def read(self) -> Iterator[LogEvent]:
        """Yield what is new since the last call.

        Raises:
            ServiceError: AWS refused the call or did not answer; reading again goes on from there.
        """
        if self.tail is not None:
            yield from self._last(self.tail)
            return
        while True:
            request = self._request(from_head=True)
            if self._token:
                request["nextToken"] = self._token
            page = self.session.transport.get_log_events(request, self.source.region)
            if page is None:
                return
            self.exists = True
            # The place is kept before the events are handed out: none of them comes twice.
            token, before = page.get("nextForwardToken"), self._token
            self._token = token or before
            for raw in page.get("events", ()):
                if self.filter.wants(raw["message"]):
                    yield self._event(raw)
            # An empty page is not the end: only the token that was sent is (API: GetLogEvents).
            if not token or token == before:
                return

    def _last(self, count: int) -> list[LogEvent]:
        """Return the last events there are, read from the end, and be after them."""
        found: list[LogEvent] = []
        request = self._request(from_head=False)
        if self.filter.pattern is None:
            request["limit"] = min(max(count, 1), _MOST_EVENTS)
        end: str | None = None
        while True:
            page = self.session.transport.get_log_events(request, self.source.region)
            if page is None:
                return []
            end = end or page.get("nextForwardToken")
            events = [each for each in page.get("events", ()) if self.filter.wants(each["message"])]
            found = [*map(self._event, events), *found]
            token = page.get("nextBackwardToken")
            if len(found) >= count or not token or token == request.get("nextToken"):
                break
            request["nextToken"] = token
        self.exists, self.tail, self._token = True, None, end
        return found[max(0, len(found) - count) :]

    def _request(self, *, from_head: bool) -> dict[str, Any]:
        return {
            "logGroupName": self.source.group,
            "logStreamName": self.source.stream,
            "startFromHead": from_head,
            **self.filter.to_request(),
        }

    def _event(self, raw: Mapping[str, Any]) -> LogEvent:
        return LogEvent(
            time=datetime.fromtimestamp(raw["timestamp"] / 1000, UTC),
            message=raw["message"],
            job_id=self.source.job_id,
            stream=self.source.stream,
            attempt=self.source.attempt,
            label=label(self.source, self.root),
            container=self.source.container,
        )


def tail(session: Session, detail: JobDetail, lines: int) -> list[str]:
    """Return the last lines of the job's newest log stream; none if there is no log.

    Of several containers it is the stream of the one that decided over the job, and of a multi-node
    job the main node's. A job's last events may
    arrive after its end, so an absent or empty stream is looked at again.

    Raises:
        LogsUnavailableError: the log driver is not ``awslogs``.
        ServiceError: AWS refused a call or did not answer.
    """
    writer = detail
    if detail.node_count is not None:
        nodes = list(writers_of(session, detail))
        writer = next((each for each in nodes if each.is_main_node), detail)
    sources = sources_of(writer)
    if not sources:
        return []
    source = next((each for each in sources if each.stream == writer.log_stream), sources[-1])
    request = {
        "logGroupName": source.group,
        "logStreamName": source.stream,
        "startFromHead": False,
        "limit": lines,
    }
    waits = Waits(session.clock, session.randomness, looks=_TAIL_LOOKS, timeout=_TAIL_SECONDS)
    while True:
        last = waits.are_over
        page = session.transport.get_log_events(request, source.region)
        if page is not None and page.get("events"):
            return [raw["message"] for raw in page["events"]][-lines:]
        if last:
            return []
        waits.poll()
