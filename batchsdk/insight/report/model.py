"""What a report is about, as frozen values."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from batchsdk.insight.usage import Usage, UsageReport
from batchsdk.names import RunJobName
from batchsdk.states import JobStatus
from batchsdk.workflow.steps import StepStatus


class Phase(enum.StrEnum):
    """What a job does during one part of its life."""

    BLOCKED = "waits for other jobs"
    QUEUED = "waits its turn"
    STARTING = "starting"
    RUNNING = "runs or ran"
    FAILED = "attempt that failed"


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One part of a job's life."""

    phase: Phase
    start: datetime
    end: datetime
    attempt: int | None = None
    """From 1, of RUNNING and FAILED."""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True, kw_only=True)
class ReportedJob:
    """One job of a report."""

    job_id: str
    name: str
    status: JobStatus
    reason: str | None
    exit_code: int | None
    queue: str
    """Its name."""
    definition: str
    """Its name and revision."""
    depends_on: tuple[str, ...]
    """Ids of the jobs that it waits for."""
    array_size: int | None
    """Number of children, of an array."""
    children: Mapping[str, int]
    """Status -> number of children, of an array."""
    parent: str | None
    """Id of the array that it is a child of."""
    segments: tuple[Segment, ...]
    usage: Usage
    """What it used; an array uses nothing itself, its children do."""
    command: str = ""
    """What it runs, for a shell; ``Ref::Name`` stands for the values of parameters and of the
    environment, which may be secrets."""
    parameters: Mapping[str, int] = field(default_factory=dict)
    """Names of its parameters, and how many characters their values have."""
    escalation: str | None = None
    """How attempts before it failed, and what it therefore has instead of what was declared."""

    @property
    def label(self) -> str:
        """The step of a workflow, or the key of a run; for other jobs the name."""
        name, colon, index = self.name.partition(":")
        of_run = RunJobName.of(name)
        if of_run is None or not of_run.run:
            return self.name
        return ("barrier" if of_run.is_barrier else of_run.label) + colon + index


@dataclass(frozen=True, kw_only=True)
class ReportedFailure:
    """Why one job failed, or several alike."""

    job_id: str
    """Of the first one."""
    name: str
    """Its label."""
    message: str
    log_tail: tuple[str, ...]
    hint: str
    alike: tuple[ReportedFailure, ...] = ()
    """The others that failed in the same way, in the same step or array."""


@dataclass(frozen=True, kw_only=True)
class ReportedStep:
    """One step of a run of a workflow."""

    name: str
    status: StepStatus
    job_ids: tuple[str, ...]
    """None before it is submitted, and of a step that never will be."""
    deferred: str = ""
    """Why a client has to submit it while the workflow runs; empty if Batch starts it."""
    cached: str = ""
    """Name of the earlier run whose result it has; empty if it is of this run."""
    cached_points: Mapping[str, int] = field(default_factory=dict)
    """Of a sweep: the earlier runs whose results some or all points have, with how many each."""


@dataclass(frozen=True, kw_only=True)
class ReportedEdge:
    """That a step comes after another."""

    before: str
    after: str
    by_client: bool
    """A client keeps the order, as Batch cannot."""


@dataclass(frozen=True, kw_only=True)
class ReportedRun:
    """One run, as the ledger knows it."""

    name: str
    workflow: str = ""
    begun_at: datetime | None = None
    """When it was begun, or last resumed."""
    steps: tuple[ReportedStep, ...] = ()
    edges: tuple[ReportedEdge, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that the page shows. Made by ``Batch.report``."""

    title: str
    stack: str
    """Name of the environment, e.g. ``dev``."""
    region: str
    moment: datetime
    """When AWS was asked."""
    jobs: tuple[ReportedJob, ...]
    """In the order of their creation; the children of an array follow it."""
    failures: tuple[ReportedFailure, ...]
    notes: tuple[str, ...] = ()
    """What was left out, in words."""
    unknown: tuple[str, ...] = ()
    """Ids and names that were asked for, and that Batch does not know."""
    runs: tuple[ReportedRun, ...] = ()
    """Those of the ledger."""
    usage: tuple[UsageReport, ...] = ()
    """By step (of a run) and by job definition, as ``Batch.usage`` counts the same jobs."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Status -> jobs that run containers: as many as ``usage`` counts."""
    next_step: str = ""
    """What to type next; empty if all is done."""

    @property
    def state(self) -> str:
        """RUNNING, WAITING, FAILED or SUCCEEDED: of all jobs and steps together.

        WAITING is a run of which no job goes on, and whose next step a client has to submit.
        """
        statuses = [each.status for each in self.jobs if each.parent is None]
        steps = [each.status for run in self.runs for each in run.steps]
        if not all(each.is_terminal for each in statuses):
            return "RUNNING"
        if not all(each.has_ended for each in steps):
            return "WAITING"
        failed = [each.is_failure for each in steps] if steps else []
        if any(failed) or (not steps and JobStatus.FAILED in statuses):
            return "FAILED"
        return "SUCCEEDED"

    @property
    def html(self) -> str:
        """The page: one self-contained HTML text."""
        from batchsdk.insight.report.page import render  # noqa: PLC0415  # the page knows the model

        return render(self)

    def write(self, path: str | Path) -> None:
        """Write the page to a file.

        Raises:
            OSError: it cannot be written.
        """
        Path(path).write_text(self.html, encoding="utf-8")
