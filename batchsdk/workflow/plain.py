"""Reading typed values from plain data, noting every fault with its path. Pure.

A reader takes the value, its path and where faults are noted. What cannot be read becomes an
empty value, so that the reading goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from batchsdk.arguments import as_spelled, as_whole, is_number, is_whole
from batchsdk.errors import Problem
from batchsdk.names import suggestion
from batchsdk.submit.fields import JobField, whole_fault


class Faults:
    """What was wrong, in the order in which it was met."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def note(self, path: str, value: object, rule: str, fix: str) -> None:
        """Write a fault down."""
        self.found.append(Problem(path, value, rule, fix))


def at(path: str, part: str | int) -> str:
    """Return the path of what is inside ``path``: ``steps.load``, ``after[0]``."""
    if isinstance(part, int):
        return f"{path}[{part}]"
    return f"{path}.{part}" if path else part


def snake_case(name: str) -> str:
    """Return ``arraySize`` as ``array_size``; ``nToN`` as ``n_to_n``."""
    return re.sub(r"[A-Z]", lambda match: f"_{match[0].lower()}", name)


def fields(
    value: Any,
    path: str,
    readers: Mapping[str, Callable[[Any, str, Faults], Any]],
    faults: Faults,
) -> dict[str, Any]:
    """Read a mapping with known keys; what is absent or null stays absent. Keys become Python's."""
    read: dict[str, Any] = {}
    for key, inner in mapping(value, path, faults).items():
        reader = readers.get(key)
        if reader is None:
            faults.note(at(path, key), None, "there is no such key", suggestion(key, readers))
        elif inner is not None:
            result = reader(inner, at(path, key), faults)
            if result is not None:
                read[snake_case(key)] = result
    return read


def mapping(value: Any, path: str, faults: Faults) -> dict[str, Any]:
    """Read any mapping."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return {str(key): inner for key, inner in value.items()}
    faults.note(path or "the file", value, "must be a mapping", "write keys, each with a value")
    return {}


def text(value: Any, path: str, faults: Faults) -> str:
    """Read a string."""
    if isinstance(value, str):
        return value
    fix = "put it in quotes" if isinstance(value, int | float | None) else "write one value"
    faults.note(path, value, "must be text", fix)
    return ""


def texts(value: Any, path: str, faults: Faults) -> tuple[str, ...]:
    """Read a list of strings."""
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        return tuple(text(each, at(path, index), faults) for index, each in enumerate(value))
    faults.note(path, value, "must be a list", "write [a, b]")
    return ()


def one_or_more(value: Any, path: str, faults: Faults) -> tuple[str, ...]:
    """Read a string, or a list of strings."""
    return (value,) if isinstance(value, str) else texts(value, path, faults)


def text_mapping(value: Any, path: str, faults: Faults) -> dict[str, str]:
    """Read a mapping of strings."""
    return {
        key: text(inner, at(path, key), faults)
        for key, inner in mapping(value, path, faults).items()
    }


def whole(value: Any, path: str, faults: Faults) -> int | None:
    """Read a whole number."""
    return quantity(as_whole, whole_fault())(value, path, faults)


def quantity(
    take: Callable[[Any], Any], fault: tuple[str, str]
) -> Callable[[Any, str, Faults], int | None]:
    """Return a reader of whole numbers that may have a unit.

    Args:
        take: makes a number of a text with a unit.
        fault: the rule and the fix for what is none.
    """

    def read(value: Any, path: str, faults: Faults) -> int | None:
        taken = as_spelled(take(value), int)
        if is_whole(taken):
            return taken
        faults.note(path, value, *fault)
        return None

    return read


def of_field(field: JobField) -> Callable[[Any, str, Faults], Any]:
    """Return a reader of a submission's number, in the forms that the command line takes."""

    def read(value: Any, path: str, faults: Faults) -> Any:
        taken = field.read(value)
        if field.is_number(taken):
            return taken
        faults.note(path, value, *field.fault)
        return None

    return read


def whole_mapping(value: Any, path: str, faults: Faults) -> dict[str, int]:
    """Read a mapping of whole numbers."""
    read = {
        key: whole(inner, at(path, key), faults)
        for key, inner in mapping(value, path, faults).items()
    }
    return {key: inner for key, inner in read.items() if inner is not None}


def number(value: Any, path: str, faults: Faults) -> float | None:
    """Read a number."""
    taken = as_spelled(value, float)
    if is_number(taken):
        return taken
    faults.note(path, value, "must be a number", "write digits, e.g. 0.5")
    return None


def boolean(value: Any, path: str, faults: Faults) -> bool | None:
    """Read true or false."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    faults.note(path, value, "must be true or false", "write one of the two")
    return None
