"""Points of a sweep whose results earlier runs have, where the sweep as a whole is another one.

A point is what it is by its values: its place in the sweep, and which array it was a child of, do
not count. The results of points may be of several runs, and a step has one prefix for values in
each, so a sweep is taken by points only where no other step reads from that prefix.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping

from batchsdk.jobs.detail import JobDetail
from batchsdk.runs.ledger import Entry, EntryState
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.submit.submission import Submission
from batchsdk.sweeps.plan import SweepPart
from batchsdk.sweeps.points import Points
from batchsdk.sweeps.results import results_of
from batchsdk.workflow import placeholders
from batchsdk.workflow.earlier_runs import EarlierRun, EarlierRuns, has_outputs
from batchsdk.workflow.record import CachedPoints, StepResult
from batchsdk.workflow.result_keys import points_of
from batchsdk.workflow.steps import Step, WorkflowDefinition

_Values = tuple[str, ...]
"""Of one point, in the order of the names: sweeps that are compared have the same names."""


def may_be_taken(session: Session, definition: WorkflowDefinition, step: Step) -> bool:
    """Tell whether some points of a step may be taken from earlier runs, and others run."""
    if step.over is None or step.sequential:
        return False  # what comes after a child that runs, runs
    if not (definition.storage or session.outputs.storage):
        return True
    prefix = placeholders.prefix(step.name)
    others = [each for each in definition.steps if each is not step]
    if any(_refers(each, prefix) for each in others):
        return False
    # A step that comes after it is told the prefix, and may read there unless the sweep declares
    # that it writes elsewhere.
    declared = (*step.cache_outputs, *step.submission.outputs.values())
    writes_elsewhere = bool(declared) and not _refers(step, prefix)
    return writes_elsewhere or not any(step.name in each.before for each in others)


def _refers(step: Step, placeholder: str) -> bool:
    return any(placeholder in placeholders.referenced(text) for _, text in placeholders.texts(step))


def taken(
    session: Session,
    earlier: EarlierRuns,
    definition: WorkflowDefinition,
    parameters: Mapping[str, str],
    *,
    run: str,
    step: Step,
    result: StepResult,
) -> tuple[CachedPoints, ...]:
    """Return the points of a step that need not run, and where their results are from.

    Args:
        session: the way to AWS.
        earlier: the runs that the ledger knows.
        definition: the workflow.
        parameters: value of every parameter.
        run: name of the run that is begun.
        step: a sweep, of which :func:`may_be_taken` is true.
        result: what its result depends on.

    Raises:
        ServiceError: AWS refused a call or did not answer.
        LedgerError: the ledger cannot be read.
    """
    points = points_of(result, definition, step, parameters, run)
    if points is None:
        return ()
    left = {index: _values(points, index) for index in range(len(points))}
    found: list[CachedPoints] = []
    for each in earlier:
        if not left:
            break
        theirs = each.record.results.get(step.name)
        if theirs is None or theirs.alike != result.alike:
            continue
        made = _made(session, each, step.name, theirs, points.names)
        indices = tuple(index for index, values in left.items() if values in made)
        if indices and has_outputs(session, definition, parameters, step, each.name):
            jobs = tuple(dict.fromkeys(made[left[index]] for index in indices))
            found.append(CachedPoints(run=each.name, job_ids=jobs, indices=indices))
            left = {index: values for index, values in left.items() if values not in made}
    return tuple(found)


def _values(points: Points, index: int) -> _Values:
    point = points[index]
    return tuple(point[name] for name in sorted(point))


def _made(
    session: Session, earlier: EarlierRun, name: str, result: StepResult, over: Collection[str]
) -> dict[_Values, str]:
    """Return the points that SUCCEEDED in an earlier run itself, each with its job."""
    record = earlier.record
    step = record.definition.step(name)
    points = points_of(result, record.definition, step, record.parameters, earlier.name)
    if points is None or set(points.names) != set(over):
        return {}
    indices = record.generation(name).indices or tuple(range(len(points)))
    if sum(result.sizes) != len(indices) or len(result.sizes) != len(result.jobs):
        return {}
    found: dict[_Values, str] = {}
    rest = iter(indices)
    parts = [tuple(itertools.islice(rest, size)) for size in result.sizes]
    of_part = {
        entry.job_id: (part, entry)
        for key, part in zip(result.jobs, parts, strict=True)
        if (entry := earlier.entries.get(key)) is not None and entry.job_id is not None
    }
    for job_id, succeeded in _succeeded(session, points, of_part):
        found |= {_values(points, index): job_id for index in succeeded}
    return found


def _succeeded(
    session: Session, points: Points, of_part: Mapping[str, tuple[tuple[int, ...], Entry]]
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield for each job those of its points that SUCCEEDED, from the ledger where it knows."""
    unclear: list[str] = []
    for job_id, (part, entry) in of_part.items():
        if entry.state is EntryState.SUCCEEDED:
            yield job_id, part
        else:
            unclear.append(job_id)
    for detail in session.describe(unclear) if unclear else ():
        if detail.status.is_terminal:
            yield detail.job_id, _succeeded_children(session, points, of_part, detail)


def _succeeded_children(
    session: Session,
    points: Points,
    of_part: Mapping[str, tuple[tuple[int, ...], Entry]],
    detail: JobDetail,
) -> tuple[int, ...]:
    indices, entry = of_part[detail.job_id]
    part = SweepPart(submission=Submission(job_definition=entry.definition), indices=indices)
    results = results_of(session.transport, points, part, detail)
    return tuple(each.index for each in results if each.status is JobStatus.SUCCEEDED)
