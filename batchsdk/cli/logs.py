"""``batchsdk logs``."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import click

from batchsdk.cli.settings import Settings, examples, output_options, pass_settings
from batchsdk.cli.stuck import StuckJobs, runnable_timeout_option
from batchsdk.cli.watch import show_event
from batchsdk.logs.reading import moment_of

_EXAMPLES = examples(
    "batchsdk logs JOB_ID",
    "batchsdk logs JOB_ID --follow --timestamps",
    "batchsdk logs JOB_ID --tail 20 --follow",
    "batchsdk logs JOB_ID --since 15m --grep 'error|warning'",
    "batchsdk logs JOB_ID --json | jq -r .message",
)


def _moment(
    _context: click.Context, parameter: click.Parameter, given: str | None
) -> datetime | None:
    """Click callback: read ``15m`` (ago) or an ISO time, of this machine's zone if it names none.

    Raises:
        click.BadParameter: it is neither.
    """
    if given is None:
        return None
    moment = moment_of(given, datetime.now(UTC))
    with contextlib.suppress(ValueError, OverflowError):  # near the first or the last year
        if moment is not None:
            return moment.astimezone()
    raise click.BadParameter(
        f"{given[:80]!r} must be e.g. 15m, 2h, 1d or 2026-01-31T12:00:00Z", param=parameter
    )


@click.command(short_help="Print a job's log.", epilog=_EXAMPLES)
@click.argument("job_id")
@click.option("-f", "--follow", is_flag=True, help="Keep printing until the job has ended.")
@runnable_timeout_option
@click.option("-t", "--timestamps", is_flag=True, help="Begin each line with its time.")
@click.option(
    "--since", metavar="TIME", callback=_moment, help="Only lines since then: 15m, or ISO 8601."
)
@click.option(
    "--until", metavar="TIME", callback=_moment, help="Only lines before then: 15m, or ISO 8601."
)
@click.option(
    "-n",
    "--tail",
    type=click.IntRange(min=0),
    metavar="N",
    help="Only the last N lines; with --follow those of before, then what comes.",
)
@click.option("--grep", "pattern", metavar="REGEX", help="Only lines that match this pattern.")
@click.option(
    "--raw",
    is_flag=True,
    help="Print lines unchanged. By default, escape sequences and control characters, which can "
    "act on the terminal, are shown as text: \\x1b.",
)
@output_options
@pass_settings
def logs(
    settings: Settings,
    /,
    *,
    job_id: str,
    follow: bool,
    runnable_timeout: float | None,
    timestamps: bool,
    since: datetime | None,
    until: datetime | None,
    pattern: str | None,
    tail: int | None,
    raw: bool,
) -> None:
    """Print the log of JOB_ID: every attempt, every child of an array, every node.

    Lines of children begin with [index], of nodes with [#index], of a second attempt with
    [attempt 2].
    With --json each event is one JSON object on one line.
    """
    if runnable_timeout is not None and not follow:
        raise click.UsageError("--runnable-timeout goes with --follow")
    job = settings.connect().job(job_id)
    renderer = settings.renderer
    count = 0
    stuck = StuckJobs(renderer)
    try:
        for event in job.logs(
            follow=follow,
            since=since,
            until=until,
            pattern=pattern,
            tail=tail,
            on_stuck=stuck,
            runnable_timeout=runnable_timeout,
        ):
            count += 1
            time = event.time.isoformat(timespec="milliseconds")
            show_event(renderer, event, prefix=f"{time} " if timestamps else "", raw=raw)
    except KeyboardInterrupt:
        stuck.stop(f"no longer following; job {job.id} goes on")
        raise
    is_filtered = since is not None or until is not None or pattern is not None
    if not count and not follow:
        found = "nothing of it" if is_filtered else "no log yet"
        renderer.progress(f"{found}: the job is {job.status}")
