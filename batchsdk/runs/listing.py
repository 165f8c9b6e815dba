"""The runs that a ledger has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from batchsdk.ledger import EntryState, Ledger, RunRecord
from batchsdk.runs import open_ledger, scope_of
from batchsdk.session import Session
from batchsdk.workflow.record import WorkflowRecord


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
    opened = open_ledger(session, ledger)
    try:
        return [summary_of(opened, run) for run in opened.runs(scope_of(session))]
    finally:
        if opened is not ledger:
            opened.close()


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
