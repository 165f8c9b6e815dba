"""The ledger in a SQLite file."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from batchsdk.errors import LedgerError
from batchsdk.runs.ledger import Entry, RunRecord, from_iso

_BUSY_SECONDS = 60.0
"""How long another client's transaction is waited for."""
_NEW_SECONDS = 60.0
"""How long a client may take from making its lock to holding it."""


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
        path = self._path(client)
        with contextlib.suppress(OSError):
            path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
            path.unlink()

    def is_alive(self, client: str) -> bool:
        """Tell whether a client's process holds its lock."""
        lock = self.claim(client)
        if lock is None:
            return True
        self.release(client, lock)
        return False

    def sweep(self) -> None:
        """Remove the locks that killed clients left; a young one may not be held yet."""
        for path in self._folder.glob("*.lock"):
            with contextlib.suppress(OSError):  # another client sweeps too
                if time.time() - path.stat().st_mtime > _NEW_SECONDS:
                    self.is_alive(path.stem)

    def _path(self, client: str) -> Path:
        return self._folder / f"{client}.lock"


def connect(path: Path, timeout: float = _BUSY_SECONDS) -> sqlite3.Connection:
    """Open a file of SQLite whose transactions are begun and ended by the caller."""
    return sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False)


_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY,
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    cancelled_at TEXT,
    UNIQUE (scope, name)
);
CREATE TABLE IF NOT EXISTS entries (
    run_id TEXT NOT NULL REFERENCES runs (id),
    key TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    job_id TEXT,
    record TEXT NOT NULL,
    PRIMARY KEY (run_id, key, attempt)
);
CREATE TABLE IF NOT EXISTS documents (
    run_id TEXT PRIMARY KEY REFERENCES runs (id),
    text TEXT NOT NULL
);
"""
_VERSION = 1


def default_path(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return where the user's ledger is: BATCHSDK_LEDGER, or in the platform's data directory.

    Linux: ``$XDG_DATA_HOME/batchsdk``, else ``~/.local/share/batchsdk`` (XDG Base Directory
    Specification); macOS: ``~/Library/Application Support/batchsdk``; Windows:
    ``%LOCALAPPDATA%/batchsdk``.
    """
    home = Path.home()
    if platform == "win32":
        base = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        given = environ.get("XDG_DATA_HOME", "")
        # "All paths must be absolute. If … relative … it should … be ignored."
        base = Path(given) if Path(given).is_absolute() else home / ".local" / "share"
    return base / "batchsdk" / "ledger.sqlite3"


