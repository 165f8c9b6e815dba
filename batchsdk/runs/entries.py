"""What one client knows of a run: its ledger's entries, kept up to date with the service."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterable
from datetime import datetime

from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.failure import own_failures
from batchsdk.jobs.pace import began_at, kind_of
from batchsdk.jobs.waiting import reason_of
from batchsdk.runs.ledger import Entry, EntryState, Ledger, RunRecord
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.submit.escalation import to_text

_RUNS_BEFORE = 3
"""Earlier runs whose durations are looked up, the newest."""

_ENDS = {JobStatus.SUCCEEDED: EntryState.SUCCEEDED, JobStatus.FAILED: EntryState.FAILED}


class RunEntries:
    """The newest entry of each key. Any thread may use it."""

    def __init__(self, session: Session, ledger: Ledger, run: Callable[[], RunRecord]) -> None:
        """Take the session, the ledger, and a way to learn which run it is now."""
        self._session = session
        self._ledger = ledger
        self._run = run
        self._run_id = run().id
        self._lock = threading.RLock()
        self._entries: dict[str, Entry] = {}
        self._keys: dict[str, str] = {}
        self._has_told = False
        self.read()
        self._is_fresh = not self._entries

    @property
    def by_key(self) -> dict[str, Entry]:
        """Key -> entry."""
        with self._lock:
            return dict(self._entries)

    @property
    def keys_of_jobs(self) -> dict[str, str]:
        """Job id -> key, of every attempt that is known."""
        with self._lock:
            return dict(self._keys)

    def of_key(self, key: str) -> Entry | None:
        """Return the entry of a key."""
        with self._lock:
            return self._entries.get(key)

    def take(self, entry: Entry) -> None:
        """Take the newest entry of its key."""
        with self._lock:
            if self._run().id != self._run_id:  # begun anew: what is known is of the run before
                self._entries.clear()
                self._keys.clear()
                self._run_id = self._run().id
            if entry.run_id != self._run_id:
                return
            self._entries[entry.key] = entry
            if entry.job_id:
                self._keys[entry.job_id] = entry.key

    def read(self) -> None:
        """Read what other clients have written."""
        for entry in self._ledger.entries(self._run()):
            self.take(entry)

    def refresh_once(self) -> None:
        """Before the first submission: learn in a few calls what became of all earlier jobs."""
        with self._lock:
            if not self._is_fresh:
                self.refresh()
                self._is_fresh = True

    def refresh(self) -> None:
        """Ask how the jobs are whose end is not known; those that Batch forgot stay as they are.

        Raises:
            ServiceError: AWS refused a call or did not answer.
        """
        entries = self.by_key.values()
        ids = [e.job_id for e in entries if e.state is EntryState.SUBMITTED and e.job_id]
        for detail in self._session.describe_patiently(ids):
            self.note(detail)

    def tell_durations(self) -> None:
        """Once: tell the watcher how long jobs of this run, and of those before it, took.

        Of a ledger in S3 each entry is a request: no other run is read from it.
        """
        if self._has_told:
            return
        self._has_told = True
        before: list[RunRecord] = []
        if not self._ledger.location.startswith("s3:"):
            run = self._run()
            others = [each for each in self._ledger.runs(run.scope) if each.name != run.name]
            before = others[-_RUNS_BEFORE:]
        entries = [entry for each in before for entry in self._ledger.entries(each)]
        for entry in [*entries, *self.by_key.values()]:
            if entry.state is EntryState.SUCCEEDED and entry.began_at and entry.ended_at:
                kind = kind_of(entry.resolved_definition or entry.definition, entry.array_size)
                seconds = (entry.ended_at - entry.began_at).total_seconds()
                self._session.watcher.durations.note(kind, seconds)

    def reasons(self, failed: Iterable[Entry]) -> dict[str, str]:
        """Ask why jobs failed: job id -> key and reason.

        Raises:
            ServiceError: AWS refused a call or did not answer.
        """
        entries = {each.job_id: each for each in failed if each.job_id}
        details = {each.job_id: each for each in self._session.describe_patiently(list(entries))}
        return {
            job_id: f"{entry.key!r} FAILED: "
            + (reason_of(details[job_id]) if job_id in details else "reason no longer known")
            for job_id, entry in entries.items()
        }

    def note(self, detail: JobDetail) -> None:
        """Record how a job is now, if it is one of this run."""
        with self._lock:
            entry = self._entries.get(self._keys.get(detail.job_id, ""))
        if entry is None or entry.job_id != detail.job_id or entry.state.is_terminal:
            return
        state = _ENDS.get(detail.status, entry.state)
        after = entry.changed(
            state=state,
            resolved_definition=detail.definition or entry.resolved_definition,
            began_at=began_at(detail) if state.is_terminal else None,
            array_size=detail.array.size if detail.array and detail.is_array_parent else None,
            ended_at=detail.stopped_at or self._now_if_ended(state),
            failures=_failures(detail),
        )
        if dataclasses.replace(after, version=entry.version) == entry:
            return
        if self._ledger.replace(self._run(), entry, after):
            self.take(after)
        else:
            self.take(self._ledger.newest(self._run(), entry.key) or entry)

    def _now_if_ended(self, state: EntryState) -> datetime | None:
        return self._session.clock.now() if state.is_terminal else None


def _failures(detail: JobDetail) -> str | None:
    if detail.status is not JobStatus.FAILED or detail.is_array_parent:
        return None
    return to_text([own_failures(detail)])
