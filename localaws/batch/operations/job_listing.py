"""ListJobs: newest first, page by page, without sorting a queue for each page."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from batchsdk.states import JobStatus
from localaws.batch.errors import ClientException
from localaws.batch.job_details import job_summary
from localaws.batch.models import Job, JobQueue
from localaws.batch.operations.context import Context, page_size, position, token
from localaws.batch.state import BatchState

MAX_LISTED = 1000
MAX_LISTED_WITH_FILTERS = 100
FEW = 2000
"""Jobs of one status that are sorted rather than looked for among all jobs of their queue."""
FILTERS = (
    "JOB_NAME",
    "JOB_DEFINITION",
    "BEFORE_CREATED_AT",
    "AFTER_CREATED_AT",
    "SHARE_IDENTIFIER",
)


def list_jobs(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """List a queue's jobs or an array's children; RUNNING ones unless told otherwise."""
    scopes = [key for key in ("jobQueue", "arrayJobId", "multiNodeJobId") if request.get(key)]
    if len(scopes) != 1:
        raise ClientException(
            "Exactly one of jobQueue, arrayJobId and multiNodeJobId must be specified"
        )
    filters = request.get("filters", ())
    size = page_size(request, MAX_LISTED_WITH_FILTERS if filters else MAX_LISTED)
    status = JobStatus(request.get("jobStatus", JobStatus.RUNNING))
    start = position(request)
    if scopes == ["jobQueue"]:
        queue = context.state.job_queue(request["jobQueue"])
        if filters:
            found = _filtered(context.state, queue, filters, status, start)
        else:
            found = _in_status(context.state, queue, status, start)
    else:
        found = _children(context.state.jobs.get(request[scopes[0]]), status, start)
    some = list(itertools.islice(found, size + 1))
    following = {"nextToken": token(_place(some[size - 1]))} if len(some) > size else {}
    return {"jobSummaryList": [job_summary(job) for job in some[:size]], **following}


def _place(job: Job) -> int:
    """Where a job stands in its listing: what a page token remembers."""
    return job.sequence if job.index is None else job.index


def _children(parent: Job | None, status: JobStatus, start: int | None) -> Iterator[Job]:
    children = parent.children if parent is not None else []
    return (job for job in children[0 if start is None else start + 1 :] if job.status is status)


def _in_status(
    state: BatchState, queue: JobQueue, status: JobStatus, start: int | None
) -> Iterable[Job]:
    """Yield the queue's jobs in ``status`` before position ``start``, newest first."""
    of_status = state.listed(queue, status)
    if len(of_status) > FEW:
        return (
            job for job in _newest_first(state.all_listed(queue), start) if job.status is status
        )
    before = [job for job in of_status.values() if start is None or job.sequence < start]
    return sorted(before, key=lambda job: -job.sequence)


def _newest_first(jobs: list[Job], start: int | None) -> Iterator[Job]:
    for index in range(len(jobs) if start is None else min(start, len(jobs)), 0, -1):
        yield jobs[index - 1]


def _filtered(
    state: BatchState,
    queue: JobQueue,
    filters: list[Mapping[str, Any]],
    status: JobStatus,
    start: int | None,
) -> Iterable[Job]:
    """Pick the queue's jobs by one filter; only SHARE_IDENTIFIER looks at the status too."""
    if len(filters) > 1:
        raise ClientException("Only one filter can be used at a time")
    name, values = filters[0].get("name"), filters[0].get("values", [])
    if name not in FILTERS:
        raise ClientException(f"Unknown filter {name}; there are {', '.join(FILTERS)}")
    if name == "SHARE_IDENTIFIER":
        jobs = _in_status(state, queue, status, start)
        return (job for job in jobs if job.share_identifier in values)
    everything = state.all_listed(queue)
    if name.endswith("CREATED_AT"):
        return _by_time(everything, name, values, start)
    return (
        job
        for job in _newest_first(everything, start)
        if any(_passes(job, name, value) for value in values)
    )


def _by_time(jobs: list[Job], name: str, values: list[str], start: int | None) -> Iterator[Job]:
    """Yield what was created before or after a time (epoch milliseconds, as text)."""
    if len(values) != 1 or not values[0].isdigit():
        raise ClientException(f"{name} takes one time in epoch milliseconds, got {values}")
    when = int(values[0])
    if name == "BEFORE_CREATED_AT":
        end = bisect.bisect_left(jobs, when, key=lambda job: job.created_at)
        return _newest_first(jobs, end if start is None else min(start, end))
    return itertools.takewhile(lambda job: job.created_at > when, _newest_first(jobs, start))


def _passes(job: Job, filter_name: str, value: str) -> bool:
    if filter_name == "JOB_NAME":
        return matches(job.name.lower(), value.lower())
    return value == job.definition.arn or matches(job.definition.name, value)


def matches(text: str, pattern: str) -> bool:
    """Tell whether a name is a pattern's; an asterisk at its end stands for any more."""
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern
