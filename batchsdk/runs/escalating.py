"""What the next attempt at a key of a run asks for, by what the ledger and the service know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchsdk.errors import InvalidSubmissionError
from batchsdk.jobs.failure import failures_of
from batchsdk.runs.ledger import Entry, EntryState
from batchsdk.session import Session
from batchsdk.submit.escalation import VARIABLE, Escalation, History, Rules, history_in
from batchsdk.submit.preparation import Preparation
from batchsdk.submit.submission import PreparedSubmission
from batchsdk.submit.targets import Queue, find_queue


class RunEscalation:
    """The rules of one run. Any thread may use it."""

    def __init__(self, session: Session, rules: Rules) -> None:
        """Take the session and the rules; there may be none."""
        self._session = session
        self._has_rules = bool(rules)
        self._escalation = Escalation(Preparation(session), rules)

    @property
    def queues(self) -> list[str]:
        """Names or ARNs of the queues that rules name, as far as the stack has them."""
        found = [find_queue(self._session, each) for each in self._escalation.queues]
        return [each.identifier for each in found if isinstance(each, Queue)]

    def check(self, prepared: PreparedSubmission, key: str | None = None) -> PreparedSubmission:
        """Check the attempts to which the rules can lead.

        Args:
            prepared: the first attempt.
            key: named in the error, where many are checked.

        Raises:
            InvalidSubmissionError: one of them breaks a rule.
        """
        if self._has_rules and prepared.wanted is not None:
            try:
                self._escalation.check(prepared.wanted)
            except InvalidSubmissionError as error:
                if key is None:
                    raise
                problems = [each.within(f"submissions[{key!r}]") for each in error.problems]
                raise InvalidSubmissionError(problems) from error
        return prepared

    def after(
        self, prepared: PreparedSubmission, entry: Entry
    ) -> tuple[Mapping[str, Any], str | None]:
        """Return the request of the attempt after an entry's, and what the ledger is told of it.

        Args:
            prepared: what was declared.
            entry: FAILED, or NOT_SENT: then it is the same attempt.

        Raises:
            InvalidSubmissionError: the request breaks a rule.
            ServiceError: AWS cannot be asked how the job failed.
        """
        if not self._has_rules or prepared.wanted is None:
            return prepared.request, None
        history = self._history(entry)
        if not history:
            return prepared.request, None
        wanted = self._escalation.next(prepared.wanted, history)
        return self._escalation.prepare(wanted).request, wanted.environment[VARIABLE]

    def _history(self, entry: Entry) -> History:
        if entry.state is not EntryState.FAILED:
            return history_in(entry.escalation)
        if entry.failures is not None:
            return history_in(entry.escalation) + history_in(entry.failures)
        detail = self._session.describe_one(entry.job_id or "")
        if detail is None:  # Batch forgets jobs after some days
            return history_in(entry.escalation)
        before = entry.escalation or detail.environment.get(VARIABLE)
        return (*history_in(before), failures_of(self._session, detail))
