"""``batchsdk cancel``."""

from __future__ import annotations

import click

import batchsdk
from batchsdk.cli.settings import Settings, dry_run_option, examples, output_options, pass_settings
from batchsdk.cli.stop import stop

_EXAMPLES = examples(
    "batchsdk cancel JOB_ID --reason 'asked for too much memory'",
    "batchsdk cancel JOB_ID OTHER_ID --dry-run",
)


@click.command(epilog=_EXAMPLES)
@click.argument("job_ids", metavar="JOB_ID...", nargs=-1, required=True)
@click.option(
    "-r",
    "--reason",
    default="batchsdk cancel",
    show_default=True,
    help="Status reason of the stopped job.",
)
@dry_run_option
@output_options
@pass_settings
def cancel(settings: Settings, job_ids: tuple[str, ...], reason: str, dry_run: bool) -> None:
    """Cancel jobs that have not started.

    Cancelling does nothing to a STARTING or RUNNING job (the result says so): use terminate.
    """
    stop(settings, job_ids, batchsdk.Job.cancel, reason=reason, dry_run=dry_run)
