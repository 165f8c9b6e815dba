"""What a report is about, as frozen values."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from batchsdk.insight.usage import Usage
from batchsdk.states import JobStatus


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
    escalation: str | None = None
    """How attempts before it failed, and what it therefore has instead of what was declared."""

    @property
    def is_counted(self) -> bool:
        """It runs itself: an array does not, its children do."""
        return self.array_size is None

    @property
    def queued_seconds(self) -> float:
        """Time in which it could have run but did not yet."""
        waits = (Phase.QUEUED, Phase.STARTING)
        return sum(each.seconds for each in self.segments if each.phase in waits)


@dataclass(frozen=True, kw_only=True)
class ReportedFailure:
    """Why one job failed."""

    job_id: str
    name: str
    message: str
    log_tail: tuple[str, ...]
    hint: str


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

    @property
    def html(self) -> str:
        """The page: one self-contained HTML text."""
        from batchsdk.report.page import render  # noqa: PLC0415  # the page knows the model

        return render(self)

    def write(self, path: str | Path) -> None:
        """Write the page to a file.

        Raises:
            OSError: it cannot be written.
        """
        Path(path).write_text(self.html, encoding="utf-8")
