"""The calls of a resource type as data: for a type that is created, read or deleted by one call.

An instance stands in a :class:`~localaws.resources.resource_type.ResourceType` where a type that
needs more than one call has a function.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from localaws.resources.clients import Clients
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
    """Statuses of a resource that is deleted, and described for a while yet."""

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
        answer = unless_gone(
            getattr(clients(self.service), self.operation), **{self.by: identifier}
        )
        found: Description | None = (
            answer if answer is None or not self.under else answer[self.under]
        )
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

    def __call__(self, clients: Clients, identifier: str, _: Properties) -> None:
        """Delete a resource, if it is still there."""
        which: Any = [identifier] if self.many else identifier
        call = getattr(clients(self.service), self.operation)
        unless_gone(call, **{self.by: which})


def again(
    creation: Callable[[Clients, Properties, Properties], str],
) -> Callable[[Clients, str, Properties, Properties], str]:
    """Return the update of a type whose creation overwrites, e.g. PutRule: the same call."""
    return lambda clients, _identifier, _state, inputs: creation(clients, inputs, {})
