"""The thread of an executor: it submits calls, finds what they came to, and ends their futures."""

from __future__ import annotations

import logging
import queue
import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from batchsdk.errors import (
    BatchSdkError,
    FunctionError,
    JobFailedError,
    ServiceError,
)
from batchsdk.failure_kinds import FailureKind
from batchsdk.functions.calls import Call, CallArray, CallFuture
from batchsdk.functions.outcomes import Outcome, outcome_of
from batchsdk.functions.retries import attempts_of
from batchsdk.functions.store import CallStore
from batchsdk.functions.submitting import Submitting
from batchsdk.jobs.detail import JobDetail, JobSummary
from batchsdk.jobs.failure import failed, own_failures
from batchsdk.jobs.listing import failed_children_of
from batchsdk.jobs.stuck import BackgroundStartWatch
from batchsdk.jobs.watcher import News, Polling
from batchsdk.session import Session
from batchsdk.submit.many import SubmitManyError

_log = logging.getLogger(__name__)

_PAUSE = 0.1
"""Seconds without a further call after which the calls before are submitted."""
_LONGEST_PAUSE = 1.0
"""Seconds after which they are in any case."""
_MOST_BYTES = 256 * 2**20
"""Bytes of the arguments of one array, which are one object."""
_FIRST_LOOK, _LOOKS, _LONGEST_LOOK = 0.3, 0.1, 10.0
"""Seconds between two looks for results: at least, as a part of the time since the submission, and
at most. A look is one ListObjectsV2 for each thousand results."""
_POLLING = Polling(shortest=2.0, growth=1.6, longest=120.0, learns=False)
"""Results are found in S3; AWS Batch is asked only about jobs that left none."""
_QUESTIONS = 4
"""Times that AWS Batch is asked about an array out of turn: after a second without results, after
two, four and eight."""
_EXPLAINED = 20
"""Failed jobs of an array whose logs are read for the error."""
_READERS = 8
"""Results that are read at a time."""
_REASON = "its future was cancelled"
"""Why a job is stopped; AWS has it as ``statusReason``."""


@dataclass(frozen=True, kw_only=True)
class CallCounts:
    """How far the calls of an executor are."""

    total: int
    """Calls, of a map with ``chunksize`` chunks, that were submitted."""
    returned: int
    raised: int
    """Their futures have an exception: the function's own, or that of a job that failed."""
    cancelled: int

    @property
    def left(self) -> int:
        """Calls that have not ended."""
        return self.total - self.returned - self.raised - self.cancelled


