"""The ledger in S3, for runs that several machines share.

One object for each run and each attempt, below ``s3://bucket/prefix``, written with S3's
conditional writes alone (If-None-Match, If-Match): a client that acts on what it read before
another wrote loses, and looks again. So no client overwrites what another has recorded.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from batchsdk.aws.transport import Transport
from batchsdk.errors import (
    AccessDeniedError,
    InvalidArgumentError,
    LedgerError,
    Problem,
    ServiceError,
)
from batchsdk.runs.ledger import Entry, RunRecord, Trace, cancelled_at, to_plain
from batchsdk.runs.sealing import UNREADABLE, from_sealed, to_sealed

DELIVERY_LIMIT = timedelta(minutes=15)
"""How long after its intent a client may still send: all its attempts and pauses fit in easily.
Nobody can tell from afar whether it lives, so an intent is left to it for as long."""
_CONCURRENCY = 16
_ANOTHER = "Or keep runs in another ledger: ledger=FILE, on the command line --ledger FILE."
"""For who has not named the ledger: it is the default of a stack with storage."""

_Object = tuple[dict[str, Any], str]
"""What an object says, and its ETag."""


class S3Ledger:
    """A ledger below an address in S3; any number of clients anywhere may use it."""

    def __init__(self, address: str, transport: Transport) -> None:
        """Take an address; S3 is not called yet.

        Args:
            address: ``s3://bucket`` or ``s3://bucket/prefix``.
            transport: the way to AWS.

        Raises:
            InvalidArgumentError: it is no such address.
        """
        parts = urlsplit(address)
        if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
            raise InvalidArgumentError(
                Problem("ledger", address, "must be s3://bucket/prefix", "name a bucket")
            )
        self._bucket = parts.netloc
        self._prefix = parts.path.strip("/")
        self._transport = transport
        self._lock = threading.Lock()
        self._etags: dict[tuple[str, int], str] = {}
        """Of the objects that were read or written here, by their name and version."""
        self._client = uuid.uuid4().hex

    @property
    def location(self) -> str:
        """The address."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    @property
    def client(self) -> str:
        """See :class:`Ledger`."""
        return self._client

    def may_be_at_work(self, entry: Entry, now: datetime) -> bool:
        """See :class:`Ledger`: until the limit is over, as nobody can tell from afar."""
        return entry.owner != self._client and now - entry.intended_at < DELIVERY_LIMIT

    def open_run(self, wanted: RunRecord) -> RunRecord:
        """See :class:`Ledger`."""
        name = self._run_object(wanted)
        self._put(name, to_plain(wanted), None)
        found = self._get(name)
        if found is None:
            raise LedgerError(f"ledger {self.location}: {name} was deleted meanwhile")
        return self._run(name, found[0])

    def runs(self, scope: str) -> Sequence[RunRecord]:
        """See :class:`Ledger`."""
        names = self._list(f"{_digest(scope)}/runs/")
        whole = zip(names, self._get_all(names), strict=True)
        found = [self._run(name, content) for name, (content, _) in whole]
        return sorted(found, key=lambda each: each.created_at)

    def renew(self, run: RunRecord, wanted: RunRecord) -> RunRecord:
        """See :class:`Ledger`."""
        name = self._run_object(run)
        found = self._get(name)
        if found is not None and found[0].get("id") != run.id:
            return self._run(name, found[0])
        if self._put(name, to_plain(wanted), found[1] if found else None) is not None:
            self._delete([self._document_of(run), *self._list(self._entries_of(run))])
        return self.open_run(wanted)

    def trace_of(self, _run: RunRecord) -> Trace | None:
        """See :class:`Ledger`: whoever deletes objects leaves nothing to tell it by."""
        return None

    def cancelled_at(self, run: RunRecord) -> datetime | None:
        """See :class:`Ledger`."""
        name = self._run_object(run)
        found = self._get(name)
        return cancelled_at(self, run, self._run(name, found[0]) if found else None)

    def mark_cancelled(self, run: RunRecord, moment: datetime) -> None:
        """See :class:`Ledger`."""
        name = self._run_object(run)
        while (found := self._get(name)) is not None:
            content, etag = found
            if self._put(name, {**content, "cancelled_at": moment.isoformat()}, etag):
                return

    def entries(self, run: RunRecord) -> Sequence[Entry]:
        """See :class:`Ledger`."""
        newest: dict[str, Entry] = {}
        for entry in self._read(self._list(self._entries_of(run))):
            known = newest.get(entry.key)
            if known is None or known.attempt < entry.attempt:
                newest[entry.key] = entry
        return sorted(newest.values(), key=lambda each: (each.intended_at, each.key))

    def newest(self, run: RunRecord, key: str) -> Entry | None:
        """See :class:`Ledger`."""
        names = self._list(f"{self._entries_of(run)}{_digest(key)}/")
        return next(iter(self._read(names[-1:])), None)  # attempts are padded: the last is newest

    def add(self, run: RunRecord, entry: Entry) -> bool:
        """See :class:`Ledger`."""
        return self._write(self._object_of(run, entry), entry, None)

    def replace(self, run: RunRecord, before: Entry, after: Entry) -> bool:
        """See :class:`Ledger`."""
        name = self._object_of(run, before)
        with self._lock:
            etag = self._etags.get((name, before.version))
        if etag is None:
            found = self._get(name)
            if found is None or found[0].get("version") != before.version:
                return False
            etag = found[1]
        return self._write(name, after, etag)

    def document(self, run: RunRecord) -> str | None:
        """See :class:`Ledger`."""
        name = self._document_of(run)
        found = self._get(name)
        if found is None:
            return None
        with self._readable(name):
            if not isinstance(found[0]["text"], str):
                raise TypeError("its text is none")
            return found[0]["text"]

    def write_document(self, run: RunRecord, text: str) -> None:
        """See :class:`Ledger`."""
        name = self._document_of(run)
        while True:
            found = self._get(name)
            if self._put(name, {"text": text}, found[1] if found else None):
                return

    def forget(self, run: RunRecord) -> None:
        """See :class:`Ledger`."""
        names = [self._document_of(run), *self._list(self._entries_of(run))]
        # The run first: without it nobody takes what is left for a run with fewer jobs.
        for some in ([self._run_object(run)], names):
            self._delete(some)

    def close(self) -> None:
        """See :class:`Ledger`: nothing is held."""

    def _run_object(self, run: RunRecord) -> str:
        return f"{_digest(run.scope)}/runs/{_digest(run.name)}.json"

    def _document_of(self, run: RunRecord) -> str:
        return f"{_digest(run.scope)}/documents/{run.id}.json"

    def _entries_of(self, run: RunRecord) -> str:
        return f"{_digest(run.scope)}/entries/{run.id}/"

    def _object_of(self, run: RunRecord, entry: Entry) -> str:
        return f"{self._entries_of(run)}{_digest(entry.key)}/{entry.attempt:06d}.json"

    def _delete(self, names: Sequence[str]) -> None:
        with _translated(self):
            self._transport.delete_objects(self._bucket, [self._path(each) for each in names])

    def _write(self, name: str, entry: Entry, etag: str | None) -> bool:
        written = self._put(name, entry.to_mapping(), etag)
        if written is None:
            return False
        with self._lock:
            self._etags.pop((name, entry.version - 1), None)
            self._etags[name, entry.version] = written
        return True

    def _read(self, names: Sequence[str]) -> list[Entry]:
        entries = []
        for name, (content, etag) in zip(names, self._get_all(names), strict=True):
            with self._readable(name):
                entry = Entry.from_mapping(content)
            with self._lock:
                self._etags[name, entry.version] = etag
            entries.append(entry)
        return entries

    def _list(self, below: str) -> list[str]:
        start = f"{self._prefix}/" if self._prefix else ""
        with _translated(self):
            found = self._transport.list_objects(self._bucket, start + below)
        return [each.removeprefix(start) for each in found]

    def _get_all(self, names: Sequence[str]) -> list[_Object]:
        if len(names) < 2:  # noqa: PLR2004  # no threads for one
            found = [self._get(name) for name in names]
        else:
            with ThreadPoolExecutor(_CONCURRENCY, "batchsdk-ledger") as pool:
                found = list(pool.map(self._get, names))
        missing = [name for name, each in zip(names, found, strict=True) if each is None]
        if missing:
            raise LedgerError(f"ledger {self.location}: {missing[0]} was deleted meanwhile")
        return [each for each in found if each is not None]

    def _get(self, name: str) -> _Object | None:
        with _translated(self):
            found = self._transport.get_object(self._bucket, self._path(name))
        if found is None:
            return None
        with self._readable(name):
            return from_sealed(found[0]), found[1]

    def _run(self, name: str, content: dict[str, Any]) -> RunRecord:
        with self._readable(name):
            return RunRecord.from_mapping(content)

    @contextlib.contextmanager
    def _readable(self, name: str) -> Iterator[None]:
        try:
            yield
        except UNREADABLE as fault:
            raise LedgerError(
                f"ledger {self.location}: object s3://{self._bucket}/{self._path(name)} is "
                f"damaged, or none of a ledger: {fault}",
                hint="Restore it from an earlier version, or delete it and start the program "
                "again; it takes over the jobs that AWS Batch lists under the run's name.",
            ) from fault

    def _put(self, name: str, content: dict[str, Any], etag: str | None) -> str | None:
        """Write an object as ``put_object_if`` does."""
        body = to_sealed(content).encode()
        with _translated(self):
            written = self._transport.put_object_if(self._bucket, self._path(name), body, etag)
            if written is None:
                # It may be this very write, sent again after its answer was lost.
                found = self._transport.get_object(self._bucket, self._path(name))
                if found is not None and found[0] == body:
                    return found[1]
        return written

    def _path(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name


@contextlib.contextmanager
def _translated(ledger: S3Ledger) -> Iterator[None]:
    try:
        yield
    except ServiceError as fault:
        hint = fault.hint
        if isinstance(fault, AccessDeniedError):
            hint = f"{hint} {_ANOTHER}".strip()
        raise LedgerError(f"ledger {ledger.location}: {fault.message}", hint=hint) from fault


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
