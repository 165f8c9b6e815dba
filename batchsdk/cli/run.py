"""``batchsdk run``."""

from __future__ import annotations

import sys

import click

import batchsdk
from batchsdk.cli.run_options import follow_options, ledger_option
from batchsdk.cli.run_watch import Following, follow
from batchsdk.cli.settings import (
    Settings,
    dry_run_option,
    examples,
    output_options,
    pairs,
    pass_settings,
)
from batchsdk.cli.workflow_plan import show_plan
from batchsdk.printable import printable

_EXAMPLES = examples(
    "batchsdk run pipeline.yaml -p day=2026-01-31",
    "batchsdk run pipeline.yaml --dry-run",
    "batchsdk run pipeline.yaml --name nightly-2026-01-31 --no-wait",
)


@click.command(epilog=_EXAMPLES)
@click.argument("file", type=click.Path(dir_okay=False))
@click.option(
    "-p",
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=pairs,
    help="Value of a parameter of the workflow; repeatable.",
)
@click.option(
    "--name",
    help="Name of the run; if it exists, only what did not succeed runs again.  "
    "[default: the workflow's and the time]",
)
@click.option(
    "--new",
    is_flag=True,
    help="Begin the run of that name anew: every step is done again, whatever became of its jobs.",
)
@click.option(
    "--cache/--no-cache",
    default=None,
    help="Take results of earlier runs for all steps that do not say otherwise, or for none.  "
    "[default: as the file says]",
)
@ledger_option
@follow_options
@dry_run_option
@output_options
@pass_settings
def run(
    settings: Settings,
    /,
    *,
    file: str,
    parameters: dict[str, str],
    name: str | None,
    new: bool,
    cache: bool | None,
    ledger: str | None,
    dry_run: bool,
    following: Following,
) -> None:
    """Run the workflow in FILE, and wait for its end.

    All faults of the file are listed at once, with their lines, before anything is sent. --dry-run
    shows the jobs in the order of their submission, and how each step waits for those before it.

    The job of a scheduled workflow has its file in a variable: there FILE is env:BATCHSDK_WORKFLOW.
    """
    workflow = settings.connect().load_workflow(file)
    if dry_run:
        plan = workflow.plan(_values(workflow, parameters), ledger=ledger, cache=cache)
        show_plan(settings.renderer, plan, workflow=workflow.definition.name)
        return

    def begin(*, new: bool) -> batchsdk.WorkflowRun:
        return workflow.run(
            name,
            parameters=parameters,
            ledger=ledger,
            on_interrupt=following.on_interrupt,
            new=new,
            cache=cache,
        )

    try:
        begun = begin(new=new)
    except batchsdk.RunForgottenError as fault:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        click.echo(printable(fault.message), err=True)
        if not click.confirm("Submit all of the run again?", err=True):
            raise
        begun = begin(new=True)
    follow(settings.renderer, begun, following)


def _values(workflow: batchsdk.Workflow, parameters: dict[str, str]) -> dict[str, str] | None:
    """Return the values of a run; ``None`` if some are missing, which a plan may do without."""
    declared = workflow.definition.parameters
    needed = {name for name, default in declared.items() if default is None}
    return parameters if parameters or not needed else None
