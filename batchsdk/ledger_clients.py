"""Which clients of a SQLite ledger live: each holds a lock of its own until its process ends.

So the next one knows at once whose intents were left behind by a crash.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

_BUSY_SECONDS = 60.0
"""How long another client's transaction is waited for."""


class LedgerClients:
    """The locks of the clients of one ledger, in a folder beside it.

    SQLite's own file lock: the one lock in the standard library that every platform has and that
    ends with its process, however that ends.
    """

    def __init__(self, ledger: Path) -> None:
        self._folder = ledger.with_name(f"{ledger.name}-clients")

    def claim(self, client: str) -> sqlite3.Connection | None:
        """Take a client's lock; ``None`` if its process holds it."""
        self._folder.mkdir(exist_ok=True, mode=0o700)
        connection = connect(self._path(client), timeout=0)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            connection.close()
            return None
        return connection

    def release(self, client: str, lock: sqlite3.Connection) -> None:
        """Give a lock back that was claimed."""
        lock.close()
        with contextlib.suppress(OSError):
            self._path(client).unlink()

    def is_alive(self, client: str) -> bool:
        """Tell whether a client's process holds its lock."""
        lock = self.claim(client)
        if lock is None:
            return True
        self.release(client, lock)
        return False

    def _path(self, client: str) -> Path:
        return self._folder / f"{client}.lock"


def connect(path: Path, timeout: float = _BUSY_SECONDS) -> sqlite3.Connection:
    """Open a file of SQLite whose transactions are begun and ended by the caller."""
    return sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False)
