"""What a diagnosis says: verdict, causes, evidence, fixes, and what could not be checked."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Self

from batchsdk.errors import ServiceError
from batchsdk.states import JobStatus

_LONGEST = 200
"""Characters of an error that are shown; some answers are web pages."""


class Verdict(enum.StrEnum):
    """What holds a job, in one word."""

    ENDED = "ENDED"
    RUNNING = "RUNNING"
    STARTING = "STARTING"
    """Placed; its image is being pulled."""
    WAITING_FOR_JOBS = "WAITING_FOR_JOBS"
    """For its dependencies, or, the parent of an array, for its children."""
    WAITING_ITS_TURN = "WAITING_ITS_TURN"
    """Nothing is wrong: it runs when capacity is free or has been launched."""
    BEHIND_BLOCKED_JOB = "BEHIND_BLOCKED_JOB"
    """Nothing is wrong with it, but the job at the head of its queue is blocked."""
    NO_CAPACITY = "NO_CAPACITY"
    """AWS has none to give just now."""
    WILL_NEVER_FIT = "WILL_NEVER_FIT"
    """No compute environment of its queue can ever hold it."""
    MISCONFIGURED = "MISCONFIGURED"
    UNDETERMINED = "UNDETERMINED"
    """Batch says that the job is blocked, and not why; or too little could be seen."""

    @property
    def is_problem(self) -> bool:
        """Waiting alone does not mend it."""
        return self in _PROBLEMS


_PROBLEMS = frozenset(
    {
        Verdict.BEHIND_BLOCKED_JOB,
        Verdict.NO_CAPACITY,
        Verdict.WILL_NEVER_FIT,
        Verdict.MISCONFIGURED,
        Verdict.UNDETERMINED,
    }
)


class Cause(enum.StrEnum):
    """Why a job stays RUNNABLE."""

    NO_CAPACITY = "NO_CAPACITY"
    """EC2 has no instance of the types, in the zones, that are allowed."""
    MAX_VCPUS = "MAX_VCPUS"
    """The job asks for more than the environment may ever have."""
    NO_TYPE_FITS = "NO_TYPE_FITS"
    """No instance type has the vCPUs, memory or GPUs."""
    INSTANCE_CONFIGURATION = "INSTANCE_CONFIGURATION"
    """The types are not offered in the subnets' zones, or the launch template is in the way."""
    SERVICE_ROLE = "SERVICE_ROLE"
    """The service role lacks rights."""
    ENVIRONMENTS_UNUSABLE = "ENVIRONMENTS_UNUSABLE"
    """INVALID or DISABLED."""
    UNDETERMINED = "UNDETERMINED"
    """Batch itself does not know."""
    CAPACITY_IN_USE = "CAPACITY_IN_USE"
    """Other jobs, also of queues with a higher priority, hold what the environment may have."""
    BEHIND_OTHERS = "BEHIND_OTHERS"
    """Jobs ahead of it in the queue, or its share has had its part."""
    NOT_IN_CLUSTER = "NOT_IN_CLUSTER"
    """Instances run, or would, and cannot join the environment's ECS cluster."""
    AGENT_DISCONNECTED = "AGENT_DISCONNECTED"
    """Instances are in the cluster, and their ECS agent has fallen silent."""
    LOG_DRIVER = "LOG_DRIVER"
    """The instances do not have the job's log driver."""
    LAUNCHES_FAIL = "LAUNCHES_FAIL"
    """Quota, spot price above the bid, fleet role, no free addresses."""
    NO_GPU_TYPES = "NO_GPU_TYPES"
    """A job with GPUs, and no instance type with any."""
    CONSUMABLE_RESOURCE = "CONSUMABLE_RESOURCE"
    """A consumable resource that the job needs is used up."""
    EKS_ACCESS = "EKS_ACCESS"
    """Batch may not do what it must in the EKS cluster."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that holds the job, with evidence."""

    evidence: str
    fix: str
    """What to do; empty if there is nothing to do."""
    cause: Cause | None = None
    """``None``: it is not one of the causes of a stuck RUNNABLE job."""
    verdict: Verdict | None = None
    """What it would mean if it were all; ``None``: nothing, it only says how things are."""
    environment: str | None = None
    """The compute environment that it is about."""


@dataclass(frozen=True, kw_only=True)
class Unchecked:
    """A check that could not be made."""

    check: str
    """What would have been looked at."""
    reason: str
    """What AWS said instead, on one line."""

    @classmethod
    def of(cls, check: str, fault: ServiceError) -> Self:
        """Take the error that stood in the way."""
        said = " ".join(fault.message.split())
        return cls(check=check, reason=said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…")


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """Why a job is not running."""

    job_id: str
    status: JobStatus
    verdict: Verdict
    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...] = ()

    @property
    def text(self) -> str:
        """The verdict, each finding, and what could not be checked, a line each."""
        title = f"{self.status}: {self.verdict.replace('_', ' ').lower()}"
        return "\n".join([title, *lines(self.findings, self.unchecked)])


@dataclass(frozen=True, kw_only=True)
class QueueDiagnosis:
    """What is wrong with a queue and its compute environments."""

    queue: str
    waiting: int | None
    """RUNNABLE jobs at its front, at most 100; ``None`` if that could not be asked."""
    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]
    head: Diagnosis | None
    """Of the job that is next; ``None`` if none waits."""

    @property
    def is_healthy(self) -> bool:
        """Nothing is wrong that can be seen."""
        wrong = any(each.verdict and each.verdict.is_problem for each in self.findings)
        return not wrong and (self.head is None or not self.head.verdict.is_problem)

    @property
    def text(self) -> str:
        """The queue, each finding, its head, and what could not be checked."""
        known = "" if self.waiting is None else f", {self.waiting} job(s) wait"
        state = "no problem found" if self.is_healthy else "something is wrong"
        result = [f"queue {self.queue}: {state}{known}"]
        result += lines(self.findings, self.unchecked)
        if self.head is not None:
            result.append(f"next is job {self.head.job_id}, {self.head.text}")
        return "\n".join(result)


def lines(findings: tuple[Finding, ...], unchecked: tuple[Unchecked, ...]) -> list[str]:
    """Return a line for each finding and each check that could not be made."""
    return [
        *(f"{each.evidence}. {each.fix}".rstrip() for each in findings),
        *(f"Could not be checked: {each.check} ({each.reason})." for each in unchecked),
    ]
