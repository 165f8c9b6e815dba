"""``batchsdk cancel``."""

from __future__ import annotations

import click

from batchsdk.cli.settings import Settings, examples, json_option, pass_settings
from batchsdk.cli.stop import stop

_EXAMPLES = examples(
    "batchsdk cancel JOB_ID --reason 'asked for too much memory'",
)


@click.command(short_help="Cancel jobs that have not started.", epilog=_EXAMPLES)
@click.argument("job_ids", metavar="JOB_ID...", nargs=-1, required=True)
@click.option(
    "-r",
    "--reason",
    default="batchsdk cancel",
    show_default=True,
    help="Becomes the job's status reason.",
)
@json_option
@pass_settings
def cancel(settings: Settings, job_ids: tuple[str, ...], reason: str) -> None:
    """Cancel jobs that have not started.

    Cancelling does nothing to a job that is STARTING or RUNNING (the result says so): terminate it.
    """
    batch = settings.connect()
    stop(settings.renderer, [batch.job(job_id).cancel(reason) for job_id in job_ids])
