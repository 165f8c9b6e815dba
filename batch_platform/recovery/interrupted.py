"""The pending operations in a state that ``pulumi stack export`` wrote. No I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Properties = Mapping[str, Any]
"""Inputs or outputs of a resource, with pulumi-aws's names."""

CREATING = "creating"
CHANGING = frozenset({"updating", "deleting"})
PROVIDER = "pulumi:providers:aws"
SPECIAL = "4dabf18193072939515e22adb298388d"
"""Pulumi's key of a value that is more than its JSON; its value below says a secret."""
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the kind of value, for all secrets
ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:(?P<account>\d{12}):")


class StateError(Exception):
    """A text is not the export of a stack's state, or lacks what a recovery needs."""


@dataclass(frozen=True)
class Resource:
    """A resource in the state, or one that a pending operation is about.

    Attributes:
        urn: the engine's name of it.
        type: e.g. ``aws:iam/role:Role``.
        id: in AWS, as pulumi-aws has it; ``None`` while it is being created.
        inputs: what the engine sent, made-up names among them, without secrets: their ciphertext
            is another each time the state is written.
    """

    urn: str
    type: str
    id: str | None
    inputs: Properties
    is_custom: bool
    """Whether a provider carries it; a component is the program's own."""
    arn: str | None = None
    """In AWS, if it has one that is known."""

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
        written_at: the engine's time of the writing, which no two writings share; ``None`` in a
            state that has none yet.
    """

    resources: tuple[Resource, ...]
    pending: tuple[PendingOperation, ...]
    written_at: str | None = None

    @property
    def creating(self) -> tuple[PendingOperation, ...]:
        """Creations in AWS: each may have left a resource that the state does not know."""
        return tuple(each for each in self.pending if each.kind == CREATING and each.is_of_aws)

    @property
    def changing(self) -> tuple[PendingOperation, ...]:
        """Updates and deletions in AWS: their resources are in the state, as they were before."""
        return tuple(each for each in self.pending if each.kind in CHANGING and each.is_of_aws)

    def age(self, now: datetime) -> timedelta:
        """Return how long ago the state was written; a state without a time is old."""
        if self.written_at is None:
            return timedelta.max
        return abs(now - datetime.fromisoformat(self.written_at).astimezone())

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

    @property
    def account_id(self) -> str | None:
        """The account that the resources are in, as their ARNs tell; ``None`` if none does."""
        told = (ARN.match(each.arn) for each in self.resources if each.arn is not None)
        return next((found["account"] for found in told if found), None)

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
        written_at = (deployment.get("manifest") or {}).get("time")
        if written_at is not None:
            datetime.fromisoformat(written_at).astimezone()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StateError(
            f"this is not what `pulumi stack export` writes ({type(error).__name__}: {error})"
        ) from error
    return State(resources, pending, written_at)


def _resource(each: Mapping[str, Any]) -> Resource:
    return Resource(
        urn=each["urn"],
        type=each["type"],
        id=each.get("id"),
        inputs=_plain(each.get("inputs") or {}),
        is_custom=bool(each.get("custom")),
        arn=arn if isinstance(arn := (each.get("outputs") or {}).get("arn"), str) else None,
    )


def _plain(value: Any) -> Any:
    """Return a value without the secrets in it."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items() if not _is_secret(each)}
    if isinstance(value, list):
        return [_plain(each) for each in value if not _is_secret(each)]
    return value


def _is_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get(SPECIAL) == SECRET
