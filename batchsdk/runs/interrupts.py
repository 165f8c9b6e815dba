"""What Ctrl-C and SIGTERM mean for a run: ask, leave its jobs running, or end them."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Literal, TextIO

from batchsdk.printable import printable

if TYPE_CHECKING:
    from batchsdk.runs.run import Run

OnInterrupt = Literal["ask", "detach", "cancel"]
"""``ask``: on a terminal a second Ctrl-C ends the jobs, Enter leaves them running; elsewhere, and
on SIGTERM, as ``detach``. ``detach``: the jobs go on. ``cancel``: every job of the run is ended."""

TERMINATED = 128 + signal.SIGTERM
"""Exit code of a process that SIGTERM ended, as shells have it: 143."""


class Terminated(SystemExit, KeyboardInterrupt):
    """SIGTERM, as an interrupt: whoever handles Ctrl-C handles it; else the process ends, 143."""

    def __init__(self) -> None:
        super().__init__(TERMINATED)


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise Terminated


@contextlib.contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """Have SIGTERM raise :class:`Terminated` inside, as Ctrl-C raises KeyboardInterrupt.

    Only in the main thread, as only it can. A process that ignores SIGTERM goes on to. The handler
    from before is restored, and called with the signal if one came: Airflow's, for example.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    if before in (signal.SIG_IGN, None, _terminate):  # None: not installed by Python
        yield
        return
    signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    except Terminated:
        signal.signal(signal.SIGTERM, before)
        if callable(before):
            before(signal.SIGTERM, None)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def handle_interrupt(
    run: Run, wanted: OnInterrupt, out: TextIO, kind: type[BaseException] | None = None
) -> None:
    """Do what is wanted, and say it.

    Args:
        run: the run.
        wanted: what its jobs are in for.
        out: where it is said.
        kind: of the interrupt; nobody answers a question after SIGTERM.

    Raises:
        KeyboardInterrupt: pressed again while the jobs are being ended.
    """
    is_asked = wanted == "ask" and not (kind is not None and issubclass(kind, Terminated))
    chosen = _ask(run, out) if is_asked else "detach" if wanted == "ask" else wanted
    if chosen == "detach":
        _say(out, f"run {run.name!r} goes on. To follow it again: {run.attach_command}")
        return
    _say(out, f"ending the jobs of run {run.name!r} ...")
    try:
        run.cancel("interrupted by the user")
    except KeyboardInterrupt:
        _say(out, f"stopped before all jobs had ended. To end them: {run.attach_command} --cancel")
        raise
    _say(out, f"every job of run {run.name!r} has ended")


def _ask(run: Run, out: TextIO) -> Literal["detach", "cancel"]:
    if not (sys.stdin and sys.stdin.isatty() and out.isatty()):
        return "detach"
    question = f"Enter: leave the jobs of run {run.name!r} running; Ctrl-C: end them all"
    try:
        _say(out, f"\ninterrupted. {question}")
        sys.stdin.readline()
    except KeyboardInterrupt:
        return "cancel"
    return "detach"


def _say(out: TextIO, text: str) -> None:
    print(printable(text), file=out, flush=True)
