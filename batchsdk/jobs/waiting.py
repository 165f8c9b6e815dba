"""How jobs ended: waiting for one or for many, with threads, callbacks or asyncio."""

from __future__ import annotations

import contextlib
import copy
import queue
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchsdk.errors import (
    InvalidArgumentError,
    JobLostError,
    JobsFailedError,
    Problem,
    ServiceError,
    WaitTimeoutError,
)
from batchsdk.jobs.awaiting import AsyncStartWatch, ends
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.pending import pending
from batchsdk.jobs.stuck import BackgroundStartWatch, StartWatch
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
    *,
    start: StartWatch | None = None,
    back: str = "",
) -> Generator[tuple[str, News] | None, None, None]:
    """Yield what is new of the jobs, as it comes, until all have ended.

    Ends with ``None`` if they have not after ``timeout`` seconds.

    Args:
        session: the way to AWS.
        job_ids: the jobs.
        timeout: seconds; ``None`` waits without a limit.
        polling: how often to look.
        start: what looks after jobs that do not start.
        back: the command that waits for the jobs again; ``wait`` with their ids if it is empty.

    Raises:
        RunnableTimeoutError: a job was RUNNABLE for too long (see :class:`StartWatch`).
    """
    _check_timeout(timeout)
    clock = session.clock
    left = set(job_ids)
    start = start or StartWatch(session)
    back = back or wait_command(session.command, job_ids)
    news: queue.SimpleQueue[tuple[str, News] | JobDetail | None] = queue.SimpleQueue()

    def note_waiting(detail: JobDetail) -> None:
        if start.needs_look(detail):
            news.put(detail)

    deadline = None if timeout is None else clock.monotonic() + timeout
    watch = session.watcher.watch(
        left,
        lambda job_id, what: news.put((job_id, what)),
        polling=polling,
        deadline=deadline,
        expire=lambda: news.put(None),
        waits=note_waiting,
    )
    try:
        while left:
            item = _next(news, session, deadline)
            if isinstance(item, JobDetail):
                start.look(item)
                continue
            if item is None:
                yield None
                return
            job_id, what = item
            if is_last(what):
                left.discard(job_id)
            yield job_id, going_on(what, back) if isinstance(what, ServiceError) else what
    except KeyboardInterrupt as fault:
        fault.add_note(f"The jobs go on. To wait for them again: {back}")
        raise
    finally:
        session.watcher.forget(watch)


def _next(
    news: queue.SimpleQueue[tuple[str, News] | JobDetail | None],
    session: Session,
    deadline: float | None,
) -> tuple[str, News] | JobDetail | None:
    """Return what comes next; ``None`` if the deadline has passed, or the watcher said so."""
    while True:
        try:
            return news.get(timeout=_SLICE)
        except queue.Empty:
            if deadline is not None and session.clock.monotonic() >= deadline + _PATIENCE:
                return None


_MOST_IDS = 10


def wait_command(command: str, job_ids: Collection[str]) -> str:
    """Return what to type to wait for jobs again; for many, what to type to find them."""
    if len(job_ids) > _MOST_IDS:
        return f"{command} wait, with ids of {command} list"
    return " ".join([command, "wait", *job_ids])


def going_on(fault: ServiceError, back: str) -> ServiceError:
    """Return an error of AWS that says that the jobs go on; several waits may share the error."""
    said = copy.copy(fault)
    said.hint = f"{fault.hint} The jobs go on. To wait for them again: {back}".strip()
    return said


def _check_timeout(timeout: float | None) -> None:
    if timeout is not None and not timeout >= 0:  # nan is neither
        rule, fix = "must be 0 seconds or more", "leave it out to wait without a limit"
        raise InvalidArgumentError(Problem("timeout", timeout, rule, fix))


