"""`status` and `logs`: what the server is doing."""

from __future__ import annotations

import json
import time

import click

from localaws.cli.running import NOT_RUNNING, ask, find_running, log_file

FOLLOW_SECONDS = 0.2


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def status(as_json: bool) -> None:
    """Say whether a local AWS runs, and what it holds; exit code 3 if none runs."""
    if find_running() is None:
        click.echo('{"status": "stopped"}' if as_json else "not running")
        raise SystemExit(NOT_RUNNING)
    found = ask("GET", "status")
    if as_json:
        click.echo(json.dumps({"status": "healthy", **found}, indent=2))
        return
    batch = found["batch"]
    jobs = ", ".join(f"{count} {name}" for name, count in sorted(batch["jobs"].items()))
    click.echo(f"healthy at {found['endpointUrl']} (process {found['processId']})")
    click.echo(f"jobs run by:  {found['executor']}")
    click.echo(f"data:         {found['dataDirectory'] or 'in memory only'}")
    click.echo(f"environments: {batch['computeEnvironments']}, queues: {batch['jobQueues']}")
    click.echo(f"definitions:  {batch['jobDefinitions']}")
    click.echo(f"jobs:         {jobs or 'none'}")
    click.echo(f"faults:       {found['faults']}")


@click.command()
@click.option("--follow", "-f", is_flag=True, help="Keep printing until the server stops.")
def logs(follow: bool) -> None:
    """Print the log of the newest server."""
    path = log_file()
    if not path.exists():
        raise click.ClickException("no local AWS has been started here")
    with path.open(encoding="utf-8", errors="replace") as file:
        while True:
            is_last = not follow or find_running() is None
            while text := file.read():
                click.echo(text, nl=False)
            if is_last:
                return
            time.sleep(FOLLOW_SECONDS)
