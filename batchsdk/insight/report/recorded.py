"""What the ledger tells of a run of a workflow: steps without a job, and who keeps their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from batchsdk.errors import BatchSdkError
from batchsdk.insight.report.model import ReportedEdge, ReportedRun, ReportedStep
from batchsdk.jobs.detail import JobDetail
from batchsdk.names import run_pattern
from batchsdk.runs.ledger import Entry, EntryState, Ledger
from batchsdk.runs.opening import has_ledger, open_ledger, scope_of
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.workflow.planned_jobs import PreparedWorkflow
from batchsdk.workflow.planning import EdgeKind, Plan
from batchsdk.workflow.progress import JobState, progress
from batchsdk.workflow.record import WorkflowRecord
from batchsdk.workflow.source import Source, prepare

_STATUSES = {
    EntryState.SUBMITTED: JobStatus.PENDING,
    EntryState.SUCCEEDED: JobStatus.SUCCEEDED,
    EntryState.FAILED: JobStatus.FAILED,
}


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One run, as the ledger has it."""

    name: str
    pattern: str
    """The JOB_NAME filter that finds its jobs."""
    entries: Mapping[str, Entry]
    """Key -> the newest attempt."""
    workflow: PreparedWorkflow | None
    """``None`` for a run that only its program knows."""

    def reported(self, details: Mapping[str, JobDetail]) -> ReportedRun:
        """Return what the page shows of it.

        Args:
            details: id -> description of the jobs that Batch knows.
        """
        if self.workflow is None:
            return ReportedRun(name=self.name)
        plan = self.workflow.plan()
        keys = self.workflow.record.ledger_keys(plan)
        states: dict[str, JobState] = {}
        job_ids: dict[str, list[str]] = {}
        for job in plan.jobs:
            entry = self.entries.get(keys[job.key])
            if entry is None or entry.job_id is None or entry.state not in _STATUSES:
                continue
            detail = details.get(entry.job_id)
            states[job.key] = JobState(
                status=detail.status if detail else _STATUSES[entry.state],
                exit_code=detail.exit_code if detail else None,
            )
            job_ids.setdefault(job.step or "", []).append(entry.job_id)
        definition = self.workflow.record.definition
        statuses = progress(definition, plan, states).steps
        return ReportedRun(
            name=self.name,
            workflow=definition.name,
            begun_at=self.workflow.record.begun_at,
            steps=tuple(
                ReportedStep(
                    name=name,
                    status=status,
                    job_ids=tuple(job_ids.get(name, ())),
                    deferred=plan.deferred.get(name, ""),
                    cached=plan.cached.get(name, ""),
                    cached_points=plan.cached_points.get(name, {}),
                )
                for name, status in statuses.items()
            ),
            edges=_edges(plan),
        )


def _edges(plan: Plan) -> tuple[ReportedEdge, ...]:
    return tuple(
        ReportedEdge(before=each.before, after=each.after, by_client=each.kind is EdgeKind.CLIENT)
        for each in plan.edges
        if each.kind is not EdgeKind.SEQUENTIAL
    )


def recorded(
    session: Session, name: str, ledger: Ledger | str | Path | None, notes: list[str]
) -> Recorded | None:
    """Read a run from the ledger; ``None`` if there is no ledger, or no such run in it.

    Args:
        session: the connection.
        name: of the run.
        ledger: as for ``Batch.run``.
        notes: gets why the ledger, or the workflow in it, cannot be read.
    """
    if ledger is None and not has_ledger(session):
        return None  # none is made in order to be read
    try:
        with open_ledger(session, ledger, run=name) as opened:
            found = [each for each in opened.runs(scope_of(session)) if each.name == name]
            if not found:
                return None
            run = found[-1]
            entries = {each.key: each for each in opened.entries(run)}
            text = opened.document(run)
    except BatchSdkError as fault:
        notes.append(f"Steps that have no job are missing: {fault.message}")
        return None
    workflow = None
    if text is not None:
        try:
            record = WorkflowRecord.from_text(text, name)
            source = Source(definition=record.definition)
            workflow = prepare(session, source, record.parameters, run=name, record=record)
        except BatchSdkError as fault:  # e.g. a definition that is no longer there
            notes.append(f"The steps of run {name} are missing: {fault.message}")
    return Recorded(
        name=name, pattern=run_pattern(name, run.id), entries=entries, workflow=workflow
    )
