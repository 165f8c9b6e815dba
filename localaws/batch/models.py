"""What the service remembers: compute environments, queues, definitions, jobs and attempts.

Times are epoch milliseconds, as in the Batch API. Request structures that the service only hands
back (``computeResources``, ``containerProperties``, …) stay the plain mappings they came as.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from batchsdk.contract.nodes import for_node
from batchsdk.states import JobStatus
from localaws.batch.fairshare import Share
from localaws.batch.fleet import Fleet, Instance

PLACED = frozenset({JobStatus.STARTING, JobStatus.RUNNING})
"""States of a job that has been given part of a compute environment."""


class ResourceStatus(StrEnum):
    """Status of a compute environment or job queue (API: CEStatus, JQStatus)."""

    CREATING = "CREATING"
    UPDATING = "UPDATING"
    DELETING = "DELETING"
    VALID = "VALID"
    INVALID = "INVALID"


@dataclass(slots=True, eq=False)
class ComputeEnvironment:
    """A compute environment; ``used_vcpus`` is what its STARTING and RUNNING jobs hold."""

    name: str
    arn: str
    uuid: str
    type: str
    state: str
    service_role: str
    ecs_cluster_arn: str
    compute_resources: dict[str, Any]
    """Empty for an UNMANAGED environment."""
    tags: dict[str, str]
    unmanaged_vcpus: int | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    """Members that are only handed back: ``context`` and ``ecsSettings``."""
    update_policy: dict[str, Any] | None = None
    status: ResourceStatus = ResourceStatus.CREATING
    problem: str = ""
    """Why it is INVALID."""
    used_vcpus: float = 0.0
    fleet: Fleet = field(default_factory=Fleet)
    """Its container instances; none on Fargate."""

    @property
    def account_and_region(self) -> tuple[str, str]:
        """Where it is, e.g. for moto's backends."""
        _, _, _, region, account_id, _ = self.arn.split(":", 5)
        return account_id, region


@dataclass(frozen=True, slots=True, eq=False)
class Blockage:
    """Why the head of a queue does not start."""

    job: Job
    reason: str
    since: int
    """Epoch milliseconds."""


@dataclass(slots=True, eq=False)
class JobQueue:
    """A job queue; ``runnable`` in order of arrival (an OrderedDict: both ends in O(1))."""

    name: str
    arn: str
    priority: int
    state: str
    compute_environments: list[ComputeEnvironment]
    tags: dict[str, str]
    scheduling_policy_arn: str | None = None
    job_state_time_limit_actions: list[dict[str, Any]] = field(default_factory=list)
    status: ResourceStatus = ResourceStatus.CREATING
    runnable: OrderedDict[str, Job] = field(default_factory=OrderedDict)
    shares: dict[str, Share] = field(default_factory=dict)
    """By share identifier; empty without a scheduling policy."""
    blockage: Blockage | None = None
    previous_environments: tuple[list[ComputeEnvironment], int] | None = None
    """What an update took away, and until when (epoch milliseconds) it shows nevertheless."""

    def shown_environments(self, now: int) -> list[ComputeEnvironment]:
        """Return what DescribeJobQueues shows and DeleteComputeEnvironment sees."""
        if self.previous_environments is not None and now < self.previous_environments[1]:
            return self.previous_environments[0]
        return self.compute_environments

    def share_of(self, job: Job) -> Share | None:
        """Return the share that the job counts for, if it names one."""
        if job.share_identifier is None:
            return None
        return self.shares.setdefault(job.share_identifier, Share(job.share_identifier))

    def enqueue(self, job: Job) -> None:
        """Take a job in that has become RUNNABLE."""
        self.runnable[job.id] = job
        if (share := self.share_of(job)) is not None:
            share.add(job)

    def dequeue(self, job: Job) -> None:
        """Take a job out that is RUNNABLE no longer."""
        del self.runnable[job.id]
        if (share := self.share_of(job)) is not None:
            share.remove(job)


@dataclass(slots=True, eq=False)
class SchedulingPolicy:
    """How a queue shares its environments; ``fairshare_policy`` has the API's members, all set."""

    name: str
    arn: str
    fairshare_policy: dict[str, Any]
    tags: dict[str, str]


@dataclass(slots=True, eq=False)
class ConsumableResource:
    """Something other than capacity of which jobs need units, such as licences."""

    name: str
    arn: str
    type: str
    """``REPLENISHABLE``, or ``NON_REPLENISHABLE``: used up by the jobs that hold it."""
    quantity: int
    """Units in all that there are to be."""
    tags: dict[str, str]
    created_at: int
    """Epoch milliseconds."""
    in_use: int = 0
    updates: dict[tuple[str, str, int], int] = field(default_factory=dict)
    """Client token, operation and quantity of an update -> when it was made."""

    @property
    def total(self) -> int:
        """Units in all that there are: a quantity below what is in use is reached as jobs end."""
        return max(self.quantity, self.in_use)

    @property
    def available(self) -> int:
        """Units that a job can be given."""
        return self.total - self.in_use


