"""How jobs ended: waiting for one or for many, with threads, callbacks or asyncio."""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchsdk.errors import (
    InvalidArgumentError,
    JobLostError,
    JobsFailedError,
    Problem,
    WaitTimeoutError,
)
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.watcher import News, Polling, is_last
from batchsdk.names import is_job_id
from batchsdk.states import JobStatus

if TYPE_CHECKING:
    from batchsdk.jobs.job import Job
    from batchsdk.session import Session

_SLICE = 0.5
"""Seconds after which a blocked caller looks at the time: a call of AWS may hang longer."""
_PATIENCE = 2.0
"""Seconds over its deadline that a caller gives the last look."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one job ended."""

    job: Job
    detail: JobDetail | None
    """Its last description, SUCCEEDED or FAILED; ``None`` if Batch does not know the job."""
    error: Exception | None = None
    """Why there is no description: JobLostError; for callbacks also ServiceError."""

    @property
    def succeeded(self) -> bool:
        """The job ended SUCCEEDED."""
        return self.detail is not None and self.detail.status is JobStatus.SUCCEEDED


def follow(
    session: Session,
    job_ids: Collection[str],
    timeout: float | None,
    polling: Polling | None,
) -> Generator[tuple[str, News] | None, None, None]:
    """Yield what is new of the jobs, as it comes, until all have ended.

    Ends with ``None`` if they have not after ``timeout`` seconds.
    """
    _check_timeout(timeout)
    clock = session.clock
    left = set(job_ids)
    news: queue.SimpleQueue[tuple[str, News] | None] = queue.SimpleQueue()
    deadline = None if timeout is None else clock.monotonic() + timeout
    watch = session.watcher.watch(
        left,
        lambda job_id, what: news.put((job_id, what)),
        polling=polling,
        deadline=deadline,
        expire=lambda: news.put(None),
    )
    try:
        while left:
            try:
                item = news.get(timeout=_SLICE)
            except queue.Empty:
                if deadline is None or clock.monotonic() < deadline + _PATIENCE:
                    continue
                item = None
            if item is not None and is_last(item[1]):
                left.discard(item[0])
            yield item
            if item is None:
                return
    finally:
        session.watcher.forget(watch)


def _check_timeout(timeout: float | None) -> None:
    if timeout is not None and not timeout >= 0:  # nan is neither
        rule, fix = "must be 0 seconds or more", "leave it out to wait without a limit"
        raise InvalidArgumentError(Problem("timeout", timeout, rule, fix))


def wait_for_one(
    session: Session,
    job_id: str,
    timeout: float | None,
    polling: Polling | None,
    on_change: Callable[[JobDetail], None] | None,
) -> JobDetail:
    """Wait until the job is SUCCEEDED or FAILED, and return its last description.

    Raises:
        WaitTimeoutError: it has not ended after ``timeout`` seconds.
        JobLostError: Batch has not known it for the grace of ``polling``.
        ServiceError: AWS cannot be asked. A single fault on the way is only waited out.
    """
    last: JobDetail | None = None
    # Closed here: an exception in a generator that is closed by garbage collection is lost.
    with contextlib.closing(follow(session, [job_id], timeout, polling)) as items:
        for item in items:
            if item is None:
                break
            _, news = item
            if isinstance(news, Exception):
                raise news
            last = news
            if on_change is not None:
                on_change(news)
            if news.status.is_terminal:
                return news
    status = last.status if last else None
    raise WaitTimeoutError(
        job_id,
        f"job {job_id} has not ended after {timeout:g} seconds: it is "
        f"{status or 'not known to Batch yet'} and goes on",
        status=status,
        hint=f"See why: {session.command} show {job_id}",
    )


