"""``batchsdk terminate``."""

from __future__ import annotations

import click

from batchsdk.cli.settings import Settings, examples, json_option, pass_settings
from batchsdk.cli.stop import stop

_EXAMPLES = examples(
    "batchsdk terminate JOB_ID --reason 'wrong input'",
)


@click.command(short_help="Stop jobs, running or not.", epilog=_EXAMPLES)
@click.argument("job_ids", metavar="JOB_ID...", nargs=-1, required=True)
@click.option(
    "-r",
    "--reason",
    default="batchsdk terminate",
    show_default=True,
    help="Becomes the job's status reason.",
)
@json_option
@pass_settings
def terminate(settings: Settings, job_ids: tuple[str, ...], reason: str) -> None:
    """Stop jobs, running or not.

    A running container gets SIGTERM, and SIGKILL 30 seconds later.
    """
    batch = settings.connect()
    stop(settings.renderer, [batch.job(job_id).terminate(reason) for job_id in job_ids])
