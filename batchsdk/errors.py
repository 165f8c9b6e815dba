"""Everything that batchsdk raises, in one tree.

::

    BatchSdkError
    ├── UsageError                   the caller can mend it; nothing was sent
    │   ├── ConnectionSettingsError  no way, or more than one, to find the stack's outputs
    │   ├── StackOutputsError        the outputs are not a batch-platform stack's (a ContractError)
    │   ├── InvalidSubmissionError   the submission breaks rules; all of them in ``problems``
    │   ├── InvalidWorkflowError     the workflow breaks rules; all of them in ``problems``
    │   ├── InvalidArgumentError     any other argument breaks a rule
    │   ├── RunConflictError         a run's key stands for another request already
    │   └── RunCancelledError        the run was cancelled; it takes no more jobs
    ├── LedgerError                  the ledger of runs cannot be read or written; jobs go on
    ├── ServiceError                 AWS answered with an error, or did not answer
    │   ├── AccessDeniedError        the caller may not do this
    │   ├── RequestRefusedError      AWS found the request wrong (ClientException)
    │   ├── ThrottledError           too many requests
    │   ├── ServiceFailureError      AWS failed (5xx), or its answer made no sense
    │   ├── EndpointUnreachableError nothing answered at the endpoint; the request was not sent
    │   ├── CredentialsError         no AWS credentials, or they are expired or wrong
    │   ├── RegionError              no AWS region
    │   └── SubmissionUnknownError   the answer to SubmitJob was lost: the job may exist
    ├── JobsFailedError              of several jobs, some did not succeed
    ├── WorkflowFailedError          of a workflow's steps, some did not succeed
    ├── SubmitManyError              of many submissions, some were not accepted
    └── JobError                     about one job, ``job_id``
        ├── JobFailedError           it ended FAILED
        ├── SweepFailedError         jobs of a sweep ended FAILED; ``job_id`` is the first of them
        ├── JobLostError             DescribeJobs does not know it (any more)
        ├── WaitTimeoutError         it did not end in time (also a TimeoutError)
        └── LogsUnavailableError     its log does not go to CloudWatch Logs

Those about jobs are in ``errors_of_job`` and ``errors_of_many``.

Every error has a one-line ``message`` and may have a ``hint``: what to do or type next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from batchsdk.contract import ContractError


class BatchSdkError(Exception):
    """Root of all errors of this library.

    Attributes:
        message: what is wrong, on one line.
        hint: what to do next; empty if there is nothing useful to say.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        Exception.__init__(self, message)  # not super(): some errors have a second base

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def to_mapping(self) -> dict[str, Any]:
        """Return the error as JSON-ready data: ``type``, ``message``, ``hint`` and its details."""
        return {"type": type(self).__name__, "message": self.message, "hint": self.hint}


class UsageError(BatchSdkError):
    """The caller can mend it; nothing was sent."""


class ConnectionSettingsError(UsageError):
    """There is no way, or more than one, to find the stack's outputs, or the way fails."""


class StackOutputsError(UsageError, ContractError):
    """What was read is not the outputs of a batch-platform stack, or of an unknown version.

    Attributes:
        path: where in the outputs the fault is, e.g. ``jobQueues.default.arn``.
    """

    def __init__(self, fault: ContractError, source: str) -> None:
        UsageError.__init__(self, f"{source}: {fault}")
        self.path = fault.path


@dataclass(frozen=True)
class Problem:
    """One broken rule."""

    field: str
    """The argument, e.g. ``memory`` or ``parameters['Target']``."""
    value: object
    """What was given; ``None`` if nothing was."""
    rule: str
    """What must hold, e.g. ``must be at least 4 MiB``."""
    fix: str
    """What to do about it."""
    location: str = ""
    """``file:line``; empty if it was not read from a file."""

    def __str__(self) -> str:
        value = "" if self.value is None else f" = {_shown(self.value)}"
        location = f"{self.location}: " if self.location else ""
        return f"{location}{self.field}{value}: {self.rule}; {self.fix}"

    def within(self, outer: str) -> Problem:
        """Return the same problem, its field inside another: ``outer.field``."""
        field = f"{outer}.{self.field}"
        return Problem(field, self.value, self.rule, self.fix, self.location)

    def to_mapping(self) -> dict[str, str]:
        """Return the problem as JSON-ready data."""
        plain = {
            "field": self.field,
            "value": _shown(self.value),
            "rule": self.rule,
            "fix": self.fix,
        }
        return plain | ({"location": self.location} if self.location else {})


