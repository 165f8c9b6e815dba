"""Beginning a run of a workflow, and going on with one."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path

from batchsdk import names
from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.jobs.failure import failures_of
from batchsdk.runs.interrupts import OnInterrupt, handle_interrupt, sigterm_as_interrupt
from batchsdk.runs.ledger import EntryState, Ledger, RunRecord
from batchsdk.runs.opening import open_ledger, open_run, open_runs, scope_of
from batchsdk.runs.run import Run
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.submit.escalation import Failures, worst_of
from batchsdk.submit.preparation import Preparation
from batchsdk.sweeps.plan import SweepPart
from batchsdk.sweeps.points import Points
from batchsdk.sweeps.results import results_of
from batchsdk.workflow import caching, graph
from batchsdk.workflow.planned_jobs import PreparedWorkflow
from batchsdk.workflow.planning import Plan, PlannedJob
from batchsdk.workflow.record import StepResult, WorkflowRecord
from batchsdk.workflow.result_keys import keys_of
from batchsdk.workflow.resuming import resumed
from batchsdk.workflow.run import WorkflowRun
from batchsdk.workflow.source import Source, all_parameters, prepare
from batchsdk.workflow.steps import StepStatus

AnyLedger = Ledger | str | Path | None


def start(
    session: Session,
    source: Source,
    *,
    name: str | None,
    parameters: Mapping[str, str],
    ledger: AnyLedger,
    on_interrupt: OnInterrupt,
    new: bool = False,
    cache: bool | None = None,
) -> WorkflowRun:
    """Begin a run, or go on with the one of that name; see ``Workflow.run``."""
    source = _caching(source, cache)
    if name is not None and not new and _recorded(session, name, ledger) is not None:
        return resume(
            session,
            source,
            name=name,
            parameters=parameters or None,
            ledger=ledger,
            on_interrupt=on_interrupt,
        )
    name = name or names.unique_job_name(
        source.definition.name, session.clock.now(), session.randomness
    )
    # Before the ledger is touched: what is refused leaves no run behind.
    prepared = prepare(session, source, parameters, run=name)
    if any(map(source.definition.caches, source.definition.steps)):
        with open_ledger(session, ledger, run=name) as opened:
            takes = cache is not False and not new
            prepared = _with_cached(session, source, prepared, name, opened, takes=takes)
    run = _open(session, name, ledger, on_interrupt, new=new)
    if run.entries:
        run.close()
        raise InvalidArgumentError(
            Problem("name", name, "this run does not belong to a workflow", "give another name")
        )
    run.write_document(prepared.record.to_text())
    return _advanced(WorkflowRun(session, run, prepared, on_interrupt=on_interrupt))


def plan(
    session: Session,
    source: Source,
    parameters: Mapping[str, str] | None,
    *,
    ledger: AnyLedger,
    cache: bool | None,
) -> Plan:
    """Tell what :func:`start` would submit; see ``Workflow.plan``."""
    source = _caching(source, cache)
    name = source.definition.name
    prepared = prepare(session, source, parameters, run=name)
    if not any(map(source.definition.caches, source.definition.steps)) or parameters is None:
        return prepared.plan()
    with open_ledger(session, ledger, run=name) as opened:
        takes = cache is not False
        return _with_cached(session, source, prepared, name, opened, takes=takes).plan()


def _caching(source: Source, cache: bool | None) -> Source:
    """Return a workflow whose steps are cached where they do not say otherwise, if ``cache``."""
    if not cache:
        return source
    definition = dataclasses.replace(source.definition, cache=True)
    return dataclasses.replace(source, definition=definition)


def _with_cached(
    session: Session,
    source: Source,
    prepared: PreparedWorkflow,
    run: str,
    ledger: Ledger,
    *,
    takes: bool,
) -> PreparedWorkflow:
    """Take results of earlier runs, if ``takes``, and have later runs take those of this one."""
    definition, parameters = source.definition, prepared.record.parameters
    keys = keys_of(session, definition, parameters, run)
    if not keys:
        return prepared
    if takes:
        taken = caching.take(session, ledger, definition, parameters, keys, run=run)
        if not (taken.steps or taken.points):
            return _remembered(prepared, keys)
        record = taken.in_record(prepared.record)
        prepared = prepare(session, source, parameters, run=run, record=record)
    return _remembered(prepared, keys)


def _remembered(prepared: PreparedWorkflow, keys: Mapping[str, StepResult]) -> PreparedWorkflow:
    plan = prepared.plan()
    in_ledger = prepared.record.ledger_keys(plan)
    jobs: dict[str, list[tuple[str, PlannedJob]]] = {}
    for job in plan.jobs:
        jobs.setdefault(job.step or "", []).append((in_ledger[job.key], job))
    record = caching.with_results(prepared.record, keys, jobs)
    return dataclasses.replace(prepared, record=record)


def resume(
    session: Session,
    source: Source | None,
    *,
    name: str | None,
    parameters: Mapping[str, str] | None,
    ledger: AnyLedger,
    on_interrupt: OnInterrupt,
) -> WorkflowRun:
    """Do again what did not succeed.

    Args:
        session: the way to AWS.
        source: the workflow as it is now; ``None`` takes it as it was.
        name: of the run; ``None`` is the newest of this workflow.
        parameters: instead of those that the run had.
        ledger: as for ``Batch.run``.
        on_interrupt: as for ``Batch.run``.

    Raises:
        InvalidArgumentError: there is no such run, or it is not one of a workflow.
        InvalidWorkflowError: rules are broken; nothing was sent.
        SubmissionUnknownError, ServiceError: AWS refused a call or did not answer.
    """
    run, before = _find(session, name, source, ledger, on_interrupt)
    wanted = source or Source(definition=before.definition)
    given = before.parameters if parameters is None else parameters
    kept = {key: value for key, value in given.items() if key in wanted.definition.parameters}
    return _go_on(session, wanted, kept if parameters is None else given, run, before)


def plan_resume(session: Session, name: str, *, ledger: AnyLedger) -> Plan:
    """Tell what :func:`resume` would submit; see ``Batch.plan_resume``."""
    run, before = _find(session, name, None, ledger, "detach")
    with run:
        source = Source(definition=before.definition)
        prepared, _ = _again(session, source, before.parameters, run, before)
        plan = WorkflowRun(session, run, prepared).plan
        keys = prepared.record.ledger_keys(prepared.plan())
        open_keys = {key for key, each in run.entries.items() if each.state is EntryState.SUBMITTED}
        return dataclasses.replace(
            plan, going_on=tuple(job.key for job in plan.jobs if keys[job.key] in open_keys)
        )


def attach(
    session: Session, name: str, *, ledger: AnyLedger, on_interrupt: OnInterrupt
) -> WorkflowRun:
    """Find a run again, and what has become of its jobs; submits nothing.

    Raises:
        As for :func:`resume`.
    """
    run, record = _find(session, name, None, ledger, on_interrupt)
    source = Source(definition=record.definition)
    prepared = prepare(session, source, record.parameters, run=run.name, record=record)
    run.attach()
    return WorkflowRun(session, run, prepared, on_interrupt=on_interrupt)


def workflow_runs(session: Session, ledger: AnyLedger) -> list[tuple[RunRecord, WorkflowRecord]]:
    """Return all runs of workflows in this environment, oldest first.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    return [
        (run, WorkflowRecord.from_text(text, run.name)) for run, text in _texts(session, ledger)
    ]


