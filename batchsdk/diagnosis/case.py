"""What is examined: a queue, its compute environments and maybe one job, and how AWS is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from batchsdk.diagnosis import config_keys
from batchsdk.diagnosis.findings import Finding, Unchecked
from batchsdk.errors import RequestRefusedError, ServiceError
from batchsdk.jobs.detail import JobDetail
from batchsdk.session import Session


@dataclass(frozen=True)
class Environment:
    """A compute environment as DescribeComputeEnvironments shows it."""

    raw: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """Its physical name."""
        return str(self.raw["computeEnvironmentName"])

    @property
    def arn(self) -> str:
        """Its ARN."""
        return str(self.raw.get("computeEnvironmentArn", ""))

    @property
    def resources(self) -> Mapping[str, Any]:
        """``computeResources``; empty for an UNMANAGED one."""
        return self.raw.get("computeResources") or {}

    @property
    def is_usable(self) -> bool:
        """It takes jobs now."""
        return self.raw.get("state") != "DISABLED" and self.raw.get("status") != "INVALID"

    @property
    def has_instances(self) -> bool:
        """Batch launches EC2 instances into an ECS cluster for it."""
        kind = str(self.resources.get("type", ""))
        return kind in ("EC2", "SPOT") and not self.raw.get("eksConfiguration")

    @property
    def is_unmanaged(self) -> bool:
        """Its owner registers instances in its ECS cluster; Batch launches none."""
        return self.raw.get("type") == "UNMANAGED"

    @property
    def max_vcpus(self) -> int | None:
        """``maxvCpus``; ``None`` if there is no limit."""
        return self.resources.get("maxvCpus")

    @property
    def subnets(self) -> Sequence[str]:
        """Ids of its subnets."""
        return self.resources.get("subnets") or ()


@dataclass(frozen=True)
class Case:
    """One queue, or one job in it, under examination."""

    session: Session
    """Asks each question once, however many cases of one diagnosis share it."""
    moment: datetime
    """When the diagnosis began."""
    queue: Mapping[str, Any] = field(default_factory=dict)
    """As DescribeJobQueues shows it."""
    environments: tuple[Environment, ...] = ()
    """In the queue's order."""
    job: JobDetail | None = None
    unchecked: list[Unchecked] = field(default_factory=list)
    """Filled by :meth:`run`."""

    @property
    def queue_arn(self) -> str:
        """The queue's ARN, or its name."""
        return str(self.queue.get("jobQueueArn") or (self.job.queue if self.job else ""))

    def read(self, service: str, operation: str, **request: Any) -> Mapping[str, Any]:
        """Ask AWS.

        Raises:
            ServiceError: AWS refused the call or did not answer.
        """
        return self.session.transport.read(service, operation, request)

    def find(self, service: str, operation: str, **request: Any) -> Mapping[str, Any] | None:
        """As :meth:`read`, but ``None`` for what AWS says does not exist."""
        try:
            return self.read(service, operation, **request)
        except RequestRefusedError as fault:
            if "NoSuchEntity" in fault.code or "NotFound" in fault.code:
                return None
            raise

    def run(self, title: str, check: Callable[[Case], Iterator[Finding]]) -> list[Finding]:
        """Make one check. What AWS does not let it see is noted in ``unchecked``.

        Args:
            title: what is looked at, for that note.
            check: yields what it finds.
        """
        found: list[Finding] = []
        try:
            for each in check(self):
                found.append(each)  # noqa: PERF402 - what was found before a fault is kept
        except ServiceError as fault:
            self.unchecked.append(Unchecked.of(title, fault))
        if self.session.stack_outputs is not None:
            return found
        return [replace(each, fix=config_keys.without_stack(each.fix)) for each in found]

    def environment_key(self, environment: Environment, setting: str) -> str:
        """Return where in the config a setting of an environment is."""
        return config_keys.environment_key(
            self.session.stack_outputs, environment.arn, environment.name, setting
        )
