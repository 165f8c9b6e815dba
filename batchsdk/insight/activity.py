"""What goes on in the queues of a stack, looked at again and again with few calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from batchsdk.jobs.detail import JobSummary
from batchsdk.jobs.listing import created_after
from batchsdk.session import Session
from batchsdk.states import JobStatus

MOST_JOBS = 1000
"""Of one queue, in one look: ten pages of ListJobs."""

_LATE = timedelta(minutes=1)
"""A job may be listed this much later than it was created."""


@dataclass(frozen=True, kw_only=True)
class QueueActivity:
    """The jobs of one queue, counted."""

    key: str
    """In the stack's config."""
    counts: Mapping[JobStatus, int]
    """Status -> jobs; children of arrays count, where ListJobs tells of them, their parents not."""
    is_cut: bool
    """There are more jobs than were listed."""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The queues and jobs of a stack at one moment."""

    moment: datetime
    since: datetime
    """Jobs that were created before this time are left out."""
    queues: tuple[QueueActivity, ...]
    jobs: tuple[tuple[str, JobSummary], ...]
    """(key of the queue, job): unfinished jobs first, the newest of each status first."""


@dataclass
class _Seen:
    """What is known of one queue."""

    since: datetime
    jobs: dict[str, JobSummary] = field(default_factory=dict)
    is_cut: bool = False

    def floor(self) -> datetime:
        """Return the time of creation from which jobs may be new or have changed."""
        created = [each.created_at for each in self.jobs.values() if each.created_at]
        if not created or self.is_cut:
            return self.since
        live = [
            each.created_at
            for each in self.jobs.values()
            if each.created_at and not each.status.is_terminal
        ]
        return max(self.since, min([max(created) - _LATE, *live]) - timedelta(milliseconds=1))


class Activity:
    """Looks at the jobs of a stack's queues. Made by ``Batch.activity``.

    One ListJobs call for each queue and hundred jobs: with the filter AFTER_CREATED_AT it gives
    jobs of every status at once. Jobs that ended are not asked for again.
    """

    def __init__(self, session: Session, queues: Mapping[str, str], since: timedelta) -> None:
        self._session = session
        self._queues = queues
        self._since = session.clock.now() - since
        self._seen = {key: _Seen(self._since) for key in queues}

    @property
    def title(self) -> str:
        """The name of the stack, or of the queue, that is looked at."""
        return self._session.name

    def look(self) -> Overview:
        """Return what goes on now.

        Raises:
            ServiceError: AWS refused a call or did not answer.
        """
        for key, queue in self._queues.items():
            seen = self._seen[key]
            found, seen.is_cut = created_after(
                self._session.transport, queue, seen.floor(), most=MOST_JOBS
            )
            seen.jobs |= {each.job_id: each for each in found}
        return Overview(
            moment=self._session.clock.now(),
            since=self._since,
            queues=tuple(
                QueueActivity(key=key, counts=_counts(seen.jobs), is_cut=seen.is_cut)
                for key, seen in self._seen.items()
            ),
            jobs=tuple(
                sorted(
                    ((key, job) for key, seen in self._seen.items() for job in seen.jobs.values()),
                    key=lambda each: _urgency(each[1]),
                )
            ),
        )


_ORDER = [
    JobStatus.RUNNING,
    JobStatus.STARTING,
    JobStatus.RUNNABLE,
    JobStatus.PENDING,
    JobStatus.SUBMITTED,
]


def _urgency(job: JobSummary) -> tuple[int, float]:
    rank = _ORDER.index(job.status) if job.status in _ORDER else len(_ORDER)
    newest = job.stopped_at or job.created_at
    return rank, -newest.timestamp() if newest else 0.0


def _counts(jobs: Mapping[str, JobSummary]) -> Mapping[JobStatus, int]:
    counts: Counter[JobStatus] = Counter()
    for job in jobs.values():
        children = (job.raw.get("arrayProperties") or {}).get("statusSummary") or {}
        for status, count in children.items():
            if status in list(JobStatus):
                counts[JobStatus(status)] += count
        if not children:
            counts[job.status] += job.array_size or 1
    return {status: counts[status] for status in JobStatus}
