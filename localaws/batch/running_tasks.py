"""Attempts as an executor runs them: one container each, or several in their order."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from localaws.batch.executors import Executor, Listener, Task
from localaws.batch.models import Attempt, ContainerRun, Job
from localaws.batch.several_containers import NEVER_STARTED, Steps, TaskOrder
from localaws.batch.task_endpoints import TaskEndpoints
from localaws.batch.task_roles import role_of_containers
from localaws.batch.tasks import tasks_of

logger = logging.getLogger(__name__)


class Ending(NamedTuple):
    """The end of an attempt."""

    task_id: str
    exit_code: int | None
    reason: str | None


@dataclass(frozen=True)
class _Several:
    """An attempt of several containers."""

    task_id: str
    order: TaskOrder
    tasks: Mapping[str, Task]
    runs: Mapping[str, ContainerRun]


class RunningTasks:
    """What the executor runs, by attempt; its methods are the engine's alone, under its lock."""

    def __init__(
        self,
        executor: Executor,
        listener: Listener,
        stop_timeout: float,
        endpoints: TaskEndpoints,
    ) -> None:
        """Prepare.

        Args:
            executor: runs the containers.
            listener: hears of each by the id that the executor knows.
            stop_timeout: seconds between SIGTERM and SIGKILL.
            endpoints: where the containers reach the ECS agent.
        """
        self._executor = executor
        self._listener = listener
        self._stop_timeout = stop_timeout
        self._endpoints = endpoints
        self._several: dict[str, _Several] = {}
        self._containers: dict[str, tuple[_Several, str]] = {}

    def start(self, job: Job, attempt: Attempt, environment: Mapping[str, str]) -> Ending | None:
        """Begin an attempt; return its end if nothing of it can start."""
        has_role = role_of_containers(job, attempt) is not None
        tasks = tasks_of(job, attempt, environment, self._endpoints, has_role=has_role)
        if not attempt.containers:
            for task in tasks.values():
                self._executor.start(task, self._listener)
            return None
        order = TaskOrder({each["name"]: each for each in job.containers})
        runs = {each.name: each for each in attempt.containers}
        several = _Several(attempt.task_id, order, tasks, runs)
        self._several[attempt.task_id] = several
        self._containers |= {task.task_id: (several, name) for name, task in tasks.items()}
        return self._carry_out(several, order.begin())

    def stop(self, task_id: str, timeout: float | None = None) -> Ending | None:
        """Stop an attempt, killing after ``timeout`` seconds; return its end if nothing ran."""
        seconds = self._stop_timeout if timeout is None else timeout
        if task_id not in self._several:
            self._executor.stop(task_id, seconds)
            return None
        several = self._several[task_id]
        return self._carry_out(several, several.order.stop(), seconds)

    def kill(self, task_id: str) -> None:
        """Kill what runs of an attempt that is over for Batch: what it does yet is not its own."""
        self.stop(task_id, 0)
        several = self._several.pop(task_id, None)
        for task in several.tasks.values() if several else ():
            self._containers.pop(task.task_id, None)

    def started(self, task_id: str) -> tuple[str, Ending | None]:
        """Return the attempt that a container which runs now is of, and its end if this is it."""
        if task_id not in self._containers:
            return task_id, None
        several, name = self._containers[task_id]
        several.runs[name].is_started = True
        return several.task_id, self._carry_out(several, several.order.started(name))

    def exited(self, task_id: str, exit_code: int | None, reason: str | None) -> Ending | None:
        """Return the end of an attempt if a container that is over was the last."""
        if task_id not in self._containers:
            return Ending(task_id, exit_code, reason)
        several, name = self._containers.pop(task_id)
        run = several.runs[name]
        run.exit_code, run.reason = exit_code, reason
        return self._carry_out(several, several.order.exited(name, exit_code))

    def output_of(self, task_id: str) -> tuple[str, ContainerRun | None]:
        """Return the attempt that a container is of, and which one of several it is."""
        if task_id not in self._containers:
            return task_id, None
        several, name = self._containers[task_id]
        return several.task_id, several.runs[name]

    def _carry_out(
        self, several: _Several, steps: Steps, timeout: float | None = None
    ) -> Ending | None:
        for name in steps.given_up:
            several.runs[name].reason = NEVER_STARTED
        for name in steps.stop:
            seconds = self._stop_timeout if timeout is None else timeout
            self._executor.stop(several.tasks[name].task_id, seconds)
        for name in steps.start:
            task = several.tasks[name]
            try:
                self._executor.start(task, self._listener)
            except Exception as error:
                logger.exception("container %s of task %s", name, several.task_id)
                reason = f"CannotStartContainerError: {error}"
                self._listener.exited(task.task_id, None, reason)
        if not several.order.is_over:
            return None
        for task in several.tasks.values():
            self._containers.pop(task.task_id, None)
        del self._several[several.task_id]
        decided = several.runs.get(several.order.deciding or "")
        return Ending(
            several.task_id,
            decided.exit_code if decided else None,
            decided.reason if decided else None,
        )
