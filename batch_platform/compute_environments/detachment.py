"""Waiting until no job queue names a compute environment that is about to go.

AWS Batch refuses to delete a compute environment while a queue names it, and a queue goes on
showing its old environments for some time after UpdateJobQueue has answered (pulumi-aws#6233).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

POLL_SECONDS = 1.0
CLEAR_LOOKS = 2
"""Looks in a row that must show no queue: the first answer may come from a stale copy."""
REPORT_SECONDS = 5.0
"""Before the first report; each later one takes twice as long."""


class StillAttachedError(Exception):
    """Job queues still name compute environments that are to be deleted."""


def wait_until_detached(
    going: Collection[str],
    leaving_queues: Collection[str],
    describe_job_queues: Callable[[], Iterable[Mapping[str, Any]]],
    *,
    timeout: float,
    report: Callable[[str], None],
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return when no job queue names any of the compute environments.

    Args:
        going: ARNs of compute environments that will be deleted.
        leaving_queues: ARNs of job queues that will be deleted before them.
        describe_job_queues: returns every JobQueueDetail of account and region.
        timeout: seconds.
        report: told, from time to time, what is waited for.
        monotonic: tells seconds.
        sleep: waits for seconds.

    Raises:
        StillAttachedError: after ``timeout``; names the queues and what to do.
    """
    start, clear_looks, next_report = monotonic(), 0, REPORT_SECONDS
    while True:
        named = _named(going, leaving_queues, describe_job_queues())
        clear_looks = 0 if named else clear_looks + 1
        if clear_looks == CLEAR_LOOKS:
            return
        waited = monotonic() - start
        if named and waited >= timeout:
            raise StillAttachedError(_sentence(named, timeout))
        if named and waited >= next_report:
            next_report = 2 * waited
            report(
                f"{_list(named)}: waiting for the queue to let go ({waited:.0f} of {timeout:g} s)"
            )
        sleep(POLL_SECONDS)


def _named(
    going: Collection[str], leaving: Collection[str], queues: Iterable[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Return the compute environments that go, by the name of each queue that names some."""
    named = {}
    for queue in queues:
        orders = queue.get("computeEnvironmentOrder", [])
        found = [each["computeEnvironment"] for each in orders]
        if queue["jobQueueArn"] not in leaving and (held := [arn for arn in found if arn in going]):
            named[queue["jobQueueName"]] = [arn.rpartition("/")[2] for arn in held]
    return named


def _list(named: Mapping[str, list[str]]) -> str:
    return "; ".join(
        f"job queue {queue} names compute environment {', '.join(environments)}"
        for queue, environments in named.items()
    )


def _sentence(named: Mapping[str, list[str]], timeout: float) -> str:
    return (
        f"after {timeout:g} seconds {_list(named)}, and AWS Batch deletes no environment that a "
        f"queue names. Nothing was deleted: the new compute environments are there and this "
        f"stack's queues use "
        "them. Point any queue of another stack elsewhere, then run `pulumi up` again; a longer "
        "wait: `batch-platform:replacement: {detachTimeout: <seconds>}`"
    )
