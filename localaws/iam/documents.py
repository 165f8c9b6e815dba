"""Reads policy documents.

Source: IAM user guide, "IAM JSON policy element reference" and "Grammar of the IAM JSON policy
language".
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from localaws.iam.conditions import Condition, read_condition

VERSION_WITH_VARIABLES = "2012-10-17"
_VERSIONS = ("2008-10-17", VERSION_WITH_VARIABLES)
_EFFECTS = ("Allow", "Deny")
_KEYS = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})
_PRINCIPALS = frozenset({"Principal", "NotPrincipal"})
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True)
class Position:
    """A place in a document; both numbers count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Patterns:
    """An element of a statement, or its negation.

    Attributes:
        values: with wildcards.
        is_negated: it is ``NotAction`` or ``NotResource``.
    """

    values: tuple[str, ...]
    is_negated: bool


@dataclass(frozen=True)
class Principals:
    """Whom a statement of a resource's policy is about.

    Attributes:
        values: kind and name of each, e.g. ``("AWS", "arn:aws:iam::123456789012:root")``; of
            everybody ``("AWS", "*")``.
        is_negated: it is ``NotPrincipal``.
    """

    values: tuple[tuple[str, str], ...]
    is_negated: bool


@dataclass(frozen=True)
class Statement:
    """One statement of a policy.

    Attributes:
        allows: its effect; else it denies.
        principals: of a resource's policy or a role's trust; ``None`` in a policy of an identity.
        has_variables: whether ``${…}`` is a variable: the policy is of version 2012-10-17.
        start: behind the bracket or the comma before it, as IAM tells it.
        end: behind it.
    """

    allows: bool
    actions: Patterns
    principals: Principals | None
    resources: Patterns
    conditions: tuple[Condition, ...]
    has_variables: bool
    start: Position
    end: Position


@dataclass(frozen=True)
class Policy:
    """A policy of an identity, a permissions boundary, or a policy of a resource.

    Attributes:
        name: as ``SourcePolicyId`` tells it.
    """

    name: str
    statements: tuple[Statement, ...]


def read_policy(name: str, text: str) -> Policy:
    """Read a policy document of an identity.

    Raises:
        ValueError: it is not one; the message says why.
    """
    return _read(name, text, of_resource=False)


def read_resource_policy(name: str, text: str) -> Policy:
    """Read the policy document of a resource, or what a role trusts.

    Raises:
        ValueError: it is not one; the message says why.
    """
    return _read(name, text, of_resource=True)


@functools.lru_cache(maxsize=1024)
def _read(name: str, text: str, *, of_resource: bool) -> Policy:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise ValueError(f"{name} is not JSON: {fault}") from None
    try:
        return Policy(name, tuple(_statements(document, text, of_resource=of_resource)))
    except ValueError as fault:
        raise ValueError(f"{name}: {fault}") from None


def _statements(document: Any, text: str, *, of_resource: bool) -> Iterator[Statement]:
    if not isinstance(document, dict) or "Statement" not in document:
        raise ValueError("a policy is an object with a Statement")
    version = document.get("Version", _VERSIONS[0])
    if version not in _VERSIONS:
        raise ValueError(f"Version {version} must be one of {' | '.join(_VERSIONS)}")
    given = document["Statement"]
    every = given if isinstance(given, list) else [given]
    if not all(isinstance(each, dict) for each in every):
        raise ValueError("each statement of a policy is an object")
    for each, span in zip(every, _spans(text), strict=True):
        start, end = (_position(text, offset) for offset in span)
        yield _statement(
            each,
            start,
            end,
            has_variables=version == VERSION_WITH_VARIABLES,
            of_resource=of_resource,
        )


def _statement(
    given: Mapping[str, Any],
    start: Position,
    end: Position,
    *,
    has_variables: bool,
    of_resource: bool,
) -> Statement:
    if unknown := set(given) - (_KEYS | _PRINCIPALS if of_resource else _KEYS):
        owner = "a resource" if of_resource else "an identity"
        raise ValueError(f"a statement of {owner} has no {', '.join(sorted(unknown))}")
    if given.get("Effect") not in _EFFECTS:
        raise ValueError(f"Effect {given.get('Effect')} must be one of {' | '.join(_EFFECTS)}")
    return Statement(
        allows=given["Effect"] == "Allow",
        actions=_patterns(given, "Action"),
        principals=_principals(given) if of_resource else None,
        resources=_resources(given) if of_resource else _patterns(given, "Resource"),
        conditions=tuple(_conditions(given.get("Condition", {}))),
        has_variables=has_variables,
        start=start,
        end=end,
    )


def _patterns(statement: Mapping[str, Any], name: str) -> Patterns:
    given = [key for key in (name, f"Not{name}") if key in statement]
    if len(given) != 1:
        raise ValueError(f"a statement has either {name} or Not{name}")
    return Patterns(_texts(given[0], statement[given[0]]), is_negated=given[0] != name)


def _resources(statement: Mapping[str, Any]) -> Patterns:
    """Return the resources of a resource's policy: what a role trusts names none."""
    if not {"Resource", "NotResource"} & set(statement):
        return Patterns(("*",), is_negated=False)
    return _patterns(statement, "Resource")


def _principals(statement: Mapping[str, Any]) -> Principals:
    given = [key for key in ("Principal", "NotPrincipal") if key in statement]
    if len(given) != 1:
        raise ValueError("a statement of a resource has either Principal or NotPrincipal")
    block = statement[given[0]]
    if block == "*":
        block = {"AWS": "*"}
    if not isinstance(block, dict):  # of the document, as all that is refused here
        raise ValueError(f"{given[0]} must be * or an object of kinds of principals")  # noqa: TRY004
    values = tuple((kind, each) for kind, names in block.items() for each in _texts(kind, names))
    return Principals(values, is_negated=given[0] == "NotPrincipal")


def _conditions(block: Any) -> Iterator[Condition]:
    if not isinstance(block, dict) or not all(isinstance(each, dict) for each in block.values()):
        raise ValueError("Condition is an object of operators, each of which is an object of keys")
    for operator, keys in block.items():
        for key, values in keys.items():
            yield read_condition(operator, key, _texts(key, values))


def _texts(name: str, given: Any) -> tuple[str, ...]:
    values = given if isinstance(given, list) else [given]
    if not all(isinstance(each, str | int | float) for each in values):
        raise ValueError(f"{name} must be a string or a list of strings")
    return tuple(each if isinstance(each, str) else json.dumps(each) for each in values)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each statement begins and ends in a document that has some."""
    at = text.index("{")
    start = end = 0
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, _skip(text, at + 1))
        value_at = _skip(text, _skip(text, at) + 1)  # behind the colon
        _, value_end = _DECODER.raw_decode(text, value_at)
        if key == "Statement":
            start, end = value_at, value_end
        at = _skip(text, value_end)
    if text[start] != "[":
        yield start + 1, end
        return
    at = start
    while text[at] != "]" and text[_skip(text, at + 1)] != "]":
        _, end = _DECODER.raw_decode(text, _skip(text, at + 1))
        yield at + 1, end
        at = _skip(text, end)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _position(text: str, offset: int) -> Position:
    line_start = text.rfind("\n", 0, offset) + 1
    return Position(text.count("\n", 0, offset) + 1, offset - line_start + 1)
