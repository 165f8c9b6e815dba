"""Results of earlier runs that a run takes in the place of running a step again.

The ledger keeps with each run what its results depend on (:mod:`batchsdk.workflow.result_keys`),
and knows the jobs that succeeded, so that AWS need not remember them. A step that comes after one
that runs runs too, as its values are new.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from batchsdk.runs.ledger import Entry, EntryState, Ledger
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.sweeps.points import Points
from batchsdk.workflow import cached_points, graph
from batchsdk.workflow.earlier_runs import EarlierRun, EarlierRuns, has_outputs
from batchsdk.workflow.planning import PlannedJob
from batchsdk.workflow.record import (
    CachedPoints,
    CachedResult,
    Generation,
    StepResult,
    WorkflowRecord,
)
from batchsdk.workflow.steps import Step, WorkflowDefinition


@dataclass(frozen=True)
class Taken:
    """What a run need not do."""

    steps: dict[str, CachedResult] = field(default_factory=dict)
    """Steps that are as they were, and where their results are from."""
    points: dict[str, tuple[CachedPoints, ...]] = field(default_factory=dict)
    """Of sweeps that are not: where the results of some or all of their points are from."""
    left: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Of those of which points run: these points, ascending."""

    def in_record(self, record: WorkflowRecord) -> WorkflowRecord:
        """Return the record of a run that is begun with it."""
        generations = {step: Generation(indices=indices) for step, indices in self.left.items()}
        return dataclasses.replace(
            record, cached=self.steps, cached_points=self.points, generations=generations
        )


def take(
    session: Session,
    ledger: Ledger,
    definition: WorkflowDefinition,
    parameters: Mapping[str, str],
    keys: Mapping[str, StepResult],
    *,
    run: str,
) -> Taken:
    """Return what need not run, and where its results are from.

    Args:
        session: the way to AWS.
        ledger: with the earlier runs.
        definition: the workflow, which passed its checks.
        parameters: value of every parameter.
        keys: of :func:`batchsdk.workflow.result_keys.keys_of`.
        run: name of the run that is begun.

    Raises:
        ServiceError: AWS refused a call or did not answer.
        LedgerError: the ledger cannot be read.
    """
    earlier = EarlierRuns(session, ledger)
    found = dict(_candidates(session, earlier, definition, parameters, keys))
    taken = Taken()
    ready: set[str] = set()
    for name in graph.topological_order(definition.graph):
        step = definition.step(name)
        if name not in keys or not ready.issuperset(step.before):
            continue
        if name in found:
            taken.steps[name] = found[name]
            ready.add(name)
        elif cached_points.may_be_taken(session, definition, step):
            points = cached_points.taken(
                session, earlier, definition, parameters, run=run, step=step, result=keys[name]
            )
            if not points:
                continue
            taken.points[name] = points
            done = {index for each in points for index in each.indices}
            left = tuple(index for index in range(_count(step)) if index not in done)
            if left:
                taken.left[name] = left
            else:
                ready.add(name)
    return taken


def _candidates(
    session: Session,
    earlier: EarlierRuns,
    definition: WorkflowDefinition,
    parameters: Mapping[str, str],
    keys: Mapping[str, StepResult],
) -> Iterator[tuple[str, CachedResult]]:
    """Yield for each step the newest result with its key whose outputs are there."""
    wanted = {step: each.key for step, each in keys.items()}
    for run in earlier:
        if not wanted:
            return
        for name, result in run.record.results.items():
            step = definition.step(name) if wanted.get(name) == result.key else None
            # Not what the run itself took: its maker tells whether it still is what it was.
            origin = _made(session, run, step, result) if step else None
            if step and origin and has_outputs(session, definition, parameters, step, run.name):
                del wanted[name]
                yield name, origin


def _made(session: Session, run: EarlierRun, step: Step, result: StepResult) -> CachedResult | None:
    """Return the result of jobs that have succeeded, if all have, and are all of the step."""
    if result.sizes and sum(result.sizes) < _count(step):
        return None
    own = _entries(run, result.jobs)
    ids = [each.job_id for each in own if each.job_id is not None]
    if not ids or len(ids) < len(result.jobs):
        return None
    # Nobody may have looked at them since they ended.
    is_open = [each.job_id for each in own if each.job_id and not each.state.is_terminal]
    if any(each.state is EntryState.FAILED for each in own):
        return None
    details = session.describe(is_open) if is_open else []
    ended = [each for each in details if each.status is JobStatus.SUCCEEDED]
    if len(ended) < len(is_open):
        return None
    return CachedResult(run=run.name, job_ids=tuple(ids))


def _entries(run: EarlierRun, jobs: Sequence[str]) -> list[Entry]:
    return [run.entries[key] for key in jobs if key in run.entries]


def _count(step: Step) -> int:
    """Return of how many points a step is; its placeholders make no more or less."""
    return 1 if step.over is None else len(Points.over(step.over))


def with_results(
    record: WorkflowRecord,
    keys: Mapping[str, StepResult],
    jobs: Mapping[str, Sequence[tuple[str, PlannedJob]]],
) -> WorkflowRecord:
    """Return a record that later runs can take results from.

    Args:
        record: of the run.
        keys: of :func:`batchsdk.workflow.result_keys.keys_of`.
        jobs: step -> the jobs that make its result, with their keys in the ledger.
    """

    def made(step: str, result: StepResult) -> StepResult:
        own = jobs.get(step, ())
        sizes = tuple(job.size or 1 for _, job in own)
        is_sweep = record.definition.step(step).over is not None
        return dataclasses.replace(
            result, jobs=tuple(key for key, _ in own), sizes=sizes if is_sweep else ()
        )

    results = {
        step: record.results.get(step) or made(step, result) for step, result in keys.items()
    }
    return dataclasses.replace(record, results=results)
