"""``batchsdk list``."""

from __future__ import annotations

import itertools

import click

from batchsdk.cli.completion import complete_queue
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings
from batchsdk.states import JobStatus

_EXAMPLES = examples(
    "batchsdk list",
    "batchsdk list --status RUNNING --status STARTING",
    "batchsdk list --name 'hello-*' --json | jq -r '.[].jobId'",
)


@click.command("list", epilog=_EXAMPLES)
@click.option(
    "-q",
    "--queue",
    shell_complete=complete_queue,
    help="Key, name or ARN.  [default: every queue of the stack]",
)
@click.option(
    "-s",
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([str(status) for status in JobStatus], case_sensitive=False),
    help="Only jobs with this status; repeatable.  [default: all]",
)
@click.option("-n", "--name", help="Only jobs with this name; may end in *.")
@click.option("--limit", type=click.IntRange(min=1, max=10**9), help="At most this many jobs.")
@output_options
@pass_settings
def list_jobs(
    settings: Settings,
    queue: str | None,
    statuses: tuple[str, ...],
    name: str | None,
    limit: int | None,
) -> None:
    """List jobs of every status."""
    jobs = settings.connect().list_jobs(queue, status=statuses or None, name=name)
    found = list(itertools.islice(jobs, limit))
    if settings.as_json:
        settings.renderer.json(found)
        return
    settings.renderer.table(
        ("JOB ID", "NAME", "STATUS", "CREATED", "STOPPED", "EXIT", "REASON"),
        [
            (
                job.job_id,
                job.name,
                job.status,
                job.created_at,
                job.stopped_at,
                job.exit_code,
                job.status_reason,
            )
            for job in found
        ],
    )
