"""The prices by which a connection estimates costs: the user's own table, or what AWS published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from batchsdk.insight import published_prices
from batchsdk.insight.costs import JobCosts, attempts_in
from batchsdk.insight.placements import Placements
from batchsdk.insight.price_list import PriceList
from batchsdk.insight.prices import PriceTable
from batchsdk.insight.seen_instances import SeenInstances
from batchsdk.insight.usage import Containers, Prices
from batchsdk.runs.user_data import data_directory
from batchsdk.session import Session

Pricing = Callable[[Sequence[Containers], datetime], Prices]
"""Gives the prices of described jobs, counted until a moment."""


def kept(session: Session) -> PriceList | None:
    """Return the kept prices of the connection's region; ``None`` where there are none.

    Raises:
        InvalidArgumentError: the file was written by something else.
    """
    return PriceList.kept(data_directory(session.environ), session.outputs.region)


def update(session: Session) -> PriceList:
    """Ask AWS for the prices of the connection's region, and keep them.

    Raises:
        UsageError: the partition of the region has no Price List API, or the user's folder cannot
            be written.
        ServiceError: AWS refused a call, did not answer, or has no prices for the region.
    """
    prices = published_prices.fetch(session.transport, session.outputs.region, session.clock.now())
    prices.keep(data_directory(session.environ))
    return prices


def pricing(session: Session, table: str | Path | None) -> Pricing | None:
    """Return what tells the costs of jobs; ``None`` where no prices are given or kept.

    Args:
        session: the connection.
        table: file of the user's own price table, which goes before what is kept.

    Raises:
        InvalidArgumentError: the table, or the file of kept prices, breaks a rule.
    """
    if table is not None:
        own = PriceTable.load(table, session.outputs)
        return lambda _jobs, _now: own
    prices = kept(session)
    if prices is None:
        return None

    def of_jobs(jobs: Sequence[Containers], now: datetime) -> JobCosts:
        seen = SeenInstances(data_directory(session.environ), session.outputs.region)
        attempts = attempts_in(jobs, now)
        placements = Placements.ask(session.transport, attempts, seen.types)
        seen.add(placements.instance_types)
        return JobCosts(prices=prices, placements=placements, now=now)

    return of_jobs
