"""What jobs may have cost: an amount, and all that must be said with it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

_CENT = 0.01
_Number = TypeVar("_Number", int, float)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What jobs may have cost. Not a bill."""

    amount: float
    currency: str
    source: str
    """Where the prices come from, and of which day they are; or what the user's table says."""
    parts: Mapping[str, float] = field(default_factory=dict)
    """Amounts by how capacity was bought: ``On-Demand``, ``Spot``, ``Fargate``, ``Fargate Spot``.
    Empty with a table of the user's own, which has a price for each queue instead."""
    unpriced: Mapping[str, int] = field(default_factory=dict)
    """What has no price -> attempts that ran on it, and that the amount does not have."""
    assumed: Mapping[str, int] = field(default_factory=dict)
    """What was assumed -> attempts of which it was: their instances are forgotten."""
    warnings: tuple[str, ...] = ()
    """What else to know of the prices: that they are old, or that AWS could not be asked."""

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(
            amount=self.amount + other.amount,
            currency=self.currency,
            source=self.source,
            parts=_sum(self.parts, other.parts),
            unpriced=_sum(self.unpriced, other.unpriced),
            assumed=_sum(self.assumed, other.assumed),
            warnings=tuple(dict.fromkeys((*self.warnings, *other.warnings))),
        )

    @property
    def text(self) -> str:
        """The amount, marked as an estimate."""
        parts = ", ".join(f"{name} {money(amount)}" for name, amount in sorted(self.parts.items()))
        shown = f"about {money(self.amount)} {self.currency}{f' ({parts})' if parts else ''}"
        return f"{shown} (estimate; prices: {self.source})"

    @property
    def short(self) -> str:
        """The amount with its currency, for a table."""
        return f"{money(self.amount)} {self.currency}"

    @property
    def remarks(self) -> tuple[str, ...]:
        """A sentence for each thing that the amount does not have, or has by assumption."""
        return tuple(self._remarks())

    def _remarks(self) -> Iterator[str]:
        if self.unpriced:
            yield (
                f"Not in the estimate: {sum(self.unpriced.values())} attempt(s) on what has no "
                f"price: {_counted(self.unpriced)}."
            )
        if self.assumed:
            yield (
                f"The instances of {sum(self.assumed.values())} attempt(s) are forgotten by AWS; "
                f"taken for them: {_counted(self.assumed)}."
            )
        yield from self.warnings


def money(amount: float) -> str:
    """Return an amount with four decimals, or two digits where it is less than a cent.

    >>> money(6.5), money(0.0000188), money(0.0)
    ('6.5000', '0.000019', '0.0000')
    """
    if not 0 < amount < _CENT:
        return f"{amount:.4f}"
    return f"{amount:.{1 - math.floor(math.log10(amount))}f}"


def _sum(one: Mapping[str, _Number], other: Mapping[str, _Number]) -> dict[str, _Number]:
    total = dict(one)
    for key, number in other.items():
        total[key] = total[key] + number if key in total else number
    return total


def _counted(counts: Mapping[str, int]) -> str:
    return "; ".join(f"{name} ({count})" for name, count in sorted(counts.items()))
