"""Where the jobs of a report stand in its picture of dependencies. Pure.

Jobs that wait for the same jobs, and are waited for by the same ones, are one box when there are
many: a picture of a thousand boxes tells nothing.
"""

from __future__ import annotations

import dataclasses
import graphlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from batchsdk.insight.report.model import ReportedJob, ReportedRun, ReportedStep
from batchsdk.states import JobStatus
from batchsdk.workflow.steps import StepStatus

FEW = 4
"""Alike jobs that still have a box each."""

MOST_BOXES = 300
"""More are not drawn."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """One or several alike jobs in the picture."""

    jobs: tuple[ReportedJob, ...]
    """None for a step that has not been submitted."""
    column: int
    """How many jobs in a row must end before these can start."""
    row: int
    step: ReportedStep | None = None
    """The step that the box is of, if the ledger knows the workflow."""

    @property
    def label(self) -> str:
        """Name of the step or job, or how many there are and what their names begin with."""
        first = self.jobs[0] if self.jobs else None
        size = f" [{first.array_size}]" if first and first.array_size else ""
        if self.step is not None:
            return self.step.name + (size if len(self.jobs) == 1 else "")
        assert first is not None  # noqa: S101  # a box without a step has jobs
        if len(self.jobs) == 1:
            return first.label + size
        return f"{len(self.jobs)} jobs like {first.label}{size}"

    @property
    def statuses(self) -> Mapping[str, int]:
        """Status -> jobs."""
        return Counter(str(each.status) for each in self.jobs)

    @property
    def status(self) -> JobStatus | StepStatus:
        """The one that matters most: a failure, then what has got least far."""
        if self.step is not None and (not self.jobs or self.step.status.has_ended):
            return self.step.status
        statuses = {each.status for each in self.jobs}
        if JobStatus.FAILED in statuses:
            return JobStatus.FAILED
        return next(status for status in JobStatus if status in statuses)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Boxes, and arrows between them as pairs of places in ``boxes``."""

    boxes: tuple[Box, ...]
    arrows: tuple[tuple[int, int], ...]
    by_client: frozenset[tuple[int, int]] = frozenset()
    """Those of the arrows whose order a client keeps."""
    left_out: int = 0
    """Boxes that are not drawn, as there are too many: then there are none at all."""


def picture(jobs: Sequence[ReportedJob], runs: Sequence[ReportedRun] = ()) -> Picture:
    """Place the steps of runs, and the jobs that wait or are waited for; others are not in it."""
    if any(run.steps for run in runs):
        return _of_runs(jobs, runs)
    known = {each.job_id: each for each in jobs if each.parent is None}
    needs = {
        each.job_id: frozenset(_own(name) for name in each.depends_on)
        & known.keys() - {each.job_id}
        for each in known.values()
    }
    needed_by: dict[str, set[str]] = defaultdict(set)
    for job_id, names in needs.items():
        for name in names:
            needed_by[name].add(job_id)
    groups: dict[object, list[ReportedJob]] = defaultdict(list)
    for job_id, job in known.items():
        if needs[job_id] or needed_by[job_id]:
            kind = job.definition.rpartition(":")[0] or job.definition
            groups[needs[job_id], frozenset(needed_by[job_id]), kind].append(job)
    boxes = [
        part
        for group in groups.values()
        for part in ([group] if len(group) > FEW else [[job] for job in group])
    ]
    if len(boxes) > MOST_BOXES:
        return Picture(boxes=(), arrows=(), left_out=len(boxes))
    box_of = {job.job_id: number for number, box in enumerate(boxes) for job in box}
    before = {
        number: {box_of[name] for job in box for name in needs[job.job_id]}
        for number, box in enumerate(boxes)
    }
    return _placed(boxes, before)


def _of_runs(jobs: Sequence[ReportedJob], runs: Sequence[ReportedRun]) -> Picture:
    by_id = {each.job_id: each for each in jobs}
    steps = [(run.name, step) for run in runs for step in run.steps]
    if len(steps) > MOST_BOXES:
        return Picture(boxes=(), arrows=(), left_out=len(steps))
    numbers = {(run, step.name): number for number, (run, step) in enumerate(steps)}
    before: dict[int, set[int]] = {number: set() for number in numbers.values()}
    by_client: set[tuple[int, int]] = set()
    for run in runs:
        for edge in run.edges:
            one, other = numbers[run.name, edge.before], numbers[run.name, edge.after]
            before[other].add(one)
            if edge.by_client:
                by_client.add((one, other))
    boxes = [[by_id[each] for each in step.job_ids if each in by_id] for _, step in steps]
    placed = _placed(boxes, before)
    return dataclasses.replace(
        placed,
        boxes=tuple(
            dataclasses.replace(box, step=step)
            for box, (_, step) in zip(placed.boxes, steps, strict=True)
        ),
        by_client=frozenset(by_client),
    )


def _own(name: str) -> str:
    return name.partition(":")[0]  # waiting for a child is drawn as waiting for its array


def _placed(boxes: Sequence[Sequence[ReportedJob]], before: Mapping[int, set[int]]) -> Picture:
    column: dict[int, int] = {}
    row: dict[int, int] = {}
    for number in graphlib.TopologicalSorter(before).static_order():
        column[number] = max((column[each] + 1 for each in before[number]), default=0)
    for place in range(max(column.values(), default=-1) + 1):
        members = [number for number in column if column[number] == place]
        # Near to what they wait for: fewer arrows cross.
        members.sort(key=lambda number: (_mean(row[each] for each in before[number]), number))
        row |= {number: place_in_column for place_in_column, number in enumerate(members)}
    return Picture(
        boxes=tuple(
            Box(jobs=tuple(box), column=column[number], row=row[number])
            for number, box in enumerate(boxes)
        ),
        arrows=tuple((each, number) for number, names in before.items() for each in sorted(names)),
    )


def _mean(values: Iterable[int]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0
