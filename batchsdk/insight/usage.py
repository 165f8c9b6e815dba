"""What jobs used: vCPU-hours, GiB-hours, GPU-hours, and how long they waited.

Counted from DescribeJobs, so for as long as Batch remembers the jobs (seven days or more). A job is
charged here for what it asked for while each of its attempts ran, not for the instances under it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.insight.prices import Estimate, PriceTable
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.listing import children_of
from batchsdk.limits import DESCRIBE_JOBS
from batchsdk.session import Session
from batchsdk.states import JobStatus

_MIB_PER_GIB = 1024
NO_TAG = "(none)"
"""The group of jobs without the tag."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one or several jobs used."""

    jobs: int = 0
    """Jobs that run containers: children and nodes count, their parents do not."""
    attempts: int = 0
    """That have run, or run."""
    vcpu_hours: float = 0.0
    gib_hours: float = 0.0
    gpu_hours: float = 0.0
    run_seconds: float = 0.0
    """While an attempt ran (RUNNING: without the pull of the image)."""
    wait_seconds: float = 0.0
    """From submission to the end, or now, while none ran: for other jobs, for capacity, between
    attempts, for the pull of the image."""
    unknown: int = 0
    """Jobs that ran with unknown resources; their hours are not counted."""

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            jobs=self.jobs + other.jobs,
            attempts=self.attempts + other.attempts,
            vcpu_hours=self.vcpu_hours + other.vcpu_hours,
            gib_hours=self.gib_hours + other.gib_hours,
            gpu_hours=self.gpu_hours + other.gpu_hours,
            run_seconds=self.run_seconds + other.run_seconds,
            wait_seconds=self.wait_seconds + other.wait_seconds,
            unknown=self.unknown + other.unknown,
        )


@dataclass(frozen=True, kw_only=True)
class UsageRow:
    """The usage of one group of jobs."""

    group: str
    """A job's id, its name, or the value of a tag."""
    usage: Usage
    estimate: Estimate | None = None
    """Estimated costs, if a price table was given."""


@dataclass(frozen=True, kw_only=True)
class UsageReport:
    """The usage of many jobs, by group and in all."""

    by: str
    rows: tuple[UsageRow, ...]
    """Most vCPU-hours first."""
    total: Usage
    estimate: Estimate | None = None


def usage_of(detail: JobDetail, now: datetime) -> Usage:
    """Return what one job used, over all its attempts. Pure.

    Args:
        detail: a job that runs a container itself: not the parent of an array, nor of nodes.
        now: until when a job that has not ended is counted.
    """
    spans = [
        (each.started_at, each.stopped_at or now)
        for each in detail.attempts
        if each.started_at is not None
    ]
    known = {start for start, _ in spans}
    if (
        detail.started_at is not None
        and detail.started_at not in known
        and (detail.status is JobStatus.RUNNING or not spans)
    ):
        spans.append((detail.started_at, detail.stopped_at or now))
    run = sum((max(end - start, timedelta()) for start, end in spans), timedelta())
    end = detail.stopped_at or now
    alive = max(end - (detail.created_at or end), timedelta())
    hours = run / timedelta(hours=1)
    is_known = detail.vcpus is not None and detail.memory is not None
    return Usage(
        jobs=1,
        attempts=len(spans),
        vcpu_hours=(detail.vcpus or 0) * hours,
        gib_hours=(detail.memory or 0) / _MIB_PER_GIB * hours,
        gpu_hours=(detail.gpus or 0) * hours,
        run_seconds=run.total_seconds(),
        wait_seconds=max(alive - run, timedelta()).total_seconds(),
        unknown=0 if is_known or not spans else 1,
    )


def report(
    session: Session,
    job_ids: Iterable[str],
    *,
    by: str = "job",
    prices: PriceTable | None = None,
) -> UsageReport:
    """Count what jobs used, children and nodes through their own descriptions.

    Args:
        session: the way to AWS.
        job_ids: which jobs; ids that Batch does not know are left out.
        by: what a row is: ``job``, ``name``, ``queue``, or ``tag:KEY``.
        prices: for an estimate of the costs.

    Raises:
        InvalidArgumentError: ``by`` is none of those.
        ServiceError: AWS refused a call or did not answer.
    """
    group = _grouping(by)
    now = session.clock.now()
    groups: dict[str, Usage] = {}
    costs: dict[str, Estimate] = {}
    for owner, each in _containers(session, job_ids):
        key, used = group(owner), usage_of(each, now)
        groups[key] = groups.get(key, Usage()) + used
        if prices is not None:
            cost = prices.estimate(used, queue=owner.queue)
            costs[key] = costs[key] + cost if key in costs else cost
    rows = [
        UsageRow(group=key, usage=used, estimate=costs.get(key)) for key, used in groups.items()
    ]
    estimate = None
    if prices is not None:
        estimate = sum(costs.values(), prices.estimate(Usage(), queue=""))
    return UsageReport(
        by=by,
        rows=tuple(sorted(rows, key=lambda row: (-row.usage.vcpu_hours, row.group))),
        total=sum(groups.values(), Usage()),
        estimate=estimate,
    )


def _grouping(by: str) -> Callable[[JobDetail], str]:
    kind, colon, key = by.partition(":")
    if kind == "tag" and key:
        return lambda job: job.tags.get(key, NO_TAG)
    if colon or by not in ("job", "name", "queue"):
        raise InvalidArgumentError(
            Problem("by", by, "must be job, name, queue or tag:KEY", "take one of these")
        )
    if by == "queue":
        return lambda job: job.queue.rpartition("/")[2]
    return lambda job: job.name if by == "name" else job.job_id


def _containers(session: Session, job_ids: Iterable[str]) -> Iterator[tuple[JobDetail, JobDetail]]:
    """Yield, of each job, itself and each job that runs a container for it.

    The name and the tags are those of the job itself: they do not reach children and nodes (user
    guide: Tag your resources).
    """
    for owner in _described(session, dict.fromkeys(job_ids)):
        if owner.is_array_parent:
            ids = [
                each.job_id
                for each in children_of(session.transport, owner.job_id, tuple(JobStatus))
            ]
        elif owner.node_count is not None:
            ids = [f"{owner.job_id}#{index}" for index in range(owner.node_count)]
        else:
            yield owner, owner
            continue
        for each in _described(session, ids):
            yield owner, each


def _described(session: Session, job_ids: Iterable[str]) -> Iterator[JobDetail]:
    ids = list(job_ids)
    for start in range(0, len(ids), DESCRIBE_JOBS):
        yield from session.describe(ids[start : start + DESCRIBE_JOBS])
