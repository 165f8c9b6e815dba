"""Resources as the program registers them with the engine, and what their inputs refer to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from batch_platform.changes.rules import LAUNCH_TEMPLATE, NO_VERSION, REPLACED_BY, Inputs
from batch_platform.compute_environments.user_data import without_cluster
from batch_platform.job_definitions.containers import DOCUMENT_KEYS

ATTRIBUTES = ("id", "arn", "latestVersion", "output")
"""Outputs by which one resource refers to another."""
TRIGGER = "replacementTrigger"
"""The option by which the program itself asks for a replacement, as the state calls it."""
TEXTS_BY_NAME = frozenset({"parameters", "tags"})
"""Inputs whose keys are the user's own, so that they are compared as a whole."""


class Unknown:
    """The one value that equals every other."""

    def __repr__(self) -> str:
        return "(not known)"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One resource.

    Attributes:
        type: Pulumi type token.
        name: in the program; it begins with the stack's.
        inputs: by their names in pulumi-aws.
        outputs: as far as others refer to them.
        dependencies: of each input, the URNs of the resources that decide it.
        trigger: its ``replacement_trigger``.
    """

    type: str
    name: str
    inputs: Inputs
    outputs: Mapping[str, Any] = field(default_factory=dict)
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    trigger: Any = None


@dataclass(frozen=True, kw_only=True)
class Reference:
    """An output of another resource of the stack, in the place of its value.

    Attributes:
        of: type and name of the resource.
        facts: what of that resource makes another value, e.g. the CIDR block of a subnet.
        inputs: all inputs of that resource.
        value: what it is now.
    """

    of: tuple[str, str]
    facts: Inputs
    inputs: Inputs = field(compare=False, repr=False)
    value: str = field(compare=False)

    def __str__(self) -> str:
        kind, name = self.of
        return f"{kind.rpartition(':')[2]} {name}"


class Stack:
    """The resources of one stack, by their URNs."""

    def __init__(self, registrations: Mapping[str, Registration]) -> None:
        self._registrations = registrations

    def every(self, kind: str) -> Iterator[Registration]:
        """Yield the resources of a type by name, with references in the place of others' outputs.

        The program registers them in another order each time: whatever is ready first.
        """
        for one in sorted(self._registrations.values(), key=lambda one: one.name):
            if one.type == kind:
                inputs = self._inputs(one)
                yield Registration(type=kind, name=one.name, inputs=inputs, trigger=one.trigger)

    def _inputs(self, one: Registration) -> Inputs:
        inputs = {key: self._input(one, key, value) for key, value in one.inputs.items()}
        if one.type == LAUNCH_TEMPLATE and isinstance(inputs.get("userData"), str):
            inputs["userData"] = without_cluster(inputs["userData"])
        return inputs

    def _input(self, one: Registration, key: str, value: Any) -> Any:
        outputs = {
            str(other.outputs[attribute]): (other, attribute)
            for other in map(self._registrations.get, one.dependencies.get(key, ()))
            if other is not None
            for attribute in ATTRIBUTES
            if other.outputs.get(attribute)
        }
        return self._referring(json.loads(value) if key in DOCUMENT_KEYS else value, outputs)

    def _referring(self, value: Any, outputs: Mapping[str, tuple[Registration, str]]) -> Any:
        if isinstance(value, Mapping):
            return {
                key: inner if key in TEXTS_BY_NAME else self._referring(inner, outputs)
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self._referring(inner, outputs) for inner in value]
        if isinstance(value, str) and value in outputs:
            return self._reference(value, *outputs[value])
        return value

    def _reference(self, value: str, to: Registration, attribute: str) -> Reference:
        inputs = self._inputs(to)
        if attribute == "latestVersion":
            facts = {key: inner for key, inner in inputs.items() if key not in NO_VERSION}
        else:
            facts = {key: inputs.get(key) for key in REPLACED_BY.get(to.type, ())}
        if to.trigger is not None:
            facts[TRIGGER] = to.trigger
        return Reference(of=(to.type, to.name), facts=facts, inputs=inputs, value=value)


def same(old: Any, new: Any) -> bool:
    """Tell whether two values mean the same: to the provider, nothing, zero and empty do."""
    if UNKNOWN in (old, new) or not (old or new):
        return True
    match old, new:
        case Reference(), Reference():
            return old.of == new.of and same(old.facts, new.facts)
        case (Reference() as reference, str() as text) | (str() as text, Reference() as reference):
            return reference.value == text
        case Mapping(), Mapping():
            return all(same(old.get(key), new.get(key)) for key in {**old, **new})
        case list(), list():
            return len(old) == len(new) and all(map(same, old, new))
    return bool(old == new)
