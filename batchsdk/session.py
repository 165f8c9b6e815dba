"""What every object of one connection shares."""

from __future__ import annotations

import functools
import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from batchsdk import limits
from batchsdk.aws.backoff import Waits
from batchsdk.aws.descriptions import Descriptions
from batchsdk.aws.transport import Transport
from batchsdk.clock import Clock
from batchsdk.contract import StackOutputs
from batchsdk.errors import ConnectionSettingsError, ServiceFailureError, TransientError
from batchsdk.jobs.detail import JobDetail
from batchsdk.jobs.events import JobEvents
from batchsdk.jobs.watcher import Watcher

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Session:
    """A way to AWS, the stack's outputs or a queue, and the sources of time and chance."""

    stack_outputs: StackOutputs | None
    """``None`` of a connection to a queue alone."""
    make_transport: Callable[[], Transport]
    clock: Clock
    randomness: random.Random
    command: str = "batchsdk"
    """The command line that reaches the same stack, for hints: e.g. ``batchsdk --stack dev``."""

    queue: str | None = None
    """Name or ARN of the queue, of a connection to one alone."""
    descriptions: Descriptions = field(default_factory=Descriptions)
    """What AWS has said of queues and definitions that the outputs do not describe."""
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    """Variables of the process, or those that the caller gave instead."""

    again: tuple[Callable[..., Session], tuple[Any, ...]] | None = None
    """A function, and its arguments, that makes this connection in another process; ``None`` where
    the caller gave a transport, a clock or randomness, or credentials themselves."""

    def __reduce__(self) -> tuple[Callable[..., Session], tuple[Any, ...]]:
        """Pickle how to connect again.

        Raises:
            TypeError: the connection was made with objects of this process.
        """
        if self.again is None:
            raise TypeError(
                "a connection with a boto3 session, AWS variables, a transport, a clock or "
                "randomness of its own cannot be pickled: name credentials by profile= or role_arn="
            )
        return self.again

    def __deepcopy__(self, _memo: object) -> Session:
        """Return the same connection: copies of its objects share it."""
        return self

    def __post_init__(self) -> None:
        """Make the watcher before several threads can share the session."""
        _ = self.watcher

    @functools.cached_property
    def transport(self) -> Transport:
        """The way to AWS, made when it is first used: what only checks must not load boto3."""
        # Threads may get here together, and all of them must get the same one.
        made: Transport = self.__dict__.setdefault("transport", self.make_transport())
        return made

    @property
    def outputs(self) -> StackOutputs:
        """The stack's outputs; of a connection to a queue alone, what AWS says in their form.

        Raises:
            ConnectionSettingsError: there is no such queue.
            ServiceError: AWS refused to describe the queue, or did not answer.
        """
        if self.stack_outputs is not None:
            return self.stack_outputs
        found = self.descriptions.outputs(self.transport, self.queue or "")
        if found is None:
            raise ConnectionSettingsError(
                f"queue {self.queue!r}: there is no such job queue in this account and region",
                hint="`aws batch describe-job-queues` lists them; AWS_PROFILE and AWS_REGION say "
                "where to look.",
            )
        return found

    @property
    def name(self) -> str:
        """What a person calls the stack, or the queue."""
        if self.stack_outputs is not None:
            return self.stack_outputs.environment
        return (self.queue or "").rpartition("/")[2]

    @property
    def queues(self) -> Mapping[str, str]:
        """The names of the stack's queues by their keys, or the one queue; AWS is not asked."""
        if self.stack_outputs is not None:
            return {key: each.name for key, each in self.stack_outputs.job_queues.items()}
        return {self.name: self.queue or ""}

    def open_transport(self) -> None:
        """Make the transport now: threads that share the session must not each make one."""
        _ = self.transport

    @functools.cached_property
    def watcher(self) -> Watcher:
        """The one watcher of all jobs of this connection."""
        watcher = Watcher(self.describe, self.clock, self.randomness)
        if self.stack_outputs is not None and self.stack_outputs.job_events is not None:
            events = JobEvents(
                self.stack_outputs.job_events,
                lambda: self.transport,
                watcher,
                self.clock,
                self.randomness,
            )
            watcher.on_busy = events.start
        return watcher

    def describe(self, job_ids: Sequence[str]) -> list[JobDetail]:
        """Describe any number of jobs; those that Batch does not know are left out.

        Raises:
            ServiceError: AWS refused a call or did not answer, or not with jobs.
        """
        found: list[Mapping[str, Any]] = []
        for start in range(0, len(job_ids), limits.DESCRIBE_JOBS):
            found += self.transport.describe_jobs(job_ids[start : start + limits.DESCRIBE_JOBS])
        try:
            return [JobDetail.from_response(raw) for raw in found]
        except (KeyError, TypeError, ValueError) as fault:
            raise ServiceFailureError(
                f"DescribeJobs: the answer makes no sense: {fault!r}", operation="DescribeJobs"
            ) from fault

    def describe_patiently(self, job_ids: Sequence[str]) -> list[JobDetail]:
        """Describe jobs as :meth:`describe` does, and wait out errors that pass.

        Raises:
            ServiceError: AWS refused a call, or did not answer for long.
        """
        return self.patiently(lambda: self.describe(job_ids))

    def patiently(self, call: Callable[[], T]) -> T:
        """Make a call of AWS that may be repeated, and wait out errors that pass.

        Raises:
            ServiceError: AWS refused the call, or did not answer for long.
        """
        waits = Waits(self.clock, self.randomness)
        while True:
            try:
                return call()
            except TransientError as error:
                waits.retry(error)

    def describe_one(self, job_id: str) -> JobDetail | None:
        """Describe one job; ``None`` if Batch does not know it."""
        return next((each for each in self.describe([job_id]) if each.job_id == job_id), None)
