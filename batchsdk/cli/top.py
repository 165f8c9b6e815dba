"""``batchsdk top``."""

from __future__ import annotations

import sys

import click

from batchsdk.cli.keys import key_within, single_keys
from batchsdk.cli.numbers import HOURS, REFRESH
from batchsdk.cli.render import Renderer
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings
from batchsdk.errors import TransientError
from batchsdk.insight.activity import MOST_JOBS, Activity, Overview
from batchsdk.states import JobStatus

_EXAMPLES = examples(
    "batchsdk top",
    "batchsdk top --interval 30 --hours 2",
    "batchsdk top --once --output csv",
)


@click.command(epilog=_EXAMPLES)
@click.option(
    "--interval",
    type=REFRESH,
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Time between two refreshes.",
)
@click.option(
    "--hours",
    type=HOURS,
    default=24.0,
    show_default=True,
    metavar="HOURS",
    help="Leave out jobs created before that.",
)
@click.option("--once", is_flag=True, help="Print once and exit.  [default: in a pipe]")
@output_options
@pass_settings
def top(settings: Settings, interval: float, hours: float, once: bool) -> None:
    r"""Watch queues and jobs live. q or Ctrl-C ends it; the jobs go on.

    \b
    ·      no job of the queue has this status
    12+    there are more: of each queue the newest 1,000 jobs are listed
    [20]   behind a name: an array of 20 children; they count, the array does not
    FOR    how long the job has run, or has waited if it has not started
    NAME   of a run's job: the step, and the run in parentheses

    Jobs that have not ended stand first, the newest of each status first. A refresh costs one
    ListJobs call per queue and hundred jobs; jobs that have ended are not asked for again.
    """
    batch = settings.connect()
    activity = batch.activity(hours=hours)
    if once or settings.output is not None or not sys.stdout.isatty():
        _print(settings.renderer, activity.look())
        return
    _watch(activity.title, activity, interval)


def _print(renderer: Renderer, overview: Overview) -> None:
    if renderer.as_json:
        renderer.json(
            {
                "moment": overview.moment,
                "since": overview.since,
                "queues": overview.queues,
                "jobs": [{"queueKey": key, "job": job} for key, job in overview.jobs],
            }
        )
        return
    renderer.table(
        ("QUEUE", *JobStatus),
        [(each.key, *each.counts.values()) for each in overview.queues],
        folded=("QUEUE",),
    )
    for each in overview.queues:
        if each.is_cut:
            renderer.progress(f"queue {each.key}: {MOST_JOBS} jobs were listed, and there are more")
    if renderer.as_csv:
        return
    renderer.line("")
    renderer.table(
        ("JOB ID", "NAME", "QUEUE", "STATUS", "CREATED", "STARTED", "EXIT"),
        [
            (
                job.job_id,
                job.name,
                key,
                job.status,
                job.created_at,
                job.started_at,
                job.exit_code,
            )
            for key, job in overview.jobs
        ],
        folded=("NAME", "QUEUE"),
        dropped=("STARTED", "EXIT", "CREATED", "QUEUE"),
    )


def _watch(title: str, activity: Activity, interval: float) -> None:
    from rich.live import Live  # noqa: PLC0415  # slow to import, and only a terminal needs it

    from batchsdk.cli.top_view import view  # noqa: PLC0415  # imports rich

    overview: Overview | None = None
    with single_keys() as has_keys, Live(screen=True, auto_refresh=False) as live:
        try:
            while True:
                trouble = ""
                try:
                    overview = activity.look()
                except TransientError as fault:
                    if overview is None:
                        raise
                    trouble = fault.message
                shown = view(overview, title=title, trouble=trouble, has_keys=has_keys)
                live.update(shown, refresh=True)
                if key_within(interval, has_keys=has_keys) in ("q", "Q"):
                    return
        except KeyboardInterrupt:
            return
