"""``batchsdk attach``."""

from __future__ import annotations

from collections.abc import Mapping

import click

import batchsdk
from batchsdk.cli.render import Renderer
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings

_EXAMPLES = examples(
    "batchsdk attach nightly-2026-01-31",
    "batchsdk attach nightly-2026-01-31 --no-wait",
    "batchsdk attach nightly-2026-01-31 --cancel --reason 'wrong input'",
)


@click.command(epilog=_EXAMPLES)
@click.argument("run_name", metavar="RUN")
@click.option(
    "--ledger",
    metavar="FILE|s3://…",
    envvar="BATCHSDK_LEDGER",
    help="Where the run is recorded.  [default: the user's own]",
)
@click.option("--wait/--no-wait", default=True, help="Wait until every job has ended.")
@click.option("--wait-timeout", type=float, metavar="SECONDS", help="Stop waiting after that.")
@click.option("--cancel", is_flag=True, help="End every job of the run.")
@click.option(
    "-r",
    "--reason",
    default="batchsdk attach --cancel",
    show_default=True,
    help="Becomes the status reason of the jobs that are ended.",
)
@output_options
@pass_settings
def attach(
    settings: Settings,
    /,
    *,
    run_name: str,
    ledger: str | None,
    wait: bool,
    wait_timeout: float | None,
    cancel: bool,
    reason: str,
) -> None:
    """Follow a run again, after a crash or from another terminal, or end it.

    Jobs whose answers were lost are looked up. Nothing is submitted.
    """
    renderer = settings.renderer
    batch = settings.connect()
    with batch.run(run_name, ledger=ledger, on_interrupt="ask", must_exist=True) as run:
        if cancel:
            _show(renderer, run.cancel(reason))
            return
        jobs = run.attach()
        renderer.progress(f"run {run.name!r}: {len(jobs)} jobs")
        failed = None
        if wait:
            try:
                run.wait(wait_timeout)
            except batchsdk.JobsFailedError as fault:
                failed = fault
        _show(renderer, run.entries)
        if failed is not None:
            raise failed


def _show(renderer: Renderer, entries: Mapping[str, batchsdk.Entry]) -> None:
    if renderer.as_json:
        renderer.json(list(entries.values()))
        return
    renderer.table(
        ["Key", "State", "Attempt", "Job id", "Ended"],
        [[e.key, e.state, e.attempt, e.job_id, e.ended_at] for e in entries.values()],
    )
