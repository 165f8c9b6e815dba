"""The errors about many jobs at once; ``errors`` draws the tree that they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from batchsdk.errors import BatchSdkError
from batchsdk.errors_of_job import JobError

if TYPE_CHECKING:
    from batchsdk.job import Job
    from batchsdk.sweep_results import SweepResult


_SHOWN = 5
"""How many jobs a message names."""


class JobsFailedError(BatchSdkError):
    """Of the jobs that were waited for, some did not succeed.

    Attributes:
        reasons: job id -> what became of it, one line each.
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


class SubmitManyError(BatchSdkError):
    """Of many submissions, some were not accepted.

    Attributes:
        jobs: the jobs that exist, in the order of the submissions; ``None`` where there is none,
            or where the answer was lost (see ``errors``).
        errors: place in the submissions -> why that one was not accepted.
    """

    def __init__(self, jobs: Sequence[Job | None], errors: Mapping[int, BatchSdkError]) -> None:
        self.jobs = tuple(jobs)
        self.errors = dict(errors)
        accepted = sum(job is not None for job in jobs)
        unsent = len(jobs) - accepted - len(errors)
        first = next(iter(errors.items()))
        super().__init__(
            f"{accepted} of {len(jobs)} jobs were accepted, {len(errors)} were not, {unsent} were "
            f"not sent; the first error, of submissions[{first[0]}]: {first[1].message}",
            hint=first[1].hint,
        )

    def to_mapping(self) -> dict[str, Any]:
        """Add ``jobIds`` and ``errors`` to the common keys."""
        return super().to_mapping() | {
            "jobIds": [job.id if job is not None else None for job in self.jobs],
            "errors": {str(place): error.to_mapping() for place, error in self.errors.items()},
        }


class SweepFailedError(JobError):
    """Jobs of a sweep ended FAILED.

    Attributes:
        failed: their results, by index.
        total: how many jobs the sweep has.
    """

    def __init__(self, failed: Sequence[SweepResult], total: int) -> None:
        self.failed = tuple(failed)
        self.total = total
        first = self.failed[0]
        code = "" if first.exit_code is None else f" (exit code {first.exit_code})"
        super().__init__(
            first.job_id,
            f"{len(self.failed)} of {total} jobs of the sweep FAILED; the first, index "
            f"{first.index} {dict(first.parameters)} ({first.job_id}): {first.reason}{code}",
            hint="Once mended, rerun_failed() runs these again and no others.",
        )

    def to_mapping(self) -> dict[str, Any]:
        """Add ``total`` and ``failedIndices`` to the common keys."""
        return super().to_mapping() | {
            "total": self.total,
            "failedIndices": [each.index for each in self.failed],
        }