def _texts(
    session: Session, ledger: AnyLedger, name: str | None = None
) -> list[tuple[RunRecord, str]]:
    """Return the runs that have a workflow, as JSON, oldest first; only the one of a name."""
    with contextlib.ExitStack() as held:
        if name is None:
            runs = held.enter_context(open_runs(session, ledger))
        else:
            opened = held.enter_context(open_ledger(session, ledger, run=name))
            known = opened.runs(scope_of(session))
            runs = [(opened, each) for each in known if each.name == name]
        return [(run, text) for opened, run in runs if (text := opened.document(run)) is not None]


def _recorded(session: Session, name: str, ledger: AnyLedger) -> WorkflowRecord | None:
    found = _texts(session, ledger, name)
    return WorkflowRecord.from_text(found[0][1], name) if found else None


def _go_on(
    session: Session,
    source: Source,
    parameters: Mapping[str, str],
    run: Run,
    before: WorkflowRecord,
) -> WorkflowRun:
    prepared, record = _again(session, source, parameters, run, before)
    run.write_document(record.to_text())
    return _advanced(WorkflowRun(session, run, prepared, on_interrupt=run.on_interrupt))


def _again(
    session: Session,
    source: Source,
    parameters: Mapping[str, str],
    run: Run,
    before: WorkflowRecord,
) -> tuple[PreparedWorkflow, WorkflowRecord]:
    """Prepare what did not succeed, to be done again."""
    run.attach()
    old_source = Source(definition=before.definition)
    old = prepare(session, old_source, before.parameters, run=run.name, record=before)
    then = WorkflowRun(session, run, old)
    now = WorkflowRecord(
        definition=source.definition,
        parameters=all_parameters(source.definition, parameters),
        begun_at=session.clock.now(),
    )
    points = {
        step: failed
        for step, status in then.steps.items()
        if status is StepStatus.FAILED and (failed := _failed_points(session, old, then, step))
    }
    failures = {
        step.name: found
        for step in source.definition.steps
        if source.definition.rules_of(step) and (found := _failures(session, then, step.name))
    }
    unsent = [step for step, jobs in then.jobs.items() if not jobs]
    record = resumed(before, now, then.steps, points, failures, unsent=unsent)
    prepared = prepare(session, source, parameters, run=run.name, record=record)
    prepared = _remembered(prepared, _keys_again(session, record, run.name))
    return prepared, prepared.record


