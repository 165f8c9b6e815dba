"""Everything that batchsdk raises, in one tree.

::

    BatchSdkError
    ├── UsageError                   the caller can fix it; nothing was sent
    │   ├── ConnectionSettingsError  no source, or more than one, of the stack's outputs
    │   ├── StackOutputsError        the outputs are not a batch-platform stack's (a ContractError)
    │   ├── InvalidSubmissionError   the submission breaks rules; all of them in ``problems``
    │   ├── InvalidWorkflowError     the workflow breaks rules; all of them in ``problems``
    │   ├── InvalidArgumentError     any other argument breaks a rule
    │   ├── RunConflictError         a run's key already stands for another request
    │   └── RunCancelledError        the run was cancelled; it takes no more jobs
    ├── LedgerError                  the ledger of runs cannot be read or written; jobs go on
    │   └── RunForgottenError        the ledger has lost the run, and the service lists no job of it
    ├── ServiceError                 AWS answered with an error, or did not answer
    │   ├── AccessDeniedError        the caller may not do this
    │   ├── RequestRefusedError      AWS found the request wrong (ClientException)
    │   ├── TransientError           a temporary failure: a retry may succeed
    │   │   ├── ThrottledError       too many requests; this one was not carried out
    │   │   ├── ServiceFailureError  AWS failed (5xx), or its answer was lost or made no sense
    │   │   └── EndpointUnreachableError  nothing answered at the endpoint; nothing was sent
    │   ├── CredentialsError         no AWS credentials, or they are expired or wrong
    │   │   ├── CredentialsRefreshError  they could not be got or renewed (also a TransientError)
    │   │   └── WrongAccountError    they are of another account than the stack's
    │   ├── RegionError              no AWS region
    │   └── SubmissionUnknownError   the answer to SubmitJob was lost: the job may exist
    ├── JobsFailedError              of several jobs, some did not succeed
    ├── WorkflowFailedError          of a workflow's steps, some did not succeed
    ├── SubmitManyError              of many submissions, some were not accepted
    └── JobError                     about one job, ``job_id``
        ├── JobFailedError           it ended FAILED
        ├── SweepFailedError         jobs of a sweep ended FAILED; ``job_id`` is the first of them
        ├── FunctionError            a function could not be called, or its result not be read
        │   └── FunctionVersionError  Python or a package in the job is of another version than here
        ├── JobLostError             DescribeJobs does not, or no longer, know it
        ├── WaitTimeoutError         it did not end in time (also a TimeoutError)
        ├── RunnableTimeoutError     it did not start in time: cancelled (also a TimeoutError)
        └── LogsUnavailableError     its log does not go to CloudWatch Logs

An error that carries jobs, results or steps is defined beside them: ``SubmitManyError`` in
:mod:`batchsdk.submit.many`, ``SweepFailedError`` in :mod:`batchsdk.sweeps.results`,
``InvalidWorkflowError`` and ``WorkflowFailedError`` in :mod:`batchsdk.workflow.errors`.

Every error has a one-line ``message`` and may have a ``hint``: what to do or type next.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from batchsdk.contract import ContractError
from batchsdk.failure_kinds import FailedChild, FailureKind, shown_children
from batchsdk.printable import printable


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
        return printable(f"{self.message}\n{self.hint}" if self.hint else self.message)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy the attributes: the arguments of ``__init__`` are other ones."""
        return _restored, (type(self), self.args, self.__dict__)

    def to_mapping(self) -> dict[str, Any]:
        """Return the error as JSON-ready data: ``type``, ``message``, ``hint`` and its details."""
        return {"type": type(self).__name__, "message": self.message, "hint": self.hint}


def _restored(
    kind: type[BatchSdkError], arguments: tuple[Any, ...], attributes: Mapping[str, Any]
) -> BatchSdkError:
    """Return the error that was pickled or copied."""
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(attributes)
    return error


class UsageError(BatchSdkError):
    """The caller made a mistake and can fix it; nothing was sent."""


