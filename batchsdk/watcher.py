"""One watcher for all the jobs that a process waits for.

A single daemon thread describes every watched job, 100 ids a call, and tells each caller what is
new. It looks often where something happens and ever more seldom where nothing does
(:class:`Polling`), starts with the first watch and ends with the last. What a look means is
decided by :class:`JobLifecycle`; nothing but an answer of DescribeJobs ends a job here.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from batchsdk import limits
from batchsdk.clock import Clock
from batchsdk.detail import JobDetail
from batchsdk.errors import (
    EndpointUnreachableError,
    JobLostError,
    RequestRefusedError,
    ServiceFailureError,
    ThrottledError,
)
from batchsdk.states import JobLifecycle, Sighting
from batchsdk.waiting import Polling

News = JobDetail | Exception
"""A new status of a job, or why no more can be told of it: the last news is either terminal or
an exception (JobLostError, ServiceError)."""

_log = logging.getLogger(__name__)

_FAULTS_IN_A_ROW = 5
_SLICE = 0.5
"""Seconds after which a blocked caller looks at the time: a call of AWS may hang longer."""
_PATIENCE = 2.0
"""Seconds over its deadline that a caller gives the last look."""


@dataclass(eq=False)
class Watch:
    """One caller's interest in some jobs. News comes until each has ended, or :meth:`close`."""

    deliver: Callable[[str, News], None]
    """Called in the watcher's thread with a job's id and its news; must not block."""
    deadline: float | None
    """Monotonic time at which the caller gives up; a last look is taken then."""
    expire: Callable[[], None]
    """Called after that look."""
    left: set[str]
    """Ids of the jobs that have not ended."""
    _watcher: Watcher = field(repr=False)

    def close(self) -> None:
        """Want no more news."""
        self._watcher._forget(self)  # the two are one thing


@dataclass(eq=False)
class _Watched:
    """One job under one way of polling."""

    job_id: str
    polling: Polling
    due: float
    lifecycle: JobLifecycle
    interval: float
    latest: JobDetail | None = None
    watches: list[Watch] = field(default_factory=list)


