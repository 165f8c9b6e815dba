"""At which times a schedule of EventBridge Scheduler fires. No I/O; all times are aware.

Source: EventBridge Scheduler user guide, "Schedule types" (rates begin at the start date, or when
the schedule is made; what the change to daylight saving time does).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from batch_platform.settings.cron import Cron, parse_cron

_EXPRESSION = re.compile(r"(?P<kind>cron|rate|at)\((?P<value>.*)\)")
DAY = timedelta(days=1)
FURTHEST = timedelta(days=366 * 12)
"""How far ahead a next time is looked for: 29 February is at most eight years away."""


@dataclass(frozen=True)
class Timing:
    """When a schedule fires.

    Attributes:
        expression: ``cron(…)``, ``rate(…)`` or ``at(…)``.
        zone: of ``cron`` and ``at``.
        made: when the schedule was made.
        start, end: between which it fires; None for no limit. ``at`` ignores both.
    """

    expression: str
    zone: str
    made: datetime
    start: datetime | None = None
    end: datetime | None = None

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the times after the one and not after the other, in UTC, the earliest first."""
        found = _EXPRESSION.fullmatch(self.expression)
        if found is None:
            raise ValueError(f"{self.expression!r} is no schedule expression")
        kind, value = found["kind"], found["value"]
        if kind == "at":
            at = datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
            if after < at <= until:
                yield at
            return
        first = max(after, self.start - timedelta(microseconds=1)) if self.start else after
        last = min(until, self.end) if self.end else until
        if kind == "rate":
            yield from self._rate(value, first, last)
        else:
            yield from _cron(parse_cron(value), ZoneInfo(self.zone), first, last)

    def next_after(self, after: datetime) -> datetime | None:
        """Return the next time after one; None if there is none within twelve years."""
        return next(self.between(after, after + FURTHEST), None)

    def _rate(self, value: str, after: datetime, until: datetime) -> Iterator[datetime]:
        count, unit = value.split()
        period = timedelta(**{f"{unit.rstrip('s')}s": int(count)})
        base = self.start or self.made
        number = max(0, (after - base) // period)
        while (at := base + number * period) <= until:
            if at > after:
                yield at
            number += 1


def _cron(cron: Cron, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[datetime]:
    day: date = after.astimezone(zone).date()
    last: date = until.astimezone(zone).date()
    while day <= last:
        for at in _on(cron, zone, day) if cron.matches(day) else ():
            if after < at <= until:
                yield at
        day += DAY


def _on(cron: Cron, zone: ZoneInfo, day: date) -> Iterator[datetime]:
    """Yield the times on a day of a zone; none that the zone leaves out, and none twice."""
    for hour in sorted(cron.hours):
        for minute in sorted(cron.minutes):
            local = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001  # below
            at = local.replace(tzinfo=zone).astimezone(UTC)
            if at.astimezone(zone).replace(tzinfo=None) == local:
                yield at
