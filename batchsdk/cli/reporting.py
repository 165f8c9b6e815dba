"""Errors on standard error: a line each, or JSON; never a traceback."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from batchsdk.errors import (
    MOST_TOLD,
    BatchSdkError,
    InvalidArgumentError,
    JobFailedError,
    Problem,
)
from batchsdk.printable import printable, printable_json


def wants_json(arguments: Sequence[str]) -> bool:
    """Tell whether ``--json`` or ``--output json`` is there, before click has parsed them."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return (
        "--json" in options
        or "--output=json" in options
        or ("--output", "json") in itertools.pairwise(options)
    )


def report(fault: BatchSdkError, *, as_json: bool) -> None:
    """Write one of our errors."""
    from batchsdk.cli import wording  # noqa: PLC0415  # only who reads an error pays for it

    if as_json:
        _json(wording.as_mapping(fault))
        return
    problems: Sequence[Problem] = getattr(fault, "problems", ())  # of a submission or a workflow
    if problems:
        for problem in problems[:MOST_TOLD]:
            _line("error", wording.problem_in_words(problem))
        if len(problems) > MOST_TOLD:
            _line("error", f"and {len(problems) - MOST_TOLD} more problems")
        return
    if isinstance(fault, InvalidArgumentError):
        _line("error", wording.problem_in_words(fault.problem))
    else:
        _line("error", wording.in_words_of_the_shell(fault.message))
    if isinstance(fault, JobFailedError):
        for line in fault.log_tail:
            _line("log", line)
    if fault.hint:
        _line("hint", wording.in_words_of_the_shell(fault.hint))


def report_usage(fault: click.ClickException, *, as_json: bool) -> None:
    """Write an error in the options."""
    context = fault.ctx if isinstance(fault, click.UsageError) else None
    path = context.command_path if context else "batchsdk"
    hint = f"Try: {path} --help"
    if as_json:
        _json({"type": "UsageError", "message": fault.format_message(), "hint": hint})
        return
    _line("error", fault.format_message())
    _line("hint", hint)


def report_unexpected(fault: Exception, *, as_json: bool) -> None:
    """Write an error that should not exist."""
    message = f"unexpected {type(fault).__name__}: {fault}"
    hint = "This is a bug in batchsdk. BATCHSDK_TRACEBACK=1 prints the traceback; please report it."
    if as_json:
        _json({"type": type(fault).__name__, "message": message, "hint": hint})
        return
    _line("error", message)
    _line("hint", hint)


def _line(kind: str, text: str) -> None:
    click.echo(printable(f"{kind}: {' '.join(text.splitlines())}"), err=True)


def _json(error: Mapping[str, Any]) -> None:
    click.echo(printable_json(json.dumps({"error": error}, ensure_ascii=False)), err=True)
