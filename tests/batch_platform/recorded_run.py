"""What a run of the Pulumi program under recording mocks looks like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass
class Registered:
    """One resource as the engine would get it."""

    typ: str
    name: str
    inputs: dict[str, Any]
    urn: str
    dependencies: list[str]
    property_dependencies: dict[str, list[str]]
    parent: str
    custom: bool
    delete_before_replace: bool
    ignore_changes: list[str]
    replacement_trigger: list[str] | None
    component_outputs: dict[str, Any]


@dataclass
class Run:
    """What one run of the program registered, asked, exported, refused or warned of."""

    resources: list[Registered]
    invokes: list[tuple[str, dict[str, Any]]]
    outputs: dict[str, Any] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def every(self, kind: str) -> list[Registered]:
        """Return the resources whose type ends with ``kind``, e.g. ``Subnet``."""
        return [one for one in self.resources if one.typ.rpartition(":")[2] == kind]

    def only(self, kind: str, name: str | None = None) -> Registered:
        """Return the one resource of ``kind`` (and ``name``)."""
        (found,) = [one for one in self.every(kind) if name in {None, one.name}]
        return found


Answer = tuple[str, dict[str, Any], dict[str, Any] | str]
"""Invoke, arguments that it must have, and the result; text is an error."""


class RunProgram(Protocol):
    """Runs ``__main__.py`` on the text of a stack file."""

    def __call__(
        self,
        config: str,
        *,
        stack: str = "test",
        answers: Sequence[Answer] = (),
        overrides: dict[str, Any] | None = None,
        secret_keys: Sequence[str] = (),
        preview: bool = False,
    ) -> Run: ...
