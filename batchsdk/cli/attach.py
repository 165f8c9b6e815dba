"""``batchsdk attach``."""

from __future__ import annotations

import click

import batchsdk
from batchsdk.cli.run_options import follow_options, ledger_option
from batchsdk.cli.run_watch import Following, follow, show_steps
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings
from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.names import suggestion

_EXAMPLES = examples(
    "batchsdk attach nightly-2026-01-31",
    "batchsdk attach nightly-2026-01-31 --cancel",
)


@click.command(epilog=_EXAMPLES)
@click.argument("run", metavar="RUN")
@click.option("--cancel", is_flag=True, help="End every job of the run.")
@ledger_option
@follow_options
@output_options
@pass_settings
def attach(
    settings: Settings, run: str, cancel: bool, ledger: str | None, following: Following
) -> None:
    """Follow RUN again, after a crash or from another place, until it has ended.

    Of a workflow, the steps whose turn a client has to decide are submitted on the way.
    """
    batch = settings.connect()
    known = {each.name: each for each in batch.runs(ledger=ledger)}
    if run not in known:
        fix = suggestion(run, list(known)[-10:])
        raise InvalidArgumentError(Problem("RUN", run, "the ledger has no such run", fix))
    if known[run].workflow is None:
        with batch.run(run, ledger=ledger, on_interrupt=following.on_interrupt) as plain:
            _follow_plain(settings, plain, following, cancel=cancel)
        return
    attached = batch.attach(run, ledger=ledger, on_interrupt=following.on_interrupt)
    if cancel:
        show_steps(settings.renderer, attached, attached.cancel("batchsdk attach --cancel"))
        return
    if not following.detach:
        attached.advance()
    follow(settings.renderer, attached, following)


def _follow_plain(
    settings: Settings, run: batchsdk.Run, following: Following, *, cancel: bool
) -> None:
    """Do the same for a run that has jobs under keys and no workflow."""
    run.attach()
    waits = not (cancel or following.detach)
    if cancel:
        run.cancel("batchsdk attach --cancel")
    elif waits:
        run.wait(following.timeout, check=False)
    entries = run.entries.values()
    if settings.as_json:
        settings.renderer.json({"run": run.name, "jobs": list(entries)})
    else:
        rows = [(each.key, each.state, each.job_id) for each in entries]
        settings.renderer.table(("KEY", "STATE", "JOB ID"), rows)
    if waits:
        run.wait(0)  # all have ended: raises if one failed
