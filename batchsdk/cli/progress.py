"""How far many jobs have come: a bar on standard error, on a terminal alone."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import batchsdk
from batchsdk.cli.render import Renderer
from batchsdk.errors import BatchSdkError
from batchsdk.states import JobStatus

_FIRST_LOOK, _LONGEST = 1.0, 10.0
"""Seconds between two looks at the counts of arrays: quickly at first."""

T = TypeVar("T")

_ENDED = (JobStatus.SUCCEEDED, JobStatus.FAILED)


@dataclass(frozen=True)
class Bar:
    """Takes the numbers; does nothing where there is no terminal."""

    _set: Callable[[int, int], None] | None = None

    @property
    def is_shown(self) -> bool:
        """Somebody sees it."""
        return self._set is not None

    def update(self, ended: int, failed: int) -> None:
        """Say how many have ended, and how many of them have failed."""
        if self._set is not None:
            self._set(ended, failed)


@contextmanager
def progress_bar(total: int, renderer: Renderer) -> Iterator[Bar]:
    """Show a bar of ``total`` jobs, if standard error is a terminal and JSON is not asked for."""
    if renderer.as_json or not sys.stderr.isatty():
        yield Bar()
        return
    # Imported here: only a terminal needs it, and it is slow to import.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415
    from rich.progress import TimeElapsedColumn as Elapsed  # noqa: PLC0415

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), Elapsed())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task("", total=total)

        def show(ended: int, failed: int) -> None:
            words = f"[red]{failed} FAILED[/]" if failed else ""
            shown.update(task, completed=ended, description=words, refresh=True)

        yield Bar(show)


def wait_showing_children(wait: Callable[[], T], jobs: Sequence[batchsdk.Job], bar: Bar) -> T:
    """Wait, and show now and then how many children of ``jobs`` have ended.

    Raises:
        BatchSdkError: whatever ``wait`` raises.
    """
    if not bar.is_shown:
        return wait()
    over = threading.Event()
    shower = threading.Thread(target=_show_until, args=(over, jobs, bar), daemon=True)
    shower.start()
    try:
        return wait()
    finally:
        over.set()
        shower.join()


def _show_until(over: threading.Event, jobs: Sequence[batchsdk.Job], bar: Bar) -> None:
    interval = _FIRST_LOOK
    while not over.wait(interval):
        _show(jobs, bar)
        interval = min(interval * 1.5, _LONGEST)
    _show(jobs, bar)


def _show(jobs: Sequence[batchsdk.Job], bar: Bar) -> None:
    try:
        counts = [_counts(job.describe()) for job in jobs]
    except BatchSdkError:  # the one who waits hears of it
        return
    ended = sum(each.get(status, 0) for each in counts for status in _ENDED)
    bar.update(ended, sum(each.get(JobStatus.FAILED, 0) for each in counts))


def _counts(detail: batchsdk.JobDetail) -> Mapping[str, int]:
    if detail.array and detail.array.status_summary:
        return detail.array.status_summary
    return {detail.status: 1}
