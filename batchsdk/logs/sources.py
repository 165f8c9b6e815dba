"""Which log streams a job has: of every attempt, of children of an array, of nodes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from batchsdk.errors import LogsUnavailableError
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.listing import children_of
from batchsdk.session import Session
from batchsdk.states import JobStatus

_MAY_HAVE_RUN = frozenset(JobStatus) - {JobStatus.SUBMITTED, JobStatus.PENDING}


@dataclass(frozen=True)
class LogSource:
    """One log stream of one job."""

    job_id: str
    group: str
    stream: str
    region: str | None = None
    """Where the group is; ``None``: in the job's own region."""
    attempt: int = 1
    container: str = ""
    """Name of the container; empty where the job has one alone."""


def sources_of(detail: JobDetail) -> list[LogSource]:
    """Return the streams of one job, oldest attempt first; none before it runs.

    Group and region are those of the log configuration of the container (API: LogConfiguration),
    and where that is not told of the one that decides over the job.

    Raises:
        LogsUnavailableError: its log driver is not ``awslogs``.
    """
    if detail.log_driver != "awslogs":
        raise LogsUnavailableError(
            detail.job_id,
            f"job {detail.job_id} logs through the {detail.log_driver!r} driver, not to CloudWatch",
            hint="Read its log where that driver sends it.",
        )
    numbers = {
        stream: attempt.number for attempt in detail.attempts for stream in attempt.log_streams
    }
    newest = len(detail.attempts) + 1
    containers = detail.containers_of_streams
    found = []
    for name in detail.log_streams:
        container = containers.get(name, {})
        options = (container.get("logConfiguration") or {}).get("options") or {}
        found.append(
            LogSource(
                job_id=detail.job_id,
                group=options.get("awslogs-group") or detail.log_group,
                stream=name,
                region=options.get("awslogs-region") or detail.log_region,
                attempt=numbers.get(name, newest),
                container=container.get("name") or "",
            )
        )
    return found


def writers_of(
    session: Session, detail: JobDetail, *, settled: Collection[str] = ()
) -> Iterator[JobDetail]:
    """Yield what writes the log of a job: itself, or its children or nodes that may have run.

    Args:
        session: the way to AWS.
        detail: the job; yielded itself only if it runs a container of its own.
        settled: ids of children that are of no interest any more.

    Raises:
        ServiceError: AWS refused a call or did not answer.
    """
    if detail.is_array_parent:
        children = children_of(session.transport, detail.job_id, _MAY_HAVE_RUN)
        ids = [child.job_id for child in children if child.job_id not in settled]
        yield from sorted(session.describe(ids), key=_child_index)
    elif detail.node_count is not None:
        # Nodes are jobs `<id>#<index>` (user guide: Multi-node parallel jobs). The job's own
        # attempts only repeat those of the main node.
        ids = [f"{detail.job_id}#{index}" for index in range(detail.node_count)]
        nodes = session.describe(ids)
        yield from nodes or [detail]
    else:
        yield detail


def label(source: LogSource, root: str) -> str:
    """Return what to put before a line of ``source`` in the log of job ``root``.

    ``3`` is child 3, ``#1`` is node 1; a job of several containers adds the container's name, and
    from its second attempt on a job adds ``attempt 2``.
    """
    part = source.job_id.removeprefix(root) if source.job_id != root else ""
    attempt = f"attempt {source.attempt}" if source.attempt > 1 else ""
    return " ".join(filter(None, [part.removeprefix(":"), source.container, attempt]))


def _child_index(detail: JobDetail) -> int:
    return detail.array.index or 0 if detail.array else 0
