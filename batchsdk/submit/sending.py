"""Sending a submission whose job has a name of its own: a lost answer is resolved by that name.

SubmitJob has no client token. After an answer that was lost, or a 5xx, the job is looked for by its
name until a list shows it; only when none does for a grace is the submission sent again.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

from batchsdk.aws.backoff import Waits
from batchsdk.aws.delivery import deliver
from batchsdk.errors import ServiceError, SubmissionUnknownError, TransientError
from batchsdk.jobs.detail import JobSummary
from batchsdk.jobs.listing import jobs_in_queues
from batchsdk.session import Session
from batchsdk.states import JobStatus

_log = logging.getLogger(__name__)

GRACE = 30.0
"""Seconds after which a job that no list shows is taken not to exist."""
_SENDS = 3
"""How often a submission is sent whose answers are lost and whose job never shows up."""


def send(session: Session, request: Mapping[str, Any]) -> str:
    """Send a SubmitJob request, and return the new job's id.

    Raises:
        SubmissionUnknownError: the answer was lost or is unusable; the job may exist.
        ServiceError: AWS refused the request, or could not be reached; there is no job.
    """
    job_id = deliver(
        session.transport,
        request,
        clock=session.clock,
        randomness=session.randomness,
        command=session.command,
    )
    session.watcher.note_submission(job_id)
    return job_id


def send_named(
    session: Session,
    request: Mapping[str, Any],
    *,
    grace: float = GRACE,
    others: Collection[str] = (),
) -> tuple[str, JobSummary | None]:
    """Send a SubmitJob request whose ``jobName`` no other job has.

    Args:
        session: the way to AWS.
        request: as the API takes it.
        grace: see :data:`GRACE`.
        others: ids of jobs of this name that came of earlier calls.

    Returns:
        The job's id, and how a list showed it, if its answer was lost.

    Raises:
        SubmissionUnknownError: answers were lost several times, or the lists cannot be read.
        ServiceError: AWS refused the request or could not be reached; there is no job.
    """
    for left in reversed(range(_SENDS)):
        try:
            return send(session, request), None
        except SubmissionUnknownError as lost:
            _log.info("%s: looking for the job by its name", lost.message)
            name, queue = str(request["jobName"]), str(request["jobQueue"])
            try:
                job = find_named(session, queue, name, grace, others=others)
            except SubmissionUnknownError as fault:
                fault.hint = lost.hint
                raise
            if job is not None:
                return job.job_id, job
            if not left:
                raise
    raise AssertionError("unreachable")


def find_named(
    session: Session, queue: str, name: str, seconds: float, *, others: Collection[str] = ()
) -> JobSummary | None:
    """Look for a job by its name, until it shows up or ``seconds`` are over.

    Args:
        session: the way to AWS.
        queue: name or ARN.
        name: of the job.
        seconds: how long.
        others: ids of jobs of this name that are not meant.

    Raises:
        SubmissionUnknownError: the lists cannot be read.
    """
    waits = Waits(session.clock, session.randomness, timeout=seconds)
    while True:
        last = waits.are_over
        try:
            found = [each for each in _named(session, queue, name) if each.job_id not in others]
        except ServiceError as error:
            _bear(error, waits, name, queue)
            continue
        if found:
            if len(found) > 1:
                ids = ", ".join(each.job_id for each in found)
                _log.warning("several jobs are named %s: %s", name, ids)
            return found[-1]  # the lists are newest first
        if last:
            return None
        waits.poll()


def _named(session: Session, queue: str, name: str) -> list[JobSummary]:
    """Return the jobs of a name, newest first."""
    jobs = jobs_in_queues(session.transport, [queue], statuses=list(JobStatus), name=name)
    return [each for each in jobs if each.name == name]


def _bear(error: ServiceError, waits: Waits, name: str, queue: str) -> None:
    try:
        if not isinstance(error, TransientError):
            raise error
        waits.retry(error)
    except ServiceError as last:
        raise SubmissionUnknownError(name, queue, last.message, hint="Try again later.") from last
