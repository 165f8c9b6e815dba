"""A local AWS as a process of its own, so that names of examples are no other test's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localaws.credentials.connection import Connection
from tests.localaws.real_server import Server


@contextmanager
def a_server(home: Path, *options: str) -> Iterator[Server]:
    """Run one in a folder; yield it, with the environment variables that lead to it."""
    server = Server(home)
    server.start(*options)
    # The provider's log reads the body of a request that Go's client may not have written to its
    # end (golang/go#30597): on a busy machine a quicker answer breaks the client's connection.
    server.run("faults", "add", "slow", "--seconds", "0.1")
    try:
        yield server
    finally:
        server.run("stop")


def environ_of(server: Server) -> dict[str, str]:
    """Return the environment variables that lead to a server, as its account."""
    return Connection.load(server.home / "connection.json").environ
