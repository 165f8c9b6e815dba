"""pydantic's errors in our words: the value, the rule, the fix."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.alias_generators import to_snake
from pydantic_core import ErrorDetails

from batch_platform.settings.errors import Path, Problem, did_you_mean, shown
from batch_platform.settings.refused import REFUSED_TYPES, Refused

_TAGGED = ("mode", "type")
"""Keys by which a block chooses its type."""


def to_problem(error: ErrorDetails, kind: Any, base: Path) -> Problem:
    """Translate one of pydantic's errors.

    Args:
        error: from ``ValidationError.errors()``.
        kind: the type that was validated.
        base: where in the config the validated value is.
    """
    found = _place(kind, error["loc"])
    context: Mapping[str, Any] = error.get("ctx") or {}
    if error["type"] == "refused":
        path = (*base, *found.path, *context["below"])
        return Problem(path, context["fault"], context["fix"])
    path = (*base, *found.path)
    value = error["input"]
    if error["type"] == "extra_forbidden":
        key = str(error["loc"][-1])  # as it is written, and not as a key that it resembles
        if key in found.refused:
            return Problem((*path[:-1], key), *found.refused[key])
        known = ", ".join(found.keys)
        return Problem(
            (*path[:-1], key),
            f"unknown key{did_you_mean(key, found.keys)}",
            f"remove it, or use one of {known}",
        )
    if error["type"] == "missing":
        return Problem(path, "missing, and it has no default", f"add `{found.path[-1]}: …`")
    if error["type"].startswith("union_tag"):
        return _wrong_tag(error["type"], context, value, path)
    say = _FAULTS.get(error["type"])
    if say is None:
        return Problem(path, f"{shown(value, path)}: {error['msg']}", "correct the value")
    fault, fix = say(value, context)
    return Problem(path, f"{shown(value, path)} {fault}", fix)


class _Found(typing.NamedTuple):
    path: Path
    """The location without pydantic's own marks (tags of unions, ``[key]``)."""
    keys: tuple[str, ...]
    """Keys of the innermost block on the way."""
    refused: Mapping[str, Refused]
    """Keys that it refuses by name."""


def _place(kind: Any, location: tuple[str | int, ...]) -> _Found:
    path: list[str | int] = []
    block: type[BaseModel] | None = None
    for part in location:
        kind = _unwrapped(kind)
        if part == "[key]":
            continue
        if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
            member = _member(kind, part)
            if member is not None:
                kind = block = member
                continue
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            block = kind
            # pydantic names the alias, or the attribute where it is the default that is refused.
            field = kind.model_fields.get(to_snake(str(part)))
            path.append((field.alias if field else None) or part)
            kind = field.annotation if field else None
        else:
            arguments = typing.get_args(kind)
            kind = arguments[1 if typing.get_origin(kind) is dict else 0] if arguments else None
            path.append(part)
    return _Found(tuple(path), _keys(block) if block else (), getattr(block, "refused_keys", {}))


def _unwrapped(kind: Any) -> Any:
    """Take ``Annotated`` and ``| None`` off."""
    if typing.get_origin(kind) is typing.Annotated:
        return _unwrapped(typing.get_args(kind)[0])
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        members = [member for member in typing.get_args(kind) if member is not types.NoneType]
        if len(members) == 1:
            return _unwrapped(members[0])
    return kind


def _member(union: Any, tag: str | int) -> type[BaseModel] | None:
    for member in typing.get_args(union):
        for name in _TAGGED:
            field = getattr(member, "model_fields", {}).get(name)
            if field is not None and tag in typing.get_args(field.annotation):
                return typing.cast("type[BaseModel]", member)
    return None


def _keys(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _wrong_tag(kind: str, context: Mapping[str, Any], value: Any, path: Path) -> Problem:
    name = str(context["discriminator"]).strip("'")
    if kind == "union_tag_not_found":
        present = isinstance(value, Mapping) and name in value
        return Problem(
            path,
            f"{name!r} must be text" if present else f"the key {name!r} is missing",
            f"add `{name}: …`, which decides the other keys",
        )
    tag, expected = context["tag"], str(context["expected_tags"]).replace("'", "")
    if tag in REFUSED_TYPES:
        return Problem((*path, name), *REFUSED_TYPES[tag])
    near = did_you_mean(str(tag), expected.split(", "))
    return Problem(
        (*path, name), f"{shown(tag)} is not one of {expected}{near}", f"choose one of {expected}"
    )


_Say = Callable[[Any, Mapping[str, Any]], tuple[str, str]]


def _fixed(fault: str, fix: str) -> _Say:
    return lambda _value, _context: (fault, fix)


def _not_whole(value: Any, _context: Mapping[str, Any]) -> tuple[str, str]:
    if isinstance(value, str) and value.isdecimal():
        return "is not a whole number", f"take the quotes off: {value}"
    if isinstance(value, str) and value[:1].isdecimal():  # e.g. 2GB
        return "is not a whole number", "write it in the key's unit (docs/reference.md), without it"
    return "is not a whole number", "write a whole number, e.g. 2"


def _not_a_number(value: Any, _context: Mapping[str, Any]) -> tuple[str, str]:
    quoted = isinstance(value, str) and value.replace(".", "", 1).isdecimal()
    hint = f"take the quotes off: {value}" if quoted else "write a number, e.g. 0.5"
    return "is not a number", hint


def _not_text(value: Any, _context: Mapping[str, Any]) -> tuple[str, str]:
    if isinstance(value, dict | list):
        return "is not text", "write a single value"
    if value is None:
        return "is not text", "write a value after the colon, in quotes if need be"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "is not text", f"put it in quotes: '{text}'"


def _not_among(value: Any, context: Mapping[str, Any]) -> tuple[str, str]:
    expected = str(context["expected"]).replace("'", "").replace(" or ", ", ")
    near = did_you_mean(str(value), expected.split(", "))
    return f"is not one of {expected}{near}", f"choose one of {expected}"


def _too_long(value: Any, context: Mapping[str, Any]) -> tuple[str, str]:
    most = context["max_length"]
    if isinstance(value, str):
        return f"is longer than {most} characters", "shorten it"
    return f"has {len(value)} items", f"give at most {most}"


def _out_of_range(relation: str, key: str) -> _Say:
    return lambda _value, context: (
        f"is {relation} {context[key]}",
        f"write {context[key]} or {'more' if relation == 'below' else 'less'}",
    )


_not_a_block = _fixed("is not a block of keys", "write `key: value` lines below it, indented")
_not_a_list = _fixed("is not a list", "write it in brackets, e.g. [a, b]")
_FAULTS: Mapping[str, _Say] = {
    "int_type": _not_whole,
    "int_parsing": _not_whole,
    "int_from_float": _not_whole,
    "float_type": _not_a_number,
    "finite_number": _not_a_number,
    "bool_type": _fixed("is not true or false", "write true or false, without quotes"),
    "bool_parsing": _fixed("is not true or false", "write true or false, without quotes"),
    "string_type": _not_text,
    "literal_error": _not_among,
    "dict_type": _not_a_block,
    "model_type": _not_a_block,
    "model_attributes_type": _not_a_block,
    "list_type": _not_a_list,
    "tuple_type": _not_a_list,
    "greater_than_equal": _out_of_range("below", "ge"),
    "less_than_equal": _out_of_range("above", "le"),
    "too_short": lambda _value, context: (
        f"has {context['actual_length']} items",
        f"give at least {context['min_length']}",
    ),
    "too_long": _too_long,
}
