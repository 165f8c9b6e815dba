"""The life of jobs, decided without I/O: time comes in as an argument, commands go out.

The engine calls :meth:`Scheduler.advance` whenever something changed, carries the commands to an
executor, and tells what came of them (:meth:`started`, :meth:`exited`). Sources: user guide, "Job
states", "Job timeouts", "Automated job retries", "Array jobs", "Job dependencies", "Multi-node
parallel jobs".
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass

from batchsdk.states import JobStatus
from localaws.batch import arrays, consumables, multinode, placement, retry
from localaws.batch.delays import NO_DELAYS, StateDelays
from localaws.batch.dispatch import TimedOutHead, dispatch, new_attempt, next_time_limit
from localaws.batch.fairshare import window_seconds
from localaws.batch.lives import Lives
from localaws.batch.models import PLACED, Attempt, Job, JobQueue
from localaws.batch.placement import Place
from localaws.batch.settling import Settling
from localaws.batch.state import BatchState

CONTAINER_EXITED = "Essential container in task exited"
NEVER_STARTED = "Task failed to start"
TIMED_OUT = "Job attempt duration exceeded timeout"
QUEUE_DELETED = "JobQueue deleted"
NETWORK_LOOK_MS = 1000
"""How soon a network is looked at again by which an instance could not register."""


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

    def __init__(self, state: BatchState, delays: StateDelays = NO_DELAYS) -> None:
        self.state = state
        self._submitted_ms = int(delays.submitted * 1000)
        self._starting_ms = int(delays.starting * 1000)
        self._settling = Settling(state, delays)
        self._lives = Lives(state)
        self._deadlines: list[tuple[int, str]] = []
        self._commands: list[Command] = []
        self._held_back: dict[str, Launch] = {}
        """Task id -> a launch whose time has not come."""
        self._launch_times: deque[tuple[int, str]] = deque()

    def advance(self, now: int) -> list[Command]:
        """Do everything that is due at ``now``; return what the executor must do for it."""
        self._settling.settle(now)
        self._admit(now)
        self._enforce_timeouts(now)
        for environment in self.state.compute_environments.values():
            placement.shed_excess(environment)
        self._dispatch(now)
        self._launch_what_is_due(now)
        for environment in self.state.compute_environments.values():
            placement.scale_in(environment, self.state.lets_register)
        commands, self._commands = self._commands, []
        return commands

    def next_deadline(self, now: int) -> int | None:
        """When :meth:`advance` must be called at the latest, or ``None`` if nothing is timed."""
        submitted = self.state.submitted
        times = [
            self._deadlines[0][0] if self._deadlines else None,
            submitted[0].created_at + self._submitted_ms if submitted else None,
            self._launch_times[0][0] if self._launch_times else None,
            self._settling.next_due(now),
            next_time_limit(self.state),
            now + NETWORK_LOOK_MS if self.state.awaits_network else None,
        ]
        return min((time for time in times if time is not None), default=None)

    # What API calls ask for

    def stop(self, job: Job, reason: str, now: int, *, terminate: bool) -> None:
        """Carry out CancelJob or, with ``terminate``, TerminateJob.

        Cancelling a STARTING or RUNNING job succeeds and changes nothing; a PENDING job fails only
        once its dependencies are over; finished jobs stay as they are (API: CancelJob). What is
        asked of a node is asked of its multi-node job.
        """
        if job.node_index is not None and job.parent is not None:
            job = job.parent
        if job.status.is_terminal:
            return
        if job.array_size is not None:
            self._record_request(job, reason, terminate=terminate)
            for child in job.children:
                self.stop(child, reason, now, terminate=terminate)
            if not job.children:
                self._lives.finish(job, JobStatus.FAILED, reason, now)
        elif job.status in PLACED:
            if terminate:
                self._record_request(job, reason, terminate=True)
                self._halt(job, reason, now)
        else:
            self._record_request(job, reason, terminate=terminate)
            if job.status is not JobStatus.PENDING:
                self._lives.finish(job, JobStatus.FAILED, reason, now)

    def refuse(self, job: Job, reason: str, now: int) -> None:
        """Fail a job that SubmitJob takes but that can never be started."""
        self._lives.finish(job, JobStatus.FAILED, reason, now)

    def delete_queue(self, queue: JobQueue, now: int) -> None:
        """End every job of a queue that is being deleted (API: DeleteJobQueue)."""
        for job in self.state.jobs_in(queue, [s for s in JobStatus if not s.is_terminal]):
            if job.node_index is not None:
                continue  # it goes with its multi-node job
            if job.status in PLACED:
                self._record_request(job, QUEUE_DELETED, terminate=True)
                self._halt(job, QUEUE_DELETED, now)
            elif job.array_size is None:
                self._lives.finish(job, JobStatus.FAILED, QUEUE_DELETED, now)

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
        if job.node_index is not None:
            self._node_started(job, now)
        elif job.parent is not None and job.parent.started_at is None:
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
        self._held_back.pop(task_id, None)
        job, attempt = self.state.running.pop(task_id)
        placement.vacate(Place(job, attempt.compute_environment, attempt.instance))
        attempt.stopped_at = now
        attempt.exit_code = exit_code
        attempt.reason = reason
        own_reason = NEVER_STARTED if attempt.started_at is None else CONTAINER_EXITED
        attempt.status_reason = attempt.stop_reason or status_reason or own_reason
        if job.node_index is not None:
            self._node_exited(job, attempt, now)
        else:
            self._conclude(job, attempt, now)

    def _conclude(self, job: Job, attempt: Attempt, now: int) -> None:
        """End the job, or have it run again, as its attempt ended."""
        self._count_for_share(job, -job.vcpus, now)
        consumables.let_go(job)
        if attempt.stop_reason is not None:
            self._lives.finish(job, JobStatus.FAILED, attempt.stop_reason, now)
        elif attempt.exit_code == 0:
            self._lives.finish(job, JobStatus.SUCCEEDED, attempt.status_reason, now)
        elif retry.is_retried(job.retry_strategy, len(job.attempts), attempt):
            if job.nodes:
                multinode.renew_nodes(self.state, job)
            self._lives.make_runnable(job, now, attempt.status_reason)
        else:
            self._lives.finish(job, JobStatus.FAILED, attempt.status_reason, now)

    # Multi-node parallel jobs

    def _node_started(self, node: Job, now: int) -> None:
        """With the main node the job runs, and the other nodes may start."""
        parent = node.parent
        if parent is None or node is not parent.main_node:
            return
        parent.started_at = now
        self.state.move(parent, JobStatus.RUNNING)
        for each in parent.nodes:
            launch = self._held_back.pop(each.attempts[-1].task_id, None)
            if launch is not None:
                self._commands.append(launch)

    def _node_exited(self, node: Job, attempt: Attempt, now: int) -> None:
        """End the node; with the main node stop the others, with the last one end the job."""
        succeeded = attempt.exit_code == 0 and attempt.stop_reason is None
        status = JobStatus.SUCCEEDED if succeeded else JobStatus.FAILED
        self._lives.finish(node, status, attempt.status_reason, now)
        parent = node.parent
        if parent is None or parent.status not in PLACED:
            return
        if node is parent.main_node:
            for other in parent.nodes:
                self._halt(other, multinode.MAIN_NODE_EXITED, now)
        main = parent.attempts[-1]
        if parent.status in PLACED and all(each.status.is_terminal for each in parent.nodes):
            self._conclude(parent, main, main.stopped_at or now)

    # Steps of advance

    def _admit(self, now: int) -> None:
        """Take jobs out of SUBMITTED: to PENDING if they wait for others, else to RUNNABLE."""
        submitted = self.state.submitted
        while submitted and submitted[0].created_at + self._submitted_ms <= now:
            job = submitted.popleft()
            if job.status is not JobStatus.SUBMITTED:
                continue  # cancelled meanwhile
            if job.array_size is None:
                self._lives.await_dependencies(job, job.depends_on, now)
                continue
            self.state.move(job, JobStatus.PENDING)
            arrays.spawn_children(self.state, job, now)
            for child in job.children:
                self._lives.await_dependencies(child, job.depends_on, now)

    def _enforce_timeouts(self, now: int) -> None:
        while self._deadlines and self._deadlines[0][0] <= now:
            _, task_id = heapq.heappop(self._deadlines)
            if task_id in self.state.running:
                job, _ = self.state.running[task_id]
                self._halt(job, TIMED_OUT, now)

    def _dispatch(self, now: int) -> None:
        for decision in dispatch(self.state, now):
            if isinstance(decision, TimedOutHead):
                self._lives.finish(decision.job, JobStatus.FAILED, decision.status_reason, now)
            else:
                self._start(decision, now)

    def _start(self, places: list[Place], now: int) -> None:
        """Begin an attempt on each place; of several nodes the main one first."""
        for place in places:
            job = place.job
            attempt = new_attempt(self.state, place)
            job.attempts.append(attempt)
            self._become_starting(job)
            self.state.running[attempt.task_id] = (job, attempt)
            self._held_back[attempt.task_id] = Launch(job, attempt)
        first = places[0].job
        if first.node_index is not None and first.parent is not None:
            main, first = first.parent.main_node, first.parent
            first.attempts.append(main.attempts[-1])
            self._become_starting(first)
        consumables.hold(self.state, first)
        self._count_for_share(first, first.vcpus, now)
        self._launch_times.append((now + self._starting_ms, first.attempts[-1].task_id))

    def _launch_what_is_due(self, now: int) -> None:
        while self._launch_times and self._launch_times[0][0] <= now:
            _, task_id = self._launch_times.popleft()
            launch = self._held_back.pop(task_id, None)
            if launch is not None:
                self._commands.append(launch)

    # Shared moves

    def _become_starting(self, job: Job) -> None:
        job.status_reason = None
        job.stopped_at = None
        self.state.move(job, JobStatus.STARTING)

    def _count_for_share(self, job: Job, vcpus: float, now: int) -> None:
        policy, share = self.state.fairshare_policy(job.queue), job.queue.share_of(job)
        if policy is not None and share is not None:
            share.change(vcpus, now, window_seconds(policy))

    @staticmethod
    def _record_request(job: Job, reason: str, *, terminate: bool) -> None:
        job.requested_reason = job.requested_reason or reason
        if terminate:
            job.is_terminated = True
        else:
            job.is_cancelled = True

    def _halt(self, job: Job, reason: str, now: int) -> None:
        """Stop what runs of the job; what has not been launched is over at once."""
        for each in list(job.nodes) or [job]:
            attempt = each.current_attempt
            if attempt is None or attempt.stop_reason is not None:
                continue
            attempt.stop_reason = reason
            if self._held_back.pop(attempt.task_id, None) is not None:
                self.exited(attempt.task_id, None, None, now)
            else:
                self._commands.append(Halt(attempt.task_id))