def _keys_again(session: Session, record: WorkflowRecord, run: str) -> dict[str, StepResult]:
    """Return the keys of what did not run again, and of what runs again as a whole."""
    keys = keys_of(session, record.definition, record.parameters, run, record.results)
    in_part = {
        step
        for step, each in record.generations.items()
        if each.indices is not None and each.number > 1
    }
    # Of a sweep of which only some points run again, the others may have read other objects.
    before = graph.ancestors(record.definition.graph)
    return {step: key for step, key in keys.items() if not in_part & {step, *before[step]}}


def _failures(session: Session, run: WorkflowRun, step: str) -> Failures:
    """Return how a step failed; empty if it did not."""
    if run.steps.get(step) is not StepStatus.FAILED:
        return {}
    details = session.describe([job.id for job in run.jobs[step]])
    failed = [each for each in details if each.status is JobStatus.FAILED]
    return worst_of(failures_of(session, each) for each in failed)


def _failed_points(
    session: Session, prepared: PreparedWorkflow, run: WorkflowRun, step: str
) -> tuple[int, ...]:
    """Return the points of a sweep that did not succeed; none if the step is no sweep."""
    over = prepared.record.definition.step(step).over
    if over is None:
        return ()
    points = Points.over(over)
    jobs, submitted = prepared.jobs[step], run.jobs[step]
    if len(submitted) < len(jobs):
        return ()
    details = {each.job_id: each for each in session.describe([job.id for job in submitted])}
    failed: set[int] = set()
    for step_job, job in zip(jobs, submitted, strict=True):
        indices = step_job.part.indices
        detail = details.get(job.id)
        if detail is None:
            failed.update(indices)  # forgotten: what succeeded cannot be told any more
            continue
        part = SweepPart(submission=step_job.submission, indices=indices)
        results = results_of(session.transport, points, part, detail)
        failed.update(each.index for each in results if each.status is not JobStatus.SUCCEEDED)
    return tuple(sorted(failed))


def _find(
    session: Session,
    name: str | None,
    source: Source | None,
    ledger: AnyLedger,
    on_interrupt: OnInterrupt,
) -> tuple[Run, WorkflowRecord]:
    if name is not None:
        record = _recorded(session, name, ledger)
        if record is not None:
            return _open(session, name, ledger, on_interrupt), record
        # A run without a workflow gets another error than a run that does not exist.
        _open(session, name, ledger, on_interrupt, must_exist=True).close()
        rule = "is not a run of a workflow: only the program that began it knows what it submits"
        raise InvalidArgumentError(Problem("run", name, rule, "start that program again"))
    workflow = source.definition.name if source else ""
    for run, text in reversed(_texts(session, ledger)):
        record = WorkflowRecord.from_text(text, run.name)
        if record.definition.name == workflow:
            return _open(session, run.name, ledger, on_interrupt), record
    rule = "the ledger has no run of this workflow"
    raise InvalidArgumentError(Problem("workflow", workflow, rule, "run it"))


def _open(
    session: Session,
    name: str,
    ledger: AnyLedger,
    on_interrupt: OnInterrupt,
    *,
    must_exist: bool = False,
    new: bool = False,
) -> Run:
    return open_run(
        session,
        Preparation(session).prepare,
        name,
        ledger=ledger,
        on_interrupt=on_interrupt,
        grace=30.0,
        must_exist=must_exist,
        new=new,
    )


def _advanced(run: WorkflowRun) -> WorkflowRun:
    with sigterm_as_interrupt():
        try:
            run.advance()
        except KeyboardInterrupt as fault:
            handle_interrupt(run.run, run.run.on_interrupt, sys.stderr, type(fault))
            raise
    return run
