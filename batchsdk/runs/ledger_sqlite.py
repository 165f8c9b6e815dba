"""The ledger in a SQLite file."""

from __future__ import annotations

import contextlib
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
from batchsdk.runs.ledger import Entry, RunRecord, Trace, cancelled_at
from batchsdk.runs.ledger_identity import (
    FOUND_BY_NAME,
    IDENTITY_TABLE,
    OpenFile,
    Traces,
    folder_beside,
    settle_identity,
)
from batchsdk.runs.sealing import UNREADABLE, from_sealed, from_sealed_text, sealed_text, to_sealed
from batchsdk.runs.user_data import data_directory

_BUSY_SECONDS = 60.0
"""How long another client's transaction is waited for."""
_BUSY_PAUSE = 0.02
"""Seconds between two tries of what SQLite itself does not wait with."""
_NEW_SECONDS = 60.0
"""How long a client may take from making its lock to holding it."""


class LedgerClients:
    """The locks of the clients of one ledger, in a folder beside it.

    SQLite's own file lock: the one lock in the standard library that every platform has and that
    ends with its process, however that ends.
    """

    def __init__(self, ledger: Path) -> None:
        self._folder = folder_beside(ledger)
        self.traces = Traces(self._folder)

    def anybody(self) -> bool:
        """Tell whether the process of any client lives."""
        return any(self.is_alive(each.stem) for each in self._folder.glob("*.lock"))

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


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Have a file written ahead (WAL), as the first of its clients does.

    SQLite refuses at once, whatever its timeout, while another client does the same.
    """
    over = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > over:
                raise
            time.sleep(_BUSY_PAUSE)
        else:
            return


_SCHEMA = (
    """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY,
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    cancelled_at TEXT,
    UNIQUE (scope, name)
)
""",
    """
CREATE TABLE IF NOT EXISTS entries (
    run_id TEXT NOT NULL REFERENCES runs (id),
    key TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    job_id TEXT,
    record TEXT NOT NULL,
    PRIMARY KEY (run_id, key, attempt)
)
""",
    """
CREATE TABLE IF NOT EXISTS documents (
    run_id TEXT PRIMARY KEY REFERENCES runs (id),
    text TEXT NOT NULL
)
""",
    IDENTITY_TABLE,
)
_TABLES = {"runs", "entries", "documents", "identity"}
_VERSION = 1


def default_path(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return where the user's ledger is, in the platform's data directory: :mod:`.user_data`."""
    return data_directory(environ, platform) / "ledger.sqlite3"


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
            self._clients = LedgerClients(self._path)
            self._connection = self._connect()
            self._alive = self._clients.claim(self._client)
            self._clients.sweep()
            self._file = OpenFile(self._path)

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
            return _put_run(database, wanted)

    def runs(self, scope: str) -> Sequence[RunRecord]:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            rows = database.execute(f"{_RUNS} WHERE scope = ? ORDER BY created_at", (scope,))
            return [_run(row) for row in rows]

    def renew(self, run: RunRecord, wanted: RunRecord) -> RunRecord:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            _remove(database, run)
            return _put_run(database, wanted)

    def trace_of(self, run: RunRecord) -> Trace | None:
        """See :class:`Ledger`: by what the folder of the clients tells."""
        with self._translated():
            return None if self.entries(run) else self._clients.traces.of(run.id)

    def cancelled_at(self, run: RunRecord) -> datetime | None:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            row = database.execute(f"{_RUNS} WHERE id = ?", (run.id,)).fetchone()
            return cancelled_at(self, run, _run(row) if row else None)

    def mark_cancelled(self, run: RunRecord, moment: datetime) -> None:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            database.execute(
                "UPDATE runs SET cancelled_at = ? WHERE id = ?", (moment.isoformat(), run.id)
            )

    def entries(self, run: RunRecord) -> Sequence[Entry]:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            rows = database.execute(_NEWEST_ENTRIES, (run.id,))
            return [_entry(row) for row in rows]

    def newest(self, run: RunRecord, key: str) -> Entry | None:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            row = database.execute(_NEWEST_OF_KEY, (run.id, key)).fetchone()
            return _entry(row) if row else None

    def add(self, run: RunRecord, entry: Entry) -> bool:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            self._leave_trace(entry)
            done = database.execute(
                "INSERT INTO entries (run_id, key, attempt, version, state, job_id, record) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (run.id, entry.key, entry.attempt, *_columns(entry)),
            )
            return done.rowcount == 1

    def replace(self, run: RunRecord, before: Entry, after: Entry) -> bool:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            self._leave_trace(after)
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
            return from_sealed_text(found[0]) if found else None

    def write_document(self, run: RunRecord, text: str) -> None:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            database.execute(
                "INSERT INTO documents (run_id, text) VALUES (?, ?) "
                "ON CONFLICT (run_id) DO UPDATE SET text = excluded.text",
                (run.id, sealed_text(text)),
            )

    def forget(self, run: RunRecord) -> None:
        """See :class:`Ledger`."""
        with self._transaction() as database:
            _remove(database, run)
            self._clients.traces.remove(run.id)

    def _leave_trace(self, entry: Entry) -> None:
        trace = Trace.RECORDED if entry.job_id else Trace.INTENDED
        self._clients.traces.leave(entry.run_id, trace)

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
        try:
            self._check(connection)
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = FULL")  # an intent must outlive a power cut
            connection.execute("BEGIN IMMEDIATE")
            for statement in (*_SCHEMA, f"PRAGMA user_version = {_VERSION}"):
                connection.execute(statement)
            if settle_identity(connection, self._path):
                self._refuse_if_used()
            connection.execute("COMMIT")
            # A copy of the file alone, without SQLite's log, has the identity as well.
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    def _refuse_if_used(self) -> None:
        """Refuse a new file where clients still use the one that was there before."""
        if self._clients.anybody():
            raise LedgerError(
                f"ledger {self.location}: it was deleted or cut while a client uses it; until "
                "that one has ended, nobody knows what it still sends",
                hint="Wait until the client has ended, or end it, and start again.",
            )

    def _check(self, connection: sqlite3.Connection) -> None:
        """Make sure, before anything is changed, that the file is a ledger, and whole."""
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found > _VERSION:
            raise LedgerError(
                f"ledger {self.location}: it is of version {found}, this batchsdk knows {_VERSION}",
                hint="Install the newer batchsdk, or name another ledger.",
            )
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {name for (name,) in rows}
        if tables - _TABLES:
            raise LedgerError(
                f"ledger {self.location}: it is a database of something else, with the table "
                f"{min(tables - _TABLES, key=str)!r}",
                hint="Name another file: ledger='path', --ledger, or BATCHSDK_LEDGER.",
            )
        damage = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if damage != "ok":
            raise sqlite3.DatabaseError(f"it is damaged: {damage}")
        orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
        if orphan is not None:
            raise sqlite3.DatabaseError(f"it is damaged: a row of {orphan[0]} belongs to no run")

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._after_fork()
        with self._lock, self._translated():
            self._file.check()
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
        except (sqlite3.Error, OSError, *UNREADABLE) as fault:
            raise LedgerError(
                f"ledger {self.location}: {fault}",
                hint="If it cannot be used here, name another one: ledger='path', --ledger, or "
                f"BATCHSDK_LEDGER. If it is damaged: {FOUND_BY_NAME}",
            ) from fault


