"""The containers of one task: which starts when, and when the task is over. Pure.

Containers start in the order of ``dependsOn``; the end of an essential one is the end of the task
(API: TaskContainerProperties, TaskContainerDependency).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

NEVER_STARTED = "CannotStartContainerError: a container that it depends on did not get so far"


@dataclass(frozen=True)
class Steps:
    """What is to be done next, each by the container's name."""

    start: Sequence[str] = ()
    stop: Sequence[str] = ()
    given_up: Sequence[str] = ()
    """What will never start: something that it depends on did not start, or failed."""


@dataclass
class TaskOrder:
    """The containers of a task on their way.

    Attributes:
        containers: in the API's form, by name.
        deciding: the first essential one that ended; its exit is the task's.
    """

    containers: Mapping[str, Mapping[str, Any]]
    deciding: str | None = None
    _waiting: list[str] = field(init=False)
    _alive: set[str] = field(default_factory=set)
    _started: set[str] = field(default_factory=set)
    _exits: dict[str, int | None] = field(default_factory=dict)
    _stopping: bool = False

    def __post_init__(self) -> None:
        """Everything waits."""
        self._waiting = list(self.containers)

    @property
    def is_over(self) -> bool:
        """Whether nothing runs: what may start is always started at once."""
        return not self._alive

    def begin(self) -> Steps:
        """Start what depends on nothing."""
        return self._go_on()

    def started(self, name: str) -> Steps:
        """Take note that a container runs."""
        self._started.add(name)
        return self._go_on()

    def exited(self, name: str, exit_code: int | None) -> Steps:
        """Take note that a container is over; with an essential one the others are stopped."""
        self._alive.discard(name)
        return self._ended(name, exit_code) or self._go_on()

    def stop(self) -> Steps:
        """Stop the task: what runs is stopped, what waits never starts."""
        self._stopping = True
        self._waiting.clear()
        return Steps(stop=sorted(self._alive))

    def _ended(self, name: str, exit_code: int | None) -> Steps | None:
        self._exits[name] = exit_code
        if not self.containers[name].get("essential", True):
            return None
        self.deciding = self.deciding or name
        return Steps() if self._stopping else self.stop()

    def _go_on(self) -> Steps:
        given_up: list[str] = []
        while lost := next((name for name in self._waiting if self._is_hopeless(name)), None):
            self._waiting.remove(lost)
            given_up.append(lost)
            if (steps := self._ended(lost, None)) is not None:
                return Steps(stop=steps.stop, given_up=given_up)
        ready = [name for name in self._waiting if all(map(self._is_met, self._needs(name)))]
        self._waiting = [name for name in self._waiting if name not in ready]
        self._alive.update(ready)
        return Steps(start=ready, given_up=given_up)

    def _needs(self, name: str) -> Sequence[Mapping[str, str]]:
        needs: Sequence[Mapping[str, str]] = self.containers[name].get("dependsOn", ())
        return needs

    def _is_met(self, need: Mapping[str, str]) -> bool:
        other = need["containerName"]
        if need["condition"] == "START":
            return other in self._started
        if need["condition"] == "COMPLETE":
            return other in self._started and other in self._exits
        return self._exits.get(other) == 0

    def _is_hopeless(self, name: str) -> bool:
        needs = self._needs(name)
        return any(n["containerName"] in self._exits and not self._is_met(n) for n in needs)
