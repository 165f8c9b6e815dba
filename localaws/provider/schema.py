"""Which properties a resource type has: read off pulumi-aws's own classes."""

from __future__ import annotations

import functools
import inspect
import sys
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi import _types

from localaws.resources.resource_type import Refusal, ResourceType


def input_names(resource_type: ResourceType) -> frozenset[str]:
    """Return the names of a type's inputs."""
    return frozenset(_inputs(resource_type.arguments))


def output_names(resource_type: ResourceType) -> frozenset[str]:
    """Return the names of a type's outputs; its inputs are among them."""
    arguments = resource_type.arguments
    resource = getattr(
        sys.modules[arguments.__module__],
        arguments.__name__.removesuffix("Args").removesuffix("Init"),
    )
    return frozenset(_types.resource_types(resource))


def refusals(arguments: type, values: Mapping[str, Any], *, path: str = "") -> Iterator[Refusal]:
    """Yield the inputs that pulumi-aws does not know, or that it needs and are not there."""
    inputs = _inputs(arguments)
    for name in sorted(_required(arguments) - set(values)):
        yield Refusal(f"{path}{name}", "Missing required argument")
    for name, value in values.items():
        if name not in inputs:
            yield Refusal(f"{path}{name}", "An argument of this name is not expected here")
            continue
        nested = _nested(inputs[name])
        if nested is not None and isinstance(value, dict):
            yield from refusals(nested, value, path=f"{path}{name}.")
        if nested is not None and isinstance(value, list):
            for index, each in enumerate(value):
                if isinstance(each, dict):
                    yield from refusals(nested, each, path=f"{path}{name}[{index}].")


@functools.cache
def _inputs(arguments: type) -> Mapping[str, Any]:
    """Return the types of the inputs by pulumi name."""
    return _types.input_type_types(arguments)


@functools.cache
def _required(arguments: type) -> frozenset[str]:
    names = _types.input_type_py_to_pulumi_names(arguments)
    parameters = inspect.signature(arguments).parameters.values()
    return frozenset(
        names[each.name] for each in parameters if each.default is inspect.Parameter.empty
    )


def _nested(hint: Any) -> type | None:
    """Return the class of inputs somewhere in a type, e.g. in ``Input[Sequence[Input[X]]]``."""
    if isinstance(hint, type) and _types.is_input_type(hint):
        return hint
    return next(filter(None, map(_nested, typing.get_args(hint))), None)
