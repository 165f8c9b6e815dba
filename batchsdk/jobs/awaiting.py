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


async def ends(
    session: Session, job_ids: Collection[str]
) -> AsyncGenerator[tuple[str, News], None]:
    """Yield the last news of each job, as they end: a description, or why there is none."""
    import asyncio  # noqa: PLC0415

    left = set(job_ids)
    if not left:
        return
    loop = asyncio.get_running_loop()
    ended: asyncio.Queue[tuple[str, News]] = asyncio.Queue()

    def deliver(job_id: str, news: News) -> None:
        if is_last(news) and not loop.is_closed():
            loop.call_soon_threadsafe(ended.put_nowait, (job_id, news))

    watch = session.watcher.watch
    # In a thread, as there may be ten thousand of them.
    begun = _executor(os.getpid()).submit(watch, set(left), deliver, at_once=False)
    try:
        await asyncio.wrap_future(begun)
        while left:
            job_id, news = await ended.get()
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
