"""What the program registers, and what is on record of the last run."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any, Literal, NamedTuple, Protocol

STASH = "pulumi:index:Stash"
"""A resource of the engine itself, which keeps its first value until it is replaced."""


class DeployedResource(NamedTuple):
    """A resource that the program registered and the local AWS now has."""

    type: str
    """Pulumi type token, e.g. ``aws:ec2/vpc:Vpc``."""
    name: str
    """Logical name in the program."""
    id: str
    """Physical id."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One resource as the program wants it.

    Attributes:
        urn: the name of the resource, as the engine would have it.
        type: Pulumi type token.
        name: logical name in the program.
        custom: whether a provider carries the resource; a component is the program's own.
        inputs: by their names in pulumi-aws; what a plan cannot know is the engine's UNKNOWN.
        dependencies: URNs of the resources that must exist before.
        ignored: inputs that keep their old values (``ignore_changes``).
        trigger: a new value asks for a replacement (``replacement_trigger``).
        retained: whether AWS keeps it when it is deleted here (``retain_on_delete``).
        hooks: names of the program's functions to call, by the moment, e.g. ``before_update``.
    """

    urn: str
    type: str
    name: str
    custom: bool
    inputs: Mapping[str, Any]
    dependencies: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    trigger: Any = None
    retained: bool = False
    hooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Type and name, for messages."""
        return f"{self.type} {self.name}"

    @property
    def is_of_aws(self) -> bool:
        """Whether AWS has something of it."""
        return self.custom and self.type != STASH


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One resource as the last run left it.

    Attributes:
        region: of AWS.
        id: in AWS; empty for a component, and while a resource is being created.
        inputs: with what the provider filled in.
        state: inputs and outputs.
        condition: ``creating``: the creation was begun, and nobody knows how far it came;
            ``unfinished``: a step after the creation, or a deletion, has failed.
        retained: whether AWS keeps it when it is deleted here.
    """

    type: str
    name: str
    custom: bool
    region: str
    id: str = ""
    inputs: Mapping[str, Any]
    state: Mapping[str, Any] = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    trigger: Any = None
    condition: Literal["whole", "creating", "unfinished"] = "whole"
    retained: bool = False

    @property
    def title(self) -> str:
        """Type and name, for messages."""
        return f"{self.type} {self.name}"

    @property
    def is_of_aws(self) -> bool:
        """Whether AWS has something of it."""
        return self.custom and self.type != STASH

    @property
    def own_id(self) -> str:
        """The id in AWS: an update may have changed it, e.g. of a job definition."""
        return str(self.state.get("id", self.id))


class Stacks(Protocol):
    """Where the entries of all stacks are kept, as JSON objects by their URNs."""

    def read(self, stack: str) -> dict[str, dict[str, Any]]:
        """Return the entries of a stack."""

    def write(self, stack: str, urn: str, entry: dict[str, Any] | None) -> None:
        """Keep an entry; ``None`` forgets it."""


class Record(Mapping[str, Entry]):
    """The entries of one stack by URN; each change is kept at once."""

    def __init__(self, stacks: Stacks, stack: str) -> None:
        self._stacks, self._stack = stacks, stack
        self._entries = {urn: _entry(each) for urn, each in stacks.read(stack).items()}

    def __getitem__(self, urn: str) -> Entry:
        return self._entries[urn]

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, urn: str, entry: Entry) -> None:
        """Keep an entry."""
        if self._entries.get(urn) != entry:
            self._stacks.write(self._stack, urn, dataclasses.asdict(entry))
            self._entries[urn] = entry

    def remove(self, urn: str) -> None:
        """Forget an entry."""
        self._stacks.write(self._stack, urn, None)
        self._entries.pop(urn, None)

    def dependents_first(self, urns: Collection[str]) -> list[str]:
        """Return the URNs so that each resource comes before those that it depends on."""
        graph = {urn: {*self[urn].dependencies} & {*urns} for urn in urns}
        return [*reversed([*TopologicalSorter(graph).static_order()])]

    def with_dependents(self, urns: Collection[str]) -> set[str]:
        """Return the URNs, and those of all resources that depend on one of them."""
        found = set(urns)
        while more := {
            urn for urn in self if urn not in found and found.intersection(self[urn].dependencies)
        }:
            found |= more
        return found


def _entry(kept: Mapping[str, Any]) -> Entry:
    return Entry(**{**kept, "dependencies": tuple(kept["dependencies"])})
