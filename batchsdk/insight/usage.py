"""What jobs used: vCPU-hours, GiB-hours, GPU-hours, and how long they waited.

Counted from DescribeJobs, so for as long as Batch remembers the jobs (seven days or more). A job is
charged here for what it asked for while each of its attempts ran, not for the instances under it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.insight.attempts import asked_of, attempts_of
from batchsdk.insight.estimate import Estimate
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.listing import children_of
from batchsdk.limits import DESCRIBE_JOBS
from batchsdk.names import RunJobName, suggestion
from batchsdk.session import Session
from batchsdk.states import JobStatus

Containers = tuple[JobDetail, JobDetail]
"""A job that runs a container, behind the job that it belongs to: its array, or the job of several
nodes; or itself."""
NO_TAG = "(none)"
"""The group of jobs without the tag, and of jobs of no run."""


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


class Prices(Protocol):
    """What tells the costs of jobs: a table of the user's own, or a list that AWS published."""

    def estimate_of(self, owner: JobDetail, job: JobDetail, used: Usage) -> Estimate:
        """Return what one job may have cost.

        Args:
            owner: the job that it belongs to, whose queue is known; or itself.
            job: a job that runs a container.
            used: what it used.
        """

    @property
    def nothing(self) -> Estimate:
        """The estimate of no job at all."""


@dataclass(frozen=True, kw_only=True)
class UsageRow:
    """The usage of one group of jobs."""

    group: str
    """What the rows are by: a job's id, its name, …, or the value of a tag."""
    usage: Usage
    estimate: Estimate | None = None
    """Estimated costs, if there are prices."""


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
    attempts = attempts_of(detail, now)
    run = sum((each.duration for each in attempts), timedelta())
    end = detail.stopped_at or now
    alive = max(end - (detail.created_at or end), timedelta())
    hours = run / timedelta(hours=1)
    asked = asked_of(detail)
    return Usage(
        jobs=1,
        attempts=len(attempts),
        vcpu_hours=asked.vcpus * hours if asked else 0.0,
        gib_hours=asked.gib * hours if asked else 0.0,
        gpu_hours=asked.gpus * hours if asked else 0.0,
        run_seconds=run.total_seconds(),
        wait_seconds=max(alive - run, timedelta()).total_seconds(),
        unknown=0 if asked or not attempts else 1,
    )


def report(
    session: Session,
    job_ids: Iterable[str],
    *,
    by: str = "job",
    prices: Callable[[Sequence[Containers], datetime], Prices] | None = None,
) -> UsageReport:
    """Count what jobs used, children and nodes through their own descriptions.

    Args:
        session: the way to AWS.
        job_ids: which jobs; ids that Batch does not know are left out.
        by: what a row is, see :data:`GROUPS`.
        prices: gives the prices of the described jobs, for an estimate of the costs.

    Raises:
        InvalidArgumentError: ``by`` is none of those.
        ServiceError: AWS refused a call or did not answer.
    """
    _grouping(by)  # before AWS is asked
    now, found = session.clock.now(), list(_containers(session, job_ids))
    return counted(found, now, by=by, prices=prices(found, now) if prices else None)


def counted(
    containers: Iterable[Containers],
    now: datetime,
    *,
    by: str,
    prices: Prices | None = None,
) -> UsageReport:
    """Count what described jobs used. Pure.

    Args:
        containers: each job that runs a container, with the job that it belongs to.
        now: until when a job that has not ended is counted.
        by: as for :func:`report`.
        prices: for an estimate of the costs.

    Raises:
        InvalidArgumentError: ``by`` is no grouping.
    """
    group = _grouping(by)
    groups: dict[str, Usage] = {}
    costs: dict[str, Estimate] = {}
    for owner, each in containers:
        key, used = group(owner), usage_of(each, now)
        groups[key] = groups.get(key, Usage()) + used
        if prices is not None:
            cost = prices.estimate_of(owner, each, used)
            costs[key] = costs[key] + cost if key in costs else cost
    rows = [
        UsageRow(group=key, usage=used, estimate=costs.get(key)) for key, used in groups.items()
    ]
    estimate = None
    if prices is not None:
        estimate = sum(costs.values(), prices.nothing)
    return UsageReport(
        by=by,
        rows=tuple(sorted(rows, key=lambda row: (-row.usage.vcpu_hours, row.group))),
        total=sum(groups.values(), Usage()),
        estimate=estimate,
    )


def _grouping(by: str) -> Callable[[JobDetail], str]:
    kind, _, key = by.partition(":")
    if kind == "tag" and key:
        return lambda job: job.tags.get(key, NO_TAG)
    if by not in GROUPS:
        rule = f"must be {', '.join(GROUPS)} or tag:KEY"
        raise InvalidArgumentError(Problem("by", by, rule, suggestion(by, [*GROUPS, "tag:KEY"])))
    return GROUPS[by]


def _run(job: JobDetail) -> str:
    name = RunJobName.of(job.name)
    return (name.run if name else "") or NO_TAG


def _step(job: JobDetail) -> str:
    name = RunJobName.of(job.name)
    if name is None or not name.run:
        return NO_TAG
    return f"{name.run} {'(barriers)' if name.is_barrier else name.step}"


GROUPS: Mapping[str, Callable[[JobDetail], str]] = {
    "job": lambda job: job.job_id,
    "name": lambda job: job.name,
    "definition": lambda job: job.definition.rpartition("/")[2],
    "queue": lambda job: job.queue.rpartition("/")[2],
    "run": _run,
    "step": _step,
}
"""What a row may be, and which row is a job's; further ``tag:KEY``. Runs, and their keys or steps,
are read from the names of their jobs, so that every client finds them."""


def _containers(session: Session, job_ids: Iterable[str]) -> Iterator[Containers]:
    for owner in _described(session, dict.fromkeys(job_ids)):
        for each in containers_of(session, owner):
            yield owner, each


def containers_of(session: Session, owner: JobDetail) -> Iterator[JobDetail]:
    """Yield each job that runs a container for a job: children, nodes, or the job itself.

    The name and the tags of the job do not reach them (user guide: Tag your resources).
    """
    if owner.is_array_parent:
        found = children_of(session.transport, owner.job_id, tuple(JobStatus))
        yield from _described(session, [each.job_id for each in found])
    elif owner.node_count is not None:
        ids = [f"{owner.job_id}#{index}" for index in range(owner.node_count)]
        yield from _described(session, ids)
    else:
        yield owner


def _described(session: Session, job_ids: Iterable[str]) -> Iterator[JobDetail]:
    ids = list(job_ids)
    for start in range(0, len(ids), DESCRIBE_JOBS):
        yield from session.describe(ids[start : start + DESCRIBE_JOBS])
