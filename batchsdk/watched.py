"""What is known of the jobs that are watched, and when to look at them next. No I/O, no threads."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from batchsdk.detail import JobDetail
from batchsdk.errors_of_job import JobLostError
from batchsdk.states import JobLifecycle, Sighting
from batchsdk.waiting import Polling

_log = logging.getLogger(__name__)

News = JobDetail | Exception
"""A new status of a job, or why no more can be told of it: the last news is either terminal or
an exception (JobLostError, ServiceError)."""


def is_last(news: News) -> bool:
    """Tell whether nothing more comes of a job after ``news``."""
    return isinstance(news, Exception) or news.status.is_terminal


@dataclass(eq=False)
class Watch:
    """One caller's interest in some jobs."""

    deliver: Callable[[str, News], None]
    """Called in the watcher's thread with a job's id and its news; must not block."""
    deadline: float | None
    """Monotonic time at which the caller gives up; a last look is taken then."""
    expire: Callable[[], None]
    """Called after that look."""
    left: set[str]
    """Ids of the jobs that have not ended."""

    def is_over(self, now: float) -> bool:
        """Tell whether the caller gives up."""
        return self.deadline is not None and self.deadline <= now


@dataclass(eq=False)
class Watched:
    """One job under one way of polling."""

    job_id: str
    polling: Polling
    due: float
    """Monotonic time of the next look."""
    interval: float = field(init=False)
    """Seconds from a look without news to the next."""
    latest: JobDetail | None = field(default=None, init=False)
    """The newest description with a new status."""
    watches: list[Watch] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        """Begin quickly."""
        self.interval = self.polling.shortest
        self._lifecycle = JobLifecycle(self.polling.grace)

    @property
    def key(self) -> tuple[str, Polling]:
        """What there is one of."""
        return self.job_id, self.polling

    def look(self, detail: JobDetail | None, now: float, *, rest: bool) -> News | None:
        """Take one description; ``None`` if Batch does not know the job.

        Args:
            detail: the description.
            now: monotonic time.
            rest: events tell what happens, so that looking is only a safety net.

        Returns:
            What is new, if anything.
        """
        sighting = self._lifecycle.observe(detail.status if detail else None, now)
        if sighting is Sighting.LOST:
            return JobLostError(
                self.job_id,
                f"Batch has not known job {self.job_id} for {self.polling.grace:g} seconds",
                hint="Check the id, the account and the region; Batch forgets finished jobs "
                "after seven days or more.",
            )
        changed = sighting is Sighting.CHANGED
        if changed:
            self.latest, self.interval = detail, self.polling.shortest
        # A look that only filled up a call tells nothing of how quickly things happen.
        slower = self.due <= now
        if rest and sighting is Sighting.SAME:
            self.interval = self.polling.longest
        self.due = now + self.interval
        if slower:
            self._slow_down()
        return detail if changed else None

    def put_off(self, now: float) -> None:
        """Look again later, as AWS could not be asked."""
        self.due = now + self.interval
        self._slow_down()

    def _slow_down(self) -> None:
        self.interval = min(self.interval * self.polling.growth, self.polling.longest)


def deliver(watches: Sequence[Watch], job_id: str, news: News) -> None:
    """Hand news to every watch; a fault of one does not keep it from the others."""
    for watch in watches:
        try:
            watch.deliver(job_id, news)
        except Exception:
            _log.exception("a callback of job %s failed", job_id)
