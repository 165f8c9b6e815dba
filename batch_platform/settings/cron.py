"""Cron expressions as EventBridge Scheduler has them: six fields, of which the last is the year.

Sources: EventBridge Scheduler user guide, "Schedule types" (fields, wildcards, daylight saving
time). No other dialect of cron has all of ``?``, ``L``, ``W``, ``#`` and the year.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from batch_platform.settings.errors import refusal, shown

FIELDS = ("minutes", "hours", "day-of-month", "month", "day-of-week", "year")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {
    name: number
    for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)
}
_NAMES: Mapping[str, Mapping[str, int]] = {"month": _MONTHS, "day-of-week": _WEEKDAYS}
_ITEM = re.compile(
    r"(?:(?P<every>\*)|(?P<first>[0-9]{1,4}|[A-Z]{3})(?:-(?P<last>[0-9]{1,4}|[A-Z]{3}))?)"
    r"(?:/(?P<step>[0-9]{1,4}))?"
)
_WEEK = 7
_NEAREST = re.compile(r"([0-9]{1,2})W")
_LAST_WEEKDAY = re.compile(r"([1-7]|[A-Z]{3})L")
_NTH_WEEKDAY = re.compile(r"([1-7]|[A-Z]{3})#([1-5])")
SATURDAY = 7


@dataclass(frozen=True)
class Cron:
    """What a cron expression says.

    Attributes:
        minutes, hours, months, years: the values that match.
        day_of_month, day_of_week: the two fields as written, one of which is ``?``.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]
    day_of_month: str
    day_of_week: str

    def matches(self, day: date) -> bool:
        """Tell whether the expression has times on a day."""
        if day.year not in self.years or day.month not in self.months:
            return False
        if self.day_of_week == "?":
            return _is_day_of_month(self.day_of_month, day)
        return _is_day_of_week(self.day_of_week, day)


def parse_cron(expression: str) -> Cron:
    """Read an expression, without ``cron(…)`` around it.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`: it has not six fields, a field has
            what it cannot have, or not exactly one of the two days is ``?``.
    """
    fields = expression.split()
    if len(fields) != len(FIELDS):
        raise refusal(
            f"{shown(expression)} has {len(fields)} field(s), and a cron expression of EventBridge "
            f"Scheduler has six: {', '.join(FIELDS)}",
            _six_of(fields),
        )
    minutes, hours, day_of_month, months, day_of_week, years = fields
    if (day_of_month == "?") == (day_of_week == "?"):
        both = "both days are" if day_of_month == "?" else "neither day is"
        raise refusal(
            f"{shown(expression)}: {both} '?', and exactly one of day-of-month and day-of-week is",
            "write '?' for the day that does not matter, e.g. 0 2 * * ? * or 0 2 ? * MON-FRI *",
        )
    _check_days(day_of_month, day_of_week)
    return Cron(
        minutes=_values("minutes", minutes),
        hours=_values("hours", hours),
        months=_values("month", months),
        years=_values("year", years),
        day_of_month=day_of_month,
        day_of_week=day_of_week,
    )


def _six_of(fields: list[str]) -> str:
    """Return what to write, of the five fields of Unix's cron where those were given."""
    if len(fields) != len(FIELDS) - 1:
        return "write e.g. 0 2 * * ? * for every day at 2:00"
    minutes, hours, day, month, weekday = fields
    day, weekday = (day, "?") if weekday == "*" else ("?", weekday)
    hint = "" if weekday == "?" else " (1 is Sunday here)"
    whole = " ".join((minutes, hours, day, month, weekday, "*"))
    return f"add the year, and '?' for one of the days: {whole}{hint}"


def _check_days(day_of_month: str, day_of_week: str) -> None:
    if day_of_month not in ("?", "L"):
        if found := _NEAREST.fullmatch(day_of_month):
            _number("day-of-month", found[1])
        else:
            _values("day-of-month", day_of_month)
    if day_of_week not in ("?", "L"):
        found = _LAST_WEEKDAY.fullmatch(day_of_week) or _NTH_WEEKDAY.fullmatch(day_of_week)
        if found:
            _number("day-of-week", found[1])
        else:
            _values("day-of-week", day_of_week)


def _values(name: str, field: str) -> frozenset[int]:
    least, most = _RANGES[FIELDS.index(name)]
    found: set[int] = set()
    for item in field.split(","):
        match = _ITEM.fullmatch(item)
        if match is None:
            raise refusal(
                f"{shown(item)} is nothing that the field {name} can have",
                f"write numbers from {least} to {most}, with ',' '-' '*' and '/'",
            )
        step = int(match["step"] or 1)
        first = least if match["every"] else _number(name, match["first"])
        last = most if match["every"] or (match["step"] and not match["last"]) else first
        last = _number(name, match["last"]) if match["last"] else last
        if step == 0 or last < first:
            fault = "a step of 0" if step == 0 else "a range that ends before it begins"
            raise refusal(f"{shown(item)} in the field {name} has {fault}", "correct it")
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _number(name: str, text: str) -> int:
    least, most = _RANGES[FIELDS.index(name)]
    names = _NAMES.get(name, {})
    value = names.get(text, int(text) if text.isdecimal() else -1)
    if not least <= value <= most:
        also = f", or {', '.join(names)}" if names else ""
        raise refusal(
            f"{shown(text)} is not a value of the field {name}",
            f"write {least} to {most}{also}",
        )
    return value


def _is_day_of_month(field: str, day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    if field == "L":
        return day.day == last
    if found := _NEAREST.fullmatch(field):
        return int(found[1]) <= last and day == _nearest_weekday(day.replace(day=int(found[1])))
    return day.day in _values("day-of-month", field)


def _nearest_weekday(day: date) -> date:
    """Return the weekday nearest to a day, which stays in its month."""
    last = calendar.monthrange(day.year, day.month)[1]
    if day.isoweekday() == 6:  # noqa: PLR2004  # Saturday
        return day + timedelta(days=-1 if day.day > 1 else 2)
    if day.isoweekday() == _WEEK:
        return day + timedelta(days=1 if day.day < last else -2)
    return day


def _is_day_of_week(field: str, day: date) -> bool:
    weekday = day.isoweekday() % _WEEK + 1  # 1 is Sunday
    if field == "L":
        return weekday == SATURDAY
    if found := _LAST_WEEKDAY.fullmatch(field):
        is_last = day.day + _WEEK > calendar.monthrange(day.year, day.month)[1]
        return is_last and weekday == _number("day-of-week", found[1])
    if found := _NTH_WEEKDAY.fullmatch(field):
        is_nth = (day.day - 1) // _WEEK + 1 == int(found[2])
        return is_nth and weekday == _number("day-of-week", found[1])
    return weekday in _values("day-of-week", field)
