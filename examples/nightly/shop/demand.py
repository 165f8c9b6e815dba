"""How much of an article the shop will sell: plain Python, tested without any AWS."""

from __future__ import annotations

import math
from dataclasses import dataclass

SMOOTHING = 0.5
"""Weight of the last week against all weeks before it."""


@dataclass(frozen=True)
class Article:
    """An article.

    Attributes:
        number: of the article.
        stock: pieces that are there.
        sales: pieces sold in each week, the last one at the end.
    """

    number: str
    stock: int
    sales: tuple[int, ...]


def expected(article: Article) -> float:
    """Return the pieces that the next week will sell, by exponential smoothing."""
    level = float(article.sales[0])
    for week in article.sales[1:]:
        level = SMOOTHING * week + (1 - SMOOTHING) * level
    return round(level, 3)


def missing(stock: float, ordered: float, expectation: float) -> int:
    """Return the pieces to order, so that the next week can be sold after today's orders."""
    return max(0, math.ceil(expectation + ordered - stock))
