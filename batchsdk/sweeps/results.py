"""How the jobs of a sweep ended, with as few calls as can be.

An array says how many children it has in each status. Only those that FAILED are listed; that the
others SUCCEEDED is taken from the array's own count, never from their absence in a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchsdk.aws.transport import Transport
from batchsdk.errors import JobError
from batchsdk.jobs.detail import JobDetail, JobSummary
from batchsdk.jobs.listing import children_of
from batchsdk.states import JobStatus
from batchsdk.sweeps.plan import SweepPart
from batchsdk.sweeps.points import Points


@dataclass(frozen=True, kw_only=True, slots=True)  # a million of them are held at a time
class SweepResult:
    """One job of a sweep."""

    index: int
    """Its place in the sweep, from 0."""
    parameters: Mapping[str, str]
    status: JobStatus
    job_id: str
    """Of a child: ``<array's id>:<child>``."""
    exit_code: int | None
    """``None`` while it runs, and if it never ran or was lost."""
    reason: str | None
    """Why it is FAILED (API: ``statusReason``)."""


class SweepFailedError(JobError):
    """Jobs of a sweep ended FAILED.

    Attributes:
        failed: their results, by index.
        total: how many jobs the sweep has.
    """

    def __init__(self, failed: Sequence[SweepResult], total: int) -> None:
        self.failed = tuple(failed)
        self.total = total
        first = self.failed[0]
        code = "" if first.exit_code is None else f" (exit code {first.exit_code})"
        super().__init__(
            first.job_id,
            f"{len(self.failed)} of {total} jobs of the sweep FAILED; the first, index "
            f"{first.index} {dict(first.parameters)} ({first.job_id}): {first.reason}{code}",
            hint="Once fixed, rerun_failed() runs only these again.",
        )

    def to_mapping(self) -> dict[str, Any]:
        """Add ``total`` and ``failedIndices`` to the common keys."""
        return super().to_mapping() | {
            "total": self.total,
            "failedIndices": [each.index for each in self.failed],
        }


def results_of(
    transport: Transport, points: Points, part: SweepPart, detail: JobDetail
) -> Iterator[SweepResult]:
    """Yield the results of one job's children, or of the job itself if it is no array."""
    if not detail.is_array_parent:
        yield SweepResult(
            index=part.indices[0],
            parameters=points[part.indices[0]],
            status=detail.status,
            job_id=detail.job_id,
            exit_code=detail.exit_code,
            reason=detail.full_reason if detail.status is JobStatus.FAILED else None,
        )
        return
    children = _children(transport, detail, len(part.indices))
    rest = _status_of_the_rest(detail, children, len(part.indices))
    for child, index in enumerate(part.indices):
        found = children.get(child)
        status = found.status if found else rest
        yield SweepResult(
            index=index,
            parameters=points[index],
            status=status,
            job_id=f"{detail.job_id}:{child}",
            exit_code=found.exit_code if found else 0 if status is JobStatus.SUCCEEDED else None,
            reason=_reason(found, detail) if status is JobStatus.FAILED else None,
        )


def _children(transport: Transport, array: JobDetail, size: int) -> dict[int, JobSummary]:
    """Return the children that the array's own counts do not account for."""
    if array.status is JobStatus.SUCCEEDED:
        return {}
    if array.status is JobStatus.FAILED:
        failed = _listed(transport, array, JobStatus.FAILED)
        if len(failed) + _succeeded(array) == size:
            return failed
    return _listed(transport, array, *JobStatus)


def _listed(transport: Transport, array: JobDetail, *statuses: JobStatus) -> dict[int, JobSummary]:
    summaries = children_of(transport, array.job_id, statuses)
    return {each.array_index: each for each in summaries if each.array_index is not None}


def _status_of_the_rest(
    array: JobDetail, children: Mapping[int, JobSummary], size: int
) -> JobStatus:
    if len(children) + _succeeded(array) == size and array.status.is_terminal:
        return JobStatus.SUCCEEDED
    return array.status  # not made yet, or never made since the array failed before


def _succeeded(array: JobDetail) -> int:
    return array.array.status_summary.get(JobStatus.SUCCEEDED, 0) if array.array else 0


def _reason(child: JobSummary | None, array: JobDetail) -> str:
    return (child.status_reason if child else None) or array.full_reason
