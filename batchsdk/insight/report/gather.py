"""Which jobs a report is about, and what AWS says of them."""

from __future__ import annotations

import dataclasses
import itertools
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from batchsdk.errors import BatchSdkError, InvalidArgumentError, JobLostError, Problem
from batchsdk.insight.kept_prices import Pricing
from batchsdk.insight.report import timeline
from batchsdk.insight.report.failures import failures
from batchsdk.insight.report.model import Report, ReportedJob, Segment
from batchsdk.insight.report.recorded import Recorded, recorded
from batchsdk.insight.usage import Usage, containers_of, counted, usage_of
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.listing import children_of, jobs_in_queues
from batchsdk.names import RunJobName, is_job_id
from batchsdk.runs.ledger import Ledger
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.submit import escalation, staging

MOST_JOBS = 5000
"""Of one report, without children."""

MOST_CHILDREN = 1000
"""Of all arrays of one report together, that have a row."""

MOST_COUNTED = 20_000
"""Of all arrays of one report together, in usage and counts: a call describes 100 of them."""

_NAMES_IN_TITLE = 3

_WORST_FIRST = (JobStatus.FAILED, *(each for each in JobStatus if each is not JobStatus.FAILED))


def gather(
    session: Session,
    wanted: Sequence[str],
    *,
    ledger: Ledger | str | Path | None = None,
    pricing: Pricing | None = None,
) -> Report:
    """Ask AWS about jobs, the jobs that they wait for, and the children of arrays.

    Args:
        session: the connection.
        wanted: ids of jobs, and names of runs: a run ``nightly`` has the jobs ``nightly`` and
            ``nightly-…``; of one that the ledger knows, its own jobs.
        ledger: as for ``Batch.run``.
        pricing: gives the prices of the jobs, for an estimate of the costs.

    Raises:
        InvalidArgumentError: nothing is wanted, or nothing of it is known: no job of such a run.
        JobLostError: nothing of what is wanted is known: Batch does not know the job.
        ServiceError: AWS refused a call or did not answer.
    """
    if not wanted:
        rule = "a report needs jobs"
        raise InvalidArgumentError(Problem("jobs", None, rule, "name a run or ids of jobs"))
    notes: list[str] = []
    runs = {
        name: run
        for name in wanted
        if not is_job_id(name) and (run := recorded(session, name, ledger, notes)) is not None
    }
    details, unknown = _known(session, wanted, runs, notes)
    now = session.clock.now()
    gathering = _Gathering(session, now, notes, {each.job_id: each.stopped_at for each in details})
    for detail in sorted(details, key=lambda each: each.created_at or now):
        gathering.add(detail)
    by_id = {each.job_id: each for each in details}
    prices = pricing(gathering.containers, now) if pricing else None
    made = Report(
        title=_title(wanted),
        stack=session.name,
        region=session.outputs.region,
        moment=now,
        jobs=tuple(gathering.jobs),
        failures=failures(session, gathering.failed, notes),
        notes=tuple(notes),
        unknown=tuple(unknown),
        runs=tuple(run.reported(by_id) for run in runs.values()),
        usage=tuple(
            counted(gathering.containers, now, by=by, prices=prices)
            for by in (("step", "definition") if runs else ("definition",))
        ),
        counts=Counter(str(each.status) for _, each in gathering.containers),
    )
    return dataclasses.replace(made, next_step=_next_step(session, made))


def _next_step(session: Session, made: Report) -> str:
    workflows = [each.name for each in made.runs if each.steps]
    if len(workflows) != 1 or made.state == "SUCCEEDED":
        return ""
    verb = "resume" if made.state == "FAILED" else "attach"
    return f"{session.command} {verb} {shlex.quote(workflows[0])}"