@dataclass(slots=True, eq=False)
class JobDefinition:
    """One revision of a job definition; of the four kinds of properties it has exactly one."""

    name: str
    revision: int
    arn: str
    type: str
    container_properties: dict[str, Any]
    """Empty for a multi-node definition."""
    parameters: dict[str, str]
    retry_strategy: dict[str, Any]
    timeout: dict[str, Any]
    tags: dict[str, str]
    platform_capabilities: list[str]
    propagate_tags: bool | None
    scheduling_priority: int | None = None
    status: str = "ACTIVE"
    ecs_properties: dict[str, Any] | None = None
    eks_properties: dict[str, Any] | None = None
    node_properties: dict[str, Any] | None = None
    """Of a multi-node parallel definition (API: NodeProperties)."""
    consumable_resources: list[dict[str, Any]] = field(default_factory=list)
    """API: ConsumableResourceList; of a multi-node definition each range of nodes has its own."""

    @property
    def platform(self) -> str:
        """What must run it: EC2 unless it says otherwise (API: platformCapabilities)."""
        return self.platform_capabilities[0] if self.platform_capabilities else "EC2"


@dataclass(slots=True, eq=False)
class ContainerRun:
    """One of several containers of an attempt."""

    name: str
    log_group: str
    log_stream: str
    is_started: bool = False
    exit_code: int | None = None
    reason: str | None = None


@dataclass(slots=True, eq=False)
class Attempt:
    """One try at running a job: an ECS task on AWS, a process or container here."""

    task_id: str
    task_arn: str
    log_group: str
    log_stream: str
    compute_environment: ComputeEnvironment
    instance: Instance | None
    """``None`` on Fargate."""
    started_at: int | None = None
    stopped_at: int | None = None
    exit_code: int | None = None
    reason: str | None = None
    status_reason: str | None = None
    stop_reason: str | None = None
    """Why the service stopped it (terminated, timed out); ``None`` if it ended by itself."""
    containers: list[ContainerRun] = field(default_factory=list)
    """In the order of the job's; empty where it has one."""


@dataclass(slots=True, eq=False)
class Job:
    """A job: single, array parent (``children``), array child (``index``), multi-node, or node."""

    id: str
    arn: str
    name: str
    queue: JobQueue
    definition: JobDefinition
    created_at: int
    container: dict[str, Any]
    """Container properties with overrides applied and ``Ref::`` substituted; of several, those of
    the first essential one."""
    parameters: dict[str, str]
    depends_on: list[dict[str, str]]
    retry_strategy: dict[str, Any]
    timeout_seconds: int | None
    tags: dict[str, str]
    propagate_tags: bool
    vcpus: float
    memory: int
    gpus: int
    share_identifier: str | None = None
    scheduling_priority: int | None = None
    array_size: int | None = None
    parent: Job | None = None
    index: int | None = None
    children: list[Job] = field(default_factory=list)
    status_counts: dict[str, int] = field(default_factory=dict)
    counted_at: int | None = None
    """When ``status_counts`` last changed (epoch milliseconds)."""
    status: JobStatus = JobStatus.SUBMITTED
    status_reason: str | None = None
    started_at: int | None = None
    stopped_at: int | None = None
    runnable_since: int | None = None
    attempts: list[Attempt] = field(default_factory=list)
    is_cancelled: bool = False
    is_terminated: bool = False
    requested_reason: str | None = None
    """The reason given to CancelJob or TerminateJob."""
    sequence: int = 0
    """Position among the jobs of its queue that are listed, oldest first."""
    waiting_for: set[str] = field(default_factory=set)
    """Ids of the jobs that must succeed before this one may run."""
    node_properties: dict[str, Any] | None = None
    """Of a multi-node parallel job, overrides applied (API: NodeProperties)."""
    node_index: int | None = None
    """Of a node; ``parent`` is its multi-node parallel job."""
    containers: list[dict[str, Any]] = field(default_factory=list)
    """All of several, likewise; empty where there is one."""
    consumable_resources: list[dict[str, Any]] = field(default_factory=list)
    """As its definition's, overrides applied."""
    needed_resources: dict[str, int] = field(default_factory=dict)
    """By name: units of each consumable resource, for all nodes together; none of an array."""
    held_resources: list[tuple[ConsumableResource, int]] = field(default_factory=list)
    """What it holds of that."""

    @property
    def current_attempt(self) -> Attempt | None:
        """The attempt that is starting or running, if there is one."""
        return self.attempts[-1] if self.attempts and self.status in PLACED else None

    @property
    def group(self) -> Mapping[str, Any]:
        """The range of nodes that a node is in (API: NodeRangeProperty); empty of other jobs."""
        if self.node_index is None or self.parent is None or self.parent.node_properties is None:
            return {}
        properties = self.parent.node_properties
        ranges, count = properties["nodeRangeProperties"], properties["numNodes"]
        return for_node(ranges, self.node_index, count) or {}

    @property
    def task(self) -> Mapping[str, Any] | None:
        """The task of ``ecsProperties`` that it runs, as its definition says; ``None``: none."""
        properties = self.definition.ecs_properties or self.group.get("ecsProperties")
        return properties["taskProperties"][0] if properties else None

    @property
    def nodes(self) -> list[Job]:
        """The nodes of a multi-node parallel job, by index; none of any other job."""
        return self.children if self.node_properties is not None else []

    @property
    def main_node(self) -> Job:
        """The node that decides over a multi-node parallel job."""
        assert self.node_properties is not None  # noqa: S101 - of multi-node jobs only
        index: int = self.node_properties["mainNode"]
        return self.nodes[index]