class SqliteLedger:
    """A ledger in one file, which any number of processes of this machine may use.

    Each client holds a lock of its own as long as its process lives, so that the next one knows
    at once whose intents were left behind by a crash.
    """

    def __init__(self, path: str | Path) -> None:
        """Open the file, and make it if it is absent (readable by this user alone).

        Raises:
            LedgerError: it cannot be opened, is not a ledger, or is a later version's.
        """
        self._path = Path(path).expanduser().absolute()
        self._abandoned: list[sqlite3.Connection | None] = []
        self._open()

    def _open(self) -> None:
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._client = uuid.uuid4().hex
        with self._translated():
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)
            self._connection = self._connect()
            self._clients = LedgerClients(self._path)
            self._alive = self._clients.claim(self._client)
            self._clients.sweep()

    @property
    def client(self) -> str:
        """See :class:`Ledger`."""
        self._after_fork()
        return self._client

    @property
    def location(self) -> str:
        """The file."""
        return str(self._path)

    def may_be_at_work(self, entry: Entry, _now: datetime) -> bool:
        """See :class:`Ledger`: its process lives, and is not this one."""
        if entry.owner == self.client:
            return False
        with self._translated():
            return self._clients.is_alive(entry.owner)

    def open_run(self, wanted: RunRecord) -> RunRecord:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            database.execute(
                "INSERT INTO runs (id, scope, name, created_at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (scope, name) DO NOTHING",
                (wanted.id, wanted.scope, wanted.name, wanted.created_at.isoformat()),
            )
            row = database.execute(
                f"{_RUNS} WHERE scope = ? AND name = ?", (wanted.scope, wanted.name)
            ).fetchone()
        return _run(row)

    def runs(self, scope: str) -> Sequence[RunRecord]:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            rows = database.execute(f"{_RUNS} WHERE scope = ? ORDER BY created_at", (scope,))
            return [_run(row) for row in rows]

    def cancelled_at(self, run: RunRecord) -> datetime | None:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            row = database.execute(f"{_RUNS} WHERE id = ?", (run.id,)).fetchone()
        return _run(row).cancelled_at if row else None

    def mark_cancelled(self, run: RunRecord, moment: datetime) -> None:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            database.execute(
                "UPDATE runs SET cancelled_at = ? WHERE id = ?", (moment.isoformat(), run.id)
            )

    def entries(self, run: RunRecord) -> Sequence[Entry]:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            rows = database.execute(
                "SELECT record FROM entries AS each WHERE run_id = ? AND attempt = "
                "(SELECT max(attempt) FROM entries WHERE run_id = each.run_id AND key = each.key) "
                "ORDER BY rowid",
                (run.id,),
            ).fetchall()
        return [_entry(row) for row in rows]

    def newest(self, run: RunRecord, key: str) -> Entry | None:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            row = database.execute(
                "SELECT record FROM entries WHERE run_id = ? AND key = ? "
                "ORDER BY attempt DESC LIMIT 1",
                (run.id, key),
            ).fetchone()
        return _entry(row) if row else None

    def add(self, run: RunRecord, entry: Entry) -> bool:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            done = database.execute(
                "INSERT INTO entries (run_id, key, attempt, version, state, job_id, record) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (run.id, entry.key, entry.attempt, *_columns(entry)),
            )
            return done.rowcount == 1

    def replace(self, run: RunRecord, before: Entry, after: Entry) -> bool:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            done = database.execute(
                "UPDATE entries SET version = ?, state = ?, job_id = ?, record = ? "
                "WHERE run_id = ? AND key = ? AND attempt = ? AND version = ?",
                (*_columns(after), run.id, before.key, before.attempt, before.version),
            )
            return done.rowcount == 1

    def document(self, run: RunRecord) -> str | None:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            row = database.execute("SELECT text FROM documents WHERE run_id = ?", (run.id,))
            found = row.fetchone()
        return str(found[0]) if found else None

    def write_document(self, run: RunRecord, text: str) -> None:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            database.execute(
                "INSERT INTO documents (run_id, text) VALUES (?, ?) "
                "ON CONFLICT (run_id) DO UPDATE SET text = excluded.text",
                (run.id, text),
            )

    def forget(self, run: RunRecord) -> None:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            database.execute("DELETE FROM documents WHERE run_id = ?", (run.id,))
            database.execute("DELETE FROM entries WHERE run_id = ?", (run.id,))
            database.execute("DELETE FROM runs WHERE id = ?", (run.id,))

    def close(self) -> None:
        """See :class:`Ledger`."""
        with self._lock:
            if self._alive is not None and self._process == os.getpid():
                self._clients.release(self._client, self._alive)
                self._alive = None
                self._connection.close()

    def _after_fork(self) -> None:
        if self._process != os.getpid():
            # SQLite: a connection must not be used, nor closed, in a child of its process.
            self._abandoned += [self._connection, self._alive]
            self._open()

    def _connect(self) -> sqlite3.Connection:
        connection = connect(self._path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # an intent must outlive a power cut
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found > _VERSION:
            connection.close()
            raise LedgerError(
                f"ledger {self.location}: it is of version {found}, this batchsdk knows {_VERSION}",
                hint="Install the newer batchsdk, or name another ledger.",
            )
        connection.executescript(_SCHEMA)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
        return connection

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._after_fork()
        with self._lock, self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as fault:
            raise LedgerError(
                f"ledger {self.location}: {fault}",
                hint="Name another one: ledger='path', or BATCHSDK_LEDGER.",
            ) from fault


_RUNS = "SELECT id, scope, name, created_at, cancelled_at FROM runs"


def _columns(entry: Entry) -> tuple[int, str, str | None, str]:
    return entry.version, str(entry.state), entry.job_id, json.dumps(entry.to_mapping())


def _entry(row: tuple[str]) -> Entry:
    return Entry.from_mapping(json.loads(row[0]))


def _run(row: tuple[str, str, str, str, str | None]) -> RunRecord:
    run_id, scope, name, created_at, cancelled_at = row
    return RunRecord(
        id=run_id,
        scope=scope,
        name=name,
        created_at=datetime.fromisoformat(created_at),
        cancelled_at=from_iso(cancelled_at),
    )
