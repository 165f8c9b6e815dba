"""Which jobs a report is about, and what AWS says of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from datetime import datetime

from batchsdk.errors import BatchSdkError, InvalidArgumentError, JobLostError, Problem
from batchsdk.insight.usage import Usage, usage_of
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.job import Job
from batchsdk.jobs.listing import children_of, jobs_in_queues
from batchsdk.report import timeline
from batchsdk.report.model import Report, ReportedFailure, ReportedJob, Segment
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.submit import escalation

_JOB_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?P<child>[:#]\d+)?")

MOST_JOBS = 5000
"""Of one report, without children."""

MOST_CHILDREN = 1000
"""Of all arrays of one report together."""

MOST_LOG_TAILS = 20
"""Failures that are shown with the end of their log: each costs a call or more."""

_NAMES_IN_TITLE = 3

_WORST_FIRST = (JobStatus.FAILED, *(each for each in JobStatus if each is not JobStatus.FAILED))


def gather(session: Session, wanted: Sequence[str]) -> Report:
    """Ask AWS about jobs, the jobs that they wait for, and the children of arrays.

    Args:
        session: the connection.
        wanted: ids of jobs, and names of runs: a run ``nightly`` has the jobs ``nightly`` and
            ``nightly-…``.

    Raises:
        InvalidArgumentError: nothing is wanted, or nothing of it is known: no job of such a run.
        JobLostError: nothing of what is wanted is known: Batch does not know the job.
        ServiceError: AWS refused a call or did not answer.
    """
    if not wanted:
        rule = "a report needs jobs"
        raise InvalidArgumentError(Problem("jobs", None, rule, "name a run or ids of jobs"))
    notes: list[str] = []
    details, unknown = _known(session, wanted, notes)
    now = session.clock.now()
    ended = {each.job_id: each.stopped_at for each in details}
    jobs: list[ReportedJob] = []
    failed: list[JobDetail] = []
    room = MOST_CHILDREN
    for detail in sorted(details, key=lambda each: each.created_at or now):
        children = _children(session, detail, room) if detail.is_array_parent else []
        room -= len(children)
        size = (detail.array.size or 0) if detail.array else 0
        if detail.is_array_parent and len(children) < size:
            notes.append(f"{detail.name}: {len(children)} of its {size} children are shown.")
        until = _dependencies_ended(detail, ended)
        lives = [timeline.segments(child, dependencies_ended=until, now=now) for child in children]
        own = (
            timeline.of_array(detail, lives, now=now)
            if detail.is_array_parent
            else timeline.segments(detail, dependencies_ended=until, now=now)
        )
        jobs.append(_reported(detail, own, parent=None, now=now))
        jobs += [
            _reported(child, life, parent=detail.job_id, now=now)
            for child, life in zip(children, lives, strict=True)
        ]
        failed += [each for each in children or [detail] if each.status is JobStatus.FAILED]
    if len(failed) > MOST_LOG_TAILS:
        notes.append(f"The log is shown of the first {MOST_LOG_TAILS} of {len(failed)} failures.")
    return Report(
        title=_title(wanted),
        stack=session.name,
        region=session.outputs.region,
        moment=now,
        jobs=tuple(jobs),
        failures=tuple(_failure(session, each) for each in failed[:MOST_LOG_TAILS]),
        notes=tuple(notes),
        unknown=tuple(unknown),
    )


def _title(wanted: Sequence[str]) -> str:
    more = f" and {len(wanted) - _NAMES_IN_TITLE} more" if len(wanted) > _NAMES_IN_TITLE else ""
    return ", ".join(wanted[:_NAMES_IN_TITLE]) + more


def _ids_of(session: Session, name: str) -> list[str]:
    if _JOB_ID.fullmatch(name):
        return [name.replace("#", ":")]
    queues = list(session.queues.values())
    found = [
        job.job_id
        for pattern in (name, f"{name}-*")
        for job in itertools.islice(
            jobs_in_queues(session.transport, queues, statuses=frozenset(JobStatus), name=pattern),
            MOST_JOBS,
        )
    ]
    if not found:
        raise InvalidArgumentError(
            Problem(
                "jobs",
                name,
                "neither the id of a job nor the name of a run: no job in the stack's queues is "
                f"named {name!r} or {name + '-…'!r}",
                f"look with: {session.command} list --name {name[:1]}*",
            )
        )
    return found


def _known(
    session: Session, wanted: Sequence[str], notes: list[str]
) -> tuple[list[JobDetail], dict[str, BatchSdkError]]:
    """Describe what is wanted and known, and say of the rest why it is not.

    Raises:
        InvalidArgumentError, JobLostError: nothing is known.
        ServiceError: AWS refused a call or did not answer.
    """
    unknown: dict[str, BatchSdkError] = {}
    ids: dict[str, None] = {}
    for name in wanted:
        try:
            ids |= dict.fromkeys(_ids_of(session, name))
        except InvalidArgumentError as fault:
            unknown[name] = fault
    details = _with_dependencies(session, list(ids), notes)
    known = {each.job_id for each in details}
    unknown |= {job_id: _lost(job_id) for job_id in ids if job_id not in known}
    if not details:
        raise next(iter(unknown.values()))
    notes += [fault.message for fault in unknown.values()]
    return details, unknown


def _lost(job_id: str) -> JobLostError:
    return JobLostError(
        job_id,
        f"Batch does not know job {job_id}",
        hint="Batch forgets finished jobs after seven days or more.",
    )


def _with_dependencies(session: Session, ids: Sequence[str], notes: list[str]) -> list[JobDetail]:
    """Describe jobs and, in turn, all that they wait for."""
    found: dict[str, JobDetail] = {}
    asked: set[str] = set()
    wave = list(ids)
    while wave:
        asked.update(wave)
        found |= {each.job_id: each for each in session.describe(wave)}
        wave = sorted({name for each in found.values() for name in each.depends_on} - asked)
        if len(found) + len(wave) > MOST_JOBS and wave:
            notes.append(f"{len(wave)} or more jobs that these wait for are left out.")
            break
    return list(found.values())


def _children(session: Session, parent: JobDetail, most: int) -> list[JobDetail]:
    """Describe at most that many children, those that failed before the others; by index."""
    listed = (
        child
        for status in _WORST_FIRST
        for child in children_of(session.transport, parent.job_id, {status})
    )
    ids = list(dict.fromkeys(each.job_id for each in itertools.islice(listed, max(0, most))))
    return sorted(session.describe(ids), key=lambda each: (each.array and each.array.index) or 0)


def _dependencies_ended(detail: JobDetail, ended: dict[str, datetime | None]) -> datetime | None:
    times = [ended.get(each) for each in detail.depends_on]
    known = [each for each in times if each is not None]
    return max(known) if known and len(known) == len(times) else None


def _reported(
    detail: JobDetail, life: tuple[Segment, ...], *, parent: str | None, now: datetime
) -> ReportedJob:
    array = detail.array
    return ReportedJob(
        job_id=detail.job_id,
        name=_name(detail),
        status=detail.status,
        reason=detail.full_reason if detail.status_reason or detail.reason else None,
        exit_code=detail.exit_code,
        queue=detail.queue.rpartition("/")[2],
        definition=detail.definition.rpartition("/")[2],
        depends_on=() if parent else detail.depends_on,
        array_size=array.size if array and detail.is_array_parent else None,
        children={key: count for key, count in array.status_summary.items() if count}
        if array and detail.is_array_parent
        else {},
        parent=parent,
        segments=life,
        usage=Usage() if detail.is_array_parent else usage_of(detail, now),
        escalation=detail.environment.get(escalation.VARIABLE),
    )


def _failure(session: Session, detail: JobDetail) -> ReportedFailure:
    error = Job(session, detail.job_id).failure(detail)
    return ReportedFailure(
        job_id=detail.job_id,
        name=_name(detail),
        message=error.message,
        log_tail=error.log_tail,
        hint=error.hint,
    )


def _name(detail: JobDetail) -> str:
    index = detail.array.index if detail.array else None
    return detail.name if index is None else f"{detail.name}:{index}"
