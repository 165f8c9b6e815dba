"""``wait`` and ``as_completed`` for jobs, after those of ``concurrent.futures``."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable, Iterator
from typing import Literal, NamedTuple

from batchsdk.arguments import typed
from batchsdk.errors import InvalidArgumentError, Problem, WaitTimeoutError
from batchsdk.jobs import waiting
from batchsdk.jobs.job import Job

ReturnWhen = Literal["ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION"]
"""Also the constants of ``concurrent.futures``, which are these texts."""


class DoneAndNotDone(NamedTuple):
    """What :func:`wait` returns."""

    done: set[Job]
    """Ended, whether they SUCCEEDED or FAILED: ``job.result()`` and ``job.exception()`` tell."""
    not_done: set[Job]


@typed
def wait(
    jobs: Iterable[Job],
    timeout: float | None = None,
    return_when: ReturnWhen = "ALL_COMPLETED",
) -> DoneAndNotDone:
    """Wait for jobs of one connection, as ``concurrent.futures.wait`` does for futures.

    Args:
        jobs: the jobs, e.g. ``sweep.jobs``.
        timeout: seconds; ``None`` waits without a limit.
        return_when: ``ALL_COMPLETED``, ``FIRST_COMPLETED``, or ``FIRST_EXCEPTION``: when the first
            job has FAILED or is lost, or all have ended.

    Returns:
        Those that have ended, and the others. A failure is not raised.

    Raises:
        InvalidArgumentError: ``jobs`` are not jobs of one connection.
        ServiceError: AWS refused a call or did not answer.
    """
    left = _checked(jobs)
    done: set[Job] = set()
    with contextlib.suppress(WaitTimeoutError), contextlib.closing(_ended(left, timeout)) as ended:
        for outcome in ended:
            done.add(outcome.job)
            is_first = return_when == "FIRST_COMPLETED"
            if is_first or (return_when == "FIRST_EXCEPTION" and not outcome.succeeded):
                done |= {each for each in left if each._last is not None}
                break
    return DoneAndNotDone(done, set(left) - done)


@typed
def as_completed(jobs: Iterable[Job], timeout: float | None = None) -> Iterator[Job]:
    """Yield jobs of one connection as they end, each once; ``job.result()`` costs no call then.

    Args:
        jobs: the jobs.
        timeout: seconds; ``None`` waits without a limit.

    Raises:
        InvalidArgumentError: ``jobs`` are not jobs of one connection.
        WaitTimeoutError: not all have ended in time; it is a TimeoutError.
        ServiceError: AWS refused a call or did not answer.
    """
    return (outcome.job for outcome in _ended(_checked(jobs), timeout))


def _checked(given: Iterable[object]) -> list[Job]:
    jobs: list[Job] = []
    for each in given:
        if isinstance(each, Job):
            jobs.append(each)
        else:
            rule = f"must be jobs, not of type {type(each).__name__}"
            raise InvalidArgumentError(Problem("jobs", each, rule, "give batch.job('…') for an id"))
    if len({id(each._session) for each in jobs}) > 1:
        rule = "are of several connections, each with a watcher of its own"
        raise InvalidArgumentError(Problem("jobs", None, rule, "wait for those of each by itself"))
    return list(dict.fromkeys(jobs))


def _ended(jobs: list[Job], timeout: float | None) -> Generator[waiting.Outcome, None, None]:
    for each in jobs:
        if each._last is not None:
            yield waiting.outcome_of(each, each._last)
    left = [each for each in jobs if each._last is None]
    if not left:
        return
    for outcome in waiting.as_completed(left[0]._session, left, timeout, None):
        outcome.job._note(outcome.detail)
        yield outcome