_LONGEST_SHOWN = 80


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


class InvalidSubmissionError(UsageError):
    """A submission breaks rules of AWS Batch or of the stack; nothing was sent.

    Attributes:
        problems: every broken rule.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        if len(self.problems) == 1:
            message = f"the job was not submitted: {self.problems[0]}"
        else:
            listed = " | ".join(map(str, self.problems))
            message = f"the job was not submitted, {len(self.problems)} problems: {listed}"
        super().__init__(message)

    def to_mapping(self) -> dict[str, Any]:
        """Add ``problems`` to the common keys."""
        return super().to_mapping() | {"problems": [each.to_mapping() for each in self.problems]}


class InvalidArgumentError(UsageError):
    """An argument of a call other than a submission breaks a rule."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


class RunConflictError(UsageError):
    """A key of a run stands for another request already.

    Attributes:
        run: name of the run.
        key: the key.
    """

    def __init__(self, run: str, key: str, state: str) -> None:
        self.run = run
        self.key = key
        super().__init__(
            f"run {run!r}, key {key!r}: it was submitted with another request, and is {state}",
            hint="Give the changed job another key; or, if the old one shall not count, another "
            "run. A key whose job FAILED may be submitted again with any request.",
        )


class RunCancelledError(UsageError):
    """The run was cancelled after this client opened it; it takes no more jobs."""


class LedgerError(BatchSdkError):
    """The ledger of runs cannot be opened, read or written.

    Jobs that were submitted go on. Nothing is sent whose intent could not be written; if the id
    of a job could not be, the run finds it by its name when the ledger is there again.
    """


class ServiceError(BatchSdkError):
    """AWS answered with an error, or did not answer.

    Attributes:
        operation: the API operation, e.g. ``SubmitJob``.
        code: the error code that AWS gave; empty if there was no answer.
    """

    def __init__(self, message: str, *, operation: str, code: str = "", hint: str = "") -> None:
        self.operation = operation
        self.code = code
        super().__init__(message, hint=hint)

    def to_mapping(self) -> dict[str, Any]:
        """Add ``operation`` and ``code`` to the common keys."""
        return super().to_mapping() | {"operation": self.operation, "code": self.code}


class AccessDeniedError(ServiceError):
    """The caller's permissions do not allow the operation."""


class RequestRefusedError(ServiceError):
    """AWS found the request wrong (``ClientException`` and other 4xx answers)."""


class ThrottledError(ServiceError):
    """AWS refused the request for its rate; it was not carried out."""


class ServiceFailureError(ServiceError):
    """AWS failed (5xx), or its answer made no sense."""


class EndpointUnreachableError(ServiceError):
    """Nothing answered at the endpoint: the request was never sent."""


class CredentialsError(ServiceError):
    """No AWS credentials were found, or AWS does not accept them."""


class RegionError(ServiceError):
    """No AWS region is set."""


class SubmissionUnknownError(ServiceError):
    """The answer to SubmitJob was lost: the job may exist. Look before sending it again.

    Attributes:
        job_name: the name to look for.
        queue: the queue to look in, as it was sent.
    """

    def __init__(self, job_name: str, queue: str, cause: str, *, hint: str) -> None:
        self.job_name = job_name
        self.queue = queue
        super().__init__(
            f"no usable answer to SubmitJob for {job_name!r} ({cause}): the job may exist",
            operation="SubmitJob",
            hint=hint,
        )

    def to_mapping(self) -> dict[str, Any]:
        """Add ``jobName`` and ``jobQueue`` to the common keys."""
        return super().to_mapping() | {"jobName": self.job_name, "jobQueue": self.queue}
