"""The steps of a resource type that are a single call of the API, written down as data.

An instance is a step of a :class:`~localaws.resources.resource_type.ResourceType`; a step that
takes more than one call is a function there.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from localaws.resources.clients import Clients, settle
from localaws.resources.reading import Description, Properties, first, present, unless_gone


@dataclass(frozen=True)
class Create:
    """The call that creates a resource, e.g. CreateSubnet."""

    service: str
    """The client's service, e.g. ``ec2``."""
    operation: str
    """The client's method, e.g. ``create_subnet``."""
    sends: Mapping[str, str]
    """Inputs, and the parameters that carry them. An input that is empty is not sent."""
    returns: str
    """Where the answer has the id, e.g. ``Subnet.SubnetId``."""

    def __call__(self, clients: Clients, inputs: Properties, tagged: Properties) -> str:
        """Create a resource; return its id."""
        sent = present({name: inputs.get(key) for key, name in self.sends.items()})
        answer = getattr(clients(self.service), self.operation)(**sent, **tagged)
        return str(functools.reduce(operator.getitem, self.returns.split("."), answer))


@dataclass(frozen=True)
class Describe:
    """The call that describes a list of resources, e.g. DescribeSubnets, asked for one."""

    service: str
    operation: str
    by: str
    """The parameter that takes a list of ids."""
    under: str
    """Where the answer has the list."""
    status: str = "State"
    """Where a description has the status of the resource."""
    gone: Collection[str] = ()
    """Statuses of a resource that is deleted but still described."""

    def __call__(self, clients: Clients, identifier: str) -> Description | None:
        """Describe a resource; return ``None`` if it is gone."""
        call = getattr(clients(self.service), self.operation)
        found = first(unless_gone(call, **{self.by: [identifier]}), self.under)
        return None if found is None or found.get(self.status) in self.gone else found


@dataclass(frozen=True)
class Get:
    """The call that describes a single resource, e.g. GetRole."""

    service: str
    operation: str
    by: str
    """The parameter that takes the id."""
    under: str | None = None
    """Where the answer has the description; ``None``: the answer is the description."""

    def __call__(self, clients: Clients, identifier: str) -> Description | None:
        """Describe a resource; return ``None`` if it is gone."""
        call = getattr(clients(self.service), self.operation)
        answer: Any = unless_gone(call, **{self.by: identifier})
        found: Description | None = answer[self.under] if answer and self.under else answer
        return found


@dataclass(frozen=True)
class Delete:
    """The call that deletes a resource, e.g. DeleteSubnet."""

    service: str
    operation: str
    by: str
    """The parameter that takes the id."""
    many: bool = False
    """Whether the parameter takes a list of ids."""
    until: Describe | None = None
    """Asked until it finds the resource gone; ``None``: the call itself returns only then."""

    def __call__(self, clients: Clients, identifier: str, _: Properties) -> None:
        """Delete a resource, if it is still there, and wait until it is gone."""
        call = getattr(clients(self.service), self.operation)
        which: Any = [identifier] if self.many else identifier
        if self.until is None:
            unless_gone(call, **{self.by: which})
        elif self.until(clients, identifier) is not None:
            describe = self.until
            unless_gone(call, **{self.by: which})
            settle(
                f"{self.operation} of {identifier}",
                lambda: describe(clients, identifier) is None,
            )


def again(
    creation: Callable[[Clients, Properties, Properties], str],
) -> Callable[[Clients, str, Properties, Properties], str]:
    """Return an update that sends the creating call again, which overwrites, e.g. PutRule."""
    return lambda clients, _identifier, _state, inputs: creation(clients, inputs, {})
