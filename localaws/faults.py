"""Failures on demand: which there are, and which of them a request or a job meets.

A fault is a rule: its kind, what it meets (service, operation and job name, as shell patterns) and
how often (a number of times, or with a probability from a seed). Kinds on the wire are carried out
by :mod:`localaws.http.faults`, kinds of jobs by :mod:`localaws.batch.engine`.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


class FaultKind(StrEnum):
    """What goes wrong."""

    TOO_MANY_REQUESTS = "too-many-requests"
    """HTTP 429, TooManyRequestsException."""
    THROTTLING = "throttling"
    """HTTP 400, ThrottlingException."""
    SERVER_ERROR = "server-error"
    """HTTP 500, before anything is done."""
    UNAVAILABLE = "unavailable"
    """HTTP 503, before anything is done."""
    RESET = "reset"
    """The connection breaks before the request is carried out."""
    LOST_ANSWER = "lost-answer"
    """The request is carried out, then the connection breaks without an answer."""
    SLOW = "slow"
    """The request is carried out after ``seconds``."""
    TRUNCATED = "truncated"
    """The request is carried out, half of the answer arrives."""
    HTML = "html"
    """HTTP 200 with a web page, as of a captive portal; nothing is done."""
    NO_LOG_STREAM = "no-log-stream"
    """GetLogEvents answers ResourceNotFoundException: the stream is not there yet."""

    HOST_LOSS = "host-loss"
    """A RUNNING job's host is gone: no exit code; retried by the job's strategy."""
    SPOT_RECLAIM = "spot-reclaim"
    """As ``host-loss``: what AWS says is the same, of EC2 and of Fargate."""
    OUT_OF_MEMORY = "out-of-memory"
    """A RUNNING job's container is killed: exit code 137, OutOfMemoryError."""
    IMAGE_PULL = "image-pull"
    """The job fails to start: CannotPullContainerError."""
    NO_CAPACITY = "no-capacity"
    """The job stays RUNNABLE, CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY, until this is removed."""

    SLOW_DETACH = "slow-detach"
    """For ``seconds`` after an update, a job queue goes on naming its old compute environments."""


JOB_KINDS = frozenset(
    {
        FaultKind.HOST_LOSS,
        FaultKind.SPOT_RECLAIM,
        FaultKind.OUT_OF_MEMORY,
        FaultKind.IMAGE_PULL,
        FaultKind.NO_CAPACITY,
    }
)
HOST_KINDS = (FaultKind.HOST_LOSS, FaultKind.SPOT_RECLAIM)
QUEUE_KINDS = (FaultKind.SLOW_DETACH,)
WIRE_KINDS = tuple(kind for kind in FaultKind if kind not in (*JOB_KINDS, *QUEUE_KINDS))
TIMED_KINDS = (FaultKind.SLOW, FaultKind.SLOW_DETACH)
LOG_READS = "GetLogEvents"


@dataclass(eq=False)
class Fault:
    """One rule.

    Patterns are the shell's (``*``, ``?``, ``[…]``); services and operations are compared without
    regard to case.
    """

    id: str
    kind: FaultKind
    service: str
    operation: str
    job_name: str
    times: int | None
    """How often it strikes; ``None``: until it is removed."""
    probability: float
    seconds: float
    hits: int = 0
    random: random.Random = field(default_factory=random.Random)
    rolled_for: set[str] = field(default_factory=set)
    """Tasks that it has been decided for: each meets it once or not at all."""

    def meets(self, service: str, operation: str, job_name: str) -> bool:
        """Whether the patterns fit."""
        return (
            fnmatchcase(service.lower(), self.service.lower())
            and fnmatchcase(operation.lower(), self.operation.lower())
            and fnmatchcase(job_name, self.job_name)
        )

    @property
    def is_spent(self) -> bool:
        """Whether it has struck as often as it was to."""
        return self.times is not None and self.hits >= self.times


