"""Submitting so that each key of a run becomes one job, whatever is lost on the way.

The order is: write the intent, send, write the job's id. An intent without an id is looked up by
the job's name, which only this run can have made; the submission is sent (again) only when the job
has not shown up for a grace, and no other client may still be about to send it. What the ledger has
lost is taken over from the service: see :mod:`batchsdk.runs.takeover`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from batchsdk.aws.backoff import Waits
from batchsdk.errors import (
    InvalidSubmissionError,
    LedgerError,
    Problem,
    RunCancelledError,
    RunConflictError,
    ServiceError,
    SubmissionUnknownError,
)
from batchsdk.jobs.detail import JobSummary
from batchsdk.names import run_job_name, run_prefix
from batchsdk.runs.ledger import Entry, EntryState, Ledger, RunRecord
from batchsdk.runs.takeover import TakeOver
from batchsdk.session import Session
from batchsdk.submit.comparison import uncompressed
from batchsdk.submit.preparation import prepare_each
from batchsdk.submit.sending import find_named, send_named
from batchsdk.submit.submission import PreparedSubmission, Submission, submission_of

_log = logging.getLogger(__name__)

Prepare = Callable[[Submission], PreparedSubmission]
Escalated = Callable[[Entry], tuple[Mapping[str, Any], str | None]]
"""Returns the request of the attempt after an entry's, and what of it the ledger is told."""


def prepare_one(prepare: Prepare, what: object, fields: Mapping[str, object]) -> PreparedSubmission:
    """Prepare a submission, or the one that ``what``, a job definition, and ``fields`` describe.

    Raises:
        InvalidSubmissionError: rules are broken; nothing was sent.
    """
    if not isinstance(what, Submission | str):
        rule = f"must be a Submission or a job definition, not of type {type(what).__name__}"
        problem = Problem("job_definition", what, rule, "give the key of a job definition")
        raise InvalidSubmissionError([problem])
    if isinstance(what, str):
        wanted = submission_of(what, fields)
    elif fields:
        raise TypeError(f"give a Submission or its fields, not both: {', '.join(fields)}")
    else:
        wanted = what
    if wanted.name is not None:
        raise InvalidSubmissionError(
            [Problem("name", wanted.name, "a run chooses the names of its jobs", "leave it out")]
        )
    return prepare(wanted)


def prepare_by_key(
    prepare: Prepare, submissions: Mapping[str, Submission]
) -> dict[str, PreparedSubmission]:
    """Prepare many.

    Raises:
        InvalidSubmissionError: ``problems`` has those of the first 20 submissions that are
            refused; their fields begin with ``submissions['key'].``.
    """
    return prepare_each(lambda wanted: prepare_one(prepare, wanted, {}), submissions.items())


