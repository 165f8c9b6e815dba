"""One watcher for all the jobs that a process waits for.

A single daemon thread describes every watched job, 100 ids a call, and tells each caller what is
new. It looks often where something happens and ever more seldom where nothing does
(:class:`Polling`), starts with the first watch and ends with the last. What a look means is
decided by :class:`JobLifecycle`; nothing but an answer of DescribeJobs ends a job here.
"""

from __future__ import annotations

import logging
import math
import os
import random
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import datetime

from batchsdk import limits
from batchsdk.aws.backoff import ATTEMPTS, BORNE, RETRIES
from batchsdk.clock import Clock
from batchsdk.errors import (
    CredentialsError,
    JobLostError,
    RequestRefusedError,
    ServiceError,
    ServiceFailureError,
    TransientError,
)
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.pace import (
    BEFORE_START,
    LONGEST_BEFORE_START,
    NOT_STARTED,
    STARTED_BEFORE,
    Durations,
    Progress,
    until_children_end,
    until_known,
)
from batchsdk.states import JobLifecycle, JobStatus, Sighting


@dataclass(frozen=True, kw_only=True)
class Polling:
    """How often to look: often after a change, less and less often while nothing changes."""

    shortest: float = 0.5
    """Seconds until the next look after a change of status."""
    growth: float = 1.2
    """Factor from one interval to the next while nothing changes: with 1.2 an end is known at most
    20 % of the time that the job has spent in its status, and ``shortest``, late."""
    longest: float = 30.0
    """Seconds that an interval never exceeds."""
    grace: float = 60.0
    """Seconds for which Batch may not know the job before it counts as lost."""
    learns: bool = True
    """Look by how long jobs of the same definition took, once that is known: seldom before, and
    often around their time."""


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
    waits: Callable[[JobDetail], None] = lambda _: None
    """Called in the watcher's thread at each look at a job that has not ended; must not block."""

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
    durations: Durations
    """What is known of jobs like it."""
    submitted: InitVar[float | None] = None
    """Monotonic time at which this process has submitted it, if that was just now."""
    latest: JobDetail | None = field(default=None, init=False)
    """The newest description with a new status."""
    watches: list[Watch] = field(default_factory=list, init=False)

    def __post_init__(self, submitted: float | None) -> None:
        """Begin quickly."""
        self._lifecycle = JobLifecycle(self.polling.grace)
        self._looked = submitted
        """Monotonic time of the last look, at first of the submission."""
        self._began: float | None = None
        """Since when it has its status, or an array the first children that run."""
        self._created: float | None = None
        """When an array was created."""
        self._quick_from: float | None = None
        """What the next interval is a part of the time since."""
        self._progress = NOT_STARTED

    @property
    def key(self) -> tuple[str, Polling]:
        """What there is one of."""
        return self.job_id, self.polling

    def look(
        self, detail: JobDetail | None, now: float, moment: datetime, *, rest: bool
    ) -> News | None:
        """Take one description; ``None`` if Batch does not know the job.

        Args:
            detail: the description.
            now: monotonic time.
            moment: time of day.
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
        if changed and detail is not None and detail.status.is_terminal:
            self.latest = detail
            return detail  # there is no next look
        self._note_times(detail, now, moment, changed=changed)
        if changed:
            self.latest = detail
        self.due = now + (
            self.polling.longest
            if rest and sighting is Sighting.SAME
            else self._interval(detail, now)
        )
        lost_at = self._lifecycle.lost_at
        if lost_at is not None:
            self.due = min(self.due, lost_at)
        return detail if changed else None

    def _note_times(
        self, detail: JobDetail | None, now: float, moment: datetime, *, changed: bool
    ) -> None:
        """Work out since when the job is as it is: not earlier than the last look, nor later."""
        before, self._looked = self._looked, now
        if detail is None:
            return
        if self._created is None:
            self._created = _moved(detail.created_at, now, moment, None)
        progress = Progress.of(detail)
        started = progress.has_started and not self._progress.has_started
        is_first = self._began is None
        is_new = changed and (is_first or not detail.is_array_parent)
        if is_new or started:
            self._began = now
            if detail.is_array_parent and started and before is not None:
                self._began = now - (now - before) * STARTED_BEFORE
            elif detail.status is JobStatus.RUNNING:
                self._began = _moved(detail.started_at, now, moment, before)
            elif is_first and before is not None:
                self._began = before  # it waits since its submission
            self._quick_from = self._began
        self._progress = progress

    def hasten(self, due: float) -> None:
        """Look at ``due`` at the latest, and often from then on, as something has happened."""
        self.due, self._quick_from = min(self.due, due), due

    def put_off(self, now: float, seconds: float) -> None:
        """Look again after ``seconds``, and not sooner than without the error."""
        self._looked = now if self._looked is None else self._looked
        self.due = now + max(seconds, self._interval(self.latest, now))

    def _interval(self, detail: JobDetail | None, now: float) -> float:
        """Seconds from a look without news to the next."""
        polling, quick_from = self.polling, self._quick_from
        if quick_from is None:
            quick_from = self._quick_from = now
        spent, part = max(0.0, now - quick_from), polling.growth - 1
        usual = polling.shortest + part * spent
        if detail is not None and detail.is_array_parent and not self._progress.has_started:
            sparse = polling.shortest + BEFORE_START * part * spent
            usual = max(usual, min(sparse, LONGEST_BEFORE_START))
        if not polling.learns or detail is None or detail.status.is_terminal:
            return min(usual, polling.longest)
        began = now if self._began is None else self._began
        created = now if self._created is None else self._created
        progress = self._progress
        expected = self.durations.expected(detail)
        if expected is not None:
            is_array = detail.is_array_parent
            usual = until_known(
                expected,
                now - (created if is_array else began),
                usual,
                runs=is_array or detail.status is JobStatus.RUNNING,
            )
        elif progress.ended:
            usual = until_children_end(progress, now - began, usual)
        return min(usual, polling.longest)


def _moved(wanted: datetime | None, now: float, moment: datetime, earliest: float | None) -> float:
    """Return a time of day as monotonic time, not after ``now`` nor before ``earliest``.

    The clock of this machine may differ from that of AWS.
    """
    if wanted is None:
        return now
    found = min(now, now - (moment - wanted).total_seconds())
    return found if earliest is None else max(found, earliest)


def deliver(watches: Sequence[Watch], job_id: str, news: News) -> None:
    """Hand news to every watch; a fault of one does not keep it from the others."""
    for watch in watches:
        try:
            watch.deliver(job_id, news)
        except Exception:
            _log.exception("a callback of job %s failed", job_id)


_HINTS_LAST = 300.0
"""Seconds after a hint for which more are expected."""

_IN_VAIN = 0.5
"""Seconds after its submission for which a look at a job is put off: a container takes longer to
start."""


class Watcher:
    """Watches jobs for any number of threads."""

    def __init__(
        self,
        describe: Callable[[Sequence[str]], Collection[JobDetail]],
        clock: Clock,
        randomness: random.Random,
    ) -> None:
        """Make a watcher; it does nothing until something is watched.

        Args:
            describe: describes at most 100 jobs; leaves out those that Batch does not know.
            clock: its ``wait`` is what the thread sleeps in.
            randomness: spreads the waits after errors.
        """
        self._describe = describe
        self._clock = clock
        self._randomness = randomness
        self.on_busy: Callable[[], None] = lambda: None
        """Called when something begins to be watched."""
        self.durations = Durations()
        """How long jobs took, as far as this connection has seen or was told."""
        self._observers: list[Callable[[JobDetail], None]] = [self.durations.note_end]
        self._start_afresh()

    def _start_afresh(self) -> None:
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self._watched: dict[tuple[str, Polling], Watched] = {}
        self._watches: set[Watch] = set()
        self._last_look = float("-inf")
        self._has_answered = False
        self._faults = 0
        self._failing_since = 0.0
        self._hinted_until = float("-inf")
        self._submitted: dict[str, float] = {}
        """When jobs were submitted, oldest first; those of the last moment alone."""

    def note_submission(self, job_id: str) -> None:
        """Learn that this process has submitted a job just now: a look can wait a moment."""
        with self._lock:
            now = self._clock.monotonic()
            while self._submitted:
                oldest = next(iter(self._submitted))
                if self._submission(oldest, now) is not None:
                    break
                del self._submitted[oldest]
            self._submitted[job_id] = now

    def _submission(self, job_id: str, now: float) -> float | None:
        """Return when this process submitted a job; ``None`` if that was not just now."""
        moment = self._submitted.get(job_id)
        return moment if moment is not None and now - moment < _IN_VAIN else None

    def _first_look(self, job_ids: Collection[str], polling: Polling, now: float) -> float:
        """Return when a look at any of the jobs is not in vain any more."""
        moments = []
        for job_id in job_ids:
            moment = self._submission(job_id, now)
            if moment is None:
                return now
            moments.append(moment)
        return max(now, min(moments, default=now) + min(polling.shortest, _IN_VAIN))

    def observe(self, observer: Callable[[JobDetail], None]) -> None:
        """Have ``observer`` called, in the watcher's thread, with each job that has ended."""
        self._observers.append(observer)

    def stop_observing(self, observer: Callable[[JobDetail], None]) -> None:
        """Undo :meth:`observe`."""
        self._observers.remove(observer)

    def watch(
        self,
        job_ids: Collection[str],
        deliver_to: Callable[[str, News], None],
        *,
        polling: Polling | None = None,
        deadline: float | None = None,
        expire: Callable[[], None] = lambda: None,
        at_once: bool = True,
        waits: Callable[[JobDetail], None] = lambda _: None,
    ) -> Watch:
        """Begin to watch jobs.

        Args:
            job_ids: the jobs.
            deliver_to: see ``Watch.deliver``.
            polling: how often to look.
            deadline: see :class:`Watch`.
            expire: see :class:`Watch`.
            at_once: look now; where this process has submitted all of the jobs just now, half a
                second after the first of them. If not, a new job may wait for the next look of the
                others, so that a thousand jobs watched one by one are not a thousand calls.
            waits: see :class:`Watch`.
        """
        if self._process != os.getpid():
            self._start_afresh()  # after a fork: the thread, and what it held, stayed behind
        polling = polling or Polling()
        watch = Watch(deliver_to, deadline, expire, set(job_ids), waits)
        with self._lock:
            now = self._clock.monotonic()
            due = self._first_look(job_ids, polling, now)
            if not at_once:
                due = max(due, self._last_look + polling.shortest)
            for job_id in job_ids:
                self._add(watch, job_id, polling, due, now)
            self._watches.add(watch)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="batchsdk-watcher", daemon=True
                )
                self._thread.start()
            else:
                self._woken.set()
        self.on_busy()
        return watch

    def hint(self, job_ids: Collection[str], *, ended: Collection[str] = ()) -> set[str]:
        """Take a hint that something happened to these jobs, and look at those that ``ended``.

        As long as hints come, jobs that none is about are looked at seldom.

        Returns:
            The ids of those that are watched.
        """
        with self._lock:
            wanted = set(job_ids)
            found = [each for each in self._watched.values() if each.job_id in wanted]
            now = self._clock.monotonic()
            for each in found:
                if each.job_id in ended:
                    # Many hints, few looks: as far apart as without them.
                    due = max(now, self._last_look + each.polling.shortest)
                    each.hasten(due)
            if found:
                self._hinted_until = now + _HINTS_LAST
                self._woken.set()
            return {each.job_id for each in found}

    @property
    def is_busy(self) -> bool:
        """Something is watched."""
        return bool(self._watched)

    def _add(self, watch: Watch, job_id: str, polling: Polling, due: float, now: float) -> None:
        watched = self._watched.get((job_id, polling))
        if watched is None:
            submitted = self._submission(job_id, now)
            watched = Watched(job_id, polling, due, self.durations, submitted)
            self._watched[watched.key] = watched
        elif watched.latest is not None:
            watch.deliver(job_id, watched.latest)
        watched.due = min(watched.due, due)
        watched.watches.append(watch)

    def forget(self, watch: Watch) -> None:
        """Give this watch no more news."""
        with self._lock:
            if watch not in self._watches:
                return
            self._watches.discard(watch)
            for key, watched in list(self._watched.items()):
                if watch in watched.watches:
                    watched.watches.remove(watch)
                if not watched.watches:
                    del self._watched[key]
            self._woken.set()

    def _run(self) -> None:
        try:
            while self._round():
                pass
        except BaseException as fault:
            # Nobody may wait forever for a thread that has ended.
            with self._lock:
                self._thread = None
                left = list(self._watched.values())
            self._end(left, ServiceFailureError(f"watcher: {fault!r}", operation="DescribeJobs"))
            raise

    def _round(self) -> bool:
        """Look at what is due, then sleep until something is; False if nothing is watched."""
        with self._lock:
            self._woken.clear()
            now = self._clock.monotonic()
            expired = [each for each in self._watches if each.is_over(now)]
            due = self._next_look(now, expired)
        self._look(due)
        for watch in expired:
            self.forget(watch)
            watch.expire()
        with self._lock:
            if not self._watched:
                self._watches.clear()
                self._thread = None
                return False
            times = [each.due for each in self._watched.values()]
            times += [each.deadline for each in self._watches if each.deadline is not None]
            pause = min(times) - self._clock.monotonic()
        if pause > 0:
            self._clock.wait(self._woken, pause)
        return True

    def _next_look(self, now: float, expired: Sequence[Watch]) -> list[Watched]:
        """Choose the jobs that are due, and fill the last call with those that are next."""
        waiting = sorted(self._watched.values(), key=lambda each: each.due)
        due = [each for each in waiting if each.due <= now or set(expired) & set(each.watches)]
        if not due:
            return []
        self._last_look = now
        chosen = set(map(id, due))
        calls = math.ceil(len(due) / limits.DESCRIBE_JOBS)
        spare = calls * limits.DESCRIBE_JOBS - len(due)
        return due + [each for each in waiting if id(each) not in chosen][:spare]

    def _look(self, due: Sequence[Watched]) -> None:
        for start in range(0, len(due), limits.DESCRIBE_JOBS):
            chunk = due[start : start + limits.DESCRIBE_JOBS]
            try:
                found = {each.job_id: each for each in self._read(chunk)}
            except (TransientError, CredentialsError) as fault:
                self._bear(fault, due[start:])
                return
            except Exception as fault:  # whoever waits must hear of it
                self._end(chunk, fault)
                continue
            self._faults = 0
            self._has_answered = True
            for watched in chunk:
                self._take(watched, found.get(watched.job_id))

    def _bear(self, fault: ServiceError, rest: Sequence[Watched]) -> None:
        """Wait a fault out, unless there are too many."""
        self._faults += 1
        now = self._clock.monotonic()
        if self._faults == 1:
            self._failing_since = now
        # Credentials that have never worked are wrong; later ones may be renewed in a moment.
        passes = self._has_answered or isinstance(fault, TransientError)
        if passes and (self._faults < ATTEMPTS or now - self._failing_since < BORNE):
            if self._faults == 1:
                _log.warning("%s; the jobs go on, and it is tried again", fault.message)
            seconds = RETRIES.jittered(self._faults, self._randomness)
            for each in rest:  # all by the same, so that they stay in one call
                each.put_off(now, seconds)
        else:
            self._faults = 0
            self._end(rest, fault)

    def _read(self, chunk: Sequence[Watched]) -> Collection[JobDetail]:
        job_ids = list(dict.fromkeys(each.job_id for each in chunk))
        try:
            return self._describe(job_ids)
        except RequestRefusedError:
            if len(job_ids) == 1:
                raise
        # One id that AWS does not take must not spoil the call for the others.
        known: list[JobDetail] = []
        for job_id in job_ids:
            try:
                known += self._describe([job_id])
            except RequestRefusedError as fault:
                self._end([each for each in chunk if each.job_id == job_id], fault)
        return known

    def _take(self, watched: Watched, detail: JobDetail | None) -> None:
        now = self._clock.monotonic()
        with self._lock:
            rest = now < self._hinted_until
            news = watched.look(detail, now, self._clock.now(), rest=rest)
            watches = tuple(watched.watches)
        if detail is not None and not detail.status.is_terminal:
            for watch in watches:
                watch.waits(detail)
        if news is None:
            return
        if not is_last(news):
            deliver(watches, watched.job_id, news)
            return
        if isinstance(news, JobDetail):
            self._tell_observers(news)
        self._end([watched], news)

    def _end(self, chunk: Sequence[Watched], news: News) -> None:
        for watched in chunk:
            with self._lock:
                # It may have been forgotten, and watched anew, during the look.
                if self._watched.get(watched.key) is watched:
                    del self._watched[watched.key]
                watches = tuple(watched.watches)
                for watch in watches:
                    watch.left.discard(watched.job_id)
                    if not watch.left:
                        self._watches.discard(watch)
            deliver(watches, watched.job_id, news)

    def _tell_observers(self, detail: JobDetail) -> None:
        for observer in tuple(self._observers):
            try:
                observer(detail)
            except Exception:
                _log.exception("the end of job %s could not be noted", detail.job_id)
