"""The failures of a report: alike ones are one, with a count."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from batchsdk.insight.report.model import ReportedFailure, ReportedJob
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.job import Job
from batchsdk.session import Session

MOST_LOG_TAILS = 20
"""Failures that are shown with the end of their log: each costs a call or more."""


def failures(
    session: Session, failed: Sequence[tuple[ReportedJob, JobDetail]], notes: list[str]
) -> tuple[ReportedFailure, ...]:
    """Return the failures, alike ones together.

    Failures are alike if they are of one array, or of one step, and ended with the same reason and
    exit code.

    Args:
        session: the connection, for the logs.
        failed: the jobs that failed.
        notes: gets what is left out.
    """
    found: dict[tuple[str | int | None, ...], ReportedFailure] = {}
    for number, (job, detail) in enumerate(failed):
        made = _failure(session, job, detail, with_log=number < MOST_LOG_TAILS)
        key = (job.parent or job.label, detail.full_reason, detail.exit_code)
        first = found.get(key)
        found[key] = (
            made if first is None else dataclasses.replace(first, alike=(*first.alike, made))
        )
    if len(failed) > MOST_LOG_TAILS:
        notes.append(f"The log was read of the first {MOST_LOG_TAILS} of {len(failed)} failures.")
    return tuple(found.values())


def _failure(
    session: Session, job: ReportedJob, detail: JobDetail, *, with_log: bool
) -> ReportedFailure:
    error = Job(session, detail.job_id).failure(detail) if with_log else None
    code = "" if detail.exit_code is None else f" (exit code {detail.exit_code})"
    return ReportedFailure(
        job_id=detail.job_id,
        name=job.label,
        message=f"FAILED: {detail.full_reason}{code}",
        log_tail=error.log_tail if error else (),
        hint=error.hint if error else "",
    )
