"""A run of a workflow: submits what is next, waits, and goes on where another client stopped."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Callable, Generator, Mapping
from typing import Any

from batchsdk.arguments import typed_methods
from batchsdk.errors import JobLostError, RunCancelledError, ServiceError
from batchsdk.jobs import waiting
from batchsdk.jobs.awaiting import AsyncStartWatch, ends, off_loop
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.failure import next_step
from batchsdk.jobs.job import Job
from batchsdk.jobs.stuck import OnStuck, StartWatch
from batchsdk.jobs.watcher import Polling
from batchsdk.printable import printable
from batchsdk.runs.interrupts import OnInterrupt, handle_interrupt, sigterm_as_interrupt
from batchsdk.runs.run import Run
from batchsdk.session import Session
from batchsdk.workflow.digest import TROUBLE, FailedStep, OnEnd, RunDigest
from batchsdk.workflow.errors import WorkflowFailedError
from batchsdk.workflow.planned_jobs import PlannedJobs, PreparedWorkflow
from batchsdk.workflow.planning import Plan
from batchsdk.workflow.progress import Judge, Progress
from batchsdk.workflow.record import CachedPoints, CachedResult
from batchsdk.workflow.steps import StepStatus, WorkflowDefinition

_log = logging.getLogger(__name__)

OnProgress = Callable[[Mapping[str, StepStatus]], None]
"""Called with every step's status, whenever one has changed."""


