"""Ending every job of a run, proven by listing them until none goes on."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from batchsdk.aws.backoff import Waits
from batchsdk.errors import ServiceError, TransientError
from batchsdk.jobs.detail import JobSummary
from batchsdk.jobs.listing import jobs_in_queues
from batchsdk.runs.ledger import Entry, EntryState
from batchsdk.runs.submission import Submitter
from batchsdk.session import Session
from batchsdk.states import JobStatus, StopEffect, cancel_effect

_CONCURRENCY = 8
_ASK_AGAIN = 10
"""Rounds after which a job that still goes on is asked again."""


@dataclass(kw_only=True)
class Cancellation:
    """One request to end a run."""

    session: Session
    submitter: Submitter
    reason: str
    _asked: dict[str, tuple[str, int]] = field(default_factory=dict, init=False)
    """Job id -> the call that was made, and in which round."""

    def until_empty(self) -> None:
        """Stop what goes on, round by round, until neither list nor ledger has any more.

        Raises:
            ServiceError: AWS refused a call, or failed for many rounds.
        """
        waits = Waits(self.session.clock, self.session.randomness)
        for number in itertools.count():
            try:
                active = self._active()
                self._stop(active, number)
            except TransientError as error:
                waits.retry(error)
                continue
            # The ledger last: an intent that another client wrote meanwhile is settled now.
            if not active and not self._settle():
                return
            waits.poll()

    def _active(self) -> list[JobSummary]:
        entries = self._entries()
        found = jobs_in_queues(
            self.session.transport,
            list(dict.fromkeys(each.queue for each in entries)),
            statuses=[each for each in JobStatus if not each.is_terminal],
            name=f"{self.submitter.prefix}*",
        )
        active = {each.job_id: each for each in found}
        # A list may lag behind: what the ledger knows is asked for by its id.
        known = [
            each.job_id
            for each in entries
            if each.state is EntryState.SUBMITTED and each.job_id and each.job_id not in active
        ]
        for detail in self.session.describe(known):
            if not detail.status.is_terminal:
                active[detail.job_id] = JobSummary.from_response(detail.raw)
        return list(active.values())

    def _stop(self, active: Iterable[JobSummary], number: int) -> None:
        due = []
        for job in active:
            call = _call_for(job)
            asked, when = self._asked.get(job.job_id, ("", 0))
            if call != asked or number - when >= _ASK_AGAIN:
                due.append((job.job_id, call))
        with ThreadPoolExecutor(_CONCURRENCY, thread_name_prefix="batchsdk-cancel") as pool:
            faults = [fault for fault in pool.map(lambda each: self._ask(*each), due) if fault]
        for job_id, call in due:
            self._asked[job_id] = (call, number)
        for fault in faults:
            raise fault

    def _ask(self, job_id: str, call: str) -> ServiceError | None:
        transport = self.session.transport
        try:
            (transport.cancel_job if call == "cancel" else transport.terminate_job)(
                job_id, self.reason
            )
        except ServiceError as fault:
            return fault
        return None

    def _settle(self) -> bool:
        """Settle the intents without an id; tell whether there were any."""
        intents = [each for each in self._entries() if each.state is EntryState.INTENDED]
        for each in intents:
            self.submitter.settle(each)
        return bool(intents)

    def _entries(self) -> Sequence[Entry]:
        return self.submitter.ledger.entries(self.submitter.run)


def _call_for(job: JobSummary) -> str:
    # CancelJob leaves the children of an array alone that have started.
    if cancel_effect(job.status) is StopEffect.NOTHING or job.array_size is not None:
        return "terminate"
    return "cancel"
