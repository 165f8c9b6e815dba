"""Numbers of options: of seconds, hours and days, within limits and finite."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import click

from batchsdk.arguments import as_seconds, is_whole


class Number(click.ParamType):  # type: ignore[type-arg]  # older ones are not generic
    """A number from ``least`` to ``most``; click's own range lets ``nan`` pass."""

    name = "number"

    def __init__(
        self, *, most: float, least: float = 0.0, take: Callable[[Any], Any] = float
    ) -> None:
        """Take the limits, which are included, and what makes a number of a text with a unit."""
        self._least, self._most, self._take = least, most, take

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a number.

        Raises:
            click.BadParameter: it is not a number, or outside of the limits.
        """
        try:
            number = float(self._take(value))
        except (TypeError, ValueError):
            number = math.nan
        if not self._least <= number <= self._most:
            limits = f"{self._least:g} to {self._most:g}"
            self.fail(f"{str(value)[:80]!r} must be a number, {limits}", param, ctx)
        return number


class Quantity(click.ParamType):  # type: ignore[type-arg]  # older ones are not generic
    """A whole number that may have a unit."""

    name = "quantity"

    def __init__(self, take: Callable[[Any], Any], example: str) -> None:
        """Take what makes a number of a text with a unit, and such a text."""
        self._take, self._example = take, example

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read a whole number, within any limits.

        Raises:
            click.BadParameter: it is not a whole number.
        """
        taken = self._take(value)
        if not is_whole(taken):
            try:
                taken = int(str(value))
            except ValueError:
                rule = f"must be a whole number, or a text such as {self._example}"
                self.fail(f"{str(value)[:80]!r} {rule}", param, ctx)
        return taken


SECONDS = Number(most=10.0**9, take=as_seconds)
"""Up to thirty years: more than any wait. Also with a unit: ``10m``."""
DAYS = Number(most=36_500.0)
HOURS = Number(most=24 * 36_500.0)
