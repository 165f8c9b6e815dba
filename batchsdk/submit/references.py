"""``Ref::name`` placeholders in a job's command.

Batch replaces a placeholder only where it is a whole element of the command, and only in the
command (user guide: job definition parameters).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

PREFIX = "Ref::"

_EMBEDDED = re.compile(r"Ref::([A-Za-z0-9_.-]+)")


def referenced(command: Sequence[str]) -> tuple[str, ...]:
    """Return the names that ``command`` refers to, each once, in order."""
    names = (item.removeprefix(PREFIX) for item in command if item.startswith(PREFIX))
    return tuple(dict.fromkeys(name for name in names if name))


def embedded(command: Sequence[str]) -> frozenset[str]:
    """Return names that stand inside a longer element, where Batch does *not* replace them."""
    return frozenset(
        name for item in command if not item.startswith(PREFIX) for name in _EMBEDDED.findall(item)
    )


def render(command: Sequence[str], parameters: Mapping[str, str]) -> list[str]:
    """Return ``command`` as Batch will run it; a placeholder without a value stays."""
    return [
        parameters.get(item.removeprefix(PREFIX), item) if item.startswith(PREFIX) else item
        for item in command
    ]
