"""The server that runs: where its connection and its log are kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from localaws.control.client import ControlError, call
from localaws.credentials.connection import Connection, connection_file
from localaws.system.loopback import is_loopback
from localaws.system.private_files import UnsafePathError
from localaws.system.tcp_owners import listener_of

NOT_RUNNING = 3
"""Exit code of `status` when no server runs (as of `systemctl status`)."""


def log_file() -> Path:
    """Return where the newest server writes its log."""
    return connection_file().with_name("server.log")


def find_running() -> Connection | None:
    """Return how to reach the server that runs; ``None`` if none does.

    The file of a server that was killed is still there; nobody answers then, or another server
    that does not know the key, or another user's program on the port that is free again.

    Raises:
        click.ClickException: somebody else can write the file or its folder.
    """
    try:
        connection = Connection.load(connection_file())
    except FileNotFoundError:
        return None
    except UnsafePathError as error:
        raise click.ClickException(str(error)) from error
    listener = listener_of(urlsplit(connection.endpoint_url).port or 0)
    if listener is not None and listener != os.geteuid():
        return None
    try:
        call(connection, "GET", "status")
    except (ControlError, OSError):
        return None
    return connection


def running() -> Connection:
    """Return how to reach the server that runs.

    Raises:
        click.ClickException: none does.
    """
    connection = find_running()
    if connection is None:
        raise click.ClickException(
            "no local AWS is running: start one with `python -m localaws start`"
        )
    return connection


def reached(command: str) -> tuple[Connection, dict[str, Any]]:
    """Return the local AWS that the variables of AWS name, else the one that runs; and its status.

    Raises:
        click.ClickException: it is on another machine, none runs, or none takes the key.
    """
    connection = Connection.from_environ() or running()
    require_loopback(connection, command)
    try:
        return connection, call(connection, "GET", "status")
    except (ControlError, OSError) as error:
        raise click.ClickException(
            f"no local AWS at AWS_ENDPOINT_URL, {connection.endpoint_url}, takes the key in "
            f"AWS_ACCESS_KEY_ID: {error}. It has been stopped, or started anew: `python -m "
            'localaws start --detach` if none runs, then `eval "$(python -m localaws env)"`'
        ) from error


def ask(method: str, operation: str, request: dict[str, Any] | None = None) -> dict[str, Any]:
    """Have the server that runs do something.

    Raises:
        click.ClickException: none runs, or it refuses.
    """
    try:
        return call(running(), method, operation, request)
    except (ControlError, OSError) as error:
        raise click.ClickException(str(error)) from error


def require_loopback(connection: Connection, command: str) -> None:
    """Refuse to work on anything but this machine.

    Raises:
        click.ClickException: ``AWS_ENDPOINT_URL`` is another machine's.
    """
    if not is_loopback(urlsplit(connection.endpoint_url).hostname or ""):
        raise click.ClickException(
            f"AWS_ENDPOINT_URL is {connection.endpoint_url}, which is not on this machine: "
            f"{command} works only with the local AWS"
        )
