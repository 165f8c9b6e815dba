"""JSON texts that mean the same, as the provider's own comparisons have it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any


def same_document(old: str, new: str) -> bool:
    """Return whether two policy documents mean the same.

    As awspolicyequivalence has it, as far as a program of ours can tell: order of keys and layout
    do not matter, nor the order of a list of strings, and a string is a list of one.
    """
    try:
        return bool(_policy(json.loads(old)) == _policy(json.loads(new)))
    except ValueError:
        return False


def _policy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _policy(_as_list(key, inner)) for key, inner in value.items()}
    if isinstance(value, list):
        each = [_policy(inner) for inner in value]
        return sorted(each) if all(isinstance(inner, str) for inner in each) else each
    return value


def _as_list(key: str, value: Any) -> Any:
    """Return a list of one for a single string, but not for what is never a list."""
    single = key in ("Effect", "Id", "Sid", "Version")
    if key == "Statement" and isinstance(value, Mapping):
        return [value]
    return [value] if isinstance(value, str) and not single else value


def compared_as_policies(*names: str) -> Callable[[str, Any, Any], bool]:
    """Return the comparison of these inputs as policy documents (SuppressEquivalentPolicyDiffs)."""
    return lambda key, old, new: key in names and same_document(old, new)


def compared_as_json(*names: str) -> Callable[[str, Any, Any], bool]:
    """Return the comparison of these inputs without layout (suppressEquivalentJSONDiffs)."""
    return lambda key, old, new: key in names and bool(json.loads(old) == json.loads(new))
