"""The runs that a ledger has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.runs.ledger import Entry, EntryState, Ledger, RunRecord
from batchsdk.runs.opening import open_runs
from batchsdk.session import Session
from batchsdk.workflow.record import WorkflowRecord

_MOST_DAYS = 36_500
"""A hundred years: no run is older."""


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """One run, as the ledger knows it."""

    name: str
    workflow: str | None
    """Name of the workflow that it is a run of; ``None`` for a run without one."""
    created_at: datetime
    cancelled_at: datetime | None
    jobs: Mapping[EntryState, int]
    """How many jobs are in each state, as far as a client has seen."""


def list_runs(session: Session, ledger: Ledger | str | Path | None) -> list[RunSummary]:
    """Return the runs of this environment, oldest first; see ``Batch.runs``."""
    with open_runs(session, ledger) as found:
        return [summary_of(opened, run) for opened, run in found]


def summary_of(ledger: Ledger, run: RunRecord) -> RunSummary:
    """Return what a ledger knows of a run.

    Raises:
        LedgerError: it cannot be read.
    """
    text = ledger.document(run)
    workflow = WorkflowRecord.from_text(text, run.name) if text is not None else None
    return RunSummary(
        name=run.name,
        workflow=workflow.definition.name if workflow else None,
        created_at=run.created_at,
        cancelled_at=run.cancelled_at,
        jobs=Counter(entry.state for entry in ledger.entries(run)),
    )


def prune_runs(
    session: Session, ledger: Ledger | str | Path | None, days: float, *, dry_run: bool
) -> list[RunSummary]:
    """Remove the runs of this environment in which nothing has happened for ``days``.

    See ``Batch.prune_runs``.
    """
    if not 0 < days <= _MOST_DAYS:
        rule = f"must be more than 0, at most {_MOST_DAYS}"
        raise InvalidArgumentError(Problem("days", days, rule, "name an age"))
    before = session.clock.now() - timedelta(days=days)
    with open_runs(session, ledger) as known:
        found = []
        for opened, run in known:
            entries = opened.entries(run)
            last = max([run.created_at, *map(_last_change, entries)])
            if last < before and not _goes_on(session, entries):
                found.append(summary_of(opened, run))
                if not dry_run:
                    opened.forget(run)
        return found


def _last_change(entry: Entry) -> datetime:
    times = (entry.intended_at, entry.submitted_at, entry.ended_at)
    return max(each for each in times if each is not None)


def _goes_on(session: Session, entries: Sequence[Entry]) -> bool:
    """Tell whether a job may go on: its end was not seen, and Batch has not forgotten it."""
    if any(each.state is EntryState.INTENDED for each in entries):
        return True  # whether there is a job has to be looked up first: attach does
    ids = [e.job_id for e in entries if e.state is EntryState.SUBMITTED and e.job_id]
    return any(not each.status.is_terminal for each in session.describe(ids))
