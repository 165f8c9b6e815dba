"""An executor of ``concurrent.futures`` whose calls are jobs."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.functions import task
from batchsdk.functions.calls import Call, CallFuture
from batchsdk.functions.dispatching import CallCounts, Dispatcher
from batchsdk.functions.pickling import Pickle, Pickling, modules_to_ship
from batchsdk.functions.store import CallStore
from batchsdk.functions.submitting import Submitting
from batchsdk.session import Session
from batchsdk.submit.escalation import OnFailure
from batchsdk.submit.submission import Submission
from batchsdk.sweeps.points import MOST_READ

P = ParamSpec("P")
T = TypeVar("T")

LARGEST_CALL = 256 * 2**20
"""Bytes of the pickled arguments of a call. A limit of this library: the memory of the client has
them, and what is larger is read better from where it is."""


class FunctionExecutor(Executor):
    """Calls Python functions in jobs of AWS Batch. Made by ``Batch.executor``.

    It is an executor of ``concurrent.futures``: its futures go with that module's ``wait`` and
    ``as_completed``, with ``asyncio.wrap_future`` and ``loop.run_in_executor``. Calls that are
    submitted within a tenth of a second become one array, and so does a map.

    In ``with``, an exception, Ctrl-C included, terminates the jobs; otherwise leaving it waits for
    all calls.
    """

    def __init__(
        self,
        session: Session,
        wanted: Submission,
        *,
        storage: str | None,
        python: str | Sequence[str],
        ship: object,
        ignore_versions: object,
        on_failure: OnFailure | None,
        on_progress: Callable[[CallCounts], None] | None,
    ) -> None:
        """Check all that can be checked; see ``Batch.executor``."""
        given: object = on_progress
        if given is not None and not callable(given):
            rule, fix = f"must be a function, not of type {type(given).__name__}", "give a function"
            raise InvalidArgumentError(Problem("on_progress", given, rule, fix))
        self._pickling = Pickling(modules_to_ship(ship), _names(ignore_versions))
        command = [*_words(python), "-m", task.__name__]
        submitting = Submitting(session, wanted, command, storage, on_failure)
        self._store = CallStore(session, submitting.storage, submitting.name)
        self._dispatcher = Dispatcher(session, submitting, self._store, on_progress)
        self._lock = threading.Lock()
        self._is_shut_down = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call a function in a job.

        Args:
            fn: the function.
            *args: its arguments.
            **kwargs: its arguments by keyword.

        Returns:
            The future of the call. Its ``cancel`` also terminates the job.

        Raises:
            InvalidArgumentError: function or arguments cannot be pickled, or are too large.
            RuntimeError: the executor was shut down.
        """
        function = self._pickle_function(fn)
        arguments = self._pickle_arguments((args, kwargs), _name_of(fn))
        (future,) = self._hand_over(_name_of(fn), function, [arguments], at_once=False)
        return future

    def map(
        self,
        fn: Callable[..., T],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
    ) -> Iterator[T]:
        """Call a function for each item, in one array of jobs, and yield the results in order.

        What is not read of the results is cancelled when the iterator is closed, or raises.

        Args:
            fn: the function.
            *iterables: of its arguments; the shortest decides. They are read at once.
            timeout: seconds from now for all results; ``None`` waits without a limit.
            chunksize: items that one job is given, one after the other. If the function raises,
                the results of the items before it in the same chunk are lost.

        Raises:
            InvalidArgumentError: function or arguments cannot be pickled, or are too large; there
                are more than a million jobs.
            ValueError: ``chunksize`` is below 1.
            RuntimeError: the executor was shut down.
            TimeoutError: raised by the iterator: a result is not there in time.
        """
        if chunksize < 1:
            raise ValueError("chunksize must be >= 1.")
        deadline = None if timeout is None else time.monotonic() + timeout
        items = zip(*iterables, strict=False)
        name = _name_of(fn)
        given = self._calls_of(items, chunksize, name)
        function = self._pickle_function(fn)
        if chunksize > 1:
            function = self._pickle_function(task.Chunked(fn), name)
        futures = self._hand_over(name, function, given, at_once=True)
        results = _in_order(futures, deadline)
        return itertools.chain.from_iterable(results) if chunksize > 1 else results

    def _calls_of(
        self, items: Iterator[tuple[Any, ...]], chunksize: int, name: str
    ) -> list[Pickle]:
        given: list[Pickle] = []
        while chunk := list(itertools.islice(items, chunksize)):
            if len(given) == MOST_READ - 1:  # the rest is not read: it may be endless
                rule = f"are more than {MOST_READ - 1:,} jobs"
                fix = "give a greater chunksize, or split them into several maps"
                raise InvalidArgumentError(Problem("iterables", None, rule, fix))
            positional = (chunk,) if chunksize > 1 else chunk[0]
            given.append(self._pickle_arguments((positional, {}), name))
        return given

    def _pickle_function(self, fn: object, name: str = "") -> Pickle:
        if not callable(fn):
            rule = f"must be a function, not of type {type(fn).__name__}"
            raise InvalidArgumentError(Problem("fn", fn, rule, "give the function itself"))
        name = name or _name_of(fn)
        return self._pickling.pickle(fn, "fn", f"the function {name}, or what it refers to,")

    def _pickle_arguments(self, given: tuple[Any, ...], name: str) -> Pickle:
        made = self._pickling.pickle(given, "args", f"an argument of {name}")
        if len(made.body) > LARGEST_CALL:
            size = f"{len(made.body) / 2**20:,.0f} MiB"
            rule = f"are {size} pickled, and a call takes at most {LARGEST_CALL // 2**20} MiB"
            fix = "store them, e.g. in S3, and give their address"
            raise InvalidArgumentError(Problem("args", None, rule, fix))
        return made

    def _hand_over(
        self, name: str, function: Pickle, given: Iterable[Pickle], *, at_once: bool
    ) -> list[Future[Any]]:
        cancel = self._dispatcher.cancel
        calls = [Call(CallFuture(cancel), name, function, each) for each in given]
        with self._lock:
            if self._is_shut_down:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._dispatcher.take(calls, at_once=at_once)
        return [each.future for each in calls]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls.

        Args:
            wait: return when all calls have ended.
            cancel_futures: cancel the calls whose jobs have not started.
        """
        with self._lock:
            self._is_shut_down = True
            self._dispatcher.shut_down(cancel=cancel_futures)
        if wait:
            self._dispatcher.join()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        """Wait for all calls; after an exception terminate their jobs."""
        try:
            if kind is not None:
                self._dispatcher.abandon()
            self.shutdown(wait=True)
        except BaseException:  # Ctrl-C while it waits
            self._dispatcher.abandon()
            self.shutdown(wait=True)
            raise
        return None


def _in_order(futures: list[Future[Any]], deadline: float | None) -> Iterator[Any]:
    futures.reverse()
    try:
        while futures:
            left = None if deadline is None else deadline - time.monotonic()
            value = futures[-1].result(left)
            futures.pop()  # before it is yielded: it needs no memory any more
            yield value
            del value
    finally:
        for each in futures:
            each.cancel()


def _name_of(fn: object) -> str:
    inner = getattr(fn, "func", fn)  # of functools.partial
    name = getattr(inner, "__qualname__", None) or type(inner).__name__
    return str(name).replace("<locals>.", "")


def _words(python: object) -> list[str]:
    words = _texts(python)
    if not words:
        rule = "must be the interpreter in the image, or a command of several words"
        fix = "give e.g. python='/opt/venv/bin/python'"
        raise InvalidArgumentError(Problem("python", python, rule, fix))
    return words


def _names(given: object) -> list[str]:
    names = _texts(given)
    if names is None:
        rule, fix = "must be names of distributions", "give e.g. ignore_versions=['numpy']"
        raise InvalidArgumentError(Problem("ignore_versions", given, rule, fix))
    return names


def _texts(given: object) -> list[str] | None:
    """Return one text or several as a list; ``None`` if something else is among them."""
    many = [given] if isinstance(given, str) else given
    if not isinstance(many, Iterable):
        return None
    texts = list(many)
    return texts if all(isinstance(each, str) and each for each in texts) else None
