"""``batchsdk logs``."""

from __future__ import annotations

import click

from batchsdk.cli.settings import Settings, examples, json_option, pass_settings
from batchsdk.cli.watch import show_event

_EXAMPLES = examples(
    "batchsdk logs JOB_ID",
    "batchsdk logs JOB_ID --follow --timestamps",
    "batchsdk logs JOB_ID --json | jq -r .message",
)


@click.command(short_help="Print a job's log.", epilog=_EXAMPLES)
@click.argument("job_id")
@click.option("-f", "--follow", is_flag=True, help="Go on until the job has ended.")
@click.option("-t", "--timestamps", is_flag=True, help="Begin each line with its time.")
@json_option
@pass_settings
def logs(settings: Settings, job_id: str, follow: bool, timestamps: bool) -> None:
    """Print the log of JOB_ID: every attempt, and every child of an array (with its index).

    With --json each event is one JSON object on one line.
    """
    job = settings.connect().job(job_id)
    renderer = settings.renderer
    count = 0
    for event in job.logs(follow=follow):
        count += 1
        if timestamps and not settings.as_json:
            renderer.line(f"{event.time.isoformat(timespec='milliseconds')} {event.message}")
        else:
            show_event(renderer, event, of_array=event.job_id != job_id)
    if not count and not follow:
        renderer.progress(f"no log yet: the job is {job.status}")
