"""``batchsdk runs``."""

from __future__ import annotations

import click

from batchsdk.cli.run_options import ledger_option
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings

_EXAMPLES = examples("batchsdk runs", "batchsdk runs --json | jq -r '.[-1].name'")


@click.command(epilog=_EXAMPLES)
@ledger_option
@output_options
@pass_settings
def runs(settings: Settings, ledger: str | None) -> None:
    """List the runs of this environment, oldest first, as the ledger knows them."""
    found = settings.connect().runs(ledger=ledger)
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
    )
