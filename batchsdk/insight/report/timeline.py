"""From the times that Batch gives to the parts of a job's life. Pure.

Batch tells when a job was created and when each attempt ran. When it became able to run is not told
(there is no time of RUNNABLE): it is taken to be when the last job that it waited for had ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from batchsdk.insight.report.model import Phase, Segment
from batchsdk.jobs.detail import JobDetail
from batchsdk.states import JobStatus


def segments(
    detail: JobDetail, *, dependencies_ended: datetime | None, now: datetime
) -> tuple[Segment, ...]:
    """Return the parts of the life of a job that runs itself, in order, without gaps of waiting.

    Args:
        detail: the job.
        dependencies_ended: when the last job that it waits for ended; ``None`` if there are none,
            or if they have not ended.
        now: the moment of the description.
    """
    if detail.created_at is None:
        return ()
    parts: list[Segment] = []
    free = detail.created_at
    if dependencies_ended is not None and dependencies_ended > free:
        free = dependencies_ended
    elif detail.status is JobStatus.PENDING or (detail.depends_on and not _runs(detail)):
        free = detail.stopped_at or now
    _add(parts, Phase.BLOCKED, detail.created_at, free)
    for start, end, number, failed in _runs(detail):
        _add(parts, Phase.QUEUED, free, start)
        free = end or now
        _add(parts, Phase.FAILED if failed else Phase.RUNNING, start, free, number)
    if not detail.status.is_terminal and detail.status is not JobStatus.RUNNING:
        starts = detail.status is JobStatus.STARTING
        _add(parts, Phase.STARTING if starts else Phase.QUEUED, free, now)
    elif detail.status.is_terminal and not _runs(detail):
        _add(parts, Phase.QUEUED, free, detail.stopped_at or now)
    return tuple(parts)


def of_array(
    detail: JobDetail, children: Sequence[Sequence[Segment]], *, now: datetime
) -> tuple[Segment, ...]:
    """Return the parts of an array's life: it runs from its first child's start on."""
    if detail.created_at is None:
        return ()
    end = detail.stopped_at or now
    ran = [
        each.start
        for parts in children
        for each in parts
        if each.phase in (Phase.RUNNING, Phase.FAILED)
    ]
    blocked = [each.end for parts in children for each in parts if each.phase is Phase.BLOCKED]
    parts: list[Segment] = []
    first = min(ran, default=end)
    free = min(first, max(blocked, default=detail.created_at))
    _add(parts, Phase.BLOCKED, detail.created_at, free)
    _add(parts, Phase.QUEUED, free, first)
    failed = detail.status is JobStatus.FAILED
    _add(parts, Phase.FAILED if failed else Phase.RUNNING, first, end)
    return tuple(parts)


def _runs(detail: JobDetail) -> list[tuple[datetime, datetime | None, int, bool]]:
    """Return start, end, number and failure of each attempt that ran, and of the present one."""
    runs: list[tuple[datetime, datetime | None, int, bool]] = []
    for each in detail.attempts:
        if each.started_at is not None:
            is_last = each.number == len(detail.attempts)
            failed = not is_last or detail.status is not JobStatus.SUCCEEDED
            failed = failed and (each.stopped_at is not None or detail.status is JobStatus.FAILED)
            runs.append((each.started_at, each.stopped_at, each.number, failed))
    begun = detail.started_at
    if begun is not None and all(start < begun for start, *_ in runs):
        failed = detail.status is JobStatus.FAILED
        runs.append((begun, detail.stopped_at, len(runs) + 1, failed))
    return runs


def _add(
    parts: list[Segment], phase: Phase, start: datetime, end: datetime, attempt: int | None = None
) -> None:
    if end > start or attempt is not None:
        parts.append(Segment(phase=phase, start=start, end=max(start, end), attempt=attempt))
