"""What Ctrl-C means for a run: ask, leave its jobs running, or end them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal, TextIO

from batchsdk.printable import printable

if TYPE_CHECKING:
    from batchsdk.runs.run import Run

OnInterrupt = Literal["ask", "detach", "cancel"]
"""``ask``: on a terminal a second Ctrl-C ends the jobs, Enter leaves them running; elsewhere as
``detach``. ``detach``: the jobs go on. ``cancel``: every job of the run is ended."""


def handle_interrupt(run: Run, wanted: OnInterrupt, out: TextIO) -> None:
    """Do what is wanted, and say it.

    Raises:
        KeyboardInterrupt: pressed again while the jobs are being ended.
    """
    chosen = _ask(run, out) if wanted == "ask" else wanted
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
