"""A sweep: one job definition run for many parameters, as few jobs of AWS Batch as can be."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchsdk import limits, names
from batchsdk.arguments import typed_methods
from batchsdk.errors import (
    InvalidArgumentError,
    JobLostError,
    Problem,
    WaitTimeoutError,
)
from batchsdk.jobs import waiting
from batchsdk.jobs.awaiting import AsyncStartWatch, ends, off_loop
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.failure import failures_of
from batchsdk.jobs.job import Job
from batchsdk.jobs.stopping import StopResult, terminate_all
from batchsdk.jobs.stuck import OnStuck, StartWatch
from batchsdk.jobs.watcher import Polling
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.submit.dependencies import as_dependencies
from batchsdk.submit.escalation import Escalation, OnFailure, rules_of, worst_of
from batchsdk.submit.many import CONCURRENCY, send_many, send_one
from batchsdk.submit.preparation import Preparation
from batchsdk.submit.submission import PreparedSubmission, Submission
from batchsdk.sweeps.plan import FoundBy, StoredTable, SweepPart, SweepPlan, Through
from batchsdk.sweeps.points import Over, Points
from batchsdk.sweeps.results import SweepFailedError, SweepResult, results_of


@dataclass(frozen=True, kw_only=True)
class PreparedSweep:
    """A sweep that passed every check. Nothing has been sent."""

    plan: SweepPlan
    parts: tuple[SweepPart, ...]
    submissions: tuple[PreparedSubmission, ...]
    """A SubmitJob request for each part."""

    @property
    def tables(self) -> tuple[StoredTable, ...]:
        """What is stored in S3 before anything is submitted; mostly nothing."""
        return tuple({part.table.uri: part.table for part in self.parts if part.table}.values())


@typed_methods
class Sweep:
    """The jobs of a sweep. Made by ``Batch.sweep``."""

    def __init__(
        self, session: Session, plan: SweepPlan, parts: tuple[SweepPart, ...], jobs: list[Job]
    ) -> None:
        self._session = session
        self._plan = plan
        self._parts = parts
        self._jobs = tuple(jobs)
        self._ended: dict[str, JobDetail] = {}
        self._results: dict[str, list[SweepResult]] = {}

    def __repr__(self) -> str:
        return f"Sweep({self._plan.name!r}, {len(self)} points in {len(self._jobs)} jobs)"

    def __len__(self) -> int:
        return sum(len(part.indices) for part in self._parts)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs that were submitted: arrays, or one for each point; for ``depends_on``."""
        return self._jobs

    @property
    def found_by(self) -> FoundBy:
        """How a job finds its values: in a shell, by ``batchsdk.task()``, or as ``Ref::``."""
        return self._plan.found_by

    def wait(
        self,
        timeout: float | None = None,
        *,
        polling: Polling | None = None,
        on_change: Callable[[JobDetail], None] | None = None,
        on_stuck: OnStuck | None = None,
        runnable_timeout: float | None = None,
    ) -> list[SweepResult]:
        """Wait until every job has ended, and all have succeeded.

        Args:
            timeout: seconds; ``None`` waits for as long as it takes.
            polling: how often to look.
            on_change: called with the description of a submitted job at each new status.
            on_stuck: called in this thread with the diagnosis of a job that does not start: at once
                when AWS Batch says that it blocks its queue, else after five minutes RUNNABLE; once
                for each queue and reason. By default the diagnosis is logged as a warning.
            runnable_timeout: seconds RUNNABLE after which a job is cancelled.

        Returns:
            The results, by index.

        Raises:
            SweepFailedError: some ended FAILED; ``failed`` has their results.
            WaitTimeoutError: the jobs have not ended in time. The jobs go on.
            RunnableTimeoutError: a job was RUNNABLE for ``runnable_timeout`` seconds, and has been
                cancelled.
            JobLostError: Batch has not known one for the grace of ``polling`` (60 s).
            ServiceError: AWS refused a call or did not answer.
        """
        start = StartWatch(self._session, on_stuck, runnable_timeout)
        self._until_ended(timeout, polling, on_change, start)
        return self._checked()

    def _checked(self) -> list[SweepResult]:
        found = self.results()
        failed = [each for each in found if each.status is JobStatus.FAILED]
        if failed:
            raise SweepFailedError(failed, len(found))
        return found

    def __await__(self) -> Generator[Any, None, list[SweepResult]]:
        """Wait in asyncio, as :meth:`wait` does: ``results = await sweep``.

        Raises:
            SweepFailedError, JobLostError, ServiceError: as :meth:`wait`.
        """
        return self._awaited().__await__()

    async def _awaited(self) -> list[SweepResult]:
        left = [job.id for job in self._jobs if job.id not in self._ended]
        start = AsyncStartWatch(self._session)
        async with contextlib.aclosing(ends(self._session, left, start)) as news:
            async for job_id, last in news:
                if isinstance(last, Exception):
                    raise last
                self._ended[job_id] = last
        return await off_loop(self._checked)

    def _until_ended(
        self,
        timeout: float | None,
        polling: Polling | None,
        on_change: Callable[[JobDetail], None] | None,
        start: StartWatch,
    ) -> None:
        left: dict[str, JobDetail | None] = {
            job.id: None for job in self._jobs if job.id not in self._ended
        }
        for item in waiting.follow(self._session, list(left), timeout, polling, start=start):
            if item is None:
                raise self._timed_out(timeout, left, start)
            job_id, news = item
            if isinstance(news, Exception):
                raise news
            if on_change is not None:
                on_change(news)
            left[job_id] = news
            if news.status.is_terminal:
                self._ended[job_id] = news
                del left[job_id]

    def _timed_out(
        self, timeout: float | None, left: Mapping[str, JobDetail | None], start: StartWatch
    ) -> WaitTimeoutError:
        job_id, detail = next(iter(left.items()))
        status = detail.status if detail else None
        return WaitTimeoutError(
            job_id,
            f"{len(left)} of {len(self._jobs)} jobs have not ended after {timeout:g} seconds and "
            f"go on; one is {job_id}: {status or 'not known to Batch yet'}",
            status=status,
            hint=waiting.hint_after_timeout(self._session, job_id, left),
            diagnosis=start.diagnosis(detail),
        )

    def results(self) -> list[SweepResult]:
        """Return each job's index, parameters and status now, by index.

        Jobs that have ended are not asked for again.

        Raises:
            JobLostError: Batch does not know one of the jobs.
            ServiceError: AWS refused a call or did not answer.
        """
        unknown = [job.id for job in self._jobs if job.id not in self._ended]
        described = {each.job_id: each for each in self._session.describe_patiently(unknown)}
        self._ended |= {key: each for key, each in described.items() if each.status.is_terminal}
        found: list[SweepResult] = []
        for job, part in zip(self._jobs, self._parts, strict=True):
            detail = self._ended.get(job.id) or described.get(job.id)
            if detail is None:
                raise JobLostError(job.id, f"Batch does not know job {job.id}")
            if job.id not in self._results:
                results = list(results_of(self._session.transport, self._plan.points, part, detail))
                if not detail.status.is_terminal:
                    found += results
                    continue
                self._results[job.id] = results
            found += self._results[job.id]
        return sorted(found, key=lambda each: each.index)

    def failed(self) -> list[SweepResult]:
        """Return the results of the jobs that are FAILED now, by index; see :meth:`results`."""
        return [each for each in self.results() if each.status is JobStatus.FAILED]

    def rerun_failed(self, *, name: str | None = None) -> Sweep:
        """Submit the jobs that are FAILED now again, and no others.

        They keep their index in the sweep, in ``batchsdk.task()`` and in the results, and their
        parameters. If the sweep has ``on_failure``, its rules for every kind of failure that any of
        them had apply to all of them. The new jobs have the sweep's dependencies, except pairs of
        children (``N_TO_N``), which smaller arrays cannot have.

        Args:
            name: of the new sweep; by default a generated one.

        Raises:
            InvalidArgumentError: no job is FAILED.
            SubmitManyError, ServiceError: as for ``Batch.sweep`` and :meth:`results`.
        """
        failed = self.failed()
        indices = [each.index for each in failed]
        if not indices:
            raise InvalidArgumentError(
                Problem("rerun_failed", None, "no job of the sweep is FAILED", "wait for its end")
            )
        session, plan = self._session, self._escalated({each.job_id for each in failed})
        kept = [each for each in as_dependencies(plan.wanted.depends_on) if each.type != "N_TO_N"]
        base = plan.wanted.name or plan.definition.label
        again = dataclasses.replace(
            plan,
            wanted=dataclasses.replace(plan.wanted, depends_on=kept),
            name=name or names.unique_job_name(base, session.clock.now(), session.randomness),
        )
        parts = again.parts(indices)
        return send_sweep(session, prepare_parts(Preparation(session), again, parts))

    def _escalated(self, failed: Collection[str]) -> SweepPlan:
        """Return the plan with what the jobs after these, of which some FAILED, ask for."""
        plan = self._plan
        if plan.escalation is None:
            return plan
        jobs = sorted({each.partition(":")[0] for each in failed})
        details = self._session.describe(jobs)
        history = (*plan.history, worst_of(failures_of(self._session, each) for each in details))
        declared = plan.declared or plan.wanted
        wanted = plan.escalation.next(declared, history)
        queue, _ = Preparation(self._session).targets(wanted)
        return dataclasses.replace(
            plan, wanted=wanted, queue=queue, declared=declared, history=history
        )

    def terminate(self, reason: str = "terminated by batchsdk") -> list[StopResult]:
        """Stop every job, in any state, several at a time; see ``Job.terminate``."""
        return terminate_all(self._session, [job.id for job in self._jobs], reason)


