"""Doing the same to several jobs: what became of one never hides what became of another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import batchsdk
from batchsdk.cli import reporting
from batchsdk.cli.exit_codes import ExitCode
from batchsdk.errors import JobError, RequestRefusedError, ServiceFailureError, ThrottledError

_ABOUT_ONE_JOB = (JobError, RequestRefusedError, ServiceFailureError, ThrottledError)
"""Other errors (no credentials, a wrong reason) would meet the next job just the same."""


def each_job(
    batch: batchsdk.Batch,
    job_ids: Sequence[str],
    action: Callable[[batchsdk.Job], object],
    *,
    as_json: bool,
) -> ExitCode:
    """Do something to each job, in order; report the errors of single jobs and go on.

    Returns:
        The code of the first error; ``DONE`` if there was none.

    Raises:
        BatchSdkError: an error that is not about one job.
    """
    code = ExitCode.DONE
    for job_id in job_ids:
        try:
            action(batch.job(job_id))
        except _ABOUT_ONE_JOB as fault:
            reporting.report(fault, as_json=as_json)
            code = code or ExitCode.of(fault)
    return code
