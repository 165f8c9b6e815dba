"""Lists of jobs: every status, every page, each job once."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from batchsdk.aws.transport import Transport
from batchsdk.errors import InvalidArgumentError, Problem, ServiceFailureError
from batchsdk.jobs.detail import JobSummary
from batchsdk.names import suggestion
from batchsdk.states import JobStatus


def jobs_in_queues(
    transport: Transport,
    queues: Sequence[str],
    *,
    statuses: Collection[JobStatus],
    name: str | None,
) -> Iterator[JobSummary]:
    """Yield the jobs of ``queues``, lazily, each once.

    Args:
        transport: the way to AWS.
        queues: names or ARNs.
        statuses: which jobs.
        name: only jobs of this name, in any case; may end in ``*``.
    """
    seen: set[str] = set()
    for queue in queues:
        if name is not None:
            # With a filter, ListJobs ignores the status and gives all of them (API: ListJobs).
            requests = [{"jobQueue": queue, "filters": [{"name": "JOB_NAME", "values": [name]}]}]
        else:
            requests = [
                {"jobQueue": queue, "jobStatus": str(status)} for status in _in_order(statuses)
            ]
        for summary in _union(transport, requests, seen):
            if summary.status in statuses:
                yield summary


def children_of(
    transport: Transport, array_job_id: str, statuses: Collection[JobStatus]
) -> Iterator[JobSummary]:
    """Yield the children of an array job that are in one of ``statuses``, lazily, each once."""
    requests = [
        {"arrayJobId": array_job_id, "jobStatus": str(status)} for status in _in_order(statuses)
    ]
    yield from _union(transport, requests, set())


def failed_children_of(transport: Transport, array_job_id: str) -> Iterator[JobSummary]:
    """Yield the children of an array job that are FAILED, lazily, each once."""
    yield from children_of(transport, array_job_id, {JobStatus.FAILED})


def created_after(
    transport: Transport, queue: str, moment: datetime, *, most: int
) -> tuple[list[JobSummary], bool]:
    """Return the jobs of a queue that were created after ``moment``, newest first.

    Returns:
        At most ``most`` jobs of every status, and whether there are more.
    """
    after = {"name": "AFTER_CREATED_AT", "values": [str(int(moment.timestamp() * 1000))]}
    # With a filter, ListJobs ignores the status and gives all of them (API: ListJobs).
    found = _union(transport, [{"jobQueue": queue, "filters": [after]}], set())
    first = list(itertools.islice(found, most + 1))
    return first[:most], len(first) > most


def _in_order(statuses: Collection[JobStatus]) -> list[JobStatus]:
    # In the order of a job's life: a job that moves on while we list is met again, not missed.
    return [status for status in JobStatus if status in statuses]


def _union(
    transport: Transport, requests: Sequence[Mapping[str, Any]], seen: set[str]
) -> Iterator[JobSummary]:
    for request in requests:
        for raw in _pages(transport, request):
            summary = _summary(raw)
            if summary.job_id not in seen:
                seen.add(summary.job_id)
                yield summary


def _summary(raw: Mapping[str, Any]) -> JobSummary:
    try:
        return JobSummary.from_response(raw)
    except (KeyError, TypeError, ValueError) as fault:
        raise ServiceFailureError(
            f"ListJobs: the answer makes no sense: {fault!r}", operation="ListJobs"
        ) from fault


def _pages(transport: Transport, request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    token: str | None = None
    while True:
        page = transport.list_jobs({**request, "nextToken": token} if token else request)
        yield from page["jobSummaryList"]
        token = page.get("nextToken")
        if not token:
            return


def statuses_of(given: JobStatus | str | Iterable[JobStatus | str] | None) -> list[JobStatus]:
    """Return the statuses that a caller names; all for ``None``.

    Raises:
        InvalidArgumentError: one is no status.
    """
    if given is None:
        return list(JobStatus)
    many = [given] if isinstance(given, str) else list(given)
    unknown = [each for each in many if each not in list(JobStatus)]
    if unknown:
        raise InvalidArgumentError(
            Problem(
                "status",
                unknown[0],
                "not a job status",
                suggestion(str(unknown[0]), map(str, JobStatus)),
            )
        )
    return [JobStatus(each) for each in many]