class ConnectionSettingsError(UsageError):
    """No source of the stack's outputs is given, or more than one, or the source fails."""


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
    """What was given; ``None`` if nothing was. The text of a parameter, of a variable of the
    environment or of a sweep's point may be a secret: in its place is a description."""
    rule: str
    """What must hold, e.g. ``must be at least 4 MiB``."""
    fix: str
    """What to do about it."""
    location: str = ""
    """``file:line``; empty if it was not read from a file."""

    def __post_init__(self) -> None:
        """Put a description in the place of a value that may be a secret."""
        if _MAY_BE_SECRET.search(self.field) and not isinstance(self.value, _NO_SECRET):
            object.__setattr__(self, "value", _Concealed.of(self.value))

    def __str__(self) -> str:
        value = "" if self.value is None else f" = {_shown(self.value)}"
        location = f"{self.location}: " if self.location else ""
        return printable(f"{location}{self.field}{value}: {self.rule}; {self.fix}")

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


_MAY_BE_SECRET = re.compile(
    r"(?:^|\.)(?:(?:parameters|environment)[.\[]|over(?:\.|\['|\[\"|\[\d+\][.\[]))"
)
"""Fields of the values that a job gets: ``environment['TOKEN']``, ``steps.load.parameters.Key``."""
_NO_SECRET = (int, float, type(None))


@dataclass(frozen=True)
class _Concealed:
    """Stands for a value that no message, log or JSON may show."""

    description: str

    @classmethod
    def of(cls, value: object) -> _Concealed:
        if isinstance(value, _Concealed):
            return value
        if isinstance(value, str):
            return cls(f"(a text of {len(value)} characters, not shown)")
        return cls(f"(of type {type(value).__name__}, not shown)")

    def __repr__(self) -> str:
        return self.description


def write_as_text(value: object) -> str:
    """Return the fix for a value that must be a string: with the value, if it is a number."""
    return f"write {str(value)!r}" if isinstance(value, int | float) else "write it as a string"


_LONGEST_SHOWN = 80


_REPR = reprlib.Repr()
_REPR.maxlist = _REPR.maxtuple = _REPR.maxdict = _REPR.maxset = _REPR.maxfrozenset = _LONGEST_SHOWN
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 2 * _LONGEST_SHOWN
"""Enough of a value that may be large or nested deep: ``repr`` would write all of it."""


