"""The pages that users read, and the commands in their shell blocks."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[2]
GENERATED = {"docs/api.md", "docs/reference.md"}
"""Of docstrings and models, whose own tests run what they show."""
FENCE = re.compile(r"^( *)```(\S*)[^\n]*\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
HERE_DOCUMENT = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")


def pages() -> list[str]:
    """Return every page with commands for users, by its path in the project."""
    top = [PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    found = [*top, *sorted((PROJECT / "docs").rglob("*.md"))]
    names = [str(each.relative_to(PROJECT)) for each in found]
    return [*(each for each in names if each not in GENERATED), NIGHTLY, TEMPLATE]


NIGHTLY = "examples/nightly/README.md"
"""Of an example, a repository of its own."""
TEMPLATE = "batch_platform/program/template/README.md"
"""Of each new project."""


def text_of(page: str) -> str:
    """Return the text of a page."""
    return (PROJECT / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """Return the code blocks of a page that are in a language, in their order."""
    found = FENCE.findall(text_of(page))
    return [textwrap.dedent(body) for _, name, body in found if name == language]


def languages(page: str) -> set[str]:
    """Return the languages of a page's code blocks, "" for those that name none."""
    return {name for _, name, _ in FENCE.findall(text_of(page))}


def commands(page: str) -> list[str]:
    """Return the commands of a page's shell blocks, comments left out, each on lines of its own."""
    return [each for block in blocks(page, "sh") for each in _commands(block)]


def _commands(block: str) -> Iterator[str]:
    lines = iter(block.splitlines())
    for line in lines:
        command = _without_comment(line)
        while command.endswith("\\") or _is_open(command):
            command = f"{command}\n{_without_comment(next(lines))}"
        if (document := HERE_DOCUMENT.search(command)) is not None:
            for line_of_it in lines:
                command = f"{command}\n{line_of_it}"
                if line_of_it == document[1]:
                    break
        if command.strip():
            yield command


def _is_open(command: str) -> bool:
    """Whether a quote has no end yet."""
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return True
    return False


def _without_comment(line: str) -> str:
    """Return a line without what a # begins, outside of quotes."""
    quote = ""
    for place, sign in enumerate(line):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == "#" and (place == 0 or line[place - 1].isspace()):
            return line[:place].rstrip()
    return line.rstrip()
