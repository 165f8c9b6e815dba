"""`faults add|list|clear`: failures on demand in the server that runs."""

from __future__ import annotations

import click

from localaws.cli.running import ask
from localaws.faults import FaultKind


@click.group()
def faults() -> None:
    """Inject faults: failures on demand."""


@faults.command()
@click.argument("kind", type=click.Choice([str(kind) for kind in FaultKind]))
@click.option("--service", default="*", show_default=True, help="e.g. batch, logs, sqs.")
@click.option("--operation", default="*", show_default=True, help="e.g. SubmitJob, Describe*.")
@click.option("--job-name", default="*", show_default=True, help="Shell pattern of job names.")
@click.option("--times", type=int, help="How many times; without it, until the fault is cleared.")
@click.option(
    "--probability",
    default=1.0,
    show_default=True,
    help="Share of matching calls or jobs that fail, above 0, at most 1.",
)
@click.option("--seed", default=0, show_default=True, help="Makes --probability repeatable.")
@click.option("--seconds", default=0.0, help="Duration of slow and slow-detach.")
def add(kind: str, **options: object) -> None:
    """Add a fault and print its id."""
    click.echo(ask("POST", "faults", {"kind": kind, **options})["id"])


@faults.command("list")
def list_faults() -> None:
    """Print the active faults, one per line."""
    for each in ask("GET", "faults")["faults"]:
        times = "until cleared" if each["times"] is None else f"of {each['times']}"
        click.echo(
            f"{each['id']}  {each['kind']}  {each['service']}:{each['operation']}  "
            f"job {each['jobName']}  struck {each['hits']} ({times})"
        )


@faults.command()
@click.argument("fault_id", required=False)
def clear(fault_id: str | None) -> None:
    """Remove the fault with that id, or all faults; print how many were removed."""
    click.echo(ask("POST", "faults/clear", {"id": fault_id})["removed"])