def wait_for_one(
    session: Session,
    job_id: str,
    timeout: float | None,
    polling: Polling | None,
    *,
    on_change: Callable[[JobDetail], None] | None,
    start: StartWatch,
) -> JobDetail:
    """Wait until the job is SUCCEEDED or FAILED, and return its last description.

    Raises:
        WaitTimeoutError: it has not ended after ``timeout`` seconds.
        JobLostError: Batch has not known it for the grace of ``polling``.
        RunnableTimeoutError: it was RUNNABLE for too long, and has been cancelled.
        ServiceError: AWS cannot be asked. A single fault on the way is only waited out.
    """
    last: JobDetail | None = None
    # Closed here: an exception in a generator that is closed by garbage collection is lost.
    with contextlib.closing(follow(session, [job_id], timeout, polling, start=start)) as items:
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
        hint=hint_after_timeout(session, job_id, [job_id]),
        diagnosis=start.diagnosis(last),
    )


def hint_after_timeout(
    session: Session, job_id: str, job_ids: Collection[str], back: str = ""
) -> str:
    """Return how to see what holds a job, and how to wait for all of them again."""
    back = back or wait_command(session.command, job_ids)
    return f"See why: {session.command} show {job_id}. Wait again: {back}"


def as_completed(
    session: Session,
    jobs: Sequence[Job],
    timeout: float | None,
    polling: Polling | None,
    *,
    start: StartWatch | None = None,
    back: str = "",
) -> Iterator[Outcome]:
    """Yield how each job ended, in the order in which they end; each job once.

    Raises:
        WaitTimeoutError: not all have ended after ``timeout`` seconds.
        RunnableTimeoutError: one was RUNNABLE for too long, and has been cancelled.
        ServiceError: AWS cannot be asked.
    """
    left = {job.id: job for job in jobs}
    latest: dict[str, JobDetail] = {}
    count = len(left)
    start = start or StartWatch(session)
    for item in follow(session, left, timeout, polling, start=start, back=back):
        if item is None:
            job_id = next(iter(left))
            known = latest.get(job_id)
            status = known.status if known else None
            raise WaitTimeoutError(
                job_id,
                f"{len(left)} of {count} jobs have not ended after {timeout:g} seconds and go on; "
                f"one is {job_id}: {status or 'not known to Batch yet'}",
                status=status,
                hint=hint_after_timeout(session, job_id, left, back),
                diagnosis=start.diagnosis(known),
            )
        job_id, news = item
        if isinstance(news, Exception) and not isinstance(news, JobLostError):
            raise news
        if is_last(news):
            latest.pop(job_id, None)
            yield outcome_of(left.pop(job_id), news)
        elif isinstance(news, JobDetail):
            latest[job_id] = news


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
        return (
            f"{detail.full_reason} ({detail.failed_count} of {detail.array.size} children FAILED)"
        )
    code = "" if detail.exit_code is None else f" (exit code {detail.exit_code})"
    return f"{detail.full_reason}{code}"


def call_when_done(session: Session, job: Job, callback: Callable[[Outcome], None]) -> None:
    """Call ``callback`` once, in the watcher's thread, when the job has ended.

    A program that ends before that waits for it, as it does for what runs in a pool of
    ``concurrent.futures``.
    """
    token = pending.add(session, job.id)

    def deliver(_: str, news: News) -> None:
        if is_last(news):
            try:
                callback(outcome_of(job, news))
            finally:
                pending.remove(token)

    background = BackgroundStartWatch.of(session)
    session.watcher.watch([job.id], deliver, at_once=False, waits=background.note)


async def outcomes_of(
    session: Session, jobs: Sequence[Job], start: AsyncStartWatch
) -> list[Outcome]:
    """Wait in the running event loop until all jobs have ended; return how, in their order.

    Raises:
        RunnableTimeoutError: one was RUNNABLE for too long, and has been cancelled.
        ServiceError: AWS cannot be asked.
    """
    by_id = {job.id: job for job in jobs}
    found: dict[str, Outcome] = {}
    async with contextlib.aclosing(ends(session, by_id, start)) as news:
        async for job_id, last in news:
            if isinstance(last, Exception) and not isinstance(last, JobLostError):
                raise last
            found[job_id] = outcome_of(by_id[job_id], last)
    return [found[job.id] for job in jobs]


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

    background = BackgroundStartWatch.of(session)
    watch = session.watcher.watch([job_id], deliver, at_once=False, waits=background.note)
    try:
        return await future
    finally:
        session.watcher.forget(watch)
