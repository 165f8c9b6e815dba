"""Which job of which queue starts next, and what its attempt is like."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from localaws.batch import blocked, consumables, fairshare, placement
from localaws.batch.logs import log_destination
from localaws.batch.models import (
    Attempt,
    ComputeEnvironment,
    ContainerRun,
    Job,
    JobQueue,
    ResourceStatus,
)
from localaws.batch.placement import Place
from localaws.batch.roles import TO_SCALE
from localaws.batch.state import BatchState


@dataclass(frozen=True)
class TimedOutHead:
    """A job that a job state time limit action ends."""

    job: Job
    status_reason: str


def front(state: BatchState, queue: JobQueue, now: int, count: int) -> list[Job]:
    """Return the first ``count`` RUNNABLE jobs of a queue in dispatch order."""
    policy = state.fairshare_policy(queue)
    waiting = (
        queue.runnable.values()
        if policy is None
        else fairshare.in_dispatch_order(queue, policy, now)
    )
    return list(itertools.islice(waiting, count))


def dispatch(state: BatchState, now: int) -> Iterator[list[Place] | TimedOutHead]:
    """Give capacity to the heads of the queues: higher priority first, each queue in its order.

    The caller acts on each item before it asks for the next: it starts the job on its places, or
    ends it. A head that gets no place blocks its queue, and only that.
    """
    # Once in each pass, however many jobs it places.
    registers = functools.cache(state.lets_register)
    role_problem = functools.cache(lambda each: state.role_problem(each, TO_SCALE))
    state.awaits_network = False
    for queue in sorted(state.job_queues.values(), key=lambda each: -each.priority):
        if queue.status not in (ResourceStatus.VALID, ResourceStatus.UPDATING):
            blocked.note(queue, None, None, now)
            continue
        while queue.runnable:
            job = _head(state, queue, now)
            _invalidate(job, role_problem)
            is_short = state.lacks_capacity(job.name)
            may_start = (
                not is_short
                and _is_within_reservation(state, queue, job)
                and consumables.are_available(state, job)
            )
            places = placement.find_places(job, registers) if may_start else None
            if places is not None:
                blocked.note(queue, None, None, now)
                yield places
                continue
            if not all(registers(each) for each in placement.candidates(job)):
                state.awaits_network = True
            blocked.note(queue, job, blocked.blocked_reason(job, is_short=is_short), now)
            limit = blocked.time_limit(queue)
            if limit is None or limit.due > now:
                break
            blocked.note(queue, None, None, now)
            yield TimedOutHead(job, limit.status_reason)
        else:
            blocked.note(queue, None, None, now)


def next_time_limit(state: BatchState) -> int | None:
    """When the next job state time limit runs out (epoch milliseconds)."""
    limits = map(blocked.time_limit, state.job_queues.values())
    return min((limit.due for limit in limits if limit is not None), default=None)


def new_attempt(state: BatchState, place: Place) -> Attempt:
    """Return an attempt of the place's job there."""
    task_id = state.new_task_id()
    environment = place.environment
    tasks = environment.ecs_cluster_arn.replace(":cluster/", ":task/")
    group, stream = log_destination(place.job, task_id)
    return Attempt(
        task_id=task_id,
        task_arn=f"{tasks}/{task_id}",
        log_group=group,
        log_stream=stream,
        compute_environment=environment,
        instance=place.instance,
        containers=[
            ContainerRun(container["name"], *log_destination(place.job, task_id, container))
            for container in place.job.containers
        ],
    )


def _invalidate(job: Job, role_problem: Callable[[ComputeEnvironment], str]) -> None:
    """Mark those environments INVALID in which Batch may not launch an instance for the job."""
    for environment in placement.candidates(job):
        environment.problem = role_problem(environment)
        if environment.problem:
            environment.status = ResourceStatus.INVALID


def _head(state: BatchState, queue: JobQueue, now: int) -> Job:
    policy = state.fairshare_policy(queue)
    if policy is None:
        return next(iter(queue.runnable.values()))
    return fairshare.head(queue, policy, now)


def _is_within_reservation(state: BatchState, queue: JobQueue, job: Job) -> bool:
    policy = state.fairshare_policy(queue)
    return policy is None or fairshare.is_within_reservation(queue, policy, job)
