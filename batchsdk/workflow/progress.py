"""How far a run is, and what is next, from what became of its jobs. Pure.

The same jobs always give the same answer, and an end never changes: so any client that reads the
same ledger, at any time, decides the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from batchsdk.states import JobStatus
from batchsdk.workflow import graph
from batchsdk.workflow.planning import EdgeKind, Plan, PlannedJob
from batchsdk.workflow.steps import Condition, Step, StepStatus, WorkflowDefinition


@dataclass(frozen=True, kw_only=True)
class JobState:
    """What is known of a submitted job."""

    status: JobStatus
    exit_code: int | None = None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A run at one moment."""

    steps: Mapping[str, StepStatus]
    """Every step, in running order."""
    submit: tuple[PlannedJob, ...]
    """What to submit now, in this order: each after all that it depends on."""

    @property
    def has_ended(self) -> bool:
        """Every step has ended."""
        return all(status.has_ended for status in self.steps.values())


def progress(definition: WorkflowDefinition, plan: Plan, jobs: Mapping[str, JobState]) -> Progress:
    """Tell how far a run is and what to submit: see :meth:`Judge.progress`."""
    return Judge(definition, plan).progress(jobs)


class Judge:
    """Judges one run again and again."""

    def __init__(self, definition: WorkflowDefinition, plan: Plan) -> None:
        """Take a workflow and its plan."""
        by_name = {step.name: step for step in definition.steps}
        order = graph.topological_order(definition.graph)
        self.steps = [by_name[name] for name in order]
        """In running order."""
        self.planned: dict[str, list[PlannedJob]] = {}
        """Step -> its jobs, without those that the plan left out as done."""
        self.barriers: dict[str, PlannedJob] = {}
        for job in plan.jobs:
            if job.step is None:
                self.barriers[job.key] = job
            else:
                self.planned.setdefault(job.step, []).append(job)
        self.client_waits: dict[str, set[str]] = {}
        """Step -> the steps whose end the client awaits."""
        for edge in plan.edges:
            if edge.kind is EdgeKind.CLIENT:
                self.client_waits.setdefault(edge.after, set()).add(edge.before)

    def progress(self, jobs: Mapping[str, JobState]) -> Progress:
        """Tell how far the run is and what to submit.

        Args:
            jobs: every job of the plan that exists, by key.
        """
        return _Judgement(self, jobs).whole()


class _Judgement:
    """One look at the jobs."""

    def __init__(self, judge: Judge, jobs: Mapping[str, JobState]) -> None:
        self._judge = judge
        self._jobs = jobs
        self._statuses: dict[str, StepStatus] = {}
        self._submit: dict[str, PlannedJob] = {}

    def whole(self) -> Progress:
        for step in self._judge.steps:
            self._statuses[step.name] = self._status(step)
        return Progress(steps=self._statuses, submit=tuple(self._submit.values()))

    def _status(self, step: Step) -> StepStatus:
        planned = self._judge.planned.get(step.name, [])
        missing = [job for job in planned if job.key not in self._jobs]
        if missing:
            verdict = self._verdict(step)
            if verdict is StepStatus.SUBMITTED:
                for job in missing:
                    self._put(job)
            return verdict
        states = [self._jobs[job.key].status for job in planned]
        if any(not status.is_terminal for status in states):
            return StepStatus.SUBMITTED
        if JobStatus.FAILED not in states:
            return StepStatus.SUCCEEDED
        # Batch fails a job whose dependency failed: as nothing of it ran, that is no failure of
        # its own. Whose it is shows when all of the other step has ended. Of an array that goes
        # child by child, other children may have failed by themselves.
        before = [self._statuses[name] for name in step.after]
        if any(not status.has_ended for status in before):
            return StepStatus.SUBMITTED
        never_ran = any(status.is_failure for status in before)
        return StepStatus.UPSTREAM_FAILED if never_ran else StepStatus.FAILED

    def _verdict(self, step: Step) -> StepStatus:
        """Judge a step of which not all jobs exist; SUBMITTED says that they are to be made."""
        if any(not self._statuses[name].has_ended for name in step.needs_end_of):
            return StepStatus.WAITING
        if not all(map(self._holds, step.when)):
            return StepStatus.SKIPPED
        before = [self._statuses[name] for name in step.needs_success_of]
        if all(status.has_ended for status in before):
            if any(status.is_failure for status in before):
                return StepStatus.UPSTREAM_FAILED
            if StepStatus.SKIPPED in before:
                return StepStatus.SKIPPED
        must_have_ended = self._judge.client_waits.get(step.name, ())
        can_go = all(
            status is StepStatus.SUCCEEDED
            or (status is StepStatus.SUBMITTED and name not in must_have_ended)
            for name, status in zip(step.needs_success_of, before, strict=True)
        )
        return StepStatus.SUBMITTED if can_go else StepStatus.WAITING

    def _holds(self, condition: Condition) -> bool:
        status = self._statuses[condition.step]
        if condition.status is not None:
            return status.is_failure == (condition.status is StepStatus.FAILED) and (
                status is not StepStatus.SKIPPED
            )
        if status is StepStatus.SUCCEEDED:
            return 0 in condition.exit_codes
        job = self._jobs.get(condition.step)
        return job is not None and job.exit_code in condition.exit_codes

    def _put(self, job: PlannedJob) -> None:
        """Have a job submitted, after the barriers that it needs and that are not there yet."""
        for barrier in self._needed(job.depends_on):
            self._submit[barrier.key] = barrier
        self._submit[job.key] = job

    def _needed(self, depends_on: Iterable[tuple[str, str | None]]) -> list[PlannedJob]:
        found: list[PlannedJob] = []
        for key, _ in depends_on:
            barrier = self._judge.barriers.get(key)
            if barrier and key not in self._jobs and key not in self._submit:
                found += [*self._needed(barrier.depends_on), barrier]
        return found
