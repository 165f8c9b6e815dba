"""What runs the attempts: processes of this machine, or containers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from localaws.batch.executors.terminals import Terminal

OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
"""Reason of a container that used more memory than its limit."""
KILLED = 137
"""Its exit code: 128 and the number of SIGKILL."""


@dataclass(frozen=True)
class Mount:
    """An empty directory of the task alone, which ends with it."""

    path: str
    read_only: bool = False
    keeps_image: bool = True
    """What the image has there is in it, with its permissions; else it is root's, 0755."""


@dataclass(frozen=True)
class Task:
    """One attempt, ready to run."""

    task_id: str
    job_id: str
    image: str
    command: Sequence[str]
    """Empty: the image's own command."""
    environment: Mapping[str, str]
    vcpus: float
    memory: int
    """Hard limit in MiB."""
    user: str | None = None
    privileged: bool = False
    readonly_root: bool = False
    mounts: Sequence[Mount] = ()
    tmpfs: Mapping[str, str] = field(default_factory=dict)
    """Path to mount options, e.g. ``size=64m,exec``."""
    labels: Mapping[str, str] = field(default_factory=dict)


class Listener(Protocol):
    """Hears what becomes of tasks; any thread may call it, in the order of events of a task."""

    def started(self, task_id: str) -> None:
        """Hear that the command runs."""

    def output(self, task_id: str, lines: list[tuple[int, str]]) -> None:
        """Hear lines of stdout and stderr, each with its time (epoch milliseconds)."""

    def exited(self, task_id: str, exit_code: int | None, reason: str | None) -> None:
        """Hear that the command is over; nothing follows for this task."""


class Executor(Protocol):
    """Runs tasks without blocking its caller."""

    name: str

    def start(self, task: Task, listener: Listener) -> None:
        """Begin to run ``task``; every outcome, failure to start included, goes to ``listener``."""

    def stop(self, task_id: str, timeout: float) -> None:
        """Send SIGTERM and, after ``timeout`` seconds, SIGKILL; unknown ids are ignored."""

    def stats(self, task_id: str) -> Mapping[str, Any] | None:
        """Return what a task that runs uses (Docker API: ContainerStats); ``None`` if unknown."""

    def open_terminal(self, task_id: str, command: Sequence[str]) -> Terminal | None:
        """Run a command beside a task, where it runs; ``None`` if the task does not run.

        Raises:
            OSError, ValueError: the command cannot be started.
        """

    def close(self) -> None:
        """Kill whatever still runs and leave nothing behind."""
