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
    """The job is placed; its image is being pulled."""
    WAITING_FOR_JOBS = "WAITING_FOR_JOBS"
    """The job waits for its dependencies; the parent of an array, for its children."""
    WAITING_ITS_TURN = "WAITING_ITS_TURN"
    """Nothing is wrong: the job runs when capacity is free or has been launched."""
    BEHIND_BLOCKED_JOB = "BEHIND_BLOCKED_JOB"
    """Nothing is wrong with the job, but the job at the head of its queue is blocked."""
    NO_CAPACITY = "NO_CAPACITY"
    """AWS has no capacity at the moment."""
    WILL_NEVER_FIT = "WILL_NEVER_FIT"
    """No compute environment of its queue can ever hold it."""
    MISCONFIGURED = "MISCONFIGURED"
    UNDETERMINED = "UNDETERMINED"
    """Batch says that the job is blocked but not why, or too few checks could be made."""

    @property
    def is_problem(self) -> bool:
        """The diagnosis shows a fault: waiting alone does not help."""
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
    """EC2 has no capacity of the allowed instance types in the allowed zones."""
    MAX_VCPUS = "MAX_VCPUS"
    """The job asks for more vCPUs than the environment may ever have."""
    NO_TYPE_FITS = "NO_TYPE_FITS"
    """No instance type has the vCPUs, memory or GPUs."""
    INSTANCE_CONFIGURATION = "INSTANCE_CONFIGURATION"
    """The types are not offered in the subnets' zones, or the launch template is in the way."""
    SERVICE_ROLE = "SERVICE_ROLE"
    """The service role lacks permissions."""
    ENVIRONMENTS_UNUSABLE = "ENVIRONMENTS_UNUSABLE"
    """The queue's compute environments are INVALID or DISABLED."""
    UNDETERMINED = "UNDETERMINED"
    """Batch itself could not determine the cause."""
    CAPACITY_IN_USE = "CAPACITY_IN_USE"
    """Other jobs, also of queues with a higher priority, use the environment's maximum."""
    BEHIND_OTHERS = "BEHIND_OTHERS"
    """Other jobs are ahead in the queue, or the job's share has used its part."""
    NOT_IN_CLUSTER = "NOT_IN_CLUSTER"
    """Instances run, or would run, but cannot join the environment's ECS cluster; or nobody has
    registered any there (UNMANAGED)."""
    AGENT_DISCONNECTED = "AGENT_DISCONNECTED"
    """Instances are in the cluster, but their ECS agent is disconnected."""
    LOG_DRIVER = "LOG_DRIVER"
    """The instances do not have the job's log driver."""
    LAUNCHES_FAIL = "LAUNCHES_FAIL"
    """Launches fail: a quota, a spot price above the bid, the fleet role, no free addresses."""
    NO_GPU_TYPES = "NO_GPU_TYPES"
    """The job asks for GPUs, and no instance type has any."""
    CONSUMABLE_RESOURCE = "CONSUMABLE_RESOURCE"
    """A consumable resource that the job needs is used up."""
    EKS_ACCESS = "EKS_ACCESS"
    """Batch lacks permissions in the EKS cluster."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that holds the job, with evidence."""

    evidence: str
    fix: str
    """What to do; empty if there is nothing to do."""
    cause: Cause | None = None
    """``None`` if the finding is not a known cause of a stuck RUNNABLE job."""
    verdict: Verdict | None = None
    """The verdict if this were the only finding; ``None``: the finding is only information."""
    environment: str | None = None
    """The compute environment concerned."""


@dataclass(frozen=True, kw_only=True)
class Unchecked:
    """A check that could not be made."""

    check: str
    """What would have been checked."""
    reason: str
    """The error from AWS, on one line."""

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
    """Diagnosis of the next job; ``None`` if no job waits."""

    @property
    def is_healthy(self) -> bool:
        """No problem was found."""
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
