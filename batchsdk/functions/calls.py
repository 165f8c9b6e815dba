"""Calls of functions: their futures, and the arrays of jobs that make them."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import Any, TypeVar

from batchsdk.functions.outcomes import Outcome
from batchsdk.functions.pickling import Pickle
from batchsdk.jobs.job import Job
from batchsdk.jobs.watcher import Watch
from batchsdk.submit.escalation import History
from batchsdk.sweeps.plan import SweepPart, SweepPlan

T = TypeVar("T")


class CallFuture(Future[T]):
    """The future of a call: ``cancel`` also stops the job that makes it."""

    def __init__(self, on_cancel: Callable[[CallFuture[Any]], None]) -> None:
        """Begin pending.

        Args:
            on_cancel: called once, when the call is cancelled.
        """
        super().__init__()
        self._on_cancel = on_cancel
        self._cancelling = threading.Lock()

    def cancel(self) -> bool:
        """Cancel the call, and terminate its job if there is one; returns at once.

        Returns:
            False: the call has ended before.
        """
        with self._cancelling:
            is_first = not self.cancelled()
            if not super().cancel():
                return False
            if is_first:
                self.set_running_or_notify_cancel()  # wakes whoever waits for it
        if is_first:
            self._on_cancel(self)
        return True


@dataclass(eq=False)
class Call:
    """One call of a function, or of a chunk of a map."""

    future: CallFuture[Any]
    name: str
    """The function's."""
    function: Pickle
    arguments: Pickle
    history: History = ()
    """How the jobs before this one failed, which made it."""
    raised: Outcome | None = None
    """What the newest attempt raised, as long as another attempt may follow."""

    def end(self, value: object, error: BaseException | None) -> None:
        """Set what the call came to, unless it was cancelled."""
        with contextlib.suppress(InvalidStateError):
            if error is None:
                self.future.set_result(value)
            else:
                self.future.set_exception(error)


@dataclass(eq=False)
class CallArray:
    """The jobs that make some calls: mostly one array."""

    name: str
    """Of its results."""
    calls_name: str
    """Of the object with the arguments."""
    plan: SweepPlan
    parts: tuple[SweepPart, ...]
    jobs: tuple[Job, ...]
    left: dict[int, Call]
    """By index: calls that have not ended."""
    began: float
    """Monotonic time of the submission."""
    look_at: float
    """Monotonic time of the next look for results."""
    quiet_from: float = 0.0
    """Monotonic time of the last result."""
    questions: int = 0
    """Times that AWS Batch was asked because no more results came."""
    attempts: int | None = None
    """Most attempts at a call that raises; ``None`` until a description of the job tells."""
    is_cancelled: bool = False
    """Jobs that had not started were cancelled; what starts nevertheless goes on."""
    seen: set[str] = field(default_factory=set)
    """Names of results that were read."""
    accounted: Counter[str] = field(default_factory=Counter)
    """Job -> of its children that FAILED, or will, as many as it is known of which, and why."""
    ended: set[str] = field(default_factory=set)
    """Jobs that have ended."""
    watch: Watch | None = None

    def part_of(self, job_id: str) -> SweepPart:
        """Return what one of its jobs makes."""
        return next(
            part for part, job in zip(self.parts, self.jobs, strict=True) if job.id == job_id
        )

    def take(self, index: int, *, failed: bool) -> Call:
        """Return a call of which the end is known, and leave it out from now on."""
        if failed:
            self.accounted[self.job_of(index).partition(":")[0]] += 1
        return self.left.pop(index)

    def left_of(self, job_id: str) -> list[int]:
        """Return the calls of one of its jobs that have not ended."""
        return [index for index in self.part_of(job_id).indices if index in self.left]

    def job_of(self, index: int) -> str:
        """Return the id of the job that makes a call."""
        for part, job in zip(self.parts, self.jobs, strict=True):
            if part.indices[0] <= index <= part.indices[-1]:
                is_array = len(part.indices) > 1
                return f"{job.id}:{part.indices.index(index)}" if is_array else job.id
        raise KeyError(index)
