"""Submissions in a bounded pool of threads; how fast they go is the rate limit's business."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from typing import Any

from batchsdk import limits
from batchsdk.errors import (
    AccessDeniedError,
    BatchSdkError,
    CredentialsError,
    EndpointUnreachableError,
    InvalidArgumentError,
    Problem,
    RegionError,
    ThrottledError,
)
from batchsdk.jobs.job import Job
from batchsdk.names import is_unique_job_name
from batchsdk.session import Session
from batchsdk.submit.sending import send, send_named
from batchsdk.submit.submission import PreparedSubmission

CONCURRENCY = 16
"""Enough for 50 submissions a second whose answers take a third of a second."""

_OF_ALL = (
    AccessDeniedError,
    CredentialsError,
    EndpointUnreachableError,
    RegionError,
    ThrottledError,
)
"""What befalls one submission for a reason that the others share: no more are sent."""


class SubmitManyError(BatchSdkError):
    """Of many submissions, some were not accepted.

    Attributes:
        jobs: the jobs that exist, in the order of the submissions; ``None`` where there is none,
            or where the answer was lost (see ``errors``).
        errors: place in the submissions -> why that one was not accepted.
    """

    def __init__(self, jobs: Sequence[Job | None], errors: Mapping[int, BatchSdkError]) -> None:
        self.jobs = tuple(jobs)
        self.errors = dict(errors)
        accepted = sum(job is not None for job in jobs)
        unsent = len(jobs) - accepted - len(errors)
        first = next(iter(errors.items()))
        super().__init__(
            f"{accepted} of {len(jobs)} jobs were accepted, {len(errors)} were not, {unsent} were "
            f"not sent; the first error, of submissions[{first[0]}]: {first[1].message}",
            hint=first[1].hint,
        )

    def to_mapping(self) -> dict[str, Any]:
        """Add ``jobIds`` and ``errors`` to the common keys."""
        return super().to_mapping() | {
            "jobIds": [job.id if job is not None else None for job in self.jobs],
            "errors": {str(place): error.to_mapping() for place, error in self.errors.items()},
        }


def send_one(session: Session, prepared: PreparedSubmission) -> Job:
    """Send one submission; see ``Batch.send``.

    A lost answer is resolved by the job's name, unless the caller chose it: others may have it.
    """
    if is_unique_job_name(prepared.job_name):
        job_id, _ = send_named(session, prepared.request, others=tuple(prepared.job_ids))
    else:
        job_id = send(session, prepared.request)
    prepared.job_ids.append(job_id)
    return Job(session, job_id, prepared.job_name)


def send_many(
    session: Session,
    prepared: Sequence[PreparedSubmission],
    concurrency: int = CONCURRENCY,
    on_submitted: Callable[[int, Job], None] | None = None,
) -> list[Job]:
    """Send many submissions, each as :func:`send_one` does; see ``Batch.submit_many``.

    After an error that the others share (no permission, nothing answers), those that are not under
    way are not sent. The same on an interrupt; whatever was accepted is told to ``on_submitted``.
    """
    check_concurrency(concurrency)
    session.open_transport()  # before the threads share it
    sending = _Sending(session, prepared, on_submitted)
    pool = ThreadPoolExecutor(min(concurrency, len(prepared) or 1), "batchsdk-submit")
    places = {pool.submit(sending.send, place): place for place in range(len(prepared))}
    try:
        # Woken for each job only where somebody wants to hear of each: it costs the threads time.
        for sent in as_completed(list(places)) if on_submitted else wait(places).done:
            sending.take(places.pop(sent), sent)
    finally:
        sending.stopped.set()
        pool.shutdown(cancel_futures=True)
        for sent, place in places.items():  # left over by an interrupt alone
            if not sent.cancelled():
                sending.take(place, sent)
    return sending.outcome()


def check_concurrency(concurrency: int) -> None:
    """Check how many submissions may be under way at a time.

    Raises:
        InvalidArgumentError: too few or too many.
    """
    if concurrency not in limits.CONCURRENCY:
        raise InvalidArgumentError(
            Problem(
                "concurrency",
                concurrency,
                f"must be {limits.CONCURRENCY_MIN} to {limits.CONCURRENCY_MAX}",
                "leave it out",
            )
        )


class _Sending:
    """What is under way, and what came of the rest."""

    def __init__(
        self,
        session: Session,
        prepared: Sequence[PreparedSubmission],
        on_submitted: Callable[[int, Job], None] | None,
    ) -> None:
        self._session = session
        self._prepared = prepared
        self._on_submitted = on_submitted
        self._jobs: list[Job | None] = [None] * len(prepared)
        self._errors: dict[int, BatchSdkError] = {}
        self.stopped = threading.Event()

    def send(self, place: int) -> Job | None:
        """Send one, in a thread of the pool; ``None`` if no more are to be sent."""
        if self.stopped.is_set():
            return None
        try:
            return send_one(self._session, self._prepared[place])
        except _OF_ALL:
            self.stopped.set()
            raise

    def take(self, place: int, sent: Future[Job | None]) -> None:
        """Take what came of one, in the caller's thread."""
        try:
            job = self._jobs[place] = sent.result()
        except BatchSdkError as error:
            self._errors[place] = error
            return
        if job is not None and self._on_submitted is not None:
            self._on_submitted(place, job)

    def outcome(self) -> list[Job]:
        if self._errors:
            raise SubmitManyError(self._jobs, dict(sorted(self._errors.items())))
        return [job for job in self._jobs if job is not None]
