"""Numbers of options: of seconds, hours and days, within limits and finite."""

from __future__ import annotations

import math

import click


class Number(click.ParamType):  # type: ignore[type-arg]  # older ones are not generic
    """A number from ``least`` to ``most``; click's own range lets ``nan`` pass."""

    name = "number"

    def __init__(self, *, most: float, least: float = 0.0) -> None:
        """Take the limits, which are included."""
        self._least, self._most = least, most

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a number.

        Raises:
            click.BadParameter: it is none, or outside of the limits.
        """
        try:
            number = float(str(value))
        except ValueError:
            number = math.nan
        if not self._least <= number <= self._most:
            limits = f"{self._least:g} to {self._most:g}"
            self.fail(f"{str(value)[:80]!r} must be a number, {limits}", param, ctx)
        return number


SECONDS = Number(most=10.0**9)
"""Up to thirty years: more than any wait."""
DAYS = Number(most=36_500.0)
HOURS = Number(most=24 * 36_500.0)