class Faults:
    """The faults of a local AWS; any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.on_change: Callable[[], None] = lambda: None
        """Called after a fault was added or removed."""
        self._faults: list[Fault] = []
        self._next = 1

    def add(
        self,
        kind: str,
        *,
        service: str = "*",
        operation: str = "*",
        job_name: str = "*",
        times: int | None = None,
        probability: float = 1.0,
        seed: int = 0,
        seconds: float = 0.0,
    ) -> Fault:
        """Have something go wrong from now on.

        Args:
            kind: one of :class:`FaultKind`.
            service: signing name of the service, e.g. ``batch``, ``logs``, ``sqs``.
            operation: as in the API, e.g. ``SubmitJob``; S3's have no name here: use ``*``.
            job_name: of the job; on the wire it fits only requests that carry a ``jobName``.
            times: how often; by default until it is removed.
            probability: of each request or job that fits, from 0 (excluded) to 1.
            seed: makes the choices of ``probability`` repeatable.
            seconds: how long a ``slow`` answer takes, or a ``slow-detach``.

        Returns:
            The fault: ``hits`` counts how often it has struck.

        Raises:
            ValueError: a value is out of range.
        """
        chosen = FaultKind(kind)
        if times is not None and times < 1:
            raise ValueError(f"times must be at least 1, got {times}")
        if not 0 < probability <= 1:
            raise ValueError(f"probability must be above 0 and at most 1, got {probability}")
        if (chosen in TIMED_KINDS) != (seconds > 0):
            raise ValueError(
                f"seconds is for {' and '.join(TIMED_KINDS)}, which need it; got {seconds}"
            )
        if chosen is FaultKind.NO_CAPACITY and (times is not None or probability != 1):
            raise ValueError("no-capacity lasts until it is removed: no times, no probability")
        if chosen is FaultKind.NO_LOG_STREAM:
            service, operation = "logs", LOG_READS
        with self._lock:
            fault = Fault(
                id=str(self._next),
                kind=chosen,
                service=service,
                operation=operation,
                job_name=job_name,
                times=times,
                probability=probability,
                seconds=seconds,
                random=random.Random(seed),  # noqa: S311 - repeatable on purpose
            )
            self._next += 1
            self._faults.append(fault)
        self.on_change()
        return fault

    def remove(self, fault: Fault) -> None:
        """Take a fault back; nothing happens if it is gone already."""
        self.clear(fault.id)

    def clear(self, fault_id: str | None = None) -> int:
        """Take back the fault of that id, or all; return how many there were."""
        with self._lock:
            kept = [each for each in self._faults if fault_id not in (None, each.id)]
            removed = len(self._faults) - len(kept)
            self._faults = kept
        if removed:
            self.on_change()
        return removed

    def describe(self) -> list[dict[str, Any]]:
        """Return the faults that still strike, oldest first, as plain mappings."""
        with self._lock:
            return [
                {
                    "id": each.id,
                    "kind": str(each.kind),
                    "service": each.service,
                    "operation": each.operation,
                    "jobName": each.job_name,
                    "times": each.times,
                    "probability": each.probability,
                    "seconds": each.seconds,
                    "hits": each.hits,
                }
                for each in self._faults
                if not each.is_spent
            ]

    def strikes(self, service: str, operation: str, job_name: str) -> Fault | None:
        """Return the oldest fault that this request meets, and count it."""
        return self._strike(WIRE_KINDS, service, operation, job_name, None)

    def strikes_job(self, kinds: Iterable[FaultKind], job_name: str, key: str) -> Fault | None:
        """Return the oldest fault of ``kinds`` that this job meets, and count it.

        Args:
            kinds: of :data:`JOB_KINDS`.
            job_name: of the job.
            key: what is decided for once: a task id, or the job's id.
        """
        return self._strike(tuple(kinds), "batch", "", job_name, key)

    def detach_delay(self) -> float:
        """Return the seconds for which the queue that is being updated shows what it had."""
        fault = self._strike(QUEUE_KINDS, "batch", "UpdateJobQueue", "", None)
        return fault.seconds if fault is not None else 0

    def has(self, kinds: Iterable[FaultKind]) -> bool:
        """Whether a fault of one of ``kinds`` may still strike."""
        return any(each.kind in kinds and not each.is_spent for each in self._faults)

    def holds_back(self, job_name: str) -> bool:
        """Whether there is no capacity for jobs of that name."""
        if not self._faults:
            return False
        with self._lock:
            return any(
                each.kind is FaultKind.NO_CAPACITY and fnmatchcase(job_name, each.job_name)
                for each in self._faults
            )

    def _strike(
        self,
        kinds: tuple[FaultKind, ...],
        service: str,
        operation: str,
        job_name: str,
        key: str | None,
    ) -> Fault | None:
        if not self._faults:
            return None  # the usual case, without the lock
        with self._lock:
            for fault in self._faults:
                if fault.kind not in kinds or fault.is_spent:
                    continue
                of_job = fault.kind in JOB_KINDS
                if not (
                    fnmatchcase(job_name, fault.job_name)
                    if of_job
                    else fault.meets(service, operation, job_name)
                ):
                    continue
                if key is not None:
                    if key in fault.rolled_for:
                        continue
                    fault.rolled_for.add(key)
                if fault.random.random() < fault.probability:
                    fault.hits += 1
                    return fault
        return None
