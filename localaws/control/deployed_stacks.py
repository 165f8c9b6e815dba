"""What `deploy` has deployed into the local AWS that runs, which that local AWS itself keeps.

So it lasts as long as the resources do: a reset clears it, and a data directory has it.
"""

from __future__ import annotations

from typing import Any

from localaws.control.client import call
from localaws.credentials.connection import Connection

Entries = dict[str, dict[str, Any]]
"""The resources of a stack as JSON objects, by their URNs."""


class DeployedStacks:
    """The record of every stack; each call is a request to the server."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def names(self) -> list[str]:
        """Return the stacks that have a resource."""
        return list(call(self._connection, "GET", "deployed")["stacks"])

    def read(self, stack: str) -> Entries:
        """Return the resources of a stack; none if it has not been deployed."""
        return dict(call(self._connection, "GET", "deployed", {"stack": stack})["resources"])

    def write(self, stack: str, urn: str, entry: dict[str, Any] | None) -> None:
        """Keep a resource; ``None`` forgets it."""
        call(self._connection, "POST", "deployed", {"stack": stack, "urn": urn, "entry": entry})
