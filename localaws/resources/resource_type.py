"""One Pulumi resource type: the calls of boto3 behind it, and the rules for its inputs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from localaws.resources.clients import Clients
from localaws.resources.reading import Description, Properties, beside, present
from localaws.resources.tags import Tagging


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
    """How one type is created, read, updated and deleted through boto3, and by which rules.

    The fields say where types differ. A step that is a single call is an instance of a class of
    :mod:`localaws.resources.calls`; a step that is more is a function. The methods are the
    lifecycle that all types share.

    All names and rules are those of pulumi-aws 7, the release that requirements.txt pins.
    """

    arguments: type
    """pulumi-aws's class of the inputs: which there are, and which are required."""

    # The steps of the lifecycle.

    creation: Callable[[Clients, Properties, Properties], str]
    """Creates a resource from inputs, and from the parameters that tag it; returns the id."""
    completion: Callable[[Clients, str, Properties], None] | None = None
    """Does what follows the creating call, from id and inputs, e.g. sets further attributes.

    A failure is a :class:`PartiallyCreated`.
    """
    description: Callable[[Clients, str], Description | None]
    """Returns the service's description of a resource; ``None`` if the resource is gone.

    Takes the resource's id, or the one that ``pulumi import`` takes where that is another.
    """
    names: Mapping[str, str] = field(default_factory=dict)
    """Properties of the state, and the members of the description that have their values.

    A property without a value is left out of the state.
    """
    arn: str | None = None
    """Service and type of an ARN that ends in the id, e.g. ``ec2:vpc``.

    ``None``: the description has the ARN, or there is none.
    """
    state: Callable[[Clients, Description], Properties] | None = None
    """Returns the other properties of the state, inputs and outputs, from a description.

    Where ``pulumi import`` takes another id, ``id`` is among them, or in ``names``. An input that
    is at the service's default is left out, unless it is among ``defaults`` or ``computed``.
    """
    change: Callable[[Clients, str, Properties, Properties], str | None] | None = None
    """Updates all but the tags, from id, state and new inputs; returns the id if it is a new one.

    The id of a job definition, for example, is the ARN of its newest revision.
    """
    tagging: Tagging | None = None
    """The calls that tag a resource; ``None`` for a type without tags."""
    deletion: Callable[[Clients, str, Properties], None]
    """Deletes a resource, from id and state, and returns when it is gone; no error if it was."""

    # The rules for inputs and outputs.

    replace_on: frozenset[str] = frozenset()
    """Paths of inputs whose change needs a new resource, e.g. ``cidrBlock``."""
    replaces: Callable[[Properties, Properties], Collection[str]] | None = None
    """Further such paths, for rules that depend on values: takes old and new inputs."""
    delete_before_replace: bool = False
    """Whether the old one must go first whatever its name, because both would be the same thing."""
    update_on: frozenset[str] = frozenset()
    """Inputs that are updated in place where ``replaces`` has no rule; ``tags`` is not listed."""
    not_carried: frozenset[str] = frozenset()
    """Inputs of ``replace_on`` that the local AWS does not carry."""
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
    refusals: Callable[[Properties], Iterable[Refusal]] | None = None
    """Rules that AWS or pulumi-aws hold before anything is sent; may see no unknown values."""

    def create(self, clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
        """Create a resource; return its id, and the outputs that are not inputs.

        Raises:
            PartiallyCreated: it exists, but what follows the creating call failed.
        """
        filled = {**self.defaults, **inputs}
        tagged = {} if self.tagging is None else self.tagging.at_creation(filled)
        identifier = self.creation(clients, filled, tagged)
        with finishing(identifier):
            if self.completion is not None:
                self.completion(clients, identifier, filled)
            return identifier, beside(inputs, self.read(clients, identifier))

    def read(self, clients: Clients, identifier: str) -> dict[str, Any] | None:
        """Return the state as AWS has it now, inputs and outputs; ``None`` if it is gone."""
        found = self.description(clients, identifier)
        return None if found is None else self.as_state(clients, identifier, found)

    def as_state(self, clients: Clients, identifier: str, found: Description) -> dict[str, Any]:
        """Return the state of a resource from its description.

        ``region`` is part of it for a type that has ``region`` among ``computed``.
        """
        told = {key: found.get(name) for key, name in self.names.items()}
        state = {"id": identifier, **present(told)}
        if "region" in self.computed:
            state["region"] = clients.region
        if self.arn is not None:
            service, kind = self.arn.split(":")
            state["arn"] = clients.arn(service, f"{kind}/{identifier}")
        if self.state is not None:
            state |= self.state(clients, found)
        return state if self.tagging is None else state | self.tagging.read(clients, state, found)

    @property
    def update(self) -> Callable[[Clients, str, Properties, Properties], dict[str, Any]] | None:
        """The update in place, a function; ``None`` if every change replaces.

        The function takes id, state and new inputs, and returns the outputs that are not inputs.
        ``id`` is among them: a few types change it, so read and delete by the state's ``id``, not
        by the engine's. The function may raise :class:`PartiallyCreated`.
        """
        return None if self.change is None and self.tagging is None else self._update

    def delete(self, clients: Clients, identifier: str, state: Properties) -> None:
        """Delete a resource, and return when it is gone; no error if it was."""
        self.deletion(clients, identifier, state)

    def check(self, inputs: Properties) -> Iterator[Refusal]:
        """Yield what is wrong with the inputs, and those that the local AWS would only drop."""
        carried = self.replace_on | self.update_on
        if self.tagging is not None:
            carried |= {"tags"}
        for name in sorted(set(inputs) - (carried - self.not_carried)):
            yield Refusal(name, "the local AWS does not support this input")
        if self.refusals is not None:
            yield from self.refusals(inputs)

    def _update(
        self, clients: Clients, identifier: str, state: Properties, inputs: Properties
    ) -> dict[str, Any]:
        if self.tagging is not None:  # before the rest, as the real provider does
            self.tagging.update(clients, identifier, state, inputs)
        current = identifier
        if self.change is not None:
            filled = {**self.defaults, **inputs}
            current = self.change(clients, identifier, state, filled) or identifier
        return beside(inputs, self.read(clients, current))
