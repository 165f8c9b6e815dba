"""The errors about one job; ``errors`` draws the tree that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from batchsdk.errors import BatchSdkError
from batchsdk.failure_kinds import FailedChild, FailureKind, shown_children


class JobError(BatchSdkError):
    """About one job.

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
        reason: the job's ``statusReason`` and the container's ``reason``, as far as there are any.
        exit_code: of the container; ``None`` if it never ran or was lost.
        log_tail: the last lines of the last attempt's log; empty if there are none. Of an array:
            of the first failed child.
        kind: why, as one of a few kinds.
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
        return "\n".join([self.message, *tail, *([self.hint] if self.hint else [])])

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


class JobLostError(JobError):
    """DescribeJobs does not know the job. AWS keeps finished jobs for seven days at least."""


class WaitTimeoutError(JobError, TimeoutError):
    """The job did not end within the time that the caller gave. It goes on.

    Attributes:
        status: the last status seen; ``None`` if none was.
    """

    def __init__(self, job_id: str, message: str, *, status: str | None, hint: str = "") -> None:
        self.status = status
        super().__init__(job_id, message, hint=hint)


class LogsUnavailableError(JobError):
    """The job's log does not go to CloudWatch Logs."""
