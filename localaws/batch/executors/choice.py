"""Which executor a local AWS has, by its name."""

from __future__ import annotations

from typing import Literal, get_args

from localaws.batch.executors import Executor
from localaws.batch.executors.container import ContainerExecutor, engine_answers
from localaws.batch.executors.noop import NoopExecutor
from localaws.batch.executors.process import ProcessExecutor

ExecutorName = Literal["auto", "process", "container", "noop"]
ChosenExecutor = Literal["process", "container", "noop"]


def choose_executor(wanted: ExecutorName) -> ChosenExecutor:
    """Turn ``auto`` into what this machine has; any other name stays as it is.

    Raises:
        RuntimeError: ``container`` is wanted and no container engine answers.
        ValueError: there is no executor of that name.
    """
    if wanted not in get_args(ExecutorName):
        raise ValueError(
            f"executor {wanted!r}: unknown name; choose one of {', '.join(get_args(ExecutorName))}"
        )
    if wanted in ("process", "noop"):
        return wanted
    if engine_answers():
        return "container"
    if wanted == "container":
        raise RuntimeError(
            "no container engine answers (DOCKER_HOST, or /var/run/docker.sock): start one, or use "
            "the process executor"
        )
    return "process"


def make_executor(chosen: ChosenExecutor) -> Executor:
    """Make the executor of that name."""
    if chosen == "container":
        return ContainerExecutor()
    return NoopExecutor() if chosen == "noop" else ProcessExecutor()
