"""The life of jobs, decided without I/O: time comes in as an argument, commands go out.

The engine calls :meth:`Scheduler.advance` whenever something changed, carries the commands to an
executor, and tells what came of them (:meth:`started`, :meth:`exited`). Sources: user guide, "Job
states", "Job timeouts", "Automated job retries", "Array jobs", "Job dependencies".
"""

from __future__ import annotations

import heapq
import uuid
from dataclasses import dataclass

from batchsdk.states import JobStatus
from localaws.batch import placement, retry
from localaws.batch.logs import log_destination
from localaws.batch.models import (
    PLACED,
    Attempt,
    ComputeEnvironment,
    Job,
    JobQueue,
    ResourceStatus,
)
from localaws.batch.state import BatchState

CONTAINER_EXITED = "Essential container in task exited"
NEVER_STARTED = "Task failed to start"
TIMED_OUT = "Job attempt duration exceeded timeout"
DEPENDENCY_FAILED = "Dependent Job failed"
CHILD_FAILED = "Array Child Job failed"
QUEUE_DELETED = "JobQueue deleted"
INSUFFICIENT_CAPACITY = (
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for "
    "the instance type(s) of the CE(s) attached to the job queue."
)


@dataclass(frozen=True)
class Launch:
    """Start this attempt of the job."""

    job: Job
    attempt: Attempt


@dataclass(frozen=True)
class Halt:
    """Stop the task: SIGTERM, and SIGKILL after the stop timeout."""

    task_id: str


Command = Launch | Halt


