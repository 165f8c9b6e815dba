"""``batchsdk attach``."""

from __future__ import annotations

from collections.abc import Mapping

import click

import batchsdk
from batchsdk.cli.render import Renderer
from batchsdk.cli.run_options import follow_options, ledger_option
from batchsdk.cli.run_watch import Following, follow, show_steps
from batchsdk.cli.settings import Settings, dry_run_option, examples, output_options, pass_settings
from batchsdk.cli.stuck import StuckJobs
from batchsdk.jobs.stopping import check_reason

_EXAMPLES = examples(
    "batchsdk attach nightly-2026-01-31",
    "batchsdk attach nightly-2026-01-31 --no-wait",
    "batchsdk attach nightly-2026-01-31 --cancel --reason 'wrong input'",
    "batchsdk attach nightly-2026-01-31 --cancel --dry-run",
)


@click.command(epilog=_EXAMPLES)
@click.argument("run_name", metavar="RUN")
@ledger_option
@click.option("--cancel", is_flag=True, help="End every job of the run.")
@click.option(
    "-r",
    "--reason",
    default="batchsdk attach --cancel",
    show_default=True,
    help="Status reason of the jobs that are stopped.",
)
@follow_options
@dry_run_option
@output_options
@pass_settings
def attach(
    settings: Settings,
    /,
    *,
    run_name: str,
    ledger: str | None,
    cancel: bool,
    reason: str,
    dry_run: bool,
    following: Following,
) -> None:
    """Follow a run again, after a crash or from another terminal, or cancel it.

    Jobs whose submission's answer was lost are looked up. Of a workflow, the steps that only a
    client can start are submitted; nothing else is.
    """
    if dry_run and not cancel:
        raise click.UsageError("--dry-run needs --cancel: attach alone stops nothing")
    check_reason(reason)
    batch = settings.connect()
    renderer = settings.renderer
    on_interrupt = following.on_interrupt
    with batch.run(run_name, ledger=ledger, on_interrupt=on_interrupt, must_exist=True) as run:
        if dry_run:
            jobs = run.attach()
            open_ids = [
                job.id for key, job in jobs.items() if not run.entries[key].state.is_terminal
            ]
            renderer.json([{"jobId": job_id, "reason": reason} for job_id in open_ids])
            return
        if run.document is None:
            _follow(renderer, run, following, reason if cancel else None)
            return
    workflow_run = batch.attach(run_name, ledger=ledger, on_interrupt=on_interrupt)
    if cancel:
        show_steps(renderer, workflow_run, workflow_run.cancel(reason))
    else:
        follow(renderer, workflow_run, following)


def _follow(
    renderer: Renderer, run: batchsdk.Run, following: Following, cancel_reason: str | None
) -> None:
    """Follow or end a run that has jobs under keys and no workflow."""
    if cancel_reason is not None:
        _show(renderer, run.cancel(cancel_reason))
        return
    jobs = run.attach()
    renderer.progress(f"run {run.name!r}: {len(jobs)} jobs")
    failed = None
    stuck = StuckJobs(renderer)
    if following.wait:
        try:
            run.wait(following.timeout, on_stuck=stuck, runnable_timeout=following.runnable_timeout)
        except KeyboardInterrupt:
            stuck.stop("no longer waiting")
            raise
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
        ("KEY", "STATE", "ATTEMPT", "JOB ID", "ENDED"),
        [[e.key, e.state, e.attempt, e.job_id, e.ended_at] for e in entries.values()],
        folded=("KEY",),
        dropped=("ENDED", "ATTEMPT"),
    )
