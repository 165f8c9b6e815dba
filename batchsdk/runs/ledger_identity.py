"""Which file a SQLite ledger is: one ledger is one file, and a copy of it is not another.

Two clients on two copies do not see each other, and each submits every key. So a ledger has a UUID
and remembers where it is; and a client makes sure before each write that the file which it opened
is still the one at its path.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from batchsdk.errors import LedgerError
from batchsdk.runs.ledger import Trace

IDENTITY_TABLE = """
CREATE TABLE IF NOT EXISTS identity (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    uuid TEXT NOT NULL,
    path TEXT NOT NULL,
    device TEXT NOT NULL,
    inode TEXT NOT NULL
)
"""
FOUND_BY_NAME = (
    "move it away and start the program again; it finds the jobs that AWS Batch lists by their "
    "names, and takes them over."
)
"""The way out of a ledger that cannot be used."""
_MOST_MOVES = 100
"""How many moves of a ledger are followed."""
_READ = "SELECT uuid, path, device, inode FROM identity"


@dataclass(frozen=True)
class FileId:
    """One file, whatever it is called."""

    device: str
    """Text, since SQLite's integers have a sign."""
    inode: str

    @classmethod
    def of(cls, path: Path) -> FileId | None:
        """Return which file is at a path; ``None`` if there is none."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            status = path.stat()
            return cls(str(status.st_dev), str(status.st_ino))
        return None


def settle_identity(database: sqlite3.Connection, path: Path) -> bool:
    """Give a new ledger its identity, or make sure that this file is not a copy of one.

    A file that was moved, or restored from a copy after the original was gone, is accepted.

    Args:
        database: the open file, in a transaction that lets no other client write.
        path: where it is.

    Returns:
        Whether the ledger is new.

    Raises:
        LedgerError: it is a copy, and the original is still there.
    """
    here = FileId.of(path) or FileId("", "")
    row = database.execute(_READ).fetchone()
    if row is None:
        database.execute(
            "INSERT INTO identity (only, uuid, path, device, inode) VALUES (1, ?, ?, ?, ?)",
            (str(uuid.uuid4()), str(path), here.device, here.inode),
        )
        return database.execute("SELECT 1 FROM runs LIMIT 1").fetchone() is None
    known, recorded, device, inode = row
    uuid.UUID(known)
    if (recorded, device, inode) == (str(path), here.device, here.inode):
        return False
    original = FileId.of(Path(recorded))
    if original not in (None, here) and _uuid_of(Path(recorded)) == known:
        raise _copy(path, Path(recorded))
    _note_move(Path(recorded), known, path)
    database.execute(
        "UPDATE identity SET path = ?, device = ?, inode = ?", (str(path), here.device, here.inode)
    )
    return False


def folder_beside(ledger: Path) -> Path:
    """Return the folder of what belongs to a ledger and is not in its file."""
    return ledger.with_name(f"{ledger.name}-clients")


def _copy(path: Path, original: Path) -> LedgerError:
    return LedgerError(
        f"ledger {path}: it is a copy of the ledger {original}, which is still there; with "
        "both in use, each job would be submitted twice",
        hint=f"Use {original}. If {path} shall take its place, move {original} away first.",
    )


def _note_move(recorded: Path, known: str, path: Path) -> None:
    """Note, where a ledger was, that it is at ``path`` now: of two copies one is the ledger.

    Where the old folder is gone, or cannot be written, nothing is noted.

    Raises:
        LedgerError: another copy has taken the ledger's place before, and is still there.
    """
    with contextlib.suppress(OSError):
        folder_beside(recorded).mkdir(exist_ok=True, mode=0o700)
    if not os.access(folder_beside(recorded), os.W_OK):
        return
    with contextlib.closing(_moves(recorded)) as moves:
        moves.execute("BEGIN IMMEDIATE")
        moves.execute("CREATE TABLE IF NOT EXISTS moves (uuid TEXT PRIMARY KEY, path TEXT)")
        here = _moved_to(moves, known)
        for _ in range(_MOST_MOVES):
            if here is None or here == path:
                break
            if _uuid_of(here) == known:
                raise _copy(path, here)
            here = _moved_from(here, known)
        moves.execute("INSERT OR REPLACE INTO moves VALUES (?, ?)", (known, str(path)))
        moves.execute("COMMIT")


def _moves(ledger: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder_beside(ledger) / "moved.sqlite3", isolation_level=None)


def _moved_to(moves: sqlite3.Connection, known: str) -> Path | None:
    row = moves.execute("SELECT path FROM moves WHERE uuid = ?", (known,)).fetchone()
    return Path(row[0]) if row else None


def _moved_from(ledger: Path, known: str) -> Path | None:
    """Return where a ledger that was at ``ledger`` went; ``None`` if nothing is noted there."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_moves(ledger)) as moves:
        return _moved_to(moves, known)
    return None


