"""The sweeps that calls become."""

from __future__ import annotations

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence

from batchsdk.errors import InvalidSubmissionError, Problem
from batchsdk.failure_kinds import FailureKind
from batchsdk.functions import task
from batchsdk.functions.calls import Call, CallArray
from batchsdk.functions.retries import attempts_of
from batchsdk.functions.store import CallStore
from batchsdk.session import Session
from batchsdk.submit.escalation import OnFailure, rules_of, to_text, worst_of
from batchsdk.submit.preparation import Preparation
from batchsdk.submit.retry import Retry
from batchsdk.submit.submission import Submission
from batchsdk.sweep_task import REGION
from batchsdk.sweeps.plan import SweepPlan
from batchsdk.sweeps.sweep import PreparedSweep, prepare_parts, prepare_sweep, send_sweep

_KEY_LENGTH = 64
"""Hexadecimal digits of a key, for the check of a request before there is one."""
_ASKED = ("memory", "timeout", "queue")
"""Fields that an escalation changes."""


class Submitting:
    """Submits the arrays of one executor. One thread uses it."""

    def __init__(
        self,
        session: Session,
        wanted: Submission,
        command: Sequence[str],
        storage: str | None,
        on_failure: OnFailure | None,
    ) -> None:
        """Check what every array will have alike.

        Args:
            session: the way to AWS.
            wanted: the fields of the jobs; their names begin with its name.
            command: that makes a call in the container.
            storage: ``s3://bucket/prefix``; ``None`` is the stack's.
            on_failure: how the job after a failed one differs.

        Raises:
            InvalidSubmissionError, InvalidArgumentError: rules are broken.
            ServiceError: AWS refused to describe the definition.
        """
        self._session = session
        self._wanted = dataclasses.replace(wanted, command=command)
        self._on_failure = on_failure
        self._rules = rules_of(on_failure)
        preparation = Preparation(session)
        preparation.prepare(self._wanted)
        self._own_storage = storage
        self.storage = storage or session.outputs.storage or ""
        if not self.storage:
            raise InvalidSubmissionError([_no_storage(session.name)])
        store = f"{self.storage}/{'x' * 2 * _KEY_LENGTH}"
        variables = self._variables(store, "0", "0", "0" * _KEY_LENGTH)
        definition = self._prepare(["function"] * 2, variables).plan.definition
        named = dataclasses.replace(definition, label=wanted.name or definition.label)
        self.name = preparation.unique_name(named)
        self._numbers = itertools.count()

    def _variables(self, store: str, array: str, calls: str, key: str) -> dict[str, str]:
        region = self._session.outputs.region
        return {
            task.STORE: store,
            task.ARRAY: array,
            task.CALLS: calls,
            task.KEY: key,
            REGION: region,
        }

    def _prepare(
        self, functions: Sequence[str], variables: Mapping[str, str], name: str | None = None
    ) -> PreparedSweep:
        return prepare_sweep(
            self._session,
            dataclasses.replace(
                self._wanted,
                name=name or self._wanted.name,
                environment={**self._wanted.environment, **variables},
            ),
            {"function": functions},
            as_separate_jobs=False,
            through="task",
            storage=self._own_storage,
            on_failure=self._on_failure,
        )

    def repeats(self, kind: FailureKind) -> bool:
        """Tell whether a job after one that failed so may differ."""
        return kind in self._rules

    def send(self, calls: Sequence[Call], store: CallStore) -> CallArray:
        """Store some calls and submit what makes them.

        Raises:
            SubmitManyError, SubmissionUnknownError, ServiceError: as for ``Batch.sweep``.
        """
        name = str(next(self._numbers))
        variables = self._variables(store.uri, name, name, store.key.hex())
        prepared = self._prepare(
            [each.name for each in calls], variables, name=f"{self.name}-{name}"
        )
        store.put_calls(name, calls)
        return self._sent(prepared, name, name, dict(enumerate(calls)))

    def again(self, array: CallArray, calls: Mapping[int, Call]) -> list[CallArray]:
        """Submit calls again whose jobs failed, where the rules give the next job something else.

        Raises:
            InvalidSubmissionError, SubmitManyError, ServiceError: as for ``Batch.sweep``.

        Returns:
            The arrays; the calls that are in none are not submitted again.
        """
        alike: defaultdict[str, dict[int, Call]] = defaultdict(dict)
        for index, each in sorted(calls.items()):
            alike[to_text(each.history)][index] = each
        found = [self._escalated(array, each) for each in alike.values()]
        return [each for each in found if each is not None]

    def _escalated(self, array: CallArray, calls: dict[int, Call]) -> CallArray | None:
        plan = array.plan
        if plan.escalation is None:
            return None
        declared = plan.declared or plan.wanted
        history = tuple(
            worst_of(each) for each in zip(*(call.history for call in calls.values()), strict=True)
        )
        wanted = plan.escalation.next(declared, history)
        if all(getattr(wanted, each) == getattr(plan.wanted, each) for each in _ASKED):
            return None
        name = str(next(self._numbers))
        preparation = Preparation(self._session)
        queue, _ = preparation.targets(wanted)
        next_plan: SweepPlan = dataclasses.replace(
            plan,
            wanted=dataclasses.replace(
                wanted, environment={**wanted.environment, task.ARRAY: name}
            ),
            queue=queue,
            name=f"{self.name}-{name}",
            declared=declared,
            history=history,
        )
        parts = next_plan.parts(list(calls))
        prepared = prepare_parts(preparation, next_plan, parts)
        return self._sent(prepared, name, array.calls_name, calls)

    def _sent(
        self, prepared: PreparedSweep, name: str, calls_name: str, calls: dict[int, Call]
    ) -> CallArray:
        jobs = send_sweep(self._session, prepared).jobs
        now = self._session.clock.monotonic()
        retry = self._wanted.retry
        return CallArray(
            name=name,
            calls_name=calls_name,
            plan=prepared.plan,
            parts=prepared.parts,
            jobs=jobs,
            left=dict(calls),
            began=now,
            look_at=now,
            attempts=attempts_of(retry.to_request()) if isinstance(retry, Retry) else None,
        )


def _no_storage(stack: str) -> Problem:
    return Problem(
        "storage",
        None,
        f"functions, arguments and results go through S3, and {stack} has no storage",
        "give storage='s3://bucket/prefix', or say `storage: {enabled: true}` in the stack file",
    )
