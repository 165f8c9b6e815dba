"""A port of the loopback that only processes of this user can use.

An engine dials a TCP port (PULUMI_DEBUG_PROVIDERS takes nothing else), and gRPC has no signatures.
So each connection is looked at before a byte of it is read: the kernel knows whose it is. What this
user's processes send is passed on to a Unix socket in a folder that only this user may enter.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import shutil
import socket
import socketserver
import subprocess
import threading
from pathlib import Path
from typing import Any

from localaws.system import tcp_owners
from localaws.system.tcp_owners import Address

logger = logging.getLogger(__name__)

CHUNK_BYTES = 65536


class UntrustedUsersError(RuntimeError):
    """Others use this machine, and it does not say which connections are theirs."""


class SameUserPort(socketserver.ThreadingTCPServer):
    """Listens from ``start`` to ``close``; each connection has an address of its own behind it."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, behind: Path, *, trust_local_users: bool = False) -> None:
        """Take a free port.

        Args:
            behind: Unix socket that gets what is sent here; its folder is this user's alone.
            trust_local_users: serve every user of this machine where the system does not say
                whose a connection is.

        Raises:
            UntrustedUsersError: it does not say, and other users are logged in.
        """
        self._tells = tcp_owners.are_known()
        if not self._tells and not trust_local_users:
            refuse_if_others_are_here()
        self._behind = behind
        self._numbers = itertools.count()
        self._refused: set[int | None] = set()
        super().__init__(("127.0.0.1", 0), _Connection)
        self.port: int = self.server_address[1]
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="port", daemon=True
        )

    def start(self) -> None:
        """Take connections from now on."""
        self._thread.start()

    def close(self) -> None:
        """Take no more connections."""
        self.shutdown()
        self._thread.join()
        self.server_close()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Whether the connection is one of this user's processes."""
        if not self._tells:
            return True
        here = Address(*request.getsockname())
        owner = tcp_owners.owner_of(Address(*client_address), here)
        if owner == os.geteuid():
            return True
        if owner not in self._refused:
            self._refused.add(owner)
            whose = "a process that has gone" if owner is None else f"a process of user {owner}"
            logger.warning("refused: %s called the provider's port", whose)
        return False

    def connect_behind(self) -> tuple[socket.socket, Path]:
        """Return a connection to the socket behind this port, and the name of its own end."""
        own = self._behind.with_name(f"engine-{next(self._numbers)}")
        behind = socket.socket(socket.AF_UNIX)
        try:
            behind.bind(str(own))
            behind.connect(str(self._behind))
        except BaseException:
            behind.close()
            raise
        return behind, own


class _Connection(socketserver.BaseRequestHandler):
    """Passes bytes on in both directions until both ends are done."""

    server: SameUserPort

    def handle(self) -> None:
        behind, own = self.server.connect_behind()
        with behind:
            backwards = threading.Thread(target=_pass_on, args=(behind, self.request), daemon=True)
            backwards.start()
            _pass_on(self.request, behind)
            backwards.join()
        own.unlink(missing_ok=True)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):  # either end has gone
        while chunk := source.recv(CHUNK_BYTES):
            target.sendall(chunk)
    for end, direction in ((source, socket.SHUT_RD), (target, socket.SHUT_WR)):
        with contextlib.suppress(OSError):
            end.shutdown(direction)


def refuse_if_others_are_here(who: str = "who") -> None:
    """Refuse to go on where others are logged in, or where nobody can say so.

    Args:
        who: the command that lists who is logged in (POSIX).

    Raises:
        UntrustedUsersError: they are, or it cannot be told.
    """
    own = _user_names()
    program = shutil.which(who)
    listed = (
        subprocess.run([program], capture_output=True, text=True, check=False)  # noqa: S603
        if program is not None
        else None
    )
    if listed is None or listed.returncode != 0:
        problem = "it cannot be told who is logged in"
    else:
        others = sorted({line.split()[0] for line in listed.stdout.splitlines() if line} - own)
        if not others:
            return
        problem = f"others are logged in: {', '.join(others)}"
    raise UntrustedUsersError(
        f"this system does not say which user opens a connection, and {problem}; they could use "
        "the provider's port while the command runs. --trust-local-users serves it all the same"
    )


def _user_names() -> set[str]:
    import pwd  # noqa: PLC0415 - POSIX alone

    return {entry.pw_name for entry in pwd.getpwall() if entry.pw_uid == os.geteuid()}
