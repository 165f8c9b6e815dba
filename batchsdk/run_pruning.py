"""Removing old runs from a ledger, which would else grow for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.ledger import Entry, EntryState, Ledger
from batchsdk.run_listing import RunSummary, summary_of
from batchsdk.runs import open_ledger, scope_of
from batchsdk.session import Session


def prune_runs(
    session: Session, ledger: Ledger | str | Path | None, days: float, *, dry_run: bool
) -> list[RunSummary]:
    """Remove the runs of this environment in which nothing has happened for ``days``.

    See ``Batch.prune_runs``.
    """
    if not days > 0:
        raise InvalidArgumentError(Problem("days", days, "must be more than 0", "name an age"))
    before = session.clock.now() - timedelta(days=days)
    opened = open_ledger(session, ledger)
    try:
        found = []
        for run in opened.runs(scope_of(session)):
            entries = opened.entries(run)
            last = max([run.created_at, *map(_last_change, entries)])
            if last < before and not _goes_on(session, entries):
                found.append(summary_of(opened, run))
                if not dry_run:
                    opened.forget(run)
        return found
    finally:
        if opened is not ledger:
            opened.close()


def _last_change(entry: Entry) -> datetime:
    times = (entry.intended_at, entry.submitted_at, entry.ended_at)
    return max(each for each in times if each is not None)


def _goes_on(session: Session, entries: Sequence[Entry]) -> bool:
    """Tell whether a job may go on: its end was not seen, and Batch has not forgotten it."""
    if any(each.state is EntryState.INTENDED for each in entries):
        return True  # whether there is a job has to be looked up first: attach does
    ids = [e.job_id for e in entries if e.state is EntryState.SUBMITTED and e.job_id]
    return any(not each.status.is_terminal for each in session.describe(ids))