class Watcher:
    """Watches jobs for any number of threads."""

    def __init__(
        self, describe: Callable[[Sequence[str]], Collection[JobDetail]], clock: Clock
    ) -> None:
        """Make a watcher; it does nothing until something is watched.

        Args:
            describe: describes at most 100 jobs; leaves out those that Batch does not know.
            clock: its ``wait`` is what the thread sleeps in.
        """
        self._describe = describe
        self._clock = clock
        self._observers: list[Callable[[JobDetail], None]] = []
        self._start_afresh()

    def _start_afresh(self) -> None:
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self._watched: dict[tuple[str, Polling], _Watched] = {}
        self._watches: set[Watch] = set()
        self._last_look = float("-inf")
        self._has_answered = False
        self._faults = 0

    def observe(self, observer: Callable[[JobDetail], None]) -> None:
        """Have ``observer`` called, in the watcher's thread, with each job that has ended."""
        self._observers.append(observer)

    def stop_observing(self, observer: Callable[[JobDetail], None]) -> None:
        """Undo :meth:`observe`."""
        self._observers.remove(observer)

    def watch(
        self,
        job_ids: Collection[str],
        deliver: Callable[[str, News], None],
        *,
        polling: Polling | None = None,
        deadline: float | None = None,
        expire: Callable[[], None] = lambda: None,
        at_once: bool = True,
    ) -> Watch:
        """Begin to watch jobs.

        Args:
            job_ids: the jobs.
            deliver: see :class:`Watch`.
            polling: how often to look.
            deadline: see :class:`Watch`.
            expire: see :class:`Watch`.
            at_once: look now. If not, a new job may wait for the next look of the others, so
                that a thousand jobs watched one by one are not a thousand calls.
        """
        if self._process != os.getpid():
            self._start_afresh()  # after a fork: the thread, and what it held, stayed behind
        polling = polling or Polling()
        watch = Watch(deliver, deadline, expire, set(job_ids), self)
        with self._lock:
            now = self._clock.monotonic()
            due = now if at_once else max(now, self._last_look + polling.shortest)
            for job_id in job_ids:
                self._add(watch, job_id, polling, due)
            self._watches.add(watch)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="batchsdk-watcher", daemon=True
                )
                self._thread.start()
            else:
                self._woken.set()
        return watch

    def follow(
        self,
        job_ids: Collection[str],
        *,
        timeout: float | None = None,
        polling: Polling | None = None,
    ) -> Iterator[tuple[str, News] | None]:
        """Yield what is new of the jobs, as it comes, until all have ended.

        Ends with ``None`` if they have not after ``timeout`` seconds.
        """
        left = set(job_ids)
        news: queue.SimpleQueue[tuple[str, News] | None] = queue.SimpleQueue()
        deadline = None if timeout is None else self._clock.monotonic() + timeout
        watch = self.watch(
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
                    if deadline is None or self._clock.monotonic() < deadline + _PATIENCE:
                        continue
                    item = None
                if item is not None and is_last(item[1]):
                    left.discard(item[0])
                yield item
                if item is None:
                    return
        finally:
            watch.close()

    def look_soon(self, job_ids: Collection[str]) -> bool:
        """Look at these jobs now, if they are watched; tell whether any is."""
        with self._lock:
            wanted = set(job_ids)
            found = [each for each in self._watched.values() if each.job_id in wanted]
            for each in found:
                each.due = self._clock.monotonic()
                each.interval = each.polling.shortest
            if found:
                self._woken.set()
            return bool(found)

    def _add(self, watch: Watch, job_id: str, polling: Polling, due: float) -> None:
        watched = self._watched.get((job_id, polling))
        if watched is None:
            watched = _Watched(
                job_id, polling, due, JobLifecycle(polling.grace), interval=polling.shortest
            )
            self._watched[job_id, polling] = watched
        elif watched.latest is not None:
            watch.deliver(job_id, watched.latest)
        watched.due = min(watched.due, due)
        watched.watches.append(watch)

    def _forget(self, watch: Watch) -> None:
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
        while True:
            with self._lock:
                self._woken.clear()
                now = self._clock.monotonic()
                expired = [
                    each
                    for each in self._watches
                    if each.deadline is not None and each.deadline <= now
                ]
                looked_at = self._next_look(now, expired)
            for chunk in _chunks(looked_at):
                if not self._look(chunk):
                    break
            for watch in expired:
                watch.close()
                watch.expire()
            with self._lock:
                if not self._watched:
                    self._watches.clear()
                    self._thread = None
                    return
                pause = self._pause()
            if pause > 0:
                self._clock.wait(self._woken, pause)

    def _next_look(self, now: float, expired: Sequence[Watch]) -> list[_Watched]:
        """Choose the jobs that are due, and fill the last call with those that are next."""
        waiting = sorted(self._watched.values(), key=lambda each: each.due)
        due = [each for each in waiting if each.due <= now or set(expired) & set(each.watches)]
        if not due:
            return []
        self._last_look = now
        chosen = {id(each) for each in due}
        spare = -len(due) % limits.DESCRIBE_JOBS
        return due + [each for each in waiting if id(each) not in chosen][:spare]

    def _pause(self) -> float:
        times = [each.due for each in self._watched.values()]
        times += [each.deadline for each in self._watches if each.deadline is not None]
        return min(times) - self._clock.monotonic()

    def _look(self, chunk: Sequence[_Watched]) -> bool:
        """Take one look; return False if AWS could not be asked and the rest shall wait."""
        try:
            found = {each.job_id: each for each in self._read([each.job_id for each in chunk])}
        except (ThrottledError, ServiceFailureError, EndpointUnreachableError) as fault:
            self._faults += 1
            # At the very start it is more likely a wrong setting than a passing fault.
            if self._has_answered and self._faults < _FAULTS_IN_A_ROW:
                self._put_off(chunk)
            else:
                self._end(chunk, fault)
            return False
        except Exception as fault:  # whoever waits must hear of it
            self._end(chunk, fault)
            return True
        self._faults = 0
        self._has_answered = True
        for watched in chunk:
            self._take(watched, found.get(watched.job_id))
        return True

    def _read(self, job_ids: Sequence[str]) -> Collection[JobDetail]:
        unique = list(dict.fromkeys(job_ids))
        try:
            return self._describe(unique)
        except RequestRefusedError:
            if len(unique) == 1:
                raise
        # One id that AWS does not take must not spoil the call for the others.
        known: list[JobDetail] = []
        for job_id in unique:
            try:
                known += self._describe([job_id])
            except RequestRefusedError as fault:
                with self._lock:
                    refused = [e for e in self._watched.values() if e.job_id == job_id]
                self._end(refused, fault)
        return known

    def _take(self, watched: _Watched, detail: JobDetail | None) -> None:
        now = self._clock.monotonic()
        sighting = watched.lifecycle.observe(detail.status if detail else None, now)
        if sighting is Sighting.LOST:
            self._end([watched], _lost(watched))
            return
        was_due = watched.due <= now
        if sighting is Sighting.CHANGED and detail is not None:
            watched.interval = watched.polling.shortest
            if detail.status.is_terminal:
                self._tell_observers(detail)
                self._end([watched], detail)
                return
            with self._lock:
                watched.latest = detail
                watches = tuple(watched.watches)
            _deliver(watches, watched.job_id, detail)
        watched.due = now + watched.interval
        if was_due:
            watched.interval = min(
                watched.interval * watched.polling.growth, watched.polling.longest
            )

    def _put_off(self, chunk: Sequence[_Watched]) -> None:
        now = self._clock.monotonic()
        for each in chunk:
            each.due = now + each.interval
            each.interval = min(each.interval * each.polling.growth, each.polling.longest)

    def _end(self, chunk: Sequence[_Watched], news: News) -> None:
        for watched in chunk:
            with self._lock:
                self._watched.pop((watched.job_id, watched.polling), None)
                watches = tuple(watched.watches)
                for watch in watches:
                    watch.left.discard(watched.job_id)
                    if not watch.left:
                        self._watches.discard(watch)
            _deliver(watches, watched.job_id, news)

    def _tell_observers(self, detail: JobDetail) -> None:
        for observer in tuple(self._observers):
            try:
                observer(detail)
            except Exception:
                _log.exception("the end of job %s could not be noted", detail.job_id)


def is_last(news: News) -> bool:
    """Tell whether nothing more comes of a job after ``news``."""
    return isinstance(news, Exception) or news.status.is_terminal


def _deliver(watches: Sequence[Watch], job_id: str, news: News) -> None:
    for watch in watches:
        try:
            watch.deliver(job_id, news)
        except Exception:  # one caller's fault must not stop the others' news
            _log.exception("a callback of job %s failed", job_id)


def _chunks(watched: Sequence[_Watched]) -> Iterator[Sequence[_Watched]]:
    for start in range(0, len(watched), limits.DESCRIBE_JOBS):
        yield watched[start : start + limits.DESCRIBE_JOBS]


def _lost(watched: _Watched) -> JobLostError:
    return JobLostError(
        watched.job_id,
        f"Batch has not known job {watched.job_id} for {watched.polling.grace:g} seconds",
        hint="Check the id, the account and the region; Batch forgets finished jobs after "
        "seven days or more.",
    )
