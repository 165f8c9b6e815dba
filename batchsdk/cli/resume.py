"""``batchsdk resume``."""

from __future__ import annotations

import click

from batchsdk.cli.run_options import follow_options, ledger_option
from batchsdk.cli.run_watch import Following, follow
from batchsdk.cli.settings import Settings, dry_run_option, examples, output_options, pass_settings
from batchsdk.cli.workflow_plan import show_plan

_EXAMPLES = examples(
    "batchsdk resume nightly-2026-01-31",
    "batchsdk resume nightly-2026-01-31 --dry-run",
    "batchsdk run pipeline.yaml --name nightly-2026-01-31    # with the file as it is now",
)


@click.command(epilog=_EXAMPLES)
@click.argument("run", metavar="RUN")
@ledger_option
@follow_options
@dry_run_option
@output_options
@pass_settings
def resume(
    settings: Settings,
    /,
    *,
    run: str,
    ledger: str | None,
    dry_run: bool,
    following: Following,
) -> None:
    """Run again what did not succeed in RUN, the run of a workflow, and wait for its end.

    Steps that succeeded do not run again; of a sweep, only the points that failed run. The run
    keeps its original workflow.

    --dry-run shows the jobs that would be submitted, and those that go on; CHILDREN are the points
    of a sweep that run again.
    """
    if dry_run:
        show_plan(settings.renderer, settings.connect().plan_resume(run, ledger=ledger), run=run)
        return
    resumed = settings.connect().resume(run, ledger=ledger, on_interrupt=following.on_interrupt)
    follow(settings.renderer, resumed, following)