class _Gathering:
    """The jobs of a report, one after another, with what each costs of the limits."""

    def __init__(
        self,
        session: Session,
        now: datetime,
        notes: list[str],
        ended: Mapping[str, datetime | None],
    ) -> None:
        self._session, self._now, self._notes, self._ended = session, now, notes, ended
        self._shown, self._counted = MOST_CHILDREN, MOST_COUNTED
        self.jobs: list[ReportedJob] = []
        self.failed: list[tuple[ReportedJob, JobDetail]] = []
        self.containers: list[tuple[JobDetail, JobDetail]] = []
        """Each job that runs a container, behind the job that it belongs to."""

    def add(self, detail: JobDetail) -> None:
        """Take a job, with its children."""
        children = self._children(detail) if detail.is_array_parent else []
        until = _dependencies_ended(detail, self._ended)
        lives = [
            timeline.segments(child, dependencies_ended=until, now=self._now) for child in children
        ]
        own = (
            timeline.of_array(detail, lives, now=self._now)
            if detail.is_array_parent
            else timeline.segments(detail, dependencies_ended=until, now=self._now)
        )
        self._note(detail, own, None)
        for child, life in zip(children, lives, strict=True):
            self._note(child, life, detail.job_id)

    def _note(self, detail: JobDetail, life: tuple[Segment, ...], parent: str | None) -> None:
        if parent is None and not detail.is_array_parent:
            many = list(containers_of(self._session, detail))
            self.containers += [(detail, each) for each in many]
            used = sum((usage_of(each, self._now) for each in many), Usage())
        else:
            used = Usage() if parent is None else usage_of(detail, self._now)
        made = _reported(detail, life, parent=parent, used=used)
        self.jobs.append(made)
        if detail.status is JobStatus.FAILED and not detail.is_array_parent:
            self.failed.append((made, detail))

    def _children(self, parent: JobDetail) -> list[JobDetail]:
        """Count the children, and return those that are shown: the failed ones first; by index."""
        listed = (
            child
            for status in _WORST_FIRST
            for child in children_of(self._session.transport, parent.job_id, {status})
        )
        ids = list(dict.fromkeys(each.job_id for each in itertools.islice(listed, self._counted)))
        details = {each.job_id: each for each in self._session.describe(ids)}
        self.containers += [(parent, each) for each in details.values()]
        shown = [details[each] for each in ids[: self._shown] if each in details]
        size = (parent.array.size or 0) if parent.array else 0
        label = RunJobName.of(parent.name)
        name = label.label if label and label.run else parent.name
        if len(shown) < size:
            self._notes.append(f"{name}: {len(shown)} of its {size} children are shown.")
        if len(ids) < size and self._counted == len(ids):
            self._notes.append(f"{name}: usage and counts have {len(ids)} of its {size} children.")
        self._shown -= len(shown)
        self._counted -= len(ids)
        return sorted(shown, key=lambda each: (each.array and each.array.index) or 0)


def _title(wanted: Sequence[str]) -> str:
    more = f" and {len(wanted) - _NAMES_IN_TITLE} more" if len(wanted) > _NAMES_IN_TITLE else ""
    return ", ".join(wanted[:_NAMES_IN_TITLE]) + more


def _ids_of(session: Session, name: str, run: Recorded | None) -> list[str]:
    if is_job_id(name):
        return [name.replace("#", ":")]
    queues = list(session.queues.values())
    patterns = (name, f"{name}-*") if run is None else (run.pattern,)
    found = [
        job.job_id
        for pattern in patterns
        for job in itertools.islice(
            jobs_in_queues(session.transport, queues, statuses=frozenset(JobStatus), name=pattern),
            MOST_JOBS,
        )
    ]
    if run is not None:
        found += [each.job_id for each in run.entries.values() if each.job_id]
        if run.entries:
            return found
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
    session: Session, wanted: Sequence[str], runs: Mapping[str, Recorded], notes: list[str]
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
            ids |= dict.fromkeys(_ids_of(session, name, runs.get(name)))
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


def _dependencies_ended(detail: JobDetail, ended: Mapping[str, datetime | None]) -> datetime | None:
    times = [ended.get(each) for each in detail.depends_on]
    known = [each for each in times if each is not None]
    return max(known) if known and len(known) == len(times) else None


def _reported(
    detail: JobDetail, life: tuple[Segment, ...], *, parent: str | None, used: Usage
) -> ReportedJob:
    array = detail.array
    parameters = {} if parent else detail.parameters
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
        usage=used,
        command="" if parent else _command(detail),
        parameters={name: len(value) for name, value in parameters.items()},
        escalation=detail.environment.get(escalation.VARIABLE),
    )


_LOOKED_UP = "\nexec "
"""Before the command of a sweep whose values a shell looks up."""
_LEAST_SECRET = 4
"""Characters of a value that is looked for within a word of a command."""


def _command(detail: JobDetail) -> str:
    """Return the command without the values of parameters and environment.

    Batch has put them in the place of ``Ref::Name``, and they may be secrets.
    """
    values = {f"Ref::{name}": value for name, value in detail.parameters.items()}
    values |= {f"${name}": value for name, value in detail.environment.items()}
    words = []
    for word in detail.command:
        shown = word.rpartition(_LOOKED_UP)[2] if "BATCHSDK_SWEEP" in word else word
        if shown.startswith(staging.MARK):
            shown = staging.MARK
        for name, value in values.items():
            if shown == value:
                shown = name
            elif len(value) >= _LEAST_SECRET:
                shown = shown.replace(value, name)
        words.append(shown)
    return shlex.join(words)


def _name(detail: JobDetail) -> str:
    index = detail.array.index if detail.array else None
    return detail.name if index is None else f"{detail.name}:{index}"
