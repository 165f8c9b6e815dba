"""Stopping jobs, and saying what that did."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from batchsdk import limits
from batchsdk.errors import InvalidArgumentError, JobLostError, Problem
from batchsdk.session import Session
from batchsdk.states import JobStatus, StopEffect, terminate_effect

_CONCURRENCY = 8


@dataclass(frozen=True, kw_only=True)
class StopResult:
    """What a request to cancel or terminate a job did."""

    job_id: str
    effect: StopEffect
    status: JobStatus
    """The job's status just before the request."""
    message: str
    """The effect in words, on one line, with what to type if nothing happened."""


def terminate(session: Session, job_id: str, before: JobStatus, reason: str) -> StopResult:
    """Terminate a job that was in status ``before``; no call is made if it has ended."""
    if not before.is_terminal:
        session.transport.terminate_job(job_id, reason)
    return result_of(session, job_id, terminate_effect(before), before)


def terminate_all(session: Session, job_ids: Sequence[str], reason: str) -> list[StopResult]:
    """Terminate many jobs: 100 are described in a call, and several are stopped at a time.

    All that can be stopped are, even if a call for one of them fails.

    Raises:
        InvalidArgumentError: the reason is empty or too long.
        JobLostError: Batch does not know a job.
        ServiceError: AWS refused a call or did not answer.
    """
    check_reason(reason)
    status = {each.job_id: each.status for each in session.describe(job_ids)}
    with ThreadPoolExecutor(_CONCURRENCY, thread_name_prefix="batchsdk-terminate") as pool:
        stopped = [
            pool.submit(terminate, session, job_id, status[job_id], reason)
            for job_id in job_ids
            if job_id in status
        ]
    for job_id in job_ids:
        if job_id not in status:
            raise JobLostError(job_id, f"Batch does not know job {job_id}")
    return [each.result() for each in stopped]


def result_of(session: Session, job_id: str, effect: StopEffect, status: JobStatus) -> StopResult:
    """Say what a request to stop did."""
    messages = {
        StopEffect.STOPS: f"job {job_id} was {status} and is being stopped",
        StopEffect.STOPS_AFTER_DEPENDENCIES: f"job {job_id} is {status}: it becomes FAILED "
        "when the jobs that it waits for have ended",
        StopEffect.NOTHING: f"job {job_id} is {status}: cancelling does nothing to a job "
        f"that has started; stop it with: {session.command} terminate {job_id}",
        StopEffect.ALREADY_ENDED: f"job {job_id} had already ended: {status}",
    }
    return StopResult(job_id=job_id, effect=effect, status=status, message=messages[effect])


def check_reason(reason: str) -> None:
    """Check the reason for stopping a job.

    Raises:
        InvalidArgumentError: it is empty or too long.
    """
    if not 0 < len(reason) <= limits.REASON_LENGTH:
        raise InvalidArgumentError(
            Problem(
                "reason",
                reason,
                f"must be 1-{limits.REASON_LENGTH} characters (it has {len(reason)})",
                "say briefly why the job is stopped",
            )
        )
