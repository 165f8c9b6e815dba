"""What workflows raise; the tree is drawn in ``batchsdk/errors.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from batchsdk.errors import BatchSdkError, Problem, UsageError, in_words
from batchsdk.workflow.steps import StepStatus


class InvalidWorkflowError(UsageError):
    """A workflow breaks rules of its own, of AWS Batch or of the stack; nothing was sent.

    Attributes:
        problems: every broken rule; ``location`` says where in a file.
    """

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"workflow {name!r} was not run{in_words(self.problems)}")

    def to_mapping(self) -> dict[str, Any]:
        """Add ``problems`` to the common keys."""
        return super().to_mapping() | {"problems": [each.to_mapping() for each in self.problems]}


class WorkflowFailedError(BatchSdkError):
    """A run of a workflow has ended, and not every step succeeded.

    Attributes:
        run: name of the run.
        steps: each step's status.
        reasons: step -> why it FAILED, one line each.
    """

    def __init__(
        self,
        run: str,
        steps: Mapping[str, StepStatus],
        reasons: Mapping[str, str],
        *,
        hint: str,
    ) -> None:
        self.run = run
        self.steps = dict(steps)
        self.reasons = dict(reasons)
        waited = [name for name, status in steps.items() if status is StepStatus.UPSTREAM_FAILED]
        told = [f"{name} FAILED: {reason}" for name, reason in reasons.items()]
        if waited:
            told.append(f"never ran: {', '.join(waited)}")
        count = sum(status.is_failure for status in steps.values())
        super().__init__(
            f"run {run!r}: {count} of {len(steps)} steps did not succeed: {' | '.join(told)}",
            hint=hint,
        )

    def to_mapping(self) -> dict[str, Any]:
        """Add ``run``, ``steps`` and ``reasons`` to the common keys."""
        steps = {name: str(status) for name, status in self.steps.items()}
        return super().to_mapping() | {"run": self.run, "steps": steps, "reasons": self.reasons}