def _shown(value: object) -> str:
    text = _REPR.repr(value[: _LONGEST_SHOWN + 1] if isinstance(value, str) else value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


MOST_TOLD = 10
"""Broken rules that a message tells of."""


def in_words(problems: Sequence[Problem]) -> str:
    """Return the end of a message about broken rules: the first ten, and the number of others."""
    if len(problems) == 1:
        return f": {problems[0]}"
    told = [str(each) for each in problems[:MOST_TOLD]]
    if len(problems) > MOST_TOLD:
        told.append(f"and {len(problems) - MOST_TOLD} more, all in .problems")
    return f", {len(problems)} problems: {' | '.join(told)}"


class InvalidSubmissionError(UsageError):
    """A submission breaks rules of AWS Batch or of the stack; nothing was sent.

    Attributes:
        problems: every broken rule.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"the job was not submitted{in_words(self.problems)}")

    def to_mapping(self) -> dict[str, Any]:
        """Add ``problems`` to the common keys."""
        return super().to_mapping() | {"problems": [each.to_mapping() for each in self.problems]}


class InvalidArgumentError(UsageError):
    """An argument of a call other than a submission breaks a rule."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


class RunConflictError(UsageError):
    """A key of a run already stands for another request.

    Attributes:
        run: name of the run.
        key: the key.
    """

    def __init__(self, run: str, key: str, state: str) -> None:
        self.run = run
        self.key = key
        super().__init__(
            f"run {run!r}, key {key!r}: it was submitted with another request, and is {state}",
            hint="Give the changed job another key; or, to ignore the old job, use another run. "
            "A key whose job FAILED may be submitted again with any request.",
        )


class RunCancelledError(UsageError):
    """The run was cancelled after this client opened it; it takes no more jobs."""


class LedgerError(BatchSdkError):
    """The ledger of runs cannot be opened, read or written.

    Jobs that were submitted go on. Nothing is sent whose intent could not be written; if the id
    of a job could not be, the run finds it by its name when the ledger is there again.
    """


class RunForgottenError(LedgerError):
    """Jobs of a run were recorded, the record is lost, and the service lists none of them.

    AWS Batch forgets a job some days after its end. Whether the keys of the run were done cannot be
    found out: nothing is sent, unless the run is begun anew.

    Attributes:
        run: name of the run.
    """

    def __init__(self, run: str, ledger: str) -> None:
        self.run = run
        super().__init__(
            f"ledger {ledger}: jobs of run {run!r} were recorded in it, but the record is lost, "
            "and AWS Batch does not list them any more",
            hint="To submit all of the run: new=True, on the command line --new. Else restore the "
            "ledger from a copy.",
        )


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


class TransientError(ServiceError):
    """The call failed for a temporary reason: a retry may succeed.

    Everything that waits or reads retries with backoff before it raises this error. SubmitJob
    is retried after ThrottledError, CredentialsRefreshError and EndpointUnreachableError: after
    ServiceFailureError the job may exist, and is looked for by its name.
    """


class ThrottledError(TransientError):
    """AWS throttled the request; it was not carried out."""


class ServiceFailureError(TransientError):
    """AWS failed (5xx), or its answer was lost or made no sense; it may have been carried out."""


class EndpointUnreachableError(TransientError):
    """Nothing answered at the endpoint: the request was never sent."""


class CredentialsError(ServiceError):
    """No AWS credentials were found, or AWS does not accept them."""


class CredentialsRefreshError(CredentialsError, TransientError):
    """The source of the credentials (metadata, STS, a process) failed; nothing was sent."""


class WrongAccountError(CredentialsError):
    """The AWS credentials are of another account than the stack, or queue, that is asked for."""


class RegionError(ServiceError):
    """No AWS region is set, or it is not the one of the stack."""


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


class JobError(BatchSdkError):
    """An error about one job.

    Attributes:
        job_id: its id.
    """

    def __init__(self, job_id: str, message: str, *, hint: str = "") -> None:
        self.job_id = job_id
        super().__init__(message, hint=hint)

    def to_mapping(self) -> dict[str, Any]:
        """Add ``jobId`` to the common keys."""
        return super().to_mapping() | {"jobId": self.job_id}


class JobFailedError(JobError):
    """The job ended FAILED.

    Attributes:
        name: the job's name.
        reason: the job's ``statusReason`` and the container's ``reason``, where given.
        exit_code: of the container; ``None`` if it never ran or was lost.
        log_tail: the last lines of the last attempt's log; empty if there are none. Of an array: of
            the first failed child.
        kind: why the job failed.
        failed_children: of an array: the first ten that failed; ``failed_children_count`` in all.
    """

    def __init__(
        self,
        job_id: str,
        *,
        name: str,
        reason: str,
        exit_code: int | None,
        log_tail: Sequence[str],
        hint: str,
        kind: FailureKind = FailureKind.UNKNOWN,
        failed_children: Sequence[FailedChild] = (),
        failed_children_count: int = 0,
    ) -> None:
        self.name = name
        self.reason = reason
        self.exit_code = exit_code
        self.log_tail = tuple(log_tail)
        self.kind = kind
        self.failed_children = tuple(failed_children)
        self.failed_children_count = failed_children_count
        code = "" if exit_code is None else f" (exit code {exit_code})"
        children = shown_children(self.failed_children, failed_children_count)
        message = f"job {name} ({job_id}) FAILED: {reason}{code}{children}"
        super().__init__(job_id, message, hint=hint)

    def __str__(self) -> str:
        tail = [f"  | {line}" for line in self.log_tail]
        return printable("\n".join([self.message, *tail, *([self.hint] if self.hint else [])]))

    def to_mapping(self) -> dict[str, Any]:
        """Add ``jobName``, ``kind``, ``reason``, ``exitCode``, ``logTail`` and the children."""
        return super().to_mapping() | {
            "jobName": self.name,
            "kind": str(self.kind),
            "reason": self.reason,
            "exitCode": self.exit_code,
            "logTail": list(self.log_tail),
            "failedChildrenCount": self.failed_children_count,
            "failedChildren": [each.to_mapping() for each in self.failed_children],
        }


class FunctionError(JobError):
    """A function could not be called in a job, or what it came to not be read.

    What a function raises is raised as it is; a job that ends FAILED without a word of its function
    is a JobFailedError.
    """


class FunctionVersionError(FunctionError):
    """A call was not unpickled: Python or a package is of another version in the job than here.

    Attributes:
        different: for each its ``name``, the version that ``pickled`` the call, and that of the
            ``job``, ``None`` if its image has none.
    """

    def __init__(
        self, job_id: str, call: str, different: Sequence[Mapping[str, str | None]]
    ) -> None:
        self.different = tuple(different)
        told = [
            f"{each['name']} is {each['pickled']} here and {each['job'] or 'missing'} in the image"
            for each in self.different
        ]
        first = self.different[0]
        hint = (
            f"Run the jobs in an image with Python {first['pickled']}, or this program with Python "
            f"{first['job']}."
            if first["name"] == "Python"
            else f"Install {first['name']}=={first['pickled']} in the image, or the version of the "
            f"image here. If the difference does no harm: ignore_versions=[{first['name']!r}]."
        )
        super().__init__(job_id, f"{call} was not called: {'; '.join(told)}", hint=hint)

    def to_mapping(self) -> dict[str, Any]:
        """Add ``different`` to the common keys."""
        return super().to_mapping() | {"different": [dict(each) for each in self.different]}


class JobLostError(JobError):
    """DescribeJobs does not know the job. AWS keeps finished jobs for seven days at least."""


class Explanation(Protocol):
    """What a ``Diagnosis`` says."""

    @property
    def job_id(self) -> str:
        """Of the job that does not start."""

    @property
    def verdict(self) -> str:
        """What holds it, in one word."""

    @property
    def text(self) -> str:
        """The verdict, each finding with its fix, and what could not be checked, a line each."""


class WaitTimeoutError(JobError, TimeoutError):
    """The job did not end within the time that the caller gave. It goes on.

    Attributes:
        status: the last status seen; ``None`` if none was.
        diagnosis: why it has not started, a ``Diagnosis``; ``None`` if it has, or AWS could not be
            asked.
    """

    def __init__(
        self,
        job_id: str,
        message: str,
        *,
        status: str | None,
        hint: str = "",
        diagnosis: Explanation | None = None,
    ) -> None:
        self.status = status
        self.diagnosis = diagnosis
        super().__init__(job_id, message, hint=hint)

    def to_mapping(self) -> dict[str, Any]:
        """Add ``diagnosis``, its text, to the common keys."""
        return super().to_mapping() | {"diagnosis": self.diagnosis and self.diagnosis.text}


class RunnableTimeoutError(JobError, TimeoutError):
    """The job was RUNNABLE for the time that the caller gave, and was cancelled.

    Attributes:
        diagnosis: why it did not start, a ``Diagnosis``; ``None`` if AWS could not be asked.
    """

    def __init__(
        self, job_id: str, message: str, *, diagnosis: Explanation | None, hint: str = ""
    ) -> None:
        self.diagnosis = diagnosis
        super().__init__(job_id, message, hint=hint)

    def to_mapping(self) -> dict[str, Any]:
        """Add ``diagnosis``, its text, to the common keys."""
        return super().to_mapping() | {"diagnosis": self.diagnosis and self.diagnosis.text}


class LogsUnavailableError(JobError):
    """The job's log does not go to CloudWatch Logs."""


_SHOWN = 5
"""How many jobs a message names."""


class JobsFailedError(BatchSdkError):
    """Of the jobs that were waited for, some did not succeed.

    Attributes:
        reasons: job id -> how the job ended, one line each.
    """

    def __init__(self, reasons: Mapping[str, str], *, count: int) -> None:
        self.reasons = dict(reasons)
        shown = [f"{job_id}: {reason}" for job_id, reason in self.reasons.items()][:_SHOWN]
        more = len(self.reasons) - len(shown)
        listed = " | ".join([*shown, *([f"and {more} more"] if more else [])])
        super().__init__(f"{len(self.reasons)} of {count} jobs did not succeed: {listed}")

    def to_mapping(self) -> dict[str, Any]:
        """Add ``reasons`` to the common keys."""
        return super().to_mapping() | {"reasons": self.reasons}
