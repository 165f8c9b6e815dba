"""Carries the schedulers' decisions out: one thread, one lock, one executor.

Operations (HTTP threads) change state under :attr:`Engine.lock` and call :meth:`Engine.wake`;
executors report from their own threads into a queue; the engine's thread alone advances time.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from localaws.batch import registered_instances
from localaws.batch.agent_rights import AgentRights
from localaws.batch.counts import count
from localaws.batch.delays import NO_DELAYS, StateDelays
from localaws.batch.events import EventBridge, EventSink
from localaws.batch.executors import KILLED, OUT_OF_MEMORY, Executor
from localaws.batch.executors.terminals import Terminal
from localaws.batch.job_faults import (
    host_lost_reason,
    hosts_of_deleted_environments,
    kill_for_memory,
    pull_failure,
    struck_hosts,
    struck_memory,
)
from localaws.batch.logs import CloudWatchLogs, LogGroupMissingError, LogSink, open_streams
from localaws.batch.models import Attempt, Job
from localaws.batch.reachability import Network
from localaws.batch.roles import Roles
from localaws.batch.running_tasks import Ending, RunningTasks
from localaws.batch.scheduler import Halt, Launch, Scheduler
from localaws.batch.state import BatchState
from localaws.batch.task_endpoints import TaskEndpoints
from localaws.faults import FaultKind, Faults

logger = logging.getLogger(__name__)

LONGEST_SLEEP = 3600.0
"""Seconds; Python's locks cannot wait for the years that a job's timeout may have."""
DEFAULT_STOP_TIMEOUT = 30.0
"""Seconds between SIGTERM and SIGKILL (user guide: Job timeouts)."""

Report = Callable[[], None]
Output = tuple[str, list[tuple[int, str]]]
SavedRegions = dict[tuple[str, str], Scheduler]
"""Account and region -> its scheduler, and with that its state."""


def epoch_milliseconds() -> int:
    """Return the time as the Batch API writes it."""
    return time.time_ns() // 1_000_000


class Engine:
    """Batch in every account and region of one local AWS."""

    def __init__(
        self,
        executor: Executor,
        *,
        job_environment: Mapping[str, str],
        stop_timeout: float = DEFAULT_STOP_TIMEOUT,
        delays: StateDelays = NO_DELAYS,
        now: Callable[[], int] = epoch_milliseconds,
        log_sink: Callable[[str, str], LogSink] = CloudWatchLogs,
        account_environment: Callable[[str, str], Mapping[str, str]] = lambda *_: {},
        events: EventSink | None = None,
        faults: Faults | None = None,
        saved: SavedRegions | None = None,
        endpoints: TaskEndpoints | None = None,
        network: Callable[[str, str], Network] | None = None,
        roles: Callable[[str, str], Roles] | None = None,
        agent: Callable[[str, str], AgentRights] | None = None,
    ) -> None:
        """Start the engine's thread.

        Args:
            executor: runs the attempts; closed by :meth:`close`.
            job_environment: variables that every job gets below its own.
            stop_timeout: seconds between SIGTERM and SIGKILL.
            delays: how long states last at least.
            now: the clock, in epoch milliseconds.
            log_sink: makes the sink of an account and region.
            account_environment: more variables for the jobs of an account and region.
            events: hears of transitions; by default EventBridge.
            faults: failures on demand that jobs meet.
            saved: what :meth:`regions_to_save` gave before a restart. Its jobs that ran have lost
                their host.
            endpoints: where containers reach the ECS agent; None: no server answers them.
            network: makes the network of an account and region; None: everything is reached.
            roles: makes the roles of an account and region; None: every role will do.
            agent: makes what the ECS agent may do in an account and region; None: all that it must.
        """
        self.lock = threading.RLock()
        self.now = now
        self._executor = executor
        self._job_environment = dict(job_environment)
        endpoints = endpoints or TaskEndpoints("http://localhost")
        self._tasks = RunningTasks(executor, self, stop_timeout, endpoints)
        self._delays = delays
        self._log_sink = log_sink
        self._account_environment = account_environment
        self._events: EventSink = events or EventBridge()
        self._faults = faults or Faults()
        self._network = network
        self._roles = roles
        self._agent = agent
        self._regions: dict[tuple[str, str], _Region] = {}
        self.transitions = 0
        """How many jobs have changed their status; tells whether there is something to save."""
        self._reports: queue.SimpleQueue[Report | Output | None] = queue.SimpleQueue()
        self._closing = False
        for key, scheduler in (saved or {}).items():
            self._regions[key] = self._connect(scheduler)
            for task_id in list(scheduler.state.running):
                self._lose_host(self._regions[key], task_id)
        self._thread = threading.Thread(target=self._loop, name="batch-engine", daemon=True)
        self._thread.start()

    def region(self, account_id: str, region: str) -> tuple[BatchState, Scheduler]:
        """Return Batch of that account and region; call with :attr:`lock` held."""
        found = self._region(account_id, region)
        return found.state, found.scheduler

    def wake(self) -> None:
        """Have the engine's thread look at the state again."""
        self._reports.put(None)

    def close(self) -> None:
        """Stop scheduling and kill what runs."""
        self._closing = True
        self.wake()
        self._thread.join()
        self._executor.close()
        self._events.close()

    def reset(self, reset_others: Callable[[], None]) -> None:
        """Kill what runs and forget everything, and have the other services do so meanwhile."""
        with self.lock:
            for region in self._regions.values():
                for task_id in region.state.running:
                    self._tasks.kill(task_id)
            self._regions.clear()
            reset_others()

    def regions_to_save(self) -> SavedRegions:
        """Return what a restart needs; pickle it with :attr:`lock` held."""
        return {key: region.scheduler for key, region in self._regions.items()}

    def counts(self) -> dict[str, Any]:
        """Count resources over all accounts and regions, and jobs by their status."""
        with self.lock:
            return count(region.state for region in self._regions.values())

    def running(self, task_id: str) -> tuple[Job, Attempt] | None:
        """Return the job and the attempt of an ECS task that is starting or running."""
        with self.lock:
            states = (region.state for region in self._regions.values())
            return next((s.running[task_id] for s in states if task_id in s.running), None)

    def stats(self, container_id: str) -> Mapping[str, Any] | None:
        """Return what a running container uses, as the Docker API tells; ``None`` if unknown."""
        return self._executor.stats(container_id)

    def reaches(self, job: Job, attempt: Attempt, service: str) -> bool:
        """Tell whether the containers of an attempt reach a service of AWS."""
        with self.lock:
            return self._region(*attempt.compute_environment.account_and_region).reaches(
                job, attempt, service
            )

    def open_terminal(self, container_id: str, command: Sequence[str]) -> Terminal | None:
        """Run a command in a running container; ``None`` if it does not run.

        Raises:
            OSError, ValueError: the command cannot be started.
        """
        return self._executor.open_terminal(container_id, command)

    # Listener: executors call these from their own threads

    def started(self, task_id: str) -> None:
        """See :class:`localaws.batch.executors.Listener`."""
        now = self.now()
        self._reports.put(lambda: self._on_started(task_id, now))

    def output(self, task_id: str, lines: list[tuple[int, str]]) -> None:
        """See :class:`localaws.batch.executors.Listener`."""
        self._reports.put((task_id, lines))

    def exited(self, task_id: str, exit_code: int | None, reason: str | None) -> None:
        """See :class:`localaws.batch.executors.Listener`."""
        now = self.now()
        self._reports.put(lambda: self._on_exited(task_id, exit_code, reason, now))

    # The engine's thread

    def _region(self, account_id: str, region: str) -> _Region:
        key = (account_id, region)
        if key not in self._regions:
            state = BatchState(account_id, region)
            self._regions[key] = self._connect(Scheduler(state, self._delays))
        return self._regions[key]

    def _connect(self, scheduler: Scheduler) -> _Region:
        """Give a scheduler and its state what they tell others and ask of others."""
        state = scheduler.state
        state.on_move = lambda job: self._on_move(state, job)
        state.lacks_capacity = self._faults.holds_back
        state.detach_delay = self._faults.detach_delay
        network = self._network(state.account_id, state.region) if self._network else None
        roles = self._roles(state.account_id, state.region) if self._roles else None
        if roles is not None:
            state.role_problem = roles.problem
        state.lets_register = lambda environment: (
            (network is None or network.lets_register(environment))
            and (roles is None or roles.let_register(environment))
        )
        agent = self._agent(state.account_id, state.region) if self._agent else None
        logs = self._log_sink(state.account_id, state.region)
        return _Region(scheduler, logs, network, agent)

    def _on_move(self, state: BatchState, job: Job) -> None:
        self.transitions += 1
        self._events.job_changed(state, job)

    def _loop(self) -> None:
        while not self._closing:
            reports = self._wait_for_reports()
            with self.lock:
                for report in reports:
                    with _logged("a report of the executor"):
                        if callable(report):
                            report()
                        elif report is not None:
                            self._on_output(*report)
                for region in list(self._regions.values()):
                    with _logged("scheduling"):
                        for task_id in registered_instances.look(region.state):
                            self._lose_host(region, task_id)
                        self._strike_hosts(region)
                        self._strike_memory(region)
                        for command in region.scheduler.advance(self.now()):
                            self._carry_out(region, command)
                        self._events.look_at_heads(region.state)

    def _wait_for_reports(self) -> list[Report | Output | None]:
        with self.lock:
            now = self.now()
            deadlines = [each.scheduler.next_deadline(now) for each in self._regions.values()]
            looks = any(
                registered_instances.unmanaged(each.state) for each in self._regions.values()
            )
        due = [max(0, deadline - now) / 1000 for deadline in deadlines if deadline is not None]
        longest = registered_instances.LOOK_SECONDS if looks else LONGEST_SLEEP
        reports: list[Report | Output | None] = []
        try:
            reports.append(self._reports.get(timeout=min([*due, longest])))
            while True:
                reports.append(self._reports.get_nowait())
        except queue.Empty:
            return reports

    def _carry_out(self, region: _Region, command: Launch | Halt) -> None:
        if isinstance(command, Halt):
            self._end(self._tasks.stop(command.task_id))
            return
        job, attempt = command.job, command.attempt
        if self._faults.strikes_job([FaultKind.IMAGE_PULL], job.name, attempt.task_id):
            self.exited(attempt.task_id, None, pull_failure(job))
            return
        if reason := region.start_failure(job, attempt):
            self.exited(attempt.task_id, None, reason)
            return
        try:
            self._launch(region, job, attempt)
        except Exception as error:
            logger.exception("job %s cannot be started", job.id)
            self.exited(attempt.task_id, None, f"CannotStartContainerError: {error}")

    def _launch(self, region: _Region, job: Job, attempt: Attempt) -> None:
        try:
            open_streams(region.logs, job, attempt)
        except LogGroupMissingError as missing:
            self.exited(
                attempt.task_id,
                None,
                "CannotStartContainerError: failed to initialize logging driver: failed to create "
                f"Cloudwatch log stream: ResourceNotFoundException: log group {missing} "
                "does not exist",
            )
            return
        environment = {
            **self._job_environment,
            **self._account_environment(region.state.account_id, region.state.region),
        }
        self._end(self._tasks.start(job, attempt, environment))

    def _strike_hosts(self, region: _Region) -> None:
        """Take the hosts of running jobs that a fault meets, or whose environment goes."""
        state = region.state
        for task_id in [*struck_hosts(self._faults, state), *hosts_of_deleted_environments(state)]:
            self._lose_host(region, task_id)

    def _lose_host(self, region: _Region, task_id: str) -> None:
        if task_id not in region.state.running:
            return  # ended with the main node of its job, just now
        _, attempt = region.state.running[task_id]
        self._tasks.kill(task_id)
        reason = host_lost_reason(attempt)
        region.scheduler.exited(task_id, None, None, self.now(), status_reason=reason)

    def _strike_memory(self, region: _Region) -> None:
        """Kill the containers of running jobs that a fault has use too much memory."""
        for task_id in struck_memory(self._faults, region.state):
            if task_id not in region.state.running:
                continue  # ended with the main node of its job, just now
            job, attempt = region.state.running[task_id]
            self._tasks.kill(task_id)
            kill_for_memory(job, attempt)
            region.scheduler.exited(task_id, KILLED, OUT_OF_MEMORY, self.now())

    def _on_started(self, container: str, now: int) -> None:
        task_id, ending = self._tasks.started(container)
        for region in self._regions.values():
            region.scheduler.started(task_id, now)
        self._end(ending)

    def _on_exited(
        self, container: str, exit_code: int | None, reason: str | None, now: int
    ) -> None:
        ending = self._tasks.exited(container, exit_code, reason)
        if ending is not None:
            for region in self._regions.values():
                region.scheduler.exited(*ending, now)

    def _end(self, ending: Ending | None) -> None:
        """Take note that an attempt ended by what was just done."""
        if ending is not None:
            now = self.now()
            for region in self._regions.values():
                region.scheduler.exited(*ending, now)

    def _on_output(self, container: str, lines: list[tuple[int, str]]) -> None:
        task_id, run = self._tasks.output_of(container)
        for region in self._regions.values():
            if task_id in region.state.running:
                _, attempt = region.state.running[task_id]
                to = run or attempt
                region.logs.write(to.log_group, to.log_stream, lines)


class _Region:
    """Batch of one account and region: its state, its scheduler, and what these depend on."""

    def __init__(
        self,
        scheduler: Scheduler,
        logs: LogSink,
        network: Network | None,
        agent: AgentRights | None,
    ) -> None:
        self.state = scheduler.state
        self.scheduler = scheduler
        self.logs = logs
        self._network = network
        self._agent = agent

    def reaches(self, job: Job, attempt: Attempt, service: str) -> bool:
        """Tell whether the containers of an attempt reach a service of AWS."""
        return self._network is None or self._network.reaches(job, attempt, service)

    def start_failure(self, job: Job, attempt: Attempt) -> str | None:
        """Say why the containers of an attempt would never start, or nothing."""
        for judge in (self._network, self._agent):
            if judge is not None and (reason := judge.start_failure(job, attempt)):
                return reason
        return None


@contextlib.contextmanager
def _logged(doing: str) -> Iterator[None]:
    """Keep the engine's thread alive: without it every job of every region would stand still."""
    try:
        yield
    except Exception:
        logger.exception("%s failed", doing)
