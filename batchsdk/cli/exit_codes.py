"""The exit codes of the command line: what a script can tell apart."""

from __future__ import annotations

import enum

from batchsdk.errors import (
    BatchSdkError,
    JobLostError,
    LedgerError,
    ServiceError,
    SubmissionUnknownError,
    UsageError,
    WaitTimeoutError,
)
from batchsdk.submit.many import SubmitManyError


class ExitCode(enum.IntEnum):
    """How a command ended. Scripts rely on the numbers: a meaning never changes its number."""

    DONE = 0
    """What was asked for is done."""
    JOB_FAILED = 1
    """A job failed, or its result is not available."""
    WRONG_INPUT = 2
    """Options, settings or the submission break a rule; nothing was sent."""
    REFUSED = 3
    """AWS refused the request, or did not answer; or the ledger of runs could not be used."""
    UNKNOWN = 4
    """The answer to a submission was lost: the job may exist."""
    NO_SUCH_JOB = 5
    """Batch does not know the job."""
    FAULT = 70
    """A fault of batchsdk itself (EX_SOFTWARE of sysexits.h)."""
    TIMED_OUT = 124
    """The wait timed out; the jobs go on. The same code as timeout(1)."""
    INTERRUPTED = 130
    """Ctrl-C, as shells have it; jobs go on."""
    TERMINATED = 143
    """SIGTERM, as shells have it; jobs go on."""

    @classmethod
    def of(cls, fault: BatchSdkError) -> ExitCode:
        """Return the code that stands for an error of the library."""
        if isinstance(fault, SubmitManyError):
            codes = [cls.of(each) for each in fault.errors.values()]
            return cls.UNKNOWN if cls.UNKNOWN in codes else codes[0]
        for kind, code in _CODES:
            if isinstance(fault, kind):
                return code
        return cls.JOB_FAILED


# The first that fits: a more special error stands before its base.
_CODES: tuple[tuple[type[BatchSdkError], ExitCode], ...] = (
    (UsageError, ExitCode.WRONG_INPUT),
    (SubmissionUnknownError, ExitCode.UNKNOWN),
    (ServiceError, ExitCode.REFUSED),
    (LedgerError, ExitCode.REFUSED),
    (JobLostError, ExitCode.NO_SUCH_JOB),
    (WaitTimeoutError, ExitCode.TIMED_OUT),
)

MEANINGS = {
    ExitCode.DONE: "done",
    ExitCode.JOB_FAILED: "a job failed",
    ExitCode.WRONG_INPUT: "wrong input, nothing sent",
    ExitCode.REFUSED: "AWS, or the ledger, refused or did not answer",
    ExitCode.UNKNOWN: "a submission's answer was lost",
    ExitCode.NO_SUCH_JOB: "Batch does not know the job",
    ExitCode.FAULT: "a bug in batchsdk",
    ExitCode.TIMED_OUT: "timed out; the jobs go on",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.TERMINATED: "SIGTERM",
}
"""For ``--help`` and the guide."""
