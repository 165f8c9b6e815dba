"""Jobs of a run that AWS Batch lists and the ledger does not know: they are taken over.

A ledger can be deleted, cut, or be an old copy. The names of a run's jobs follow from the run's
name, the key, the request and the attempt, so that the service is a second ledger: before a client
sends its first submission to a queue, one list of that queue tells which jobs of the run there are.
If the newest of them is so young that more may be on the way, it is listed again.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from batchsdk.aws.backoff import Waits
from batchsdk.errors import RunForgottenError, TransientError
from batchsdk.jobs.detail import JobSummary
from batchsdk.jobs.listing import jobs_in_queues
from batchsdk.names import (
    RunJobName,
    begun_anew_at,
    key_digest,
    run_id_in,
    run_job_name,
    run_pattern,
    run_prefix,
)
from batchsdk.runs.ledger import Entry, EntryState, Ledger, RunRecord, Trace
from batchsdk.session import Session
from batchsdk.states import JobStatus

_log = logging.getLogger(__name__)

_STATES = {JobStatus.SUCCEEDED: EntryState.SUCCEEDED, JobStatus.FAILED: EntryState.FAILED}


@dataclass(frozen=True)
class _Job:
    name: RunJobName
    summary: JobSummary
    queue: str
    """Where it was listed: name or ARN."""


@dataclass(kw_only=True)
class TakeOver:
    """Of one run, for one client. Any thread may use it."""

    session: Session
    ledger: Ledger
    grace: float
    """Seconds after which every list shows a job that was sent."""
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _queues: set[str] = field(default_factory=set, init=False)
    """Those that were listed."""
    _unknown: dict[str, list[_Job]] = field(default_factory=dict, init=False)
    """Digest of a key -> the jobs that the ledger did not know."""
    _has_waited: bool = field(default=False, init=False)

    def look(self, run: RunRecord, queue: str) -> RunRecord:
        """List the run's jobs in a queue, unless it was done before.

        Args:
            run: as the ledger has it.
            queue: name or ARN.

        Returns:
            The run; another one if it was begun anew, and the ledger did not know.

        Raises:
            RunForgottenError: jobs of the run were recorded here before, the record is lost, and
                the service lists none of them.
            ServiceError: the queue cannot be listed.
        """
        with self._lock:
            if queue in self._queues:
                return run
            waits = Waits(self.session.clock, self.session.randomness, timeout=self.grace)
            while True:
                last = waits.are_over
                run, unknown, trace = self._compared(run, queue)
                if last or not (trace or self._has_recent(unknown)):
                    break
                self._say_wait(run)
                waits.poll()
            if trace is Trace.RECORDED:
                raise RunForgottenError(run.name, self.ledger.location)
            self._note(run, queue, unknown)
            self._queues.add(queue)
            return run

    def _compared(self, run: RunRecord, queue: str) -> tuple[RunRecord, list[_Job], Trace | None]:
        """Compare the service with the ledger.

        Returns:
            The run, as :meth:`look` does; the jobs that only the service knows; and where neither
            knows of any, what the ledger has lost.
        """
        found = self._listed(run, queue)
        newest = max([run.id, *found])
        if newest != run.id:
            run = self._renewed(run, newest)
        # After the list: what another client of this ledger sent is in the ledger by now.
        entries = {key_digest(each.key): each for each in self.ledger.entries(run)}
        jobs = found.get(run.id, [])
        trace = self.ledger.trace_of(run) if not jobs and not entries else None
        return run, [each for each in jobs if not _is_known(each, entries)], trace

    def _say_wait(self, run: RunRecord) -> None:
        if not self._has_waited:
            self._has_waited = True
            _log.warning(
                "run %r: ledger %s has lost what a client did a moment ago: waiting up to %g "
                "seconds for jobs that no list shows yet",
                run.name,
                self.ledger.location,
                self.grace,
            )

    def _has_recent(self, unknown: Sequence[_Job]) -> bool:
        """Tell whether who sent these jobs may have sent more, which no list shows yet."""
        since = self.session.clock.now() - timedelta(seconds=self.grace)
        return any((each.summary.created_at or since) > since for each in unknown)

    def take(
        self,
        run: RunRecord,
        key: str,
        digest: str,
        request: Mapping[str, Any],
        newest: Entry | None,
    ) -> bool:
        """Put the jobs of a key that the ledger does not know into it.

        Args:
            run: the run.
            key: the key.
            digest: of the request.
            request: what is meant to be submitted under the key.
            newest: what the ledger has of the key.

        Returns:
            Whether it wrote anything.
        """
        with self._lock:
            jobs = self._unknown.pop(key_digest(key), [])
        prefix = run_prefix(run.name, run.id)
        written = False
        for attempt, same in _by_attempt(jobs).items():
            if newest is not None and newest.attempt > attempt:
                continue
            # Of two jobs of one name, or with two requests: the one that is asked for now.
            wanted = [each for each in same if digest.startswith(each.name.request_digest)]
            job = (wanted or same)[0]
            name = run_job_name(prefix, key, job.name.request_digest, attempt)
            if name != job.summary.name:
                continue  # another key's, whose digest begins alike
            if len(same) > 1:
                ids = ", ".join(each.summary.job_id for each in same)
                _log.warning("run %r, key %r: several jobs for one attempt: %s", run.name, key, ids)
            written |= self._write(run, self._entry(run, key, request, job), newest)
        return written

    def _listed(self, run: RunRecord, queue: str) -> dict[str, list[_Job]]:
        """Return the run's jobs in a queue, newest first, by the id of the run in their names."""
        waits = Waits(self.session.clock, self.session.randomness)
        while True:
            try:
                jobs = list(
                    jobs_in_queues(
                        self.session.transport,
                        [queue],
                        statuses=list(JobStatus),
                        name=run_pattern(run.name, run.id),
                    )
                )
                break
            except TransientError as error:
                waits.retry(error)
        found: dict[str, list[_Job]] = {}
        for summary in jobs:
            run_id = run_id_in(summary.name, run.name, run.id)
            name = RunJobName.of(summary.name)
            if run_id is not None and name is not None:
                found.setdefault(run_id, []).append(_Job(name, summary, queue))
        return found

    def _renewed(self, run: RunRecord, newest: str) -> RunRecord:
        begun = begun_anew_at(newest)
        _log.warning(
            "run %r was begun anew at %s, which ledger %s did not know: it goes on with that one",
            run.name,
            f"{begun:%Y-%m-%d %H:%M:%S %Z}" if begun else "the first time",
            self.ledger.location,
        )
        wanted = RunRecord(
            id=newest, name=run.name, scope=run.scope, created_at=begun or run.created_at
        )
        return self.ledger.renew(run, wanted)

    def _note(self, run: RunRecord, queue: str, unknown: Sequence[_Job]) -> None:
        for each in unknown:
            self._unknown.setdefault(each.name.key_digest, []).append(each)
        if unknown:
            _log.warning(
                "took over %d jobs of run %r in queue %s that ledger %s did not know: they are not "
                "submitted again",
                len(unknown),
                run.name,
                queue,
                self.ledger.location,
            )

    def _entry(self, run: RunRecord, key: str, request: Mapping[str, Any], job: _Job) -> Entry:
        summary = job.summary
        created_at = summary.created_at or self.session.clock.now()
        return Entry(
            run_id=run.id,
            key=key,
            attempt=job.name.attempt,
            job_name=summary.name,
            token="",
            digest=job.name.request_digest,
            queue=job.queue,
            definition=str(summary.raw.get("jobDefinition") or request["jobDefinition"]),
            owner=self.ledger.client,
            state=_STATES.get(summary.status, EntryState.SUBMITTED),
            intended_at=created_at,
            job_id=summary.job_id,
            submitted_at=created_at,
            ended_at=summary.stopped_at,
        )

    def _write(self, run: RunRecord, entry: Entry, newest: Entry | None) -> bool:
        if newest is None or newest.attempt != entry.attempt:
            return self.ledger.add(run, entry)
        if newest.state is not EntryState.NOT_SENT:
            return False
        after = dataclasses.replace(entry, version=newest.version + 1)
        return self.ledger.replace(run, newest, after)


def _is_known(job: _Job, entries: Mapping[str, Entry]) -> bool:
    """Tell whether the ledger knows of a job, or of a later attempt at its key."""
    entry = entries.get(job.name.key_digest)
    if entry is None or entry.attempt < job.name.attempt:
        return False
    # An intent is looked up by its name, by whoever needs it.
    return entry.attempt > job.name.attempt or entry.state is not EntryState.NOT_SENT


def _by_attempt(jobs: Sequence[_Job]) -> dict[int, list[_Job]]:
    found: dict[int, list[_Job]] = {}
    for job in sorted(jobs, key=lambda each: each.name.attempt):
        found.setdefault(job.name.attempt, []).append(job)
    return found