@dataclass(kw_only=True)
class Submitter:
    """Submits for one run. Any thread may use it; a key is one thread's at a time."""

    session: Session
    ledger: Ledger
    run: RunRecord
    """As it was when it was opened, or when it was found to be begun anew."""
    grace: float
    """Seconds after which a job that no list shows is taken not to exist."""
    other_queues: Sequence[str] = ()
    """Names or ARNs of queues to which attempts after a failure may go."""
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _key_locks: dict[str, threading.RLock] = field(default_factory=dict, init=False)
    _take_over: TakeOver = field(init=False)

    def __post_init__(self) -> None:
        """Make what depends on the other fields."""
        self._take_over = TakeOver(session=self.session, ledger=self.ledger, grace=self.grace)

    @property
    def prefix(self) -> str:
        """What the names of the run's jobs start with."""
        return run_prefix(self.run.name, self.run.id)

    def submit(
        self,
        key: str,
        request: Mapping[str, Any],
        keys_of_jobs: Mapping[str, str],
        escalated: Escalated | None = None,
    ) -> Entry:
        """Make sure that the key has its job.

        Args:
            key: the key.
            request: the SubmitJob request; its ``jobName`` is put in here.
            keys_of_jobs: job id -> key, of the jobs of this run.
            escalated: returns what the attempt after another is to ask for instead.

        Returns:
            The entry, with a job id.

        Raises:
            RunConflictError: the key stands for another request.
            RunCancelledError: the run was cancelled meanwhile.
            RunForgottenError: the ledger has lost the run, and so has the service.
            SubmissionUnknownError: answers were lost several times, and no job shows up.
            ServiceError: AWS refused the request or could not be reached; there is no job.
            LedgerError: the ledger cannot be written.
        """
        digest = digest_of(request, keys_of_jobs)
        with self._of_key(key):
            while True:
                entry = self.ledger.newest(self.run, key)
                if entry is not None and entry.state is EntryState.INTENDED:
                    entry = self._settle(entry)
                if entry is not None and entry.job_id and entry.state is not EntryState.FAILED:
                    if not entry.stands_for(digest):
                        raise RunConflictError(self.run.name, key, entry.state)
                    return entry
                if self._knows_more(key, request, digest, entry):
                    continue
                sent, text = escalated(entry) if escalated and entry else (request, None)
                intent = self._intend(key, sent, digest, entry, text)
                if intent is not None:
                    return self._send(intent, sent)
                # Another client was faster: see what it has done.

    def _knows_more(
        self, key: str, request: Mapping[str, Any], digest: str, entry: Entry | None
    ) -> bool:
        """Take over what the service knows of the key and the ledger does not; tell whether any."""
        before = self.run
        for queue in dict.fromkeys([str(request["jobQueue"]), *self.other_queues]):
            self.run = self._take_over.look(self.run, queue)
        return self.run.id != before.id or self._take_over.take(
            self.run, key, digest, request, entry
        )

    def settle(self, entry: Entry) -> Entry:
        """Find out what became of an intent without an id.

        Waits while the client that wrote it may be about to send it.

        Returns:
            The entry: with the job's id, or NOT_SENT.

        Raises:
            SubmissionUnknownError: the lists cannot be read.
        """
        with self._of_key(entry.key):  # a thread of this client may be sending it
            newest = self.ledger.newest(self.run, entry.key) or entry
            return self._settle(newest) if newest.state is EntryState.INTENDED else newest

    def _of_key(self, key: str) -> threading.RLock:
        with self._lock:
            return self._key_locks.setdefault(key, threading.RLock())

    def _settle(self, entry: Entry) -> Entry:
        waits = Waits(self.session.clock, self.session.randomness)
        while True:
            if not self.ledger.may_be_at_work(entry, self.session.clock.now()):
                # The whole grace, however old the intent: it may have been sent this moment.
                job = find_named(self.session, entry.queue, entry.job_name, self.grace)
                found = self._found(entry, job) if job else entry.changed(state=EntryState.NOT_SENT)
                if self.ledger.replace(self.run, entry, found):
                    return found
            else:
                waits.poll()
            newest = self.ledger.newest(self.run, entry.key)
            if newest is None or newest.state is not EntryState.INTENDED:
                return newest or entry
            entry = newest

    def _intend(
        self,
        key: str,
        request: Mapping[str, Any],
        digest: str,
        before: Entry | None,
        escalation: str | None,
    ) -> Entry | None:
        """Write the intent; ``None`` if another client has written something meanwhile."""
        attempt = 1
        if before is not None:
            # Where there was no job the attempt has not taken place.
            attempt = before.attempt + (before.state is EntryState.FAILED)
        entry = Entry(
            run_id=self.run.id,
            key=key,
            attempt=attempt,
            job_name=run_job_name(self.prefix, key, digest, attempt),
            token=_digest([self.run.id, key, attempt, digest])[:32],
            digest=digest,
            queue=str(request["jobQueue"]),
            definition=str(request["jobDefinition"]),
            owner=self.ledger.client,
            state=EntryState.INTENDED,
            intended_at=self.session.clock.now(),
            escalation=escalation,
            version=before.version + 1 if before is not None and before.attempt == attempt else 1,
        )
        if before is not None and before.attempt == attempt:
            return entry if self.ledger.replace(self.run, before, entry) else None
        return entry if self.ledger.add(self.run, entry) else None

    def _send(self, entry: Entry, request: Mapping[str, Any]) -> Entry:
        # After the intent: who cancels either sees it, or is seen here.
        try:
            cancelled_at = self.ledger.cancelled_at(self.run)
        except LedgerError:  # the run is gone: whoever begins it again need not wait for this
            with contextlib.suppress(LedgerError):
                self.ledger.replace(self.run, entry, entry.changed(state=EntryState.NOT_SENT))
            raise
        if cancelled_at is not None and cancelled_at != self.run.cancelled_at:
            self.ledger.replace(self.run, entry, entry.changed(state=EntryState.NOT_SENT))
            raise RunCancelledError(
                f"run {self.run.name!r} was cancelled at {cancelled_at:%Y-%m-%d %H:%M:%S %Z}: "
                f"{entry.key!r} was not submitted",
                hint="Open the run again to go on with it.",
            )
        named = {**request, "jobName": entry.job_name}
        try:
            job_id, job = send_named(self.session, named, grace=self.grace)
        except SubmissionUnknownError:
            raise
        except ServiceError:
            self.ledger.replace(self.run, entry, entry.changed(state=EntryState.NOT_SENT))
            raise
        return self._record(
            entry, self._found(entry, job) if job else self._submitted(entry, job_id)
        )

    def _found(self, entry: Entry, job: JobSummary) -> Entry:
        return entry.changed(
            state=EntryState.SUBMITTED, job_id=job.job_id, submitted_at=job.created_at
        )

    def _submitted(self, entry: Entry, job_id: str) -> Entry:
        now = self.session.clock.now()
        return entry.changed(state=EntryState.SUBMITTED, job_id=job_id, submitted_at=now)

    def _record(self, entry: Entry, after: Entry) -> Entry:
        if not self.ledger.replace(self.run, entry, after):
            newest = self.ledger.newest(self.run, entry.key)
            if newest is None or newest.job_id != after.job_id:
                _log.warning("job %s (%s) is not in the ledger", after.job_id, after.job_name)
        return after


def digest_of(request: Mapping[str, Any], keys_of_jobs: Mapping[str, str]) -> str:
    """Return the digest of a request: of everything but its name.

    A job of the same run is named by its key, since its id changes with another attempt. The table
    of a sweep counts as it was before it was compressed, since other versions of zlib write it
    otherwise.
    """
    content = {name: uncompressed(value) for name, value in request.items() if name != "jobName"}
    if "dependsOn" in content:
        content["dependsOn"] = [
            {**each, "jobId": keys_of_jobs.get(each.get("jobId", ""), each.get("jobId"))}
            for each in content["dependsOn"]
        ]
    return _digest(content)


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
