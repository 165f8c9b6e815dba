"""Everything that Batch holds in one account and region, with the indexes that lookups need."""

from __future__ import annotations

import time
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from moto.utilities.utils import get_partition

from batchsdk.states import TRANSITIONS, JobStatus
from localaws.batch.errors import ClientException
from localaws.batch.models import (
    Attempt,
    ComputeEnvironment,
    ConsumableResource,
    Job,
    JobDefinition,
    JobQueue,
    SchedulingPolicy,
)


def ignore_move(_job: Job) -> None:
    """Hear of no transition."""


def no_shortage(_job_name: str) -> bool:
    """Have capacity for every job."""
    return False


def every_network(_environment: ComputeEnvironment) -> bool:
    """Let the instances of every environment register."""
    return True


def no_problem(_environment: ComputeEnvironment, _action: str) -> str:
    """Let the roles of every environment do."""
    return ""


def no_delay() -> float:
    """Let every queue show at once what it has."""
    return 0


Named = TypeVar("Named", ComputeEnvironment, ConsumableResource, JobQueue)


def _named(known: Mapping[str, Named], name_or_arn: str, missing: str) -> Named:
    """Find a resource; an ARN must be its own, not one of another account or region.

    Raises:
        ClientException: there is none; with the text ``missing``.
    """
    found = known.get(name_or_arn.rsplit("/", 1)[-1])
    if found is None or (name_or_arn.startswith("arn:") and found.arn != name_or_arn):
        raise ClientException(missing)
    return found


