"""``batchsdk resume``."""

from __future__ import annotations

import click

from batchsdk.cli.run_options import follow_options, ledger_option
from batchsdk.cli.run_watch import Following, follow
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings

_EXAMPLES = examples(
    "batchsdk resume nightly-2026-01-31",
    "batchsdk run pipeline.yaml --name nightly-2026-01-31    # with the file as it is now",
)


@click.command(epilog=_EXAMPLES)
@click.argument("run", metavar="RUN")
@ledger_option
@follow_options
@output_options
@pass_settings
def resume(settings: Settings, run: str, ledger: str | None, following: Following) -> None:
    """Do again what did not succeed in RUN, of a workflow, and wait for its end.

    What succeeded is not done again; of a sweep, only the points that failed are done. The workflow
    is taken as it was then.
    """
    resumed = settings.connect().resume(run, ledger=ledger, on_interrupt=following.on_interrupt)
    follow(settings.renderer, resumed, following)
