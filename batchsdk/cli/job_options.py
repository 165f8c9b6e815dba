"""Options that say what a job is to be: those of ``submit`` and of ``sweep``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import click

import batchsdk
from batchsdk.cli import overrides
from batchsdk.cli.completion import complete_queue
from batchsdk.cli.numbers import FieldNumber
from batchsdk.cli.settings import pairs, whole_pairs
from batchsdk.submit.fields import JobField
from batchsdk.submit.overrides import Override
from batchsdk.submit.submission import JOB_FIELDS

_MADE_BY_HAND: Mapping[str, tuple[Callable[..., Any], ...]] = {
    "job_definition": (),  # an argument
    "command": (),  # an argument
    "depends_on": (
        click.option(
            "-d",
            "--depends-on",
            metavar="JOB_ID",
            multiple=True,
            help="Job that must succeed first; repeatable.",
        ),
    ),
    "retry": (
        click.option(
            "--retry", type=int, metavar="N", help="At most N attempts, after any failure."
        ),
        click.option(
            "--retry-spot",
            type=int,
            metavar="N",
            help="At most N attempts, when spot capacity is lost.",
        ),
    ),
}
"""The fields whose options are not one for one."""

_OVERRIDES = {"containers": overrides.containers, "nodes": overrides.nodes}
_COMPLETED = {"queue": complete_queue}


def job_options(*, without: Collection[str] = ()) -> Callable[..., Any]:
    """Add an option for each field of a submission, in the order of the fields.

    Args:
        without: the fields that the command does not take.
    """
    made = [
        option
        for name, each in JOB_FIELDS.items()
        if name not in without
        for option in (_MADE_BY_HAND[name] if name in _MADE_BY_HAND else (_option(each),))
    ]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(made):
            command = option(command)
        return command

    return decorate


def _option(field: JobField) -> Callable[..., Any]:
    settings: dict[str, Any] = {
        "shell_complete": _COMPLETED.get(field.name),
        "metavar": field.about.metavar or None,
    }
    explanation = field.explanation.replace("``", "")
    if field.kind == Mapping[str, Override]:
        settings |= {"multiple": True, "callback": _OVERRIDES[field.name]}
        explanation += f" {overrides.HELP[field.name]} Repeatable."
    elif field.is_mapping:
        read = whole_pairs if field.kind == Mapping[str, int] else pairs
        settings |= {"multiple": True, "callback": read}
        settings["metavar"] = field.about.metavar or "NAME=VALUE"
        explanation += " Repeatable."
    elif field.kind is bool:
        settings |= {"is_flag": True, "default": None}
    else:
        is_number = field.kind in (int, float)
        settings["type"] = FieldNumber(field) if is_number else field.kind
        if field.about.unit:
            settings["metavar"] = field.about.unit.upper()
    if field.about.otherwise not in ("", "none"):
        explanation += f"  [default: {field.about.otherwise}]"
    return click.option(*field.options, field.name, help=explanation, **settings)


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
