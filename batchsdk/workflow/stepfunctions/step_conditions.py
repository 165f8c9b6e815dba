"""How a step is, as conditions of a Choice state: as :mod:`batchsdk.workflow.progress` tells. Pure.

A step that the loop decides about is not SUBMITTED at first, and then its jobs have no flags.
"""

from __future__ import annotations

from batchsdk.workflow.stepfunctions.execution_data import FLAGS, ExecutionData
from batchsdk.workflow.stepfunctions.states import (
    Condition,
    all_of,
    any_of,
    is_text,
    is_true,
    none_of,
)
from batchsdk.workflow.steps import Condition as StepCondition
from batchsdk.workflow.steps import StepStatus


class StepConditions:
    """Conditions on the steps of one workflow."""

    def __init__(self, data: ExecutionData) -> None:
        """Take the places of the data."""
        self._data = data

    def is_waiting(self, step: str) -> Condition:
        """Hold if nothing was decided about it."""
        return self._is(step, StepStatus.WAITING)

    def has_ended(self, step: str) -> Condition:
        """Hold if its status is final."""
        never = (StepStatus.SKIPPED, StepStatus.UPSTREAM_FAILED)
        not_submitted = [self._is(step, each) for each in never]
        return any_of(
            [self._jobs_have_ended(step), *(not_submitted if self._data.is_deferred(step) else ())]
        )

    def has_succeeded(self, step: str) -> Condition:
        """Hold if it SUCCEEDED."""
        return all_of([is_true(f"{path}.succeeded") for path in self._now(step)])

    def has_failed(self, step: str) -> Condition:
        """Hold if it FAILED or is UPSTREAM_FAILED."""
        own = any_of([is_true(f"{path}.failed") for path in self._now(step)])
        failed = all_of([self._jobs_have_ended(step), own])
        if not self._data.is_deferred(step):
            return failed
        return any_of([failed, self._is(step, StepStatus.UPSTREAM_FAILED)])

    def is_skipped(self, step: str) -> Condition:
        """Hold if it is SKIPPED."""
        return self._is(step, StepStatus.SKIPPED)

    def can_be_depended_on(self, step: str) -> Condition:
        """Hold if Batch can wait for its success: it has succeeded, or goes on."""
        goes_on = none_of(self._jobs_have_ended(step))
        return all_of(
            [
                self._is(step, StepStatus.SUBMITTED),
                any_of([self.has_succeeded(step), goes_on]),
            ]
        )

    def holds(self, condition: StepCondition) -> Condition:
        """Hold if a condition of a step does, the other step having ended."""
        step = condition.step
        if condition.status is not None:
            is_success = condition.status is StepStatus.SUCCEEDED
            return self.has_succeeded(step) if is_success else self.has_failed(step)
        (path,) = self._now(step)
        codes = any_of([is_true(f"{path}.code{code}") for code in condition.exit_codes])
        failed = all_of([is_true(f"{path}.failed"), codes])
        return any_of([failed, self.has_succeeded(step)]) if 0 in condition.exit_codes else failed

    def _is(self, step: str, status: StepStatus) -> Condition:
        return is_text(self._data.step[step], status)

    def _now(self, step: str) -> list[str]:
        return [self._data.now[job.key] for job in self._data.jobs_of[step]]

    def _jobs_have_ended(self, step: str) -> Condition:
        return all_of(
            [any_of([is_true(f"{path}.{flag}") for flag in FLAGS]) for path in self._now(step)]
        )
