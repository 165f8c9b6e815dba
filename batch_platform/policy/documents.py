"""IAM policy documents, as they are written in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

Statement = dict[str, Any]


def statements(document: object) -> list[Statement]:
    """Return the statements of a document: JSON text, or nothing."""
    if not isinstance(document, str) or not document:
        return []
    return as_list(json.loads(document).get("Statement", []))


def allowed(document: object) -> Iterator[Statement]:
    """Yield the statements that allow something."""
    return (each for each in statements(document) if each.get("Effect") == "Allow")


def as_list(value: Any) -> list[Any]:
    """Return what IAM lets one write alone, or in a list, as a list."""
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def conditions(statement: Statement) -> Iterator[tuple[str, str, list[str]]]:
    """Yield operator, key and values of each condition, e.g. ``StringEquals``."""
    for operator, tests in (statement.get("Condition") or {}).items():
        for key, values in tests.items():
            yield operator, key, [str(each) for each in as_list(values)]


def principals(statement: Statement) -> Iterator[tuple[str, str]]:
    """Yield kind and name of each principal, e.g. ``Service``; ``*`` is of the kind ``AWS``."""
    principal = statement.get("Principal", {})
    if isinstance(principal, str):
        principal = {"AWS": principal}
    for kind, names in principal.items():
        for name in as_list(names):
            yield kind, name
