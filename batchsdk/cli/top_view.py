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
from batchsdk.names import RunJobName
from batchsdk.printable import printable
from batchsdk.states import JobStatus

_FRAME_ROWS = 9
"""Rows that are not jobs: the title, heads of two tables with rules, the foot."""
_WIDE = 110
"""Columns of a terminal that has room for queues and reasons beside whole ids and names."""
_GAP = 2
"""Spaces between two columns."""
_LEAST_QUEUE = 8
"""Characters of a queue's name that are always shown."""
_ID_LENGTH = 36
"""Characters of a job's id."""


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
    signs = "· none  + more than listed  [n] array of n  FOR: has run, or waits"
    if trouble:
        foot = Text(f"as of the last successful refresh: {printable(trouble)}", style="red")
    return Group(
        Text(f"batchsdk top  {printable(title)}  {moment}", style="bold"),
        _Queues(overview),
        _Jobs(overview),
        foot,
        Text(signs, style="dim"),
    )


class _Queues:
    """The counts; where there is no room, the name of a queue is cut, and no count."""

    def __init__(self, overview: Overview) -> None:
        self._overview = overview

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        counts = sum(len(status) + _GAP for status in JobStatus)
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, _GAP - 1, 0, 0))
        table.add_column(
            "QUEUE",
            no_wrap=True,
            overflow="ellipsis",
            max_width=max(_LEAST_QUEUE, options.max_width - counts - _GAP),
        )
        for status in JobStatus:
            title = status.value
            table.add_column(title, justify="right", no_wrap=True, min_width=len(title))
        for queue in self._overview.queues:
            cells = [
                Text(f"{count}{'+' if queue.is_cut else ''}", style=STATUS_STYLES.get(status, ""))
                if count
                else Text("·", style="dim")
                for status, count in queue.counts.items()
            ]
            table.add_row(Text(printable(queue.key)), *cells)
        yield table


class _Jobs:
    """As many jobs as the screen has room for."""

    def __init__(self, overview: Overview) -> None:
        self._overview = overview

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        height = options.height or options.max_height
        room = max(3, height - _FRAME_ROWS - len(self._overview.queues))
        jobs = self._overview.jobs
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), expand=True)
        is_wide = options.max_width >= _WIDE
        table.add_column("JOB ID", no_wrap=True, min_width=_ID_LENGTH)
        table.add_column("NAME", no_wrap=True, ratio=3, overflow="ellipsis")
        if is_wide:
            table.add_column("QUEUE", no_wrap=True, ratio=1, overflow="ellipsis")
        table.add_column("STATUS", no_wrap=True)
        table.add_column("FOR", justify="right", no_wrap=True)
        if is_wide:
            table.add_column("REASON", no_wrap=True, ratio=3, overflow="ellipsis")
        for key, job in jobs[:room]:
            cells = [
                Text(job.job_id),
                Text(printable(_name(job))),
                Text(printable(key)) if is_wide else None,
                Text(job.status, style=STATUS_STYLES.get(job.status, "")),
                Text(_duration(job, self._overview.moment)),
                Text(printable(" ".join((job.status_reason or "").split()))) if is_wide else None,
            ]
            table.add_row(*(each for each in cells if each is not None))
        yield table
        if len(jobs) > room:
            yield Text(f"… and {len(jobs) - room} more", style="dim")


def _name(job: JobSummary) -> str:
    """Return what tells a job from its neighbours, first: the step of a run, before the run."""
    children = f" [{job.array_size}]" if job.array_size else ""
    of_run = RunJobName.of(job.name)
    if of_run is None or not of_run.run:
        return job.name + children
    return f"{of_run.label}{children} ({of_run.run})"


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
