"""What a provider must know of one Pulumi resource type to carry it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from localaws.resources.clients import Clients

Properties = Mapping[str, Any]
"""Inputs, outputs or state of a resource: pulumi-aws's names, plain JSON-like values."""


class Refusal(NamedTuple):
    """An input that cannot be right (gRPC: CheckFailure)."""

    property: str
    """Path of the input, e.g. ``computeResources.maxVcpus``."""
    reason: str


class PartiallyCreated(Exception):  # noqa: N818 - it says what is, as the engine's own name does
    """The resource exists, but a later step of its creation or update failed.

    The engine keeps it as "initialization failed" and the next ``up`` updates it.

    Attributes:
        id: of the resource.
        outputs: what it has beside its inputs, as far as known.
        reason: what failed.
        secrets: names of the outputs that are secret.
    """

    def __init__(self, identifier: str, outputs: Properties, reason: str) -> None:
        super().__init__(reason)
        self.id = identifier
        self.outputs = dict(outputs)
        self.reason = reason
        self.secrets: frozenset[str] = frozenset()


@contextlib.contextmanager
def finishing(identifier: str) -> Iterator[None]:
    """Turn what fails after a resource exists into :class:`PartiallyCreated`."""
    try:
        yield
    except PartiallyCreated:
        raise
    except Exception as error:
        raise PartiallyCreated(identifier, {"id": identifier}, str(error)) from error


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """How one type is created, read, updated and deleted through boto3.

    All names and rules are those of pulumi-aws 7, the release that requirements.txt pins.
    """

    create: Callable[[Clients, Properties], tuple[str, dict[str, Any]]]
    """From inputs: the id, and the outputs that are not inputs.

    May raise :class:`PartiallyCreated`.
    """
    read: Callable[[Clients, str], dict[str, Any] | None]
    """From an id: the state as AWS has it now, inputs and outputs; ``None`` if it is gone.

    The id is the resource's, or the one that ``pulumi import`` takes where that is another. The
    state has the resource's own as ``id``. An input that is at the service's default is left out,
    unless it is among ``defaults`` or ``computed``.
    """
    delete: Callable[[Clients, str, Properties], None]
    """Takes id and state; returns when it is gone. One that is gone already is no error."""
    update: Callable[[Clients, str, Properties, Properties], dict[str, Any]] | None = None
    """Takes id, state and new inputs; returns the outputs that are not inputs.

    Among them is ``id``, which a few types change by an update (a job definition's is the ARN of
    its newest revision): the state's ``id`` is the one to read and delete by, not the engine's.
    ``None``: every change replaces. May raise :class:`PartiallyCreated`.
    """
    arguments: type
    """pulumi-aws's class of the inputs: which there are, and which are required."""
    replace_on: frozenset[str] = frozenset()
    """Paths of inputs whose change needs a new resource, e.g. ``cidrBlock``."""
    replaces: Callable[[Properties, Properties], Collection[str]] | None = None
    """Further such paths, for rules that depend on values: takes old and new inputs."""
    delete_before_replace: bool = False
    """Whether the old one must go first whatever its name, because both would be the same thing."""
    computed: frozenset[str] = frozenset()
    """Paths of inputs that keep their value when the program gives none (Terraform: Computed).

    Taking one out of the program is no change, nor is one that only ``read`` has.
    """
    unchanged: Callable[[str, Any, Any], bool] | None = None
    """Whether two different values of a top-level input mean the same, e.g. two JSON texts."""
    new_outputs: Callable[[Properties, Properties], Collection[str]] | None = None
    """Outputs that an update changes (e.g. ``arn``, ``revision``), which a preview cannot know."""
    autonamed: bool = False
    """Whether ``name`` is made up from the logical name where the program gives none."""
    longest_name: int = 255
    """Characters that a made-up name may have."""
    defaults: Properties = field(default_factory=dict)
    """Inputs that the provider fills in where the program gives none."""
    secrets: frozenset[str] = frozenset()
    """Properties that are secret whatever the program says."""
    unread: frozenset[str] = frozenset()
    """Inputs that the service does not tell: kept as the state has them."""
    check: Callable[[Properties], Iterable[Refusal]] | None = None
    """Rules that AWS or pulumi-aws hold before anything is sent; may see no unknown values."""
