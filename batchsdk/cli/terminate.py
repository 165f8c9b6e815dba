"""``batchsdk terminate``."""

from __future__ import annotations

import click

import batchsdk
from batchsdk.cli.settings import Settings, dry_run_option, examples, output_options, pass_settings
from batchsdk.cli.stop import stop

_EXAMPLES = examples(
    "batchsdk terminate JOB_ID --reason 'wrong input'",
    "batchsdk terminate JOB_ID OTHER_ID --dry-run",
)


@click.command(epilog=_EXAMPLES)
@click.argument("job_ids", metavar="JOB_ID...", nargs=-1, required=True)
@click.option(
    "-r",
    "--reason",
    default="batchsdk terminate",
    show_default=True,
    help="Status reason of the stopped job.",
)
@dry_run_option
@output_options
@pass_settings
def terminate(settings: Settings, job_ids: tuple[str, ...], reason: str, dry_run: bool) -> None:
    """Stop jobs, running or not.

    A running container gets SIGTERM, and SIGKILL 30 seconds later.
    """
    stop(settings, job_ids, batchsdk.Job.terminate, reason=reason, dry_run=dry_run)
