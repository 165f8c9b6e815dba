"""What one registration asks for: the same rules as the provider's for the real engine."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from localaws.embedded.errors import DeploymentError
from localaws.embedded.registrations import STASH, Entry, Registration
from localaws.provider import naming, schema
from localaws.provider.differences import compare
from localaws.provider.values import known
from localaws.resources.resource_type import ResourceType
from localaws.resources.table import RESOURCE_TYPES

REGION = "aws:region"
TRIGGER = "replacementTrigger"
"""Causes of a replacement that are no inputs."""


class Action(StrEnum):
    """What happens to a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    NONE = "none"


@dataclass(frozen=True)
class Step:
    """What a registration asks for.

    Attributes:
        action: what happens.
        inputs: those wanted, with what the provider fills in.
        causes: of a replacement: paths of inputs, or one of the other causes.
    """

    action: Action
    inputs: Mapping[str, Any]
    causes: tuple[str, ...] = ()


def step_for(wanted: Registration, old: Entry | None, region: str) -> Step:
    """Compare a registration with what is there.

    Args:
        wanted: what the program registers.
        old: what is there; ``None`` is nothing.
        region: of AWS, in which the resource is to be.

    Raises:
        DeploymentError: the local AWS does not support the type, or an input cannot be right.
    """
    inputs = _with_ignored(wanted, old)
    if not wanted.is_of_aws:
        return _of_the_program(wanted, old, inputs)
    kind = type_of(wanted)
    inputs = naming.with_defaults(
        kind,
        wanted.name,
        inputs,
        previous={} if old is None else old.inputs,
        seed=secrets.token_bytes(),
        autonaming=None,
    )
    _refuse(wanted, kind, inputs)
    if old is None:
        return Step(Action.CREATE, inputs)
    differences = compare(kind, old.inputs, inputs)
    causes = [REGION] if old.region != region else differences.replacing
    if _is_triggered(wanted, old):
        causes = [*causes, TRIGGER]
    if causes:
        return Step(Action.REPLACE, inputs, tuple(causes))
    if differences.found or (old.condition == "unfinished" and kind.update is not None):
        return Step(Action.UPDATE, inputs)
    return Step(Action.NONE, inputs)


def type_of(wanted: Registration | Entry) -> ResourceType:
    """Return how the local AWS carries a resource.

    Raises:
        DeploymentError: not at all.
    """
    kind = RESOURCE_TYPES.get(wanted.type)
    if kind is None:
        raise DeploymentError(
            f"{wanted.title}: the local AWS does not support this resource type; it supports those "
            "that the program of batch-platform registers"
        )
    return kind


def _of_the_program(wanted: Registration, old: Entry | None, inputs: Mapping[str, Any]) -> Step:
    """Compare a component or a stash, which no provider carries and so can always be changed."""
    if old is None:
        return Step(Action.CREATE, inputs)
    is_same = old.inputs == inputs and not _is_triggered(wanted, old)
    return Step(Action.NONE if is_same else Action.UPDATE, inputs)


def stashed(wanted: Registration, old: Entry | None, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state of a stash: its first value, until it is to be replaced."""
    if old is None or _is_triggered(wanted, old):
        return {"input": wanted.inputs["input"], "output": wanted.inputs["input"]}
    return {**inputs, "output": old.state["output"]}


def _is_triggered(wanted: Registration, old: Entry) -> bool:
    return None not in (wanted.trigger, old.trigger) and wanted.trigger != old.trigger


def _with_ignored(wanted: Registration, old: Entry | None) -> dict[str, Any]:
    inputs = dict(wanted.inputs)
    if old is None:
        return inputs
    if wanted.type == STASH and _is_triggered(wanted, old):
        return inputs  # as of any replacement
    for name in wanted.ignored:
        if name in old.inputs:
            inputs[name] = old.inputs[name]
        else:
            inputs.pop(name, None)
    return inputs


def _refuse(wanted: Registration, kind: ResourceType, inputs: Mapping[str, Any]) -> None:
    given = {key: value for key, value in inputs.items() if key != naming.DEFAULTS}
    found = list(schema.refusals(kind.arguments, given)) or list(kind.check(known(given)))
    if found:
        reasons = "; ".join(f"{each.property}: {each.reason}" for each in found)
        raise DeploymentError(f"{wanted.title}: {reasons}")


def without_notes(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs as AWS gets them."""
    return {key: value for key, value in inputs.items() if key != naming.DEFAULTS}
