"""States of the Amazon States Language (ASL), and conditions of its Choice states. Pure.

In the language's JSONPath form, which every partition and interpreter has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

State = dict[str, Any]
Condition = dict[str, Any]
"""A rule of a Choice state, without ``Next``."""


def all_of(conditions: Sequence[Condition]) -> Condition:
    """Hold if every one holds."""
    return conditions[0] if len(conditions) == 1 else {"And": list(conditions)}


def any_of(conditions: Sequence[Condition]) -> Condition:
    """Hold if one holds."""
    return conditions[0] if len(conditions) == 1 else {"Or": list(conditions)}


def none_of(*conditions: Condition) -> Condition:
    """Hold if none holds."""
    return {"Not": any_of(conditions)}


def is_true(path: str) -> Condition:
    """Hold if a path leads to ``true``."""
    return {"Variable": path, "BooleanEquals": True}


def is_text(path: str, text: str) -> Condition:
    """Hold if a path leads to this text."""
    return {"Variable": path, "StringEquals": text}


def is_a_string(path: str) -> Condition:
    """Hold if a path leads to a text at all."""
    return {"And": [{"Variable": path, "IsPresent": True}, {"Variable": path, "IsString": True}]}


def choice(rules: Sequence[tuple[Condition, str]], otherwise: str) -> State:
    """Go to the state of the first rule that holds."""
    return {
        "Type": "Choice",
        "Choices": [{**condition, "Next": to} for condition, to in rules],
        "Default": otherwise,
    }


def passing(template: dict[str, Any], to: str, *, result: str | None = None) -> State:
    """Make data of a template; without ``result`` it takes the place of all there was."""
    made: State = {"Type": "Pass", "Parameters": template, "Next": to}
    return made if result is None else {**made, "ResultPath": result}


def array(paths: Sequence[str]) -> str:
    """Return the intrinsic function that makes an array of what paths lead to."""
    return f"States.Array({', '.join(paths)})"


def contains(many: str, one: str) -> str:
    """Return the intrinsic function that tells whether an array has a value."""
    return f"States.ArrayContains({many}, {one})"


def either(paths: Sequence[str]) -> str:
    """Return an intrinsic function that is true if one of some is."""
    return contains(array(paths), "true")