class Dispatcher:
    """Brings calls to jobs and their ends to futures, in one thread that ends when all have."""

    def __init__(
        self,
        session: Session,
        submitting: Submitting,
        store: CallStore,
        on_progress: Callable[[CallCounts], None] | None,
    ) -> None:
        self._session = session
        self._submitting = submitting
        self._store = store
        self._on_progress = on_progress
        self._messages: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._futures: set[CallFuture[Any]] = set()
        """Of calls that have not ended."""
        # Of the thread alone:
        self._new: list[Call] = []
        self._send_at = 0.0
        self._send_by = 0.0
        self._arrays: list[CallArray] = []
        self._counts = dict.fromkeys(("total", "returned", "raised", "cancelled"), 0)
        self._told: CallCounts | None = None

    # What other threads call.

    def take(self, calls: list[Call], *, at_once: bool) -> None:
        """Take new calls.

        Args:
            calls: the calls.
            at_once: do not wait for more.
        """
        with self._lock:
            self._futures.update(each.future for each in calls)
        self._say(lambda: self._gather(calls, at_once=at_once))

    def cancel(self, future: CallFuture[Any]) -> None:
        """Take back a call whose future was cancelled."""
        with self._lock:
            self._futures.discard(future)
        self._say(self._note_cancelled)

    def shut_down(self, *, cancel: bool) -> None:
        """Submit what is there; with ``cancel`` cancel all jobs that have not started instead."""
        self._say(self._cancel_waiting if cancel else self._send)

    def abandon(self) -> None:
        """Cancel all futures, and terminate their jobs."""
        with self._lock:
            left = list(self._futures)
        for each in left:
            each.cancel()

    def join(self) -> None:
        """Wait until all calls have ended."""
        while (thread := self._thread) is not None:
            thread.join()

    def _say(self, message: Callable[[], None]) -> None:
        with self._lock:
            self._messages.put(message)
            if self._thread is None:
                # No daemon: a program that ends waits for its calls, as with other executors.
                self._thread = threading.Thread(target=self._run, name="batchsdk-functions")
                self._thread.start()

    # The thread.

    def _run(self) -> None:
        with ThreadPoolExecutor(_READERS, thread_name_prefix="batchsdk-results") as readers:
            while True:
                try:
                    self._round(readers)
                except Exception as fault:  # nobody may wait forever
                    _log.exception("calls of functions are given up")
                    self._give_up(fault)
                with self._lock:
                    if not self._new and not self._arrays and self._messages.empty():
                        self._thread = None
                        return

    def _round(self, readers: ThreadPoolExecutor) -> None:
        self._listen()
        now = self._session.clock.monotonic()
        if self._new and now >= min(self._send_at, self._send_by):
            self._send()
        for array in list(self._arrays):
            if array.left and now >= array.look_at:
                self._look(array, readers)
                self._ask_if_quiet(array)
        self._stop_cancelled()
        self._arrays = [each for each in self._arrays if not self._is_over(each)]
        self._tell()

    def _listen(self) -> None:
        """Wait until something is to be done, and take all that was said."""
        moments = [each.look_at for each in self._arrays]
        moments += [min(self._send_at, self._send_by)] if self._new else []
        pause = min(moments, default=0.0) - self._session.clock.monotonic() if moments else 0.0
        try:
            message = self._messages.get(timeout=max(0.0, pause))
            while True:
                message()
                message = self._messages.get_nowait()
        except queue.Empty:
            return

    def _gather(self, calls: list[Call], *, at_once: bool) -> None:
        now = self._session.clock.monotonic()
        if not self._new:
            self._send_by = now + _LONGEST_PAUSE
        self._send_at = now if at_once else now + _PAUSE
        self._new += calls
        self._counts["total"] += len(calls)

    def _send(self) -> None:
        calls, self._new = self._without_cancelled(self._new), []
        for some in _in_arrays(calls):
            try:
                array = self._submitting.send(some, self._store)
            except BatchSdkError as fault:
                self._stop_accepted(fault)
                for each in some:
                    self._end(each, error=fault)
            else:
                self._follow(array)

    def _stop_accepted(self, fault: BatchSdkError) -> None:
        """Terminate those of several jobs that were accepted: the calls of all have failed."""
        if isinstance(fault, SubmitManyError):
            for job in fault.jobs:
                if job is not None:
                    self._stop(job.id)

    def _follow(self, array: CallArray) -> None:
        self._arrays.append(array)
        background = BackgroundStartWatch.of(self._session)

        def note(detail: JobDetail) -> None:
            background.note(detail)
            self._say(lambda: self._take_news(array, detail.job_id, detail))

        def deliver(job_id: str, news: News) -> None:
            self._say(lambda: self._take_news(array, job_id, news))

        ids = [job.id for job in array.jobs]
        array.watch = self._session.watcher.watch(ids, deliver, polling=_POLLING, waits=note)

    # Results.

    def _look(self, array: CallArray, readers: ThreadPoolExecutor | None = None) -> None:
        """Find results that are new, and end their calls in the order in which they ended."""
        now = self._session.clock.monotonic()
        pause = max(_FIRST_LOOK, _LOOKS * (now - array.began))
        array.look_at = now + min(pause, _LONGEST_LOOK)
        try:
            new = [
                each
                for each in self._session.patiently(lambda: self._store.results(array.name))
                if each not in array.seen and _RESULT.fullmatch(each)
            ]
            array.seen.update(new)
            array.quiet_from = now if new else array.quiet_from
            read = [each for each in new if _index_in(each) in array.left]
            outcomes = list(zip(read, self._read(array, read, readers), strict=True))
        except ServiceError as fault:
            self._lose(array, list(array.left), fault)
            return
        for name, outcome in sorted(outcomes, key=lambda pair: pair[1].ended):
            self._take_outcome(array, _index_in(name), outcome)

    def _ask_if_quiet(self, array: CallArray) -> None:
        """Ask about the jobs where results came, and come no more: some may have left none."""
        quiet = self._session.clock.monotonic() - array.quiet_from
        if not array.seen or array.questions == _QUESTIONS or quiet < 2**array.questions:
            return
        array.questions += 1
        left = [job.id for job in array.jobs if job.id not in array.ended]
        try:
            details = self._session.describe_patiently(left)
        except ServiceError:
            return  # the watcher asks, too, and tells
        for each in details:
            self._take_news(array, each.job_id, each)

    def _read(
        self, array: CallArray, names: list[str], readers: ThreadPoolExecutor | None
    ) -> list[Outcome]:
        def read(name: str) -> Outcome:
            return self._outcome(array, name)

        if readers is None or len(names) == 1:
            return list(map(read, names))
        try:
            return list(readers.map(read, names))
        except RuntimeError:  # the program ends, and its pools take nothing more
            return list(map(read, names))

    def _outcome(self, array: CallArray, name: str) -> Outcome:
        index, attempt = _index_in(name), int(name.rpartition(".")[2])
        job_id, call = array.job_of(index), array.left[index].name
        sealed = self._session.patiently(lambda: self._store.read(name))
        if sealed is None:
            error = FunctionError(job_id, f"the result of {call} was deleted: {name}")
            return Outcome(attempt, 0, error=error)
        return outcome_of(self._store.key, name, sealed, attempt=attempt, call=call, job_id=job_id)

    def _take_outcome(self, array: CallArray, index: int, outcome: Outcome) -> None:
        call = array.left.get(index)
        if call is None:
            return
        if not outcome.is_raised:
            array.take(index, failed=outcome.error is not None)
            self._end(call, outcome.value, outcome.error)
        elif call.raised is None or call.raised.attempt < outcome.attempt:
            call.raised = outcome
            self._end_if_last(array, index, call)

    def _end_if_last(self, array: CallArray, index: int, call: Call) -> None:
        """Raise what a function raised, unless there may be another attempt at its call."""
        if call.raised is None or array.attempts is None:
            return
        if self._submitting.repeats(FailureKind.APPLICATION):
            return
        if call.raised.attempt >= array.attempts:
            array.take(index, failed=True)
            self._end(call, error=call.raised.error)

    # Jobs.

    def _take_news(self, array: CallArray, job_id: str, news: News) -> None:
        if not array.left:
            return
        if isinstance(news, Exception):
            self._lose(array, array.left_of(job_id), news)
            return
        if array.attempts is None:
            array.attempts = attempts_of(news.raw.get("retryStrategy") or {})
            for index, call in list(array.left.items()):
                self._end_if_last(array, index, call)
        count, has_ended = _failed_in(news), news.status.is_terminal
        if count <= array.accounted[job_id] and not has_ended:
            return
        self._look(array)  # what a job has stored before its end is there
        # Those of which a result tells need no list.
        if count > array.accounted[job_id] or (has_ended and count and array.left_of(job_id)):
            try:
                self._take_failures(array, news)
                array.accounted[job_id] = max(count, array.accounted[job_id])
            except BatchSdkError as fault:
                self._lose(array, array.left_of(job_id), fault)
        if has_ended:
            self._take_end(array, news)

    def _take_failures(self, array: CallArray, job: JobDetail) -> None:
        found = [
            each
            for each in self._session.patiently(lambda: _failed_of(self._session, array, job))
            if each.index in array.left
        ]
        details = self._described(found)
        repeated: dict[int, Call] = {}
        errors: dict[int, BaseException] = {}
        for each in found:
            call, detail = array.take(each.index, failed=True), details.get(each.job_id)
            failures = own_failures(detail) if detail else {each.kind: 1}
            call.history = (*call.history, failures)
            if array.is_cancelled and _REASON in each.reason:
                call.future.cancel()
                self._end(call)
                continue
            error = call.raised.error if call.raised is not None else None
            errors[each.index] = error or self._failure(each, detail)
            if self._submitting.repeats(each.kind):
                repeated[each.index] = call
            else:
                self._end(call, error=errors[each.index])
        self._repeat(array, repeated, errors)

    def _described(self, found: Collection[_Failed]) -> dict[str, JobDetail]:
        """Describe the first of failed jobs, for their attempts and logs."""
        known = {each.job_id: each.detail for each in found if each.detail is not None}
        unknown = [each.job_id for each in found if each.detail is None][:_EXPLAINED]
        described = self._session.describe_patiently(unknown)
        return known | {each.job_id: each for each in described}

    def _repeat(
        self, array: CallArray, calls: dict[int, Call], errors: dict[int, BaseException]
    ) -> None:
        if not calls:
            return
        try:
            arrays = self._submitting.again(array, calls)
        except BatchSdkError as fault:
            self._stop_accepted(fault)
            _log.warning("calls could not be submitted again: %s", fault.message)
            arrays = []
        again = {index for each in arrays for index in each.left}
        for index, call in calls.items():
            if index in again:
                call.raised = None
            else:
                self._end(call, error=errors[index])
        for each in arrays:
            self._follow(each)

    def _failure(self, job: _Failed, detail: JobDetail | None) -> BatchSdkError:
        """Return the error of a call whose job has left nothing."""
        if detail is None:
            return JobFailedError(
                job.job_id,
                name=job.name,
                reason=job.reason,
                exit_code=job.exit_code,
                log_tail=(),
                hint=f"Read its log: {self._session.command} logs {job.job_id}",
                kind=job.kind,
            )
        error = failed(self._session, detail)
        if any(_NO_BATCHSDK in line for line in error.log_tail):
            error.hint = (
                "The image needs batchsdk and cloudpickle: pip install --no-deps batchsdk "
                "cloudpickle. If another interpreter there has them, name it: python='/opt/…'."
            )
        return error

    def _take_end(self, array: CallArray, job: JobDetail) -> None:
        """End the calls of a job that has ended, and of which nothing is known."""
        array.ended.add(job.job_id)
        for index in array.left_of(job.job_id):
            call = array.left.pop(index)
            error: BaseException = FunctionError(
                array.job_of(index),
                f"{call.name}: the job ended {job.status} and left no result",
                hint="Its command did not run batchsdk.functions.task, or the result was deleted.",
            )
            if call.raised is not None and call.raised.error is not None:
                error = call.raised.error
            self._end(call, error=error)

    def _lose(self, array: CallArray, indices: Iterable[int], fault: BaseException) -> None:
        for index in indices:
            self._end(array.left.pop(index), error=fault)

    # Cancelling.

    def _note_cancelled(self) -> None:
        """Do nothing: the round that follows stops what was cancelled."""

    def _stop_cancelled(self) -> None:
        self._new = self._without_cancelled(self._new)
        for array in self._arrays:
            cancelled = [index for index, each in array.left.items() if each.future.cancelled()]
            if not cancelled:
                continue
            self._counts["cancelled"] += len(cancelled)
            for index in cancelled:
                del array.left[index]
            # Where nobody waits for any of its calls, one request stops an array.
            jobs = [job.id for job in array.jobs if job.id not in array.ended]
            for each in map(array.job_of, cancelled) if array.left else jobs:
                self._stop(each)

    def _without_cancelled(self, calls: list[Call]) -> list[Call]:
        left = [each for each in calls if not each.future.cancelled()]
        self._counts["cancelled"] += len(calls) - len(left)
        return left

    def _stop(self, job_id: str) -> None:
        try:
            self._session.patiently(lambda: self._session.transport.terminate_job(job_id, _REASON))
        except ServiceError as fault:
            _log.warning("job %s could not be terminated: %s", job_id, fault.message)

    def _cancel_waiting(self) -> None:
        """Cancel calls that were not submitted, and jobs that have not started."""
        for each in self._new:
            each.future.cancel()
        for array in self._arrays:
            array.is_cancelled = True
            for job in array.jobs:
                try:
                    self._session.transport.cancel_job(job.id, _REASON)
                except ServiceError as fault:
                    _log.warning("job %s could not be cancelled: %s", job.id, fault.message)

    # Ends.

    def _end(self, call: Call, value: object = None, error: BaseException | None = None) -> None:
        call.end(value, error)
        with self._lock:
            self._futures.discard(call.future)
        if call.future.cancelled():
            self._counts["cancelled"] += 1
        else:
            self._counts["returned" if error is None else "raised"] += 1

    def _is_over(self, array: CallArray) -> bool:
        if array.left:
            return False
        if array.watch is not None:
            self._session.watcher.forget(array.watch)
        return True

    def _give_up(self, fault: Exception) -> None:
        for each in self._new:
            self._end(each, error=fault)
        self._new = []
        for array in self._arrays:
            self._lose(array, list(array.left), fault)
            self._is_over(array)
        self._arrays = []

    def _tell(self) -> None:
        counts = CallCounts(**self._counts)
        if self._on_progress is None or counts == self._told:
            return
        self._told = counts
        try:
            self._on_progress(counts)
        except Exception:
            _log.exception("on_progress failed")


