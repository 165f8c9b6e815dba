"""How ``batchsdk top`` looks: what rich draws of one :class:`Overview`."""

from __future__ import annotations

from datetime import datetime

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from batchsdk.cli.render import STATUS_STYLES
from batchsdk.insight.activity import Overview
from batchsdk.jobs.detail import JobSummary
from batchsdk.printable import printable
from batchsdk.states import JobStatus

_FRAME_ROWS = 8
"""Rows that are not jobs: the title, heads of two tables with rules, the foot."""


def view(overview: Overview, *, title: str, trouble: str, has_keys: bool) -> RenderableType:
    """Return the whole screen.

    Args:
        overview: what goes on.
        title: what the stack is called.
        trouble: why the last look failed; empty if it did not.
        has_keys: whether ``q`` works.
    """
    moment = f"{overview.moment.astimezone():%H:%M:%S}"
    since = f"{overview.since.astimezone():%Y-%m-%d %H:%M}"
    foot = Text(f"jobs created since {since}; {'q' if has_keys else 'Ctrl-C'} ends", style="dim")
    if trouble:
        foot = Text(f"as of the last successful refresh: {printable(trouble)}", style="red")
    return Group(
        Text(f"batchsdk top  {printable(title)}  {moment}", style="bold"),
        _queues(overview),
        _Jobs(overview),
        foot,
    )


def _queues(overview: Overview) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("QUEUE", no_wrap=True)
    for status in JobStatus:
        table.add_column(status.value, justify="right", no_wrap=True)
    for queue in overview.queues:
        cells = [
            Text(f"{count}{'+' if queue.is_cut else ''}", style=STATUS_STYLES.get(status, ""))
            if count
            else Text("·", style="dim")
            for status, count in queue.counts.items()
        ]
        table.add_row(Text(printable(queue.key)), *cells)
    return table


class _Jobs:
    """As many jobs as the screen has room for."""

    def __init__(self, overview: Overview) -> None:
        self._overview = overview

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        height = options.height or options.max_height
        room = max(3, height - _FRAME_ROWS - len(self._overview.queues))
        jobs = self._overview.jobs
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), expand=True)
        for name, ratio in (("JOB ID", 0), ("NAME", 3), ("QUEUE", 1), ("STATUS", 0)):
            table.add_column(name, no_wrap=True, ratio=ratio or None, overflow="ellipsis")
        table.add_column("FOR", justify="right", no_wrap=True)
        table.add_column("REASON", no_wrap=True, ratio=3, overflow="ellipsis")
        for key, job in jobs[:room]:
            children = f" [{job.array_size}]" if job.array_size else ""
            table.add_row(
                Text(job.job_id),
                Text(printable(job.name + children)),
                Text(printable(key)),
                Text(job.status, style=STATUS_STYLES.get(job.status, "")),
                Text(_duration(job, self._overview.moment)),
                Text(printable(" ".join((job.status_reason or "").split()))),
            )
        yield table
        if len(jobs) > room:
            yield Text(f"… and {len(jobs) - room} more", style="dim")


def _duration(job: JobSummary, now: datetime) -> str:
    """Return how long the job has run, has waited, or ran."""
    start = job.started_at or job.created_at
    end = job.stopped_at or now
    if start is None:
        return ""
    seconds = max(0, int((end - start).total_seconds()))
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
