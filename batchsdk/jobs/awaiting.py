"""Jobs in asyncio: calls that block are made in threads, and ends come to the event loop by itself.

A coroutine that is cancelled stops waiting; the jobs go on, and a call that was under way ends in
its thread.
"""

from __future__ import annotations

import contextvars
import functools
import os
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from batchsdk.diagnosis import Diagnosis
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.stuck import OnStuck, StartWatch
from batchsdk.jobs.watcher import News, Watch, is_last

if TYPE_CHECKING:
    from batchsdk.session import Session

P = ParamSpec("P")
T = TypeVar("T")

_THREADS = 16
"""Calls at a time; the executor of the event loop is left to the program."""
_AHEAD = 1000
"""Items that are read before the event loop has taken them."""


@functools.cache
def _executor(_process: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="batchsdk-async")


async def off_loop(call: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """Make a call that blocks in a thread, and return what it returns."""
    import asyncio  # noqa: PLC0415  # dear, and only for those whose program has it anyway

    context = contextvars.copy_context()
    bound = functools.partial(context.run, call, *given, **named)
    return await asyncio.get_running_loop().run_in_executor(_executor(os.getpid()), bound)


class AsyncStartWatch:
    """Looks after the jobs of one wait in asyncio that have not started."""

    def __init__(
        self,
        session: Session,
        on_stuck: OnStuck | None = None,
        runnable_timeout: float | None = None,
    ) -> None:
        """Know of no job yet.

        Args:
            session: the way to AWS.
            on_stuck: called in the thread of the event loop; ``None`` logs a warning.
            runnable_timeout: as for :class:`StartWatch`.

        Raises:
            InvalidArgumentError: ``runnable_timeout`` is negative or no number.
        """
        self._on_stuck = on_stuck
        self._found: list[Diagnosis] = []
        collect = None if on_stuck is None else self._found.append
        self._watch = StartWatch(session, collect, runnable_timeout)
        self.needs_look = self._watch.needs_look

    async def look(self, detail: JobDetail) -> None:
        """Do what ``StartWatch.look`` does, which makes calls of AWS in a thread.

        Raises:
            RunnableTimeoutError: the job was RUNNABLE for too long, and has been cancelled.
        """
        try:
            await off_loop(self._watch.look, detail)
        finally:
            while self._on_stuck is not None and self._found:
                self._on_stuck(self._found.pop(0))


async def ends(
    session: Session, job_ids: Collection[str], start: AsyncStartWatch
) -> AsyncGenerator[tuple[str, News], None]:
    """Yield the last news of each job, as they end: a description, or why there is none.

    Args:
        session: the way to AWS.
        job_ids: the jobs.
        start: what looks after those that do not start.

    Raises:
        RunnableTimeoutError: a job was RUNNABLE for too long.
    """
    import asyncio  # noqa: PLC0415

    left = set(job_ids)
    if not left:
        return
    loop = asyncio.get_running_loop()
    noted: asyncio.Queue[tuple[str, News] | JobDetail] = asyncio.Queue()

    def deliver(job_id: str, news: News) -> None:
        if is_last(news) and not loop.is_closed():
            loop.call_soon_threadsafe(noted.put_nowait, (job_id, news))

    def note_waiting(detail: JobDetail) -> None:
        if start.needs_look(detail) and not loop.is_closed():
            loop.call_soon_threadsafe(noted.put_nowait, detail)

    watch = functools.partial(session.watcher.watch, at_once=False, waits=note_waiting)
    # In a thread, as there may be ten thousand of them.
    begun = _executor(os.getpid()).submit(watch, set(left), deliver)
    try:
        await asyncio.wrap_future(begun)
        while left:
            item = await noted.get()
            if isinstance(item, JobDetail):
                await start.look(item)
                continue
            job_id, news = item
            left.discard(job_id)
            yield job_id, news
    finally:
        begun.add_done_callback(functools.partial(_forget, session))


def _forget(session: Session, begun: Future[Watch]) -> None:
    if not begun.cancelled() and begun.exception() is None:
        session.watcher.forget(begun.result())


async def iterated(items: Iterable[T]) -> AsyncIterator[T]:
    """Yield the items of what blocks while it is iterated, read in a thread of its own."""
    import asyncio  # noqa: PLC0415

    read: asyncio.Queue[Callable[[], T]] = asyncio.Queue()
    room = threading.Semaphore(_AHEAD)
    is_over = threading.Event()
    loop = asyncio.get_running_loop()

    def put(take: Callable[[], T]) -> None:
        room.acquire()
        if not is_over.is_set() and not loop.is_closed():
            loop.call_soon_threadsafe(read.put_nowait, take)

    # A daemon: it may sleep until the next look at a job that the program does not wait for.
    name = "batchsdk-iterating"
    threading.Thread(target=_read, args=(items, put, is_over), name=name, daemon=True).start()
    try:
        while True:
            take = await read.get()
            room.release()
            try:
                yield take()
            except _AllReadError:
                return
    finally:
        is_over.set()
        room.release()


class _AllReadError(Exception):
    """There are no more items."""


def _read(
    items: Iterable[T], put: Callable[[Callable[[], T]], None], is_over: threading.Event
) -> None:
    """Put functions that return the items, or raise what ends them."""

    def raising(error: BaseException) -> T:
        raise error

    try:
        for item in items:
            if is_over.is_set():
                return
            put(functools.partial(_same, item))
    except Exception as fault:
        put(functools.partial(raising, fault))
    else:
        put(functools.partial(raising, _AllReadError()))


def _same(item: T) -> T:
    return item