@typed_methods
class WorkflowRun:
    """A run of a workflow. Made by ``Workflow.run``, ``Workflow.resume`` and ``Batch.attach``.

    Its jobs go on without this object. Only steps that the client has to start
    (``plan.deferred``) wait until the program calls :meth:`wait` or :meth:`advance`.
    """

    def __init__(
        self,
        session: Session,
        run: Run,
        prepared: PreparedWorkflow,
        *,
        on_interrupt: OnInterrupt = "ask",
    ) -> None:
        """Use ``Workflow.run``."""
        self._session = session
        self._run = run
        self._on_interrupt: OnInterrupt = on_interrupt
        self._definition = prepared.record.definition
        self._begun_at = prepared.record.begun_at
        self._cached = prepared.record.cached
        self._cached_points = prepared.record.cached_points
        self._plan = prepared.plan()
        self._judge = Judge(self._definition, self._plan)
        self._all_jobs = self._jobs = PlannedJobs(session, run, prepared, self._plan)
        done = {name for name, status in self.steps.items() if status is StepStatus.SUCCEEDED}
        if done:
            self._plan = prepared.plan(frozenset(done))
            self._judge = Judge(self._definition, self._plan)
            self._jobs = PlannedJobs(session, run, prepared, self._plan)

    def __repr__(self) -> str:
        return f"WorkflowRun({self.name!r})"

    @property
    def name(self) -> str:
        """The run's name."""
        return self._run.name

    @property
    def definition(self) -> WorkflowDefinition:
        """The workflow that it is a run of."""
        return self._definition

    @property
    def run(self) -> Run:
        """The jobs, by their keys in the ledger: a step's name, and ``~2`` when it is redone."""
        return self._run

    @property
    def plan(self) -> Plan:
        """What was left to do when the run was opened, and who enforces each edge."""
        return self._plan

    @property
    def steps(self) -> Mapping[str, StepStatus]:
        """Every step in running order, and what is known of it without asking AWS."""
        return self._progress().steps

    @property
    def cached(self) -> Mapping[str, CachedResult]:
        """The steps that did not run, as nothing had changed: where their results are from."""
        return self._cached

    @property
    def cached_points(self) -> Mapping[str, tuple[CachedPoints, ...]]:
        """The sweeps of which some or all points did not run: where these points are from."""
        return self._cached_points

    @property
    def jobs(self) -> Mapping[str, tuple[Job, ...]]:
        """Step -> its submitted jobs; for a step that runs again, the new ones."""
        return {step.name: self._all_jobs.of_step(step.name) for step in self._definition.steps}

    def advance(self) -> Mapping[str, StepStatus]:
        """Submit the next steps, from what is known without asking AWS; return every step's status.

        Raises:
            SubmissionUnknownError, ServiceError: not everything could be submitted; the same call
                goes on.
            RunCancelledError: the run was cancelled.
        """
        now = self._progress()
        while now.submit:
            self._refuse_if_cancelled()
            self._jobs.submit(now.submit)
            now = self._progress()
        return now.steps

    def refresh(self) -> Mapping[str, StepStatus]:
        """Ask AWS for the status of every job; submit nothing.

        Raises:
            SubmissionUnknownError, ServiceError: AWS cannot be asked.
        """
        self._run.attach()
        return self.steps

    def wait(
        self,
        timeout: float | None = None,
        *,
        check: bool = True,
        progress: bool | OnProgress = False,
        polling: Polling | None = None,
        on_stuck: OnStuck | None = None,
        runnable_timeout: float | None = None,
        on_end: OnEnd | None = None,
    ) -> Mapping[str, StepStatus]:
        """Wait until every step has ended; on the way submit the steps that the client gates.

        When the run ends during the call, the topics of the workflow's ``on_end`` are told. On
        Ctrl-C or SIGTERM it does what ``on_interrupt`` says, then raises the interrupt again.

        Args:
            timeout: seconds; ``None`` waits for as long as it takes.
            check: raise if a step did not succeed.
            progress: ``True`` writes a line to standard error for each change; or what to call.
            polling: how often to look.
            on_stuck: called in this thread with the diagnosis of a job that does not start: at once
                when AWS Batch says that it blocks its queue, else after five minutes RUNNABLE; once
                for each queue and reason. By default the diagnosis is logged as a warning.
            runnable_timeout: seconds RUNNABLE after which a job is cancelled.
            on_end: called in this thread with a digest of the run when it has ended, whatever the
                steps' status; also of a run that had ended before the call.

        Returns:
            Each step's status. A SKIPPED step is not a failure.

        Raises:
            WorkflowFailedError: a step failed, and ``check`` is true.
            WaitTimeoutError: not all has ended in time. The jobs go on.
            RunnableTimeoutError: a job was RUNNABLE for ``runnable_timeout`` seconds, and has been
                cancelled.
            RunCancelledError: the run was cancelled by another client.
            SubmissionUnknownError, ServiceError: AWS refused a call or did not answer.
        """
        tell = _teller(progress)
        start = StartWatch(self._session, on_stuck, runnable_timeout)
        with sigterm_as_interrupt():
            try:
                steps = self._until_ended(timeout, tell, polling, start)
                if on_end is not None:
                    on_end(self.digest(steps))
            except KeyboardInterrupt as fault:
                handle_interrupt(self._run, self._on_interrupt, sys.stderr, type(fault))
                raise
        return self._checked(steps) if check else steps

    def __await__(self) -> Generator[Any, None, Mapping[str, StepStatus]]:
        """Wait in asyncio, as :meth:`wait` does: ``steps = await wf.run()``.

        Raises:
            WorkflowFailedError, RunCancelledError, SubmissionUnknownError, ServiceError: as
                :meth:`wait`.
        """
        return self._awaited().__await__()

    async def _awaited(self) -> Mapping[str, StepStatus]:
        start = AsyncStartWatch(self._session)
        goes_on = False
        while True:
            steps = await off_loop(self.advance)
            if all(status.has_ended for status in steps.values()):
                if goes_on:
                    await off_loop(self._tell_topics, steps)
                return await off_loop(self._checked, steps)
            goes_on = True
            open_jobs = await off_loop(self._jobs.open)
            async with contextlib.aclosing(
                ends(self._session, [job.id for job in open_jobs], start)
            ) as news:
                async for job_id, last in news:
                    if isinstance(last, Exception) and not isinstance(last, JobLostError):
                        raise last
                    detail = last if isinstance(last, JobDetail) else None
                    now = await off_loop(self._taken, job_id, detail)
                    if now.submit or now.has_ended:
                        break

    def _taken(self, job_id: str, detail: JobDetail | None) -> Progress:
        """Take the end of a job, ``None`` if it is lost; return what is to be done now."""
        self._jobs.note(job_id, detail)
        self._all_jobs.note(job_id, detail)
        return self._progress()

    def _checked(self, steps: Mapping[str, StepStatus]) -> Mapping[str, StepStatus]:
        if any(status.is_failure for status in steps.values()):
            raise self.failure(steps)
        return steps

    def failure(self, steps: Mapping[str, StepStatus]) -> WorkflowFailedError:
        """Return (not raise) the error that stands for a run of which steps failed."""
        failed = [name for name, status in steps.items() if status is StepStatus.FAILED]
        reasons = {name: self._all_jobs.reason(name) for name in failed}
        hint = f"Once fixed, run again what did not succeed: {self.resume_command}"
        return WorkflowFailedError(self.name, steps, reasons, hint=hint)

    def digest(self, steps: Mapping[str, StepStatus] | None = None) -> RunDigest:
        """Return how the run ended, or stands: each step, and of those that FAILED why.

        Args:
            steps: each step's status; by default as it is known without asking AWS.

        Raises:
            ServiceError: AWS refused a call, or did not answer.
        """
        steps = self.steps if steps is None else steps
        return RunDigest(
            run=self.name,
            workflow=self._definition.name,
            environment=self._session.name,
            steps=dict(steps),
            failures=tuple(
                self._failed(name) for name, status in steps.items() if status is StepStatus.FAILED
            ),
            seconds=(self._session.clock.now() - self._begun_at).total_seconds(),
            resume_command=self.resume_command,
            cached=tuple(self.cached),
        )

    def _failed(self, step: str) -> FailedStep:
        detail = self._all_jobs.failed_job(step)
        failure = detail.failure if detail is not None else None
        return FailedStep(
            name=step,
            kind=failure.kind if failure is not None else "UNKNOWN",
            reason=self._all_jobs.reason_by(step, detail),
            next_step=(
                next_step(detail, self._session.command) if detail else self._run.attach_command
            ),
        )

    def _tell_topics(self, steps: Mapping[str, StepStatus]) -> None:
        """Tell the topics how the run ended. A topic that cannot be told fails nothing."""
        if not self._definition.on_end:
            return
        message = self.digest(steps).to_message()
        for topic in self._definition.on_end:
            arn = self._session.outputs.trouble_topic_arn if topic == TROUBLE else topic
            if arn is None:
                _log.warning("run %s: the stack has no topic for trouble any more", self.name)
                continue
            try:
                self._session.transport.publish(arn, message)
            except ServiceError as fault:
                _log.warning("run %s: topic %s was not told of its end: %s", self.name, arn, fault)

    def cancel(self, reason: str = "the run was cancelled") -> Mapping[str, StepStatus]:
        """End every job of the run, as ``Run.cancel`` does; no client submits more to it.

        Raises:
            ServiceError: AWS refused a call, or did not answer for long.
        """
        self._run.cancel(reason)
        return self.steps

    @property
    def attach_command(self) -> str:
        """The command that follows the run and lets it go on."""
        return self._run.attach_command

    @property
    def resume_command(self) -> str:
        """The command that runs again what did not succeed."""
        return self._run.command_to("resume")

    def close(self) -> None:
        """Close the ledger. Jobs go on."""
        self._run.close()

    def _refuse_if_cancelled(self) -> None:
        """Submit nothing to a run that was cancelled, even by a client that opened it later."""
        cancelled_at = self._run.cancelled_at
        if cancelled_at is not None and cancelled_at >= self._begun_at:
            raise RunCancelledError(
                f"run {self.name!r} was cancelled at {cancelled_at:%Y-%m-%d %H:%M:%S %Z}: it "
                "submits no more steps",
                hint=f"To go on with it anyway: {self.resume_command}",
            )

    def _progress(self) -> Progress:
        return self._judge.progress(self._jobs.states())

    def _until_ended(
        self,
        timeout: float | None,
        tell: OnProgress,
        polling: Polling | None,
        start: StartWatch,
    ) -> Mapping[str, StepStatus]:
        clock = self._session.clock
        deadline = None if timeout is None else clock.monotonic() + timeout
        told: Mapping[str, StepStatus] = {}
        self._run.tell_durations()
        goes_on = False
        while True:
            steps = self.advance()
            if steps != told:
                tell(steps)
                told = steps
            if all(status.has_ended for status in steps.values()):
                if goes_on:  # else another call has told
                    self._tell_topics(steps)
                return steps
            goes_on = True
            left = None if deadline is None else max(0.0, deadline - clock.monotonic())
            for outcome in waiting.as_completed(
                self._session,
                self._jobs.open(),
                left,
                polling,
                start=start,
                back=self.attach_command,
            ):
                now = self._taken(outcome.job.id, outcome.detail)
                if now.steps != told:
                    tell(now.steps)
                    told = now.steps
                if now.submit or now.has_ended:
                    break


def _teller(progress: bool | OnProgress) -> OnProgress:
    if callable(progress):
        return progress
    return Lines() if progress else _nothing


def _nothing(_steps: Mapping[str, StepStatus]) -> None:
    pass


class Lines:
    """Writes what has changed since the last call, a line for each step, to standard error."""

    def __init__(self, write: Callable[[str], None] | None = None) -> None:
        self._write = write or _to_standard_error
        self._before: Mapping[str, StepStatus] = {}

    def __call__(self, steps: Mapping[str, StepStatus]) -> None:
        """Write what is new."""
        ended = sum(status.has_ended for status in steps.values())
        for name, status in steps.items():
            if self._before.get(name, StepStatus.WAITING) is not status:
                self._write(f"{name}: {status}  ({ended} of {len(steps)} steps have ended)")
        self._before = dict(steps)


def _to_standard_error(text: str) -> None:
    print(printable(text), file=sys.stderr)  # noqa: T201
