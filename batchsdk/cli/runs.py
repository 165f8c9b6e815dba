"""``batchsdk runs``."""

from __future__ import annotations

import click

from batchsdk.cli.numbers import DAYS
from batchsdk.cli.run_options import ledger_option
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings

_EXAMPLES = examples(
    "batchsdk runs",
    "batchsdk runs --json | jq -r '.[-1].name'",
    "batchsdk runs --prune 90 --dry-run",
)


@click.command(epilog=_EXAMPLES)
@ledger_option
@click.option(
    "--prune",
    type=DAYS,
    metavar="DAYS",
    help="Remove from the ledger, and list, the runs in which nothing happened for so long and "
    "no job goes on.",
)
@click.option("--dry-run", is_flag=True, help="With --prune: list them, remove nothing.")
@output_options
@pass_settings
def runs(settings: Settings, ledger: str | None, prune: float | None, dry_run: bool) -> None:
    """List the runs of this environment, oldest first, as the ledger knows them.

    A run that was removed begins anew when its name is used again.
    """
    if dry_run and prune is None:
        raise click.UsageError("--dry-run goes with --prune")
    batch = settings.connect()
    if prune is None:
        found = batch.runs(ledger=ledger)
    else:
        found = batch.prune_runs(prune, ledger=ledger, dry_run=dry_run)
    if settings.as_json:
        settings.renderer.json(found)
        return
    settings.renderer.table(
        ("RUN", "WORKFLOW", "BEGUN", "CANCELLED", "JOBS"),
        [
            (
                each.name,
                each.workflow,
                each.created_at,
                each.cancelled_at,
                ", ".join(f"{count} {state}" for state, count in each.jobs.items()),
            )
            for each in found
        ],
        folded=("RUN", "WORKFLOW", "JOBS"),
        dropped=("CANCELLED",),
    )