def _uuid_of(path: Path) -> str | None:
    """Read the UUID of another ledger; ``None`` if it is none that can be read."""
    with contextlib.suppress(sqlite3.Error, ValueError):
        address = f"{path.as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=5)) as database:
            row = database.execute(_READ).fetchone()
            return str(row[0]) if row else None
    return None


class OpenFile:
    """The files of an open ledger, by which it is noticed when they are taken away."""

    def __init__(self, path: Path) -> None:
        """Remember the files that are at the path of an open ledger, and beside it."""
        self._path = path
        self._least = 0
        self._files = {each: FileId.of(each) for each in self._paths()}

    def check(self) -> None:
        """Make sure that they are still the same.

        Raises:
            LedgerError: the ledger was deleted, replaced or cut since it was opened.
        """
        for path, opened in self._files.items():
            now = FileId.of(path)
            if now != opened:
                self._refuse("deleted" if now is None else "replaced by another file", path)
        size = self._path.stat().st_size
        if size < self._least:
            self._refuse("cut", self._path)
        self._least = size

    def _paths(self) -> Iterator[Path]:
        yield self._path
        log = self._path.with_name(f"{self._path.name}-wal")
        if log.exists():
            yield log

    def _refuse(self, what: str, path: Path) -> None:
        raise LedgerError(
            f"ledger {self._path}: {path} was {what} while this client had it open; nothing more "
            "is sent",
            hint=f"When every client that uses the ledger has ended: {FOUND_BY_NAME}",
        )


class Traces:
    """A file for each run of which a ledger has recorded something, in the folder of its clients.

    With it, a ledger that was lost can be told from one that never had the run.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder; it may be absent."""
        self._folder = folder
        self._left: set[str] = set()
        """Runs whose trace says that jobs were recorded."""

    def leave(self, run_id: str, trace: Trace) -> None:
        """Note what is recorded of a run; one client at a time."""
        if run_id in self._left or (trace is Trace.INTENDED and self.of(run_id) is not None):
            return
        self._folder.mkdir(exist_ok=True, mode=0o700)
        written = self._path(run_id).with_suffix(".new")
        written.write_text(f"{run_id} {trace}", "ascii")
        written.replace(self._path(run_id))
        if trace is Trace.RECORDED:
            self._left.add(run_id)

    def of(self, run_id: str) -> Trace | None:
        """Tell what was recorded of the run, or of the same run begun anew later."""
        with contextlib.suppress(FileNotFoundError):
            text = self._path(run_id).read_text("ascii", errors="replace")
            noted, _, trace = text.partition(" ")
            if noted >= run_id:
                return Trace.INTENDED if trace == Trace.INTENDED else Trace.RECORDED
        return None

    def remove(self, run_id: str) -> None:
        """Forget a run that is removed on purpose."""
        self._path(run_id).unlink(missing_ok=True)
        self._left.discard(run_id)

    def _path(self, run_id: str) -> Path:
        return self._folder / f"{run_id[:8]}.run"
