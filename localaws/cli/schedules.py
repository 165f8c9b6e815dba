"""`schedules list|advance|fire`: when the schedules of the server that runs fire."""

from __future__ import annotations

import re
from typing import Any

import click

from localaws.cli.running import ask

_DURATION = re.compile(r"(?=.)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?")
_SECONDS = (86_400, 3600, 60, 1)


@click.group()
def schedules() -> None:
    """Let the schedules of EventBridge Scheduler fire now."""


@schedules.command("list")
def list_schedules() -> None:
    """Print the schedules' clock, each schedule with its next time, and what has fired."""
    found = ask("GET", "schedules")
    click.echo(f"the schedules' clock: {found['now']}")
    for each in found["schedules"]:
        following = each["next"] or ("never again" if each["state"] == "ENABLED" else "DISABLED")
        zone = each["timezone"]
        click.echo(f"{each['name']}  {each['expression']} {zone}  next {following}")
    _print(found["fired"])


@schedules.command()
@click.argument("duration")
def advance(duration: str) -> None:
    """Put the schedules' clock forward by DURATION (e.g. 8h, 1d12h, 30m), and print what fired.

    Every schedule fires once for each of its times that pass. The clock of jobs stays as it is.
    """
    found = _DURATION.fullmatch(duration)
    if found is None:
        raise click.BadParameter(f"{duration!r} is no duration: write e.g. 8h, 1d12h or 30m")
    parts = (int(part or 0) for part in found.groups())
    seconds = sum(part * unit for part, unit in zip(parts, _SECONDS, strict=True))
    fired = ask("POST", "schedules/advance", {"seconds": seconds})["fired"]
    _print(fired)
    if not fired:
        click.echo("nothing was due")


@schedules.command()
@click.argument("name")
def fire(name: str) -> None:
    """Fire the schedule NAME now, whatever its state, and print what its target answered."""
    _print(ask("POST", "schedules/fire", {"name": name})["fired"])


def _print(fired: list[dict[str, Any]]) -> None:
    for each in fired:
        answer = each["answer"]
        told = f"job {answer['jobId']}" if "jobId" in answer else str(answer or "is tried again")
        click.echo(f"{each['scheduledFor']}  {each['schedule']}  {each['error'] or told}")