_NEWEST_ENTRIES = (
    "SELECT record, key, attempt, version FROM entries AS each WHERE run_id = ? AND attempt = "
    "(SELECT max(attempt) FROM entries WHERE run_id = each.run_id AND key = each.key) "
    "ORDER BY rowid"
)
_NEWEST_OF_KEY = (
    "SELECT record, key, attempt, version FROM entries WHERE run_id = ? AND key = ? "
    "ORDER BY attempt DESC LIMIT 1"
)
_RUNS = "SELECT id, scope, name, created_at, cancelled_at FROM runs"


def _put_run(database: sqlite3.Connection, wanted: RunRecord) -> RunRecord:
    """Record a run unless there is one of its scope and name; return the one that there is."""
    database.execute(
        "INSERT INTO runs (id, scope, name, created_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (scope, name) DO NOTHING",
        (wanted.id, wanted.scope, wanted.name, wanted.created_at.isoformat()),
    )
    row = database.execute(
        f"{_RUNS} WHERE scope = ? AND name = ?", (wanted.scope, wanted.name)
    ).fetchone()
    return _run(row)


def _remove(database: sqlite3.Connection, run: RunRecord) -> None:
    database.execute("DELETE FROM documents WHERE run_id = ?", (run.id,))
    database.execute("DELETE FROM entries WHERE run_id = ?", (run.id,))
    database.execute("DELETE FROM runs WHERE id = ?", (run.id,))


def _columns(entry: Entry) -> tuple[int, str, str | None, str]:
    return entry.version, str(entry.state), entry.job_id, to_sealed(entry.to_mapping())


def _entry(row: tuple[str, str, int, int]) -> Entry:
    record, *columns = row
    entry = Entry.from_mapping(from_sealed(record))
    if [entry.key, entry.attempt, entry.version] != columns:
        raise ValueError(f"the record of key {entry.key!r} is not the one of its row")
    return entry


def _run(row: Sequence[object]) -> RunRecord:
    columns = ("id", "scope", "name", "created_at", "cancelled_at")
    return RunRecord.from_mapping(dict(zip(columns, row, strict=True)))