def prepare_sweep(
    session: Session,
    wanted: Submission,
    over: Over,
    *,
    as_separate_jobs: bool,
    through: Through,
    storage: str | None,
    on_failure: OnFailure | None = None,
) -> PreparedSweep:
    """Plan and check a sweep; see ``Batch.prepare_sweep``."""
    preparation = Preparation(session)
    rules = rules_of(on_failure)
    escalation = Escalation(preparation, rules) if rules else None
    points = Points.over(over)
    size = min(len(points), limits.ARRAY_SIZE_MAX)
    is_array = size > 1 and not as_separate_jobs
    alike = dataclasses.replace(wanted, array_size=size if is_array else None)
    queue, definition = preparation.targets(alike)
    plan = SweepPlan(
        wanted=wanted,
        name=wanted.name or preparation.unique_name(definition),
        queue=queue,
        definition=definition,
        points=points,
        through=through,
        storage=storage or session.outputs.storage,
        prefers_storage=storage is not None,
        region=session.outputs.region,
        as_separate_jobs=as_separate_jobs,
        escalation=escalation,
    )
    prepared = prepare_parts(preparation, plan, plan.parts())
    if escalation is not None:
        first = prepared.parts[0].submission
        # Without the table: jobs after these have a smaller one, or other ways to it.
        escalation.check(dataclasses.replace(first, environment=wanted.environment))
    return prepared


