"""``batchsdk report``."""

from __future__ import annotations

import click

import batchsdk
from batchsdk.cli.exit_codes import ExitCode
from batchsdk.cli.prices import prices_option
from batchsdk.cli.run_options import ledger_option
from batchsdk.cli.settings import Settings, examples, output_options, pass_settings

_EXAMPLES = examples(
    "batchsdk report nightly-2026-01-31 -o run.html",
    "batchsdk report JOB_ID OTHER_ID -o run.html",
    "batchsdk report nightly -o - > run.html",
)


@click.command(epilog=_EXAMPLES)
@click.argument("jobs", metavar="RUN|JOB_ID...", nargs=-1, required=True)
@click.option(
    "-o",
    "--file",
    "path",
    type=click.Path(dir_okay=False, writable=True, allow_dash=True),
    default="report.html",
    show_default=True,
    help="Where to write the page; - is standard output.",
)
@ledger_option
@prices_option
@output_options
@pass_settings
def report(
    settings: Settings, jobs: tuple[str, ...], path: str, ledger: str | None, prices: str | None
) -> None:
    """Write an HTML report: state, timeline, dependencies, usage, failures with their logs.

    RUN is the name that a run's jobs begin with (RUN-...); of a workflow that the ledger knows,
    every step is shown, also those that a client has to start. The report includes the jobs that
    the named ones wait for, and children of arrays. Values of parameters are not in it. It is one
    file that needs no network.

    Exit code 5: one of the names is not known; the page is about the others.
    """
    made = settings.connect().report(*jobs, ledger=ledger, prices=prices)
    if path == "-":
        click.echo(made.html, nl=False)
    else:
        _write(settings, made, path)
    for name in made.unknown:
        settings.renderer.progress(f"{name}: Batch knows no such job, and no run of that name")
    if made.unknown:
        raise click.exceptions.Exit(ExitCode.NO_SUCH_JOB)


def _write(settings: Settings, made: batchsdk.Report, path: str) -> None:
    try:
        made.write(path)
    except OSError as fault:
        raise click.FileError(path, hint=str(fault.strerror)) from fault
    if settings.as_json:
        settings.renderer.json(
            {"file": path, "state": made.state, "jobs": made.usage[0].total.jobs}
        )
    else:
        settings.renderer.line(path)
        counts = ", ".join(f"{count} {status}" for status, count in sorted(made.counts.items()))
        settings.renderer.progress(f"{made.state}: {made.usage[0].total.jobs} jobs: {counts}")
