"""The jobs of a plan, as the ledger and Batch have them: how they are, and submitting them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from batchsdk.errors import RunConflictError
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.job import Job
from batchsdk.jobs.waiting import reason_of
from batchsdk.runs.ledger import EntryState
from batchsdk.runs.run import Run
from batchsdk.session import Session
from batchsdk.states import JobStatus
from batchsdk.submit.dependencies import SEQUENTIAL, Dependency
from batchsdk.submit.submission import Submission
from batchsdk.workflow.jobs import StepJob
from batchsdk.workflow.planning import Plan, PlannedJob, make_plan
from batchsdk.workflow.progress import JobState
from batchsdk.workflow.record import WorkflowRecord

_STATUS_OF = {
    EntryState.SUBMITTED: JobStatus.PENDING,
    EntryState.SUCCEEDED: JobStatus.SUCCEEDED,
    EntryState.FAILED: JobStatus.FAILED,
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class PreparedWorkflow:
    """A run of a workflow that passed every check. Nothing has been sent."""

    record: WorkflowRecord
    jobs: Mapping[str, Sequence[StepJob]]
    """Step -> its jobs."""
    barrier: Submission | None
    """The job that only waits."""

    def plan(self, done: frozenset[str] = frozenset()) -> Plan:
        """Plan it without the steps that are done, in this run or in an earlier one."""
        cached = {step: each.run for step, each in self.record.cached.items()}
        plan = make_plan(
            self.record.definition,
            {step: [job.part for job in jobs] for step, jobs in self.jobs.items()},
            can_make_barriers=self.barrier is not None,
            done=done | self.record.taken,
        )
        points = {
            step: {each.run: len(each.indices) for each in many}
            for step, many in self.record.cached_points.items()
        }
        return dataclasses.replace(plan, cached=cached, cached_points=points)


class PlannedJobs:
    """The jobs of one plan."""

    def __init__(self, session: Session, run: Run, prepared: PreparedWorkflow, plan: Plan) -> None:
        self._session = session
        self._run = run
        self._prepared = prepared
        self._plan = plan
        self._keys = prepared.record.ledger_keys(plan)
        self._ended: dict[str, JobDetail | None] = {}
        self._asked_for_code = {
            condition.step
            for step in prepared.record.definition.steps
            for condition in step.when
            if condition.exit_codes
        }

    def note(self, job_id: str, detail: JobDetail | None) -> None:
        """Take the end of a job; ``None`` if it is lost."""
        self._ended[job_id] = detail

    def of_step(self, step: str) -> tuple[Job, ...]:
        """Return a step's jobs, as far as they are submitted."""
        known = self._run.jobs
        keys = [self._keys[job.key] for job in self._plan.jobs if job.step == step]
        return tuple(known[key] for key in keys if key in known)

    def open(self) -> list[Job]:
        """Return the jobs that are submitted and have not ended, as far as is known."""
        return [
            job
            for key, job in self._run.jobs.items()
            if job.id not in self._ended and not self._run.entries[key].state.is_terminal
        ]

    def states(self) -> dict[str, JobState]:
        """Return how each submitted job is, by its key in the plan."""
        entries = self._run.entries
        found: dict[str, JobState] = {}
        for job in self._plan.jobs:
            entry = entries.get(self._keys[job.key])
            if entry is None or entry.job_id is None or entry.state not in _STATUS_OF:
                continue
            status = _STATUS_OF[entry.state]
            if entry.job_id in self._ended:
                detail = self._ended[entry.job_id]
                status = detail.status if detail else JobStatus.FAILED
            code = None
            if status is JobStatus.FAILED and job.step in self._asked_for_code:
                code = self._exit_code(entry.job_id)
            found[job.key] = JobState(status=status, exit_code=code)
        return found

    def submit(self, planned: Sequence[PlannedJob]) -> None:
        """Submit jobs that can be, as many at a time as do not wait for one another.

        Raises:
            SubmissionUnknownError, ServiceError: some could not be submitted.
            RunCancelledError: the run was cancelled.
        """
        left = list(planned)
        while left:
            keys = {job.key for job in left}
            ready = [job for job in left if keys.isdisjoint(key for key, _ in job.depends_on)]
            states = self.states()
            submissions = {self._keys[job.key]: self._submission(job, states) for job in ready}
            try:
                self._run.submit_many(submissions)
            except RunConflictError:
                # Another client was faster, and knew of more or fewer ends, so that its request
                # has other dependencies. The key is the same, and so is the job.
                self._run.attach()
                if not submissions.keys() <= self._run.jobs.keys():
                    raise
            left = [job for job in left if self._keys[job.key] not in submissions]

    def reason(self, step: str) -> str:
        """Return why a step FAILED, on one line."""
        return self.reason_by(step, self.failed_job(step))

    def reason_by(self, step: str, detail: JobDetail | None) -> str:
        """Return the same where :meth:`failed_job` has already been asked."""
        if detail is not None:
            return f"{reason_of(detail)}, job {detail.job_id}"
        for job in self.of_step(step):
            if job.id not in self._ended:
                return f"Batch does not know job {job.id} (any more)"
        return "no reason known"

    def failed_job(self, step: str) -> JobDetail | None:
        """Return the first job of a step that is known to have FAILED."""
        jobs = self.of_step(step)
        unknown = [job.id for job in jobs if job.id not in self._ended]
        self._ended |= {detail.job_id: detail for detail in self._session.describe(unknown)}
        found = (self._ended.get(job.id) for job in jobs)
        return next((each for each in found if each and each.status is JobStatus.FAILED), None)

    def _exit_code(self, job_id: str) -> int | None:
        if job_id not in self._ended:
            self._ended[job_id] = self._session.describe_one(job_id)
        detail = self._ended[job_id]
        return detail.exit_code if detail else None

    def _submission(self, job: PlannedJob, states: Mapping[str, JobState]) -> Submission:
        wanted = self._prepared.barrier
        if job.step is not None:
            step_job = self._prepared.jobs[job.step][job.part]
            wanted = step_job.submission
            if (table := step_job.table) is not None:
                self._session.transport.put_object(table.bucket, table.key, table.text.encode())
        if wanted is None:
            raise AssertionError(job.key)
        return dataclasses.replace(wanted, depends_on=list(self._dependencies(job, states)))

    def _dependencies(
        self, job: PlannedJob, states: Mapping[str, JobState]
    ) -> Iterator[Dependency]:
        """Yield what Batch has to wait for: not what has succeeded, which it may have forgotten."""
        entries = self._run.entries
        for key, kind in job.depends_on:
            if states[key].status is not JobStatus.SUCCEEDED:
                yield Dependency(job_id=entries[self._keys[key]].job_id, type=kind)
        if job.sequential:
            yield SEQUENTIAL