class Scheduler:
    """Moves the jobs of one :class:`BatchState`; all times are epoch milliseconds."""

    def __init__(self, state: BatchState) -> None:
        self.state = state
        self._deadlines: list[tuple[int, str]] = []
        self._halts: list[Halt] = []

    def advance(self, now: int) -> list[Command]:
        """Do everything that is due at ``now``; return what the executor must do for it."""
        self._settle_resources()
        self._admit(now)
        self._enforce_timeouts(now)
        launches = self._dispatch()
        commands: list[Command] = [*launches, *self._halts]
        self._halts = []
        return commands

    def next_deadline(self) -> int | None:
        """When :meth:`advance` must be called at the latest, or ``None`` if nothing is timed."""
        return self._deadlines[0][0] if self._deadlines else None

    # What API calls ask for

    def stop(self, job: Job, reason: str, now: int, *, terminate: bool) -> None:
        """Carry out CancelJob or, with ``terminate``, TerminateJob.

        Cancelling a STARTING or RUNNING job succeeds and changes nothing; a PENDING job fails only
        once its dependencies are over; finished jobs stay as they are (API: CancelJob).
        """
        if job.status.is_terminal:
            return
        if job.array_size is not None:
            self._record_request(job, reason, terminate=terminate)
            for child in job.children:
                self.stop(child, reason, now, terminate=terminate)
            if not job.children:
                self._finish(job, JobStatus.FAILED, reason, now)
        elif job.status in PLACED:
            if terminate:
                self._record_request(job, reason, terminate=True)
                self._halt(job, reason)
        else:
            self._record_request(job, reason, terminate=terminate)
            if job.status is not JobStatus.PENDING:
                self._finish(job, JobStatus.FAILED, reason, now)

    def delete_queue(self, queue: JobQueue, now: int) -> None:
        """End every job of a queue that is being deleted (API: DeleteJobQueue)."""
        for job in self.state.jobs_in(queue, [s for s in JobStatus if not s.is_terminal]):
            if job.status in PLACED:
                self._record_request(job, QUEUE_DELETED, terminate=True)
                self._halt(job, QUEUE_DELETED)
            elif job.array_size is None:
                self._finish(job, JobStatus.FAILED, QUEUE_DELETED, now)

    # What the executor reports

    def started(self, task_id: str, now: int) -> None:
        """Take note that the container of this task runs."""
        if task_id not in self.state.running:
            return
        job, attempt = self.state.running[task_id]
        if attempt.started_at is not None:
            return
        attempt.started_at = now
        job.started_at = now
        self.state.move(job, JobStatus.RUNNING)
        if job.parent is not None and job.parent.started_at is None:
            job.parent.started_at = now
        if job.timeout_seconds is not None:
            heapq.heappush(self._deadlines, (now + job.timeout_seconds * 1000, task_id))

    def exited(
        self,
        task_id: str,
        exit_code: int | None,
        reason: str | None,
        now: int,
        *,
        status_reason: str | None = None,
    ) -> None:
        """Take note that the task is over.

        Args:
            task_id: of the attempt.
            exit_code: the container's; ``None`` if it never started or its host was lost.
            reason: of the container, e.g. ``OutOfMemoryError: …``.
            now: epoch milliseconds.
            status_reason: of the attempt, if its host was lost.
        """
        if task_id not in self.state.running:
            return
        job, attempt = self.state.running.pop(task_id)
        attempt.compute_environment.used_vcpus -= job.vcpus
        attempt.stopped_at = now
        attempt.exit_code = exit_code
        attempt.reason = reason
        own_reason = NEVER_STARTED if attempt.started_at is None else CONTAINER_EXITED
        attempt.status_reason = attempt.stop_reason or status_reason or own_reason
        if attempt.stop_reason is not None:
            self._finish(job, JobStatus.FAILED, attempt.stop_reason, now)
        elif exit_code == 0:
            self._finish(job, JobStatus.SUCCEEDED, attempt.status_reason, now)
        elif retry.is_retried(job.retry_strategy, len(job.attempts), attempt):
            self._make_runnable(job, now, attempt.status_reason)
        else:
            self._finish(job, JobStatus.FAILED, attempt.status_reason, now)

    # Steps of advance

    def _settle_resources(self) -> None:
        """Complete what AWS does asynchronously to environments and queues."""
        state = self.state
        for queue in list(state.job_queues.values()):
            if queue.status is ResourceStatus.DELETING:
                if not any(job.queue is queue for job, _ in state.running.values()):
                    del state.job_queues[queue.name]
            elif queue.status in (ResourceStatus.CREATING, ResourceStatus.UPDATING):
                queue.status = ResourceStatus.VALID
        for environment in list(state.compute_environments.values()):
            if environment.status is ResourceStatus.DELETING:
                del state.compute_environments[environment.name]
            elif environment.status in (ResourceStatus.CREATING, ResourceStatus.UPDATING):
                environment.status = ResourceStatus.VALID

    def _admit(self, now: int) -> None:
        """Take jobs out of SUBMITTED: to PENDING if they wait for others, else to RUNNABLE."""
        submitted, self.state.submitted = self.state.submitted, []
        for job in submitted:
            if job.status is not JobStatus.SUBMITTED:
                continue  # cancelled meanwhile
            if job.array_size is None:
                self._await_dependencies(job, job.depends_on, now)
                continue
            self.state.move(job, JobStatus.PENDING)
            self._spawn_children(job, now)
            for child in job.children:
                self._await_dependencies(child, job.depends_on, now)

    def _spawn_children(self, parent: Job, now: int) -> None:
        for index in range(parent.array_size or 0):
            child_id = f"{parent.id}:{index}"
            child = Job(
                id=child_id,
                arn=self.state.arn(f"job/{child_id}"),
                name=parent.name,
                queue=parent.queue,
                definition=parent.definition,
                created_at=now,
                container=parent.container,
                parameters=parent.parameters,
                depends_on=[],
                retry_strategy=parent.retry_strategy,
                timeout_seconds=parent.timeout_seconds,
                tags={},  # tags do not reach array children (user guide: Tag your resources)
                propagate_tags=parent.propagate_tags,
                vcpus=parent.vcpus,
                memory=parent.memory,
                gpus=parent.gpus,
                share_identifier=parent.share_identifier,
                scheduling_priority=parent.scheduling_priority,
                parent=parent,
                index=index,
            )
            parent.children.append(child)
            self.state.add(child)

    def _await_dependencies(self, job: Job, depends_on: list[dict[str, str]], now: int) -> None:
        """Put a job that is being admitted where its dependencies leave it."""
        failed = False
        for dependency in depends_on:
            other = self._dependency_of(job, dependency)
            if other is None or other.status is JobStatus.SUCCEEDED:
                continue
            failed = failed or other.status is JobStatus.FAILED
            job.waiting_for.add(other.id)
            self.state.dependents[other.id].append(job)
        if failed:
            self.state.move(job, JobStatus.PENDING)
            self._finish(job, JobStatus.FAILED, DEPENDENCY_FAILED, now)
        elif job.waiting_for:
            self.state.move(job, JobStatus.PENDING)
        else:
            self._make_runnable(job, now, None)

    def _dependency_of(self, job: Job, dependency: dict[str, str]) -> Job | None:
        """Return the very job that ``job`` waits for (API: JobDependency)."""
        kind = dependency.get("type")
        if kind == "SEQUENTIAL":
            siblings = job.parent.children if job.parent is not None else []
            return siblings[job.index - 1] if job.index else None
        other = self.state.jobs[dependency["jobId"]]
        if kind == "N_TO_N" and job.index is not None and job.index < len(other.children):
            return other.children[job.index]
        return other

    def _enforce_timeouts(self, now: int) -> None:
        while self._deadlines and self._deadlines[0][0] <= now:
            _, task_id = heapq.heappop(self._deadlines)
            if task_id in self.state.running:
                job, _ = self.state.running[task_id]
                self._halt(job, TIMED_OUT)

    def _dispatch(self) -> list[Launch]:
        """Give capacity to the heads of the queues, higher priority first, each queue in order."""
        launches = []
        for queue in sorted(self.state.job_queues.values(), key=lambda each: -each.priority):
            while queue.runnable:
                job = next(iter(queue.runnable.values()))
                if self.state.lacks_capacity(job.name):
                    job.status_reason = INSUFFICIENT_CAPACITY
                    break
                environment = placement.choose(job)
                if environment is None:
                    job.status_reason = placement.blocked_reason(job)
                    break
                launches.append(Launch(job, self._start_attempt(job, environment)))
        return launches

    def _start_attempt(self, job: Job, environment: ComputeEnvironment) -> Attempt:
        state = self.state
        task_id = state.new_task_id()
        cluster = environment.ecs_cluster_arn.rsplit("/", 1)[-1]
        ecs = f"arn:aws:ecs:{state.region}:{state.account_id}"
        group, stream = log_destination(job, task_id)
        attempt = Attempt(
            task_id=task_id,
            task_arn=f"{ecs}:task/{cluster}/{task_id}",
            container_instance_arn=f"{ecs}:container-instance/{cluster}/{uuid.uuid4().hex}",
            log_group=group,
            log_stream=stream,
            compute_environment=environment,
        )
        environment.used_vcpus += job.vcpus
        job.attempts.append(attempt)
        job.status_reason = None
        job.stopped_at = None
        state.running[task_id] = (job, attempt)
        state.move(job, JobStatus.STARTING)
        return attempt

    # Shared moves

    @staticmethod
    def _record_request(job: Job, reason: str, *, terminate: bool) -> None:
        job.requested_reason = job.requested_reason or reason
        if terminate:
            job.is_terminated = True
        else:
            job.is_cancelled = True

    def _halt(self, job: Job, reason: str) -> None:
        attempt = job.current_attempt
        if attempt is not None and attempt.stop_reason is None:
            attempt.stop_reason = reason
            self._halts.append(Halt(attempt.task_id))

    def _make_runnable(self, job: Job, now: int, reason: str | None) -> None:
        job.status_reason = reason
        job.runnable_since = now
        self.state.move(job, JobStatus.RUNNABLE)

    def _finish(self, job: Job, status: JobStatus, reason: str | None, now: int) -> None:
        """End a job, and with it whatever hangs on it: its array's parent and its dependents.

        A work list, not recursion: a chain of a thousand dependent jobs ends in one call.
        """
        ended = [(job, status, reason)]
        while ended:
            each, outcome, why = ended.pop()
            if each.status.is_terminal:
                continue
            each.status_reason = why
            each.stopped_at = now
            self.state.move(each, outcome)
            ended.extend(self._ended_parent(each))
            ended.extend(self._released_dependents(each, now))

    def _ended_parent(self, child: Job) -> list[tuple[Job, JobStatus, str | None]]:
        parent = child.parent
        if parent is None:
            return []
        failed = parent.status_counts.get(JobStatus.FAILED, 0)
        succeeded = parent.status_counts.get(JobStatus.SUCCEEDED, 0)
        if failed + succeeded < (parent.array_size or 0):
            return []
        if failed:
            return [(parent, JobStatus.FAILED, parent.requested_reason or CHILD_FAILED)]
        return [(parent, JobStatus.SUCCEEDED, None)]

    def _released_dependents(self, job: Job, now: int) -> list[tuple[Job, JobStatus, str | None]]:
        ended: list[tuple[Job, JobStatus, str | None]] = []
        for dependent in self.state.dependents.pop(job.id, ()):
            if dependent.status is not JobStatus.PENDING:
                continue
            dependent.waiting_for.discard(job.id)
            if job.status is JobStatus.FAILED:
                reason = dependent.requested_reason or DEPENDENCY_FAILED
                ended.append((dependent, JobStatus.FAILED, reason))
            elif not dependent.waiting_for:
                if dependent.requested_reason is not None:
                    ended.append((dependent, JobStatus.FAILED, dependent.requested_reason))
                else:
                    self._make_runnable(dependent, now, None)
        return ended
