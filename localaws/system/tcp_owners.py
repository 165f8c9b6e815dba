"""Whose the other end of a TCP connection on this machine is.

Linux says so in ``/proc/net/tcp`` and ``/proc/net/tcp6`` (proc(5)): a row for each socket, with the
user id of who made it. Other systems have no such table that everybody may read.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
ESTABLISHED = "01"
LISTENING = "0A"
TRIES = 3
"""The kernel writes the table in pieces: a row may be missed while others come and go."""


class Address(NamedTuple):
    """One end of a connection."""

    host: str
    """IPv4 or IPv6 address."""
    port: int


class _Row(NamedTuple):
    local: Address
    remote: Address
    state: str
    user_id: int
    inode: int


def are_known(tables: Sequence[Path] = TABLES) -> bool:
    """Whether this system says whose sockets are."""
    return tables[0].exists()


def owner_of(end: Address, other: Address, tables: Sequence[Path] = TABLES) -> int | None:
    """Return the user id of the process at ``end`` of an open connection to ``other``.

    ``None`` if there is no such connection any more. A socket that was closed has user 0 in the
    table, whoever had it, so it does not count.
    """
    for _ in range(TRIES):
        for row in _rows(tables):
            is_open = row.state == ESTABLISHED and row.inode != 0
            if is_open and (row.local, row.remote) == (end, other):
                return row.user_id
    return None


def listener_of(port: int, tables: Sequence[Path] = TABLES) -> int | None:
    """Return the user id of the process that listens on a port of 127.0.0.1, if one does."""
    hosts = ("127.0.0.1", "0.0.0.0", "::")  # noqa: S104 - nothing is bound here
    for row in _rows(tables):
        if row.state == LISTENING and row.local.port == port and row.local.host in hosts:
            return row.user_id
    return None


def _rows(tables: Sequence[Path]) -> Iterator[_Row]:
    for table in tables:
        try:
            lines = table.read_text().splitlines()[1:]
        except OSError:  # no IPv6 here, or not Linux
            continue
        for line in lines:
            _, local, remote, state, _, _, _, user_id, _, inode, *_ = line.split()
            yield _Row(_address(local), _address(remote), state, int(user_id), int(inode))


def _address(text: str) -> Address:
    """Read ``0100007F:1F90``: words of 32 bits in the machine's byte order, and the port."""
    host, _, port = text.partition(":")
    words = [int(host[start : start + 8], 16) for start in range(0, len(host), 8)]
    address = ipaddress.ip_address(struct.pack(f"={len(words)}I", *words))
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return Address(str(address), int(port, 16))