def as_completed(
    session: Session,
    jobs: Sequence[Job],
    timeout: float | None,
    polling: Polling | None,
) -> Iterator[Outcome]:
    """Yield how each job ended, in the order in which they end; each job once.

    Raises:
        WaitTimeoutError: not all have ended after ``timeout`` seconds.
        ServiceError: AWS cannot be asked.
    """
    left = {job.id: job for job in jobs}
    status: dict[str, JobStatus] = {}
    count = len(left)
    for item in follow(session, left, timeout, polling):
        if item is None:
            job_id = next(iter(left))
            raise WaitTimeoutError(
                job_id,
                f"{len(left)} of {count} jobs have not ended after {timeout:g} seconds and go on; "
                f"one is {job_id}: {status.get(job_id, 'not known to Batch yet')}",
                status=status.get(job_id),
                hint=f"See why: {session.command} show {job_id}",
            )
        job_id, news = item
        if isinstance(news, Exception) and not isinstance(news, JobLostError):
            raise news
        if is_last(news):
            yield outcome_of(left.pop(job_id), news)
        elif isinstance(news, JobDetail):
            status[job_id] = news.status


_LOOKS = (1.0, 2.0)
"""Seconds between the looks for jobs that are not known: DescribeJobs may be a little behind
SubmitJob (it is eventually consistent)."""


def unknown_of(session: Session, job_ids: Sequence[str]) -> list[str]:
    """Return the ids of jobs that Batch does not know, also not a few seconds later.

    Raises:
        ServiceError: AWS refused a call or did not answer.
    """
    missing = list(dict.fromkeys(job_ids))
    for pause in (0.0, *_LOOKS):
        session.clock.sleep(pause)
        known = {each.job_id for each in session.describe(missing)}
        missing = [each for each in missing if each not in known]
        # No job's id has another form, so that there is nothing to wait for.
        if not any(is_job_id(each) for each in missing):
            break
    return missing


def outcome_of(job: Job, last: News) -> Outcome:
    """Turn the last news of a job into its outcome."""
    if isinstance(last, JobDetail):
        return Outcome(job=job, detail=last)
    return Outcome(job=job, detail=None, error=last)


def check(outcomes: Sequence[Outcome]) -> None:
    """Raise if a job did not succeed.

    Raises:
        JobsFailedError: at least one FAILED or is lost.
    """
    bad = [each for each in outcomes if not each.succeeded]
    if bad:
        raise JobsFailedError({each.job.id: _reason(each) for each in bad}, count=len(outcomes))


def _reason(outcome: Outcome) -> str:
    if outcome.detail is None:
        return outcome.error.message if isinstance(outcome.error, JobLostError) else "lost"
    return f"{outcome.detail.name} FAILED: {reason_of(outcome.detail)}"


def reason_of(detail: JobDetail) -> str:
    """Return why a job failed, with its exit code, or how many children of an array failed."""
    if detail.is_array_parent and detail.array is not None:
        failed = detail.array.status_summary.get(JobStatus.FAILED, 0)
        return f"{detail.full_reason} ({failed} of {detail.array.size} children FAILED)"
    code = "" if detail.exit_code is None else f" (exit code {detail.exit_code})"
    return f"{detail.full_reason}{code}"


def call_when_done(session: Session, job: Job, callback: Callable[[Outcome], None]) -> None:
    """Call ``callback`` once, in the watcher's thread, when the job has ended."""

    def deliver(_: str, news: News) -> None:
        if is_last(news):
            callback(outcome_of(job, news))

    session.watcher.watch([job.id], deliver, at_once=False)


async def ended(session: Session, job_id: str) -> JobDetail:
    """Wait in the running event loop; return the last description, SUCCEEDED or FAILED.

    Raises:
        JobLostError: Batch does not know the job.
        ServiceError: AWS cannot be asked.
    """
    import asyncio  # noqa: PLC0415  # dear, and only for those whose program has it anyway

    loop = asyncio.get_running_loop()
    future: asyncio.Future[JobDetail] = loop.create_future()

    def settle(news: News) -> None:
        if future.done():
            return
        if isinstance(news, Exception):
            future.set_exception(news)
        else:
            future.set_result(news)

    def deliver(_: str, news: News) -> None:
        if is_last(news) and not loop.is_closed():
            loop.call_soon_threadsafe(settle, news)

    watch = session.watcher.watch([job_id], deliver, at_once=False)
    try:
        return await future
    finally:
        session.watcher.forget(watch)
