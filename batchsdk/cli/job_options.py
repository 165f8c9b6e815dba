"""Options that say what a job is to be: those of ``submit`` and of ``sweep``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

import batchsdk
from batchsdk.cli.completion import complete_queue
from batchsdk.cli.settings import pairs

_OPTIONS = (
    click.option(
        "-p",
        "--parameter",
        "parameters",
        metavar="NAME=VALUE",
        multiple=True,
        callback=pairs,
        help="Value of a Ref:: placeholder; repeatable.",
    ),
    click.option(
        "-q",
        "--queue",
        shell_complete=complete_queue,
        help="Key, name or ARN.  [default: the only one, or 'default']",
    ),
    click.option("--name", help="Name of the job.  [default: a unique one]"),
    click.option(
        "-e",
        "--env",
        "environment",
        metavar="NAME=VALUE",
        multiple=True,
        callback=pairs,
        help="Environment variable; repeatable.",
    ),
    click.option("--vcpus", type=float, help="vCPUs, instead of the definition's."),
    click.option("--memory", type=int, metavar="MIB", help="MiB, instead of the definition's."),
    click.option("--gpus", type=int, help="GPUs, instead of the definition's."),
    click.option(
        "-d",
        "--depends-on",
        metavar="JOB_ID",
        multiple=True,
        help="Must succeed first; repeatable.",
    ),
    click.option("--retry", type=int, metavar="N", help="At most N attempts, after any failure."),
    click.option(
        "--retry-spot",
        type=int,
        metavar="N",
        help="At most N attempts, when spot capacity is lost.",
    ),
    click.option("--timeout", type=int, metavar="SECONDS", help="Limit of an attempt, 60 or more."),
    click.option(
        "--tag",
        "tags",
        metavar="KEY=VALUE",
        multiple=True,
        callback=pairs,
        help="Tag of the job; repeatable.",
    ),
    click.option("--propagate-tags", is_flag=True, default=None, help="Tag the ECS task too."),
    click.option("--share-identifier", help="Share of a fair-share queue."),
    click.option("--scheduling-priority", type=int, help="0 to 9999, within the share."),
)


def job_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add them all, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def take_retry(given: dict[str, Any]) -> batchsdk.Retry | None:
    """Take --retry and --retry-spot out of the options.

    Raises:
        click.UsageError: both are given.
    """
    retry, spot = given.pop("retry"), given.pop("retry_spot")
    if retry is not None and spot is not None:
        raise click.UsageError("give --retry or --retry-spot, not both")
    if spot is not None:
        return batchsdk.Retry.spot(spot)
    return batchsdk.Retry(retry) if retry is not None else None