def prepare_parts(
    preparation: Preparation, plan: SweepPlan, parts: list[SweepPart]
) -> PreparedSweep:
    """Check some jobs of a planned sweep, and build their requests.

    Raises:
        InvalidSubmissionError: rules are broken; nothing was sent.
    """
    wanted = [part.submission for part in parts]
    if len(wanted) == 1:
        submissions = [preparation.prepare(wanted[0])]
    else:
        submissions = preparation.prepare_all(wanted)
    return PreparedSweep(plan=plan, parts=tuple(parts), submissions=tuple(submissions))


def store_tables(session: Session, prepared: PreparedSweep) -> None:
    """Put what the jobs of a sweep will read into S3; doing it again changes nothing."""
    for table in prepared.tables:
        session.transport.put_object(table.bucket, table.key, table.text.encode())


def send_sweep(session: Session, prepared: PreparedSweep, concurrency: int = CONCURRENCY) -> Sweep:
    """Store the tables, then submit the jobs; see ``Batch.sweep``."""
    store_tables(session, prepared)
    if len(prepared.submissions) == 1:
        jobs = [send_one(session, prepared.submissions[0])]
    else:
        jobs = send_many(session, prepared.submissions, concurrency)
    return Sweep(session, prepared.plan, prepared.parts, jobs)


def attach_sweep(session: Session, prepared: PreparedSweep, job_ids: Sequence[str]) -> Sweep:
    """Return a sweep whose jobs were submitted before; see ``Batch.attach_sweep``."""
    if len(job_ids) != len(prepared.submissions):
        raise InvalidArgumentError(
            Problem(
                "job_ids",
                f"{len(job_ids)} ids",
                f"this sweep is {len(prepared.submissions)} jobs",
                "give the ids of all its jobs, in order, and prepare it with the same arguments",
            )
        )
    jobs = [
        Job(session, job_id, each.job_name)
        for job_id, each in zip(job_ids, prepared.submissions, strict=True)
    ]
    return Sweep(session, prepared.plan, prepared.parts, jobs)
