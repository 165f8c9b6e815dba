"""What each command of a program prints for ``--help``, as sections of a page in Markdown."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
from unittest import mock

COLUMNS = "88"
"""Width of the help texts: what a page shows beside its two sidebars without scrolling."""

_LISTED = re.compile(r"^Commands:\n((?:  .*\n?)+)", re.MULTILINE)  # click
_CHOICES = re.compile(r"\{([\w,-]+)\}\s+\.\.\.$", re.MULTILINE)  # argparse


def sections(program: str) -> str:
    """Return a section for the program and for each of its commands, subcommands included.

    Args:
        program: ``batchsdk``, ``batch-platform`` or ``localaws``.
    """
    return "\n".join(
        f"## {' '.join(words)}\n\n```text\n{text}\n```\n"
        for words, text in _texts(_entry_point(program), (program,))
    )


def _texts(
    run: Callable[[list[str]], object], words: Sequence[str]
) -> Iterator[tuple[Sequence[str], str]]:
    text = _printed(run, [*words[1:], "--help"])
    yield words, text
    for name in _commands(text):
        yield from _texts(run, (*words, name))


def _commands(text: str) -> list[str]:
    if listed := _LISTED.search(text):
        return re.findall(r"^  ([a-z][\w-]*)", listed[1], re.MULTILINE)
    choices = _CHOICES.search(text)
    return choices[1].split(",") if choices else []


def _entry_point(program: str) -> Callable[[list[str]], object]:
    """Return what the program's console script calls, told of the program's name."""
    if program == "batchsdk":
        from batchsdk.cli import main as run  # noqa: PLC0415  # each with what it needs

        return run
    if program == "localaws":
        from localaws.cli import main as group  # noqa: PLC0415

        return lambda arguments: group.main(arguments, prog_name=program)
    from batch_platform.__main__ import main  # noqa: PLC0415

    return main


def _printed(run: Callable[[list[str]], object], arguments: list[str]) -> str:
    with (
        mock.patch.dict(os.environ, {"COLUMNS": COLUMNS, "NO_COLOR": "1"}),
        contextlib.redirect_stdout(io.StringIO()) as printed,
        contextlib.suppress(SystemExit),
    ):
        run(arguments)
    return printed.getvalue().strip()
