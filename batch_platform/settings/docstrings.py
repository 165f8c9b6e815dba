"""What the docstrings of the settings tell, as Markdown of one line: the source of all texts."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping

_HEADING = "Attributes:"
_ITEM = re.compile(r" {4}(\w+(?:, \w+)*): (.*)")
_ROLE = re.compile(r":\w+:`~?(?:[\w.]+\.)?(\w+)`")


def summary(kind: type) -> str:
    """Return the docstring of a class up to its attributes, e.g. to describe its block."""
    text, _, _ = inspect.cleandoc(kind.__doc__ or "").partition(f"\n{_HEADING}\n")
    return _markdown(text)


def attributes(kind: type) -> Mapping[str, str]:
    """Return the descriptions under ``Attributes:``, of a class and of what it inherits from.

    Returns:
        By name. The docstring of a subclass goes before that of its base.
    """
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        found |= _own_attributes(base)
    return found


def _own_attributes(kind: type) -> Mapping[str, str]:
    _, _, section = inspect.cleandoc(vars(kind).get("__doc__") or "").partition(f"{_HEADING}\n")
    found: dict[str, str] = {}
    names: list[str] = []
    for line in section.splitlines():
        if line and not line.startswith(" "):
            break  # the next section
        if item := _ITEM.fullmatch(line):
            names = item[1].split(", ")
            found |= dict.fromkeys(names, item[2])
        else:
            found |= {name: f"{found[name]} {line}" for name in names}
    return {name: _markdown(text) for name, text in found.items()}


def _markdown(text: str) -> str:
    return " ".join(_ROLE.sub(r"`\1`", text).replace("``", "`").split())
