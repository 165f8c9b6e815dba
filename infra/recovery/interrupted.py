"""The pending operations in a state that ``pulumi stack export`` wrote. No I/O."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Properties = Mapping[str, Any]
"""Inputs or outputs of a resource, with pulumi-aws's names."""

CREATING = "creating"
CHANGING = frozenset({"updating", "deleting"})
PROVIDER = "pulumi:providers:aws"


class StateError(Exception):
    """A text is not the export of a stack's state, or lacks what a recovery needs."""


@dataclass(frozen=True)
class Resource:
    """A resource in the state, or one that a pending operation is about.

    Attributes:
        urn: the engine's name of it.
        type: e.g. ``aws:iam/role:Role``.
        id: in AWS, as pulumi-aws has it; ``None`` while it is being created.
        inputs: what the engine sent, made-up names among them.
    """

    urn: str
    type: str
    id: str | None
    inputs: Properties
    is_custom: bool
    """Whether a provider carries it; a component is the program's own."""

    @property
    def title(self) -> str:
        """Short type and logical name, e.g. ``Role dev-job``."""
        return f"{self.type.rpartition(':')[2]} {self.urn.rpartition('::')[2]}"


@dataclass(frozen=True)
class PendingOperation:
    """What the engine had begun when it was killed.

    Attributes:
        kind: ``creating``, ``updating``, ``deleting``, ``reading`` or ``importing``.
        resource: as the engine wanted it, or as it was.
    """

    kind: str
    resource: Resource

    @property
    def is_of_aws(self) -> bool:
        """Whether AWS can have something of it."""
        return self.resource.is_custom and self.resource.type.startswith("aws:")


@dataclass(frozen=True)
class State:
    """One stack's state.

    Attributes:
        resources: all that the engine knows.
        pending: operations whose end it does not know.
    """

    resources: tuple[Resource, ...]
    pending: tuple[PendingOperation, ...]

    @property
    def creating(self) -> tuple[PendingOperation, ...]:
        """Creations in AWS: each may have left a resource that the state does not know."""
        return tuple(each for each in self.pending if each.kind == CREATING and each.is_of_aws)

    @property
    def changing(self) -> tuple[PendingOperation, ...]:
        """Updates and deletions in AWS: their resources are in the state, as they were before."""
        return tuple(each for each in self.pending if each.kind in CHANGING and each.is_of_aws)

    @property
    def environment(self) -> str:
        """Name of the stack, which is that of the environment.

        Raises:
            StateError: nothing in the state says it.
        """
        known = [*self.resources, *(each.resource for each in self.pending)]
        if not known:
            raise StateError("the state is empty")
        return known[0].urn.split("::")[0].rpartition(":")[2]

    def provider(self, name: str) -> str | None:
        """Return a setting of the ``aws`` provider, e.g. ``region``, if it has one."""
        for each in self.resources:
            if each.type == PROVIDER and isinstance(found := each.inputs.get(name), str):
                return found
        return None


def read_state(text: str) -> State:
    """Read the output of ``pulumi stack export``.

    Raises:
        StateError: it is not that.
    """
    try:
        deployment = json.loads(text)["deployment"] or {}
        resources = tuple(map(_resource, deployment.get("resources") or ()))
        pending = tuple(
            PendingOperation(each["type"], _resource(each["resource"]))
            for each in deployment.get("pending_operations") or ()
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StateError(
            f"this is not what `pulumi stack export` writes ({type(error).__name__}: {error})"
        ) from error
    return State(resources, pending)


def _resource(each: Mapping[str, Any]) -> Resource:
    return Resource(
        urn=each["urn"],
        type=each["type"],
        id=each.get("id"),
        inputs=each.get("inputs") or {},
        is_custom=bool(each.get("custom")),
    )
