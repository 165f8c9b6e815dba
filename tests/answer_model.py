"""Holds every answer of the local Batch against botocore's model of the service's output."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

import botocore.session
import pytest
from botocore.model import Shape

LEFT_OUT_BY_AWS = {("JobDetail", "startedAt")}
"""Required by the model, yet absent until the job has started (API: JobDetail.startedAt)."""
IN_ANY_CASE = {"RetryAction"}
"""Given back in lower case, whatever the model says (API: EvaluateOnExit.action)."""
TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "double": (int, float),
    "float": (int, float),
    "integer": (int,),
    "list": (list, tuple),
    "long": (int,),
    "map": (dict,),
    "string": (str,),
    "structure": (dict,),
}


def deviations(shape: Shape, value: Any, where: str) -> Iterator[str]:
    """Yield each place where ``value`` is not what ``shape`` allows."""
    kind = shape.type_name
    if not isinstance(value, TYPES[kind]) or (kind != "boolean" and isinstance(value, bool)):
        yield f"{where}: not a {kind}: {value!r}"
    elif kind == "structure":
        yield from _in_structure(shape, value, where)
    elif kind == "list":
        for index, inner in enumerate(value):
            yield from deviations(shape.member, inner, f"{where}[{index}]")
    elif kind == "map":
        for key, inner in value.items():
            yield from deviations(shape.value, inner, f"{where}.{key}")
    elif getattr(shape, "enum", None) and shape.name not in IN_ANY_CASE and value not in shape.enum:
        yield f"{where}: {value} is none of {', '.join(shape.enum)}"


def _in_structure(shape: Shape, value: dict[str, Any], where: str) -> Iterator[str]:
    for name in value.keys() - shape.members.keys():
        yield f"{where}: unknown member {name}"
    for name in set(shape.required_members) - value.keys():
        if (shape.name, name) not in LEFT_OUT_BY_AWS:
            yield f"{where}: no {name}"
    for name in value.keys() & shape.members.keys():
        yield from deviations(shape.members[name], value[name], f"{where}.{name}")


class CheckedAnswers:
    """Puts a check behind every operation; what deviates is kept in :attr:`found`."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._model = botocore.session.get_session().get_service_model("batch")

    def watch(
        self, operations: MutableMapping[str, Callable[..., Any]], patch: pytest.MonkeyPatch
    ) -> None:
        for name, operation in list(operations.items()):
            patch.setitem(operations, name, self._checked(name, operation))

    def _checked(self, name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
        shape = self._model.operation_model(name).output_shape

        @functools.wraps(operation)
        def perform(*arguments: Any) -> Any:
            answer = operation(*arguments)
            wrong = list(deviations(shape, answer, name))
            self.found += wrong
            assert not wrong, wrong
            return answer

        return perform
