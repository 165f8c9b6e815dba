"""Numbers of options: the fields of a job, and times in seconds, hours and days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from batchsdk.arguments import as_seconds, as_spelled, is_number
from batchsdk.submit.fields import JobField


class FieldNumber(click.ParamType):  # type: ignore[type-arg]  # older ones are not generic
    """A number of a submission, in the forms that a workflow file takes."""

    name = "number"

    def __init__(self, field: JobField) -> None:
        """Take the field."""
        self._field = field

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Read a number, within any limits.

        Raises:
            click.BadParameter: it is no number.
        """
        taken = self._field.read(value)
        if not self._field.is_number(taken):
            rule, fix = self._field.fault
            self.fail(f"{str(value)[:80]!r} {rule}; {fix}", param, ctx)
        return taken


class Time(click.ParamType):  # type: ignore[type-arg]  # older ones are not generic
    """A time, as a number of one unit or with any other: ``10m``."""

    name = "time"

    def __init__(self, unit: timedelta, plural: str, *, most: float, least: float = 0.0) -> None:
        """Take the unit of plain numbers, its name, and the limits, which are included."""
        self._seconds, self._plural = unit.total_seconds(), plural
        self._least, self._most = least, most

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a time, in the unit of plain numbers.

        Raises:
            click.BadParameter: it is no time, or outside of the limits.
        """
        plain = as_spelled(value, float)
        taken = plain if is_number(plain) else as_seconds(value)
        if is_number(taken):
            number = float(taken if is_number(plain) else taken / self._seconds)
            if self._least <= number <= self._most:
                return number
        limits = f"{self._least:g} to {self._most:g}"
        rule = f"must be a number of {self._plural}, {limits}, or a text such as 10m"
        return self.fail(f"{str(value)[:80]!r} {rule}", param, ctx)


_SECOND = timedelta(seconds=1)
SECONDS = Time(_SECOND, "seconds", most=10.0**9)
"""Up to thirty years: more than any wait."""
REFRESH = Time(_SECOND, "seconds", least=1, most=86_400)
DAYS = Time(timedelta(days=1), "days", most=36_500.0)
HOURS = Time(timedelta(hours=1), "hours", most=24 * 36_500.0)