class BatchState:
    """The resources and jobs of one account and region.

    Not thread-safe: the engine's lock guards every use.
    """

    def __init__(self, account_id: str, region: str) -> None:
        self.account_id = account_id
        self.region = region
        self.compute_environments: dict[str, ComputeEnvironment] = {}
        self.job_queues: dict[str, JobQueue] = {}
        self.job_definitions: dict[str, list[JobDefinition]] = {}
        self.scheduling_policies: dict[str, SchedulingPolicy] = {}
        """By ARN."""
        self.consumable_resources: dict[str, ConsumableResource] = {}
        self.jobs: dict[str, Job] = {}
        self.submitted: deque[Job] = deque()
        """Jobs in SUBMITTED, oldest first."""
        self.dependents: defaultdict[str, list[Job]] = defaultdict(list)
        """Job id -> jobs in PENDING that wait for it."""
        self.running: dict[str, tuple[Job, Attempt]] = {}
        """Task id -> what is STARTING or RUNNING."""
        self.on_move: Callable[[Job], None] = ignore_move
        """Called with each job that has just been given another status."""
        self.lacks_capacity: Callable[[str], bool] = no_shortage
        """Whether, by a fault on demand, there is no capacity for a job of that name."""
        self.lets_register: Callable[[ComputeEnvironment], bool] = every_network
        """Whether instances of that environment can reach ECS."""
        self.role_problem: Callable[[ComputeEnvironment, str], str] = no_problem
        """Why Batch may not take an action, as the environment's roles are; or nothing."""
        self.awaits_network = False
        """Whether a head waits for that: nobody tells of a change of the network."""
        self.detach_delay: Callable[[], float] = no_delay
        """Seconds, by a fault on demand, for which an updated queue shows what it had before."""
        self._by_status: defaultdict[tuple[str, JobStatus], dict[str, Job]] = defaultdict(dict)
        self._listed: defaultdict[tuple[str, JobStatus], dict[str, Job]] = defaultdict(dict)
        """As ``_by_status``, without array children."""
        self._all_listed: defaultdict[str, list[Job]] = defaultdict(list)
        """Queue name -> its jobs without array children, oldest first."""

    def __getstate__(self) -> dict[str, Any]:
        """Leave out, when the state is kept over a restart, what belongs to the process."""
        return {
            **self.__dict__,
            "on_move": ignore_move,
            "lacks_capacity": no_shortage,
            "lets_register": every_network,
            "role_problem": no_problem,
            "detach_delay": no_delay,
        }

    def arn(self, resource: str) -> str:
        """Return the ARN of a Batch resource, e.g. ``job-queue/name``."""
        return f"arn:{get_partition(self.region)}:batch:{self.region}:{self.account_id}:{resource}"

    def new_task_id(self) -> str:
        """Return an id in the form that ECS gives tasks (32 hex digits)."""
        return uuid.uuid4().hex

    def compute_environment(self, name_or_arn: str) -> ComputeEnvironment:
        """Find a compute environment.

        Raises:
            ClientException: there is none of that name or ARN.
        """
        return _named(self.compute_environments, name_or_arn, f"{name_or_arn} does not exist")

    def job_queue(self, name_or_arn: str) -> JobQueue:
        """Find a job queue.

        Raises:
            ClientException: there is none of that name or ARN.
        """
        return _named(self.job_queues, name_or_arn, f"JobQueue {name_or_arn} not found")

    def consumable_resource(self, name_or_arn: str) -> ConsumableResource:
        """Find a consumable resource.

        Raises:
            ClientException: there is none of that name or ARN.
        """
        missing = f"Consumable resource {name_or_arn} does not exist"
        return _named(self.consumable_resources, name_or_arn, missing)

    def scheduling_policy(self, arn: str) -> SchedulingPolicy:
        """Find a scheduling policy.

        Raises:
            ClientException: there is none of that ARN.
        """
        found = self.scheduling_policies.get(arn)
        if found is None:
            raise ClientException(f"Scheduling policy {arn} does not exist")
        return found

    def job_definition(self, reference: str) -> JobDefinition:
        """Find the revision that SubmitJob means by ``name``, ``name:revision`` or an ARN.

        Without a revision it is the highest ACTIVE one (API: SubmitJob.jobDefinition).

        Raises:
            ClientException: no such definition or revision, or it is INACTIVE.
        """
        name, _, revision = reference.rsplit("/", 1)[-1].partition(":")
        revisions = self.job_definitions.get(name, [])
        if not revision:
            active = [each for each in revisions if each.status == "ACTIVE"]
            if not active:
                raise ClientException(f"Unable to find an active job definition for {reference}")
            return active[-1]
        for each in revisions:
            if str(each.revision) == revision:
                if each.status != "ACTIVE":
                    raise ClientException(f"Job definition {each.arn} is not active")
                return each
        raise ClientException(f"Job definition {reference} does not exist")

    def add(self, job: Job) -> None:
        """Take a new job in, under its status."""
        self.jobs[job.id] = job
        self._by_status[job.queue.name, job.status][job.id] = job
        if job.parent is None:
            everything = self._all_listed[job.queue.name]
            job.sequence = len(everything)
            everything.append(job)
            self._listed[job.queue.name, job.status][job.id] = job
        self._count(job, None, job.status)

    def move(self, job: Job, status: JobStatus) -> None:
        """Give ``job`` another status and keep every index true."""
        previous = job.status
        if status not in TRANSITIONS[previous]:
            raise AssertionError(f"job {job.id} cannot go from {previous} to {status}")
        if previous is JobStatus.RUNNABLE and job.node_index is None:
            job.queue.dequeue(job)
        del self._by_status[job.queue.name, previous][job.id]
        job.status = status
        self._by_status[job.queue.name, status][job.id] = job
        if job.parent is None:
            del self._listed[job.queue.name, previous][job.id]
            self._listed[job.queue.name, status][job.id] = job
        if status is JobStatus.RUNNABLE and job.node_index is None:
            job.queue.enqueue(job)
        self._count(job, previous, status)
        self.on_move(job)

    def forget(self, job: Job) -> None:
        """Drop a job, e.g. a node whose place another attempt's takes."""
        del self.jobs[job.id], self._by_status[job.queue.name, job.status][job.id]

    def has_jobs_in(self, queue: JobQueue, statuses: Iterable[JobStatus]) -> bool:
        """Whether the queue has a job in any of ``statuses``."""
        return any(self._by_status[queue.name, status] for status in statuses)

    def fairshare_policy(self, queue: JobQueue) -> dict[str, Any] | None:
        """Return the queue's fair-share policy; ``None`` for a FIFO queue."""
        policy = self.scheduling_policies.get(queue.scheduling_policy_arn or "")
        return policy.fairshare_policy if policy is not None else None

    def jobs_in(self, queue: JobQueue, statuses: Iterable[JobStatus]) -> list[Job]:
        """Return the queue's jobs in any of ``statuses``, array children included."""
        return [job for status in statuses for job in self._by_status[queue.name, status].values()]

    def listed(self, queue: JobQueue, status: JobStatus) -> Mapping[str, Job]:
        """Return the queue's jobs in ``status`` by id, without array children, in no order."""
        return self._listed[queue.name, status]

    def all_listed(self, queue: JobQueue) -> list[Job]:
        """Return all jobs of the queue, without array children, oldest first."""
        return self._all_listed[queue.name]

    @staticmethod
    def _count(job: Job, previous: JobStatus | None, status: JobStatus) -> None:
        if job.parent is None:
            return
        counts = job.parent.status_counts
        if previous is not None:
            counts[previous] -= 1
        counts[status] = counts.get(status, 0) + 1
        job.parent.counted_at = time.time_ns() // 1_000_000
