"""Values in the AWS Batch API's own form, checked against botocore's model of that API.

botocore's own validator (``ParamValidator``) writes one text for all faults, without paths that a
stack file has; the model that it reads is the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any

from botocore.loaders import create_loader
from botocore.model import ServiceModel
from pydantic import BeforeValidator

from batch_platform.settings.errors import Path, Problem, did_you_mean, shown


@cache
def _input_shape() -> Any:
    # Without botocore's session, whose import takes longer than all of this.
    service = ServiceModel(create_loader().load_service_model("batch", "service-2"), "batch")
    return service.operation_model("RegisterJobDefinition").input_shape


def shape_of(*members: str) -> Any:
    """Return the shape of a member of RegisterJobDefinition's input, however deep."""
    shape = _input_shape()
    for member in members:
        shape = shape.members[member]
    return shape


def shape_problems(member: str, value: object) -> Iterator[Problem]:
    """Yield every key, type and enumeration that the API has not, in the order of ``value``.

    Args:
        member: of RegisterJobDefinition, e.g. ``nodeProperties``.
        value: in the API's form, from YAML.

    Returns:
        Problems; their paths begin below ``value``.
    """
    for each in _problems(shape_of(member), value, (member,)):
        yield dataclasses.replace(each, path=each.path[1:])


def _given_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _given_keys(item) for key, item in value.items() if item is not None}
    return [_given_keys(item) for item in value] if isinstance(value, list) else value


ApiForm = Annotated[dict[str, Any], BeforeValidator(_given_keys)]
"""A structure of the API; keys without a value are as if not there, however deep."""


def _problems(shape: Any, value: object, path: Path) -> Iterator[Problem]:
    kind = shape.type_name
    wanted = _TYPES[kind]
    if not wanted.accepts(value):
        yield Problem(path, f"{shown(value, path)} is not {wanted.name}", wanted.fix(value))
    elif kind == "structure":
        yield from _structure(shape, _mapping(value), path)
    elif kind == "list":
        assert isinstance(value, list)  # noqa: S101  # for the type checker: accepted above
        for index, item in enumerate(value):
            yield from _problems(shape.member, item, (*path, index))
    elif kind == "map":
        for key, item in _mapping(value).items():
            yield from _problems(shape.value, item, (*path, key))
    elif shape.metadata.get("enum") and value not in shape.enum:
        choices = ", ".join(shape.enum)
        near = did_you_mean(str(value), shape.enum)
        yield Problem(
            path, f"{shown(value, path)} is not one of {choices}{near}", f"choose one of {choices}"
        )


def _structure(shape: Any, value: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for key, item in value.items():
        if item is None:
            continue  # a key without a value, which is as if it were not there
        if key in shape.members:
            yield from _problems(shape.members[key], item, (*path, key))
        else:
            known = ", ".join(sorted(shape.members))
            near = did_you_mean(str(key), shape.members)
            yield Problem((*path, key), f"unknown key{near}", f"use the API's keys: {known}")
    for key in shape.required_members:
        if value.get(key) is None:
            fault = f"missing, and the API's {shape.name} needs it"
            yield Problem((*path, key), fault, f"add `{key}: …`")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


class _Type:
    """A type of the API: what it accepts, and what to say to the rest."""

    def __init__(
        self, name: str, accepts: Callable[[object], bool], fix: Callable[[object], str]
    ) -> None:
        self.name, self.accepts, self.fix = name, accepts, fix


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _whole_fix(value: object) -> str:
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        return f"take the quotes off: {value}"
    return "write a whole number, e.g. 2"


def _text_fix(value: object) -> str:
    if isinstance(value, bool):
        return f"put it in quotes: '{str(value).lower()}'"
    return f"put it in quotes: '{value}'" if isinstance(value, int | float) else "write text"


_BLOCK = _Type(
    "a block of keys",
    lambda value: isinstance(value, dict),
    lambda _: "write `key: value` lines below it, indented",
)
_WHOLE = _Type("a whole number", _is_whole, _whole_fix)
_TYPES: Mapping[str, _Type] = {
    "structure": _BLOCK,
    "map": _BLOCK,
    "list": _Type(
        "a list",
        lambda value: isinstance(value, list),
        lambda _: "write it in brackets, e.g. [a, b]",
    ),
    "string": _Type("text", lambda value: isinstance(value, str), _text_fix),
    "boolean": _Type(
        "true or false",
        lambda value: isinstance(value, bool),
        lambda _: "write true or false, without quotes",
    ),
    "integer": _WHOLE,
    "long": _WHOLE,
}
"""By botocore's names of types; RegisterJobDefinition has no others."""