_NO_BATCHSDK = "No module named 'batchsdk"


_RESULT = re.compile(r"results/\d+/\d+\.\d+", re.ASCII)
"""Name of a result; what others have written there has another one."""


def _index_in(name: str) -> int:
    """Return the index of a call in the name of its result: ``results/ARRAY/INDEX.ATTEMPT``."""
    return int(name.rpartition("/")[2].partition(".")[0])


def _in_arrays(calls: list[Call]) -> Iterator[list[Call]]:
    """Split calls where the arguments would be too large an object."""
    some: list[Call] = []
    size = 0
    for each in calls:
        size += len(each.arguments.body)
        if some and size > _MOST_BYTES:
            yield some
            some, size = [], len(each.arguments.body)
        some.append(each)
    if some:
        yield some


@dataclass(frozen=True, kw_only=True)
class _Failed:
    """A job that made one call, and FAILED."""

    index: int
    """Of the call."""
    job_id: str
    name: str
    reason: str
    exit_code: int | None
    kind: FailureKind
    detail: JobDetail | None = None


def _failed_in(job: JobDetail) -> int:
    """Return how many jobs have FAILED of a job's, counting an array that never had children."""
    return job.failed_count or int(job.failure is not None)


def _failed_of(session: Session, array: CallArray, job: JobDetail) -> list[_Failed]:
    """Return the failed children of an array, or the job itself where it has none."""
    if job.is_array_parent:
        children = list(failed_children_of(session.transport, job.job_id))
        found = [_child(array, job, each) for each in children]
        if found or job.failure is None:
            return found
    failure = job.failure
    return [
        _Failed(
            index=index,
            job_id=job.job_id,
            name=job.name,
            reason=job.full_reason,
            exit_code=job.exit_code,
            kind=failure.kind if failure else FailureKind.UNKNOWN,
            detail=job,
        )
        for index in array.part_of(job.job_id).indices
    ]


def _child(array: CallArray, job: JobDetail, child: JobSummary) -> _Failed:
    return _Failed(
        index=array.part_of(job.job_id).indices[child.array_index or 0],
        job_id=child.job_id,
        name=child.name,
        reason=child.status_reason or "no reason given",
        exit_code=child.exit_code,
        kind=child.failure.kind,
    )
