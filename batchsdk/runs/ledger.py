"""The record of a run: what was meant, and what became of it.

Before a submission is sent its intent is written, and its job's id after the answer. Whoever finds
an intent without an id, after a crash or a lost answer, looks for the job by its name before it
sends anything. Entries hold a digest of the request, never its parameters or environment.

Kept in SQLite (:mod:`batchsdk.runs.ledger_sqlite`) or S3 (:mod:`batchsdk.runs.ledger_s3`).
"""

from __future__ import annotations

import dataclasses
import enum
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self, get_args, get_type_hints

from batchsdk.errors import LedgerError


class EntryState(enum.StrEnum):
    """How far a submission has come, as the ledger knows it."""

    INTENDED = "INTENDED"
    """It was about to be sent; whether there is a job has to be looked up."""
    NOT_SENT = "NOT_SENT"
    """There is certainly no job: AWS refused the request, or it never left."""
    SUBMITTED = "SUBMITTED"
    """There is a job; its end has not been seen."""
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"

    @property
    def is_terminal(self) -> bool:
        """The job has ended."""
        return self in {EntryState.SUCCEEDED, EntryState.FAILED}


class Trace(enum.StrEnum):
    """What can still be told of a run whose record is lost."""

    INTENDED = "intended"
    """Submissions were about to be sent; no answer was recorded."""
    RECORDED = "recorded"
    """Jobs were recorded."""


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """One run."""

    id: str
    """Part of its jobs' names: hexadecimal digits that follow from scope and name, eight of them;
    eight more if the run was begun anew. A run from before that has eight random ones."""
    name: str
    scope: str
    """Account, region and environment: ``123456789012/us-east-1/dev``."""
    created_at: datetime
    cancelled_at: datetime | None = None
    """When it was last cancelled. A client that opened the run before submits no more."""

    @classmethod
    def from_mapping(cls, plain: Mapping[str, Any]) -> Self:
        """Read what :func:`to_plain` gave; fields of a later version are left out.

        Raises:
            ValueError, TypeError: a field is missing, or of another type.
        """
        return cls(**values_of(cls, plain))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One submission of a run: one attempt at one key."""

    run_id: str
    key: str
    attempt: int
    """From 1; a failed key that is submitted again gets the next one."""
    job_name: str
    """Made of the run, the key and the attempt, so that the job can be found by it."""
    token: str
    """A digest of run, key, attempt and request: what SubmitJob would take, had it a token."""
    digest: str
    """SHA-256 of the request; of a job that was taken over, its first digits (see
    :meth:`stands_for`)."""
    queue: str
    """As it was sent: name or ARN."""
    definition: str
    """As it was sent."""
    owner: str
    """The client that sends, or sent, it."""
    state: EntryState
    intended_at: datetime
    job_id: str | None = None
    submitted_at: datetime | None = None
    resolved_definition: str | None = None
    """ARN with the revision that Batch took, once the job was described."""
    began_at: datetime | None = None
    """When its last attempt began to run; of an array, when it was created."""
    array_size: int | None = None
    ended_at: datetime | None = None
    escalation: str | None = None
    """How the attempts before it failed, and what its request has instead of the declared one."""
    failures: str | None = None
    """How it FAILED, e.g. ``SPOT_RECLAIM*2,OUT_OF_MEMORY``; of an array it is not recorded."""
    version: int = 1
    """Goes up by one with every change."""

    def stands_for(self, digest: str) -> bool:
        """Tell whether the entry is of the request with this digest, as far as is known."""
        return digest.startswith(self.digest)

    def changed(self, **changes: Any) -> Self:
        """Return the entry's next version."""
        return dataclasses.replace(self, version=self.version + 1, **changes)

    def to_mapping(self) -> dict[str, Any]:
        """Return JSON-ready data."""
        return to_plain(self)

    @classmethod
    def from_mapping(cls, plain: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_mapping` gave; fields of a later version are left out.

        Raises:
            ValueError, TypeError: a field is missing, or of another type.
        """
        return cls(**values_of(cls, plain))


class Ledger(Protocol):
    """Ledger that records the runs. Any thread may use it; several clients may use the same."""

    @property
    def location(self) -> str:
        """A file, or an ``s3://`` address."""

    @property
    def client(self) -> str:
        """The name of this client in ``owner``: a new one each time the ledger is opened."""

    def may_be_at_work(self, entry: Entry, now: datetime) -> bool:
        """Tell whether the client that intended ``entry`` may still be about to send it."""

    def open_run(self, wanted: RunRecord) -> RunRecord:
        """Return the run of that scope and name; record ``wanted`` if there is none."""

    def runs(self, scope: str) -> Sequence[RunRecord]:
        """Return all runs of a scope, oldest first."""

    def renew(self, run: RunRecord, wanted: RunRecord) -> RunRecord:
        """Put ``wanted``, without entries, in the place of ``run``, and forget what belonged to it.

        Returns:
            What is there now: another client's, if ``run`` was not what was there.
        """

    def trace_of(self, run: RunRecord) -> Trace | None:
        """Tell what was once recorded of ``run`` and is gone; ``None`` if nothing is known of."""

    def cancelled_at(self, run: RunRecord) -> datetime | None:
        """Read when the run was last cancelled.

        Raises:
            LedgerError: the run is not there any more, or another one is in its place.
        """

    def mark_cancelled(self, run: RunRecord, moment: datetime) -> None:
        """Have no client that opened the run before ``moment`` submit to it any more."""

    def entries(self, run: RunRecord) -> Sequence[Entry]:
        """Return the newest attempt of each key, in the order of the first intents."""

    def newest(self, run: RunRecord, key: str) -> Entry | None:
        """Return the newest attempt of a key."""

    def add(self, run: RunRecord, entry: Entry) -> bool:
        """Record an attempt that is not there yet; tell whether it was added."""

    def replace(self, run: RunRecord, before: Entry, after: Entry) -> bool:
        """Put ``after`` in the place of ``before``; False if that is no longer what is there."""

    def document(self, run: RunRecord) -> str | None:
        """Return the text that belongs to the run, such as its workflow; ``None`` if none does."""

    def write_document(self, run: RunRecord, text: str) -> None:
        """Put a text in the place of the one that belongs to the run."""

    def forget(self, run: RunRecord) -> None:
        """Remove a run and all that belongs to it; one of the same name begins anew."""

    def close(self) -> None:
        """Let go of the file."""


def to_plain(record: Entry | RunRecord) -> dict[str, Any]:
    """Return a record as JSON-ready data: times in ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in dataclasses.asdict(record).items()
    }


def values_of(kind: type[Entry | RunRecord], plain: Mapping[str, Any]) -> dict[str, Any]:
    """Read the fields of a record from what :func:`to_plain` gave.

    Raises:
        ValueError, TypeError: a field is of another type.
    """
    if not isinstance(plain, Mapping):
        raise TypeError(f"a record must be an object, not {plain!r:.100}")
    types = _types()[kind.__name__]
    return {
        each.name: _value(each.name, types[each.name], plain[each.name])
        for each in dataclasses.fields(kind)
        if each.name in plain
    }


@functools.cache
def _types() -> dict[str, dict[str, tuple[Any, ...]]]:
    """Return, by the record's class and the field's name, the types that a value may have."""
    return {
        kind.__name__: {
            name: get_args(each) or (each,) for name, each in get_type_hints(kind).items()
        }
        for kind in (Entry, RunRecord)
    }


def _value(name: str, allowed: tuple[Any, ...], value: Any) -> Any:
    if value is None and type(None) in allowed:
        return None
    if datetime in allowed and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(f"{name}: {value!r} has no time zone")
        return moment
    if EntryState in allowed and isinstance(value, str):
        return EntryState(value)
    if type(value) not in allowed:
        raise TypeError(f"{name}: {value!r:.100} is of another type")
    return value


def cancelled_at(ledger: Ledger, run: RunRecord, found: RunRecord | None) -> datetime | None:
    """Return when a run was last cancelled, by the record that is found now.

    Raises:
        LedgerError: it is the record of another run, or there is none.
    """
    if found is None or (found.id, found.created_at) != (run.id, run.created_at):
        what = "begun anew" if found else "removed"
        raise LedgerError(
            f"ledger {ledger.location}: run {run.name!r} was {what} while this client had it open; "
            "nothing more is sent",
            hint="Start the program again to go on with the run.",
        )
    return found.cancelled_at
