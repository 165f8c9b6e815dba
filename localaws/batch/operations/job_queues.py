"""CreateJobQueue, DescribeJobQueues, UpdateJobQueue, DeleteJobQueue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from localaws.batch import placement
from localaws.batch.errors import ClientException
from localaws.batch.models import ComputeEnvironment, JobQueue, ResourceStatus
from localaws.batch.operations.context import Context, described, page, require_name
from localaws.batch.state import BatchState

MAX_COMPUTE_ENVIRONMENTS = 3
TIME_LIMIT_REASONS = (
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
)
"""User guide: Job state time limits."""
MIN_TIME_LIMIT, MAX_TIME_LIMIT = 600, 86_400
"""Seconds."""


def create(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Begin to make a job queue: it is CREATING, then VALID."""
    state = context.state
    name = require_name("JobQueue", request["jobQueueName"])
    if name in state.job_queues:
        raise ClientException("Object already exists")
    _refuse_services(request)
    queue = JobQueue(
        name=name,
        arn=state.arn(f"job-queue/{name}"),
        priority=request["priority"],
        state=request.get("state", "ENABLED"),
        compute_environments=_ordered(state, request.get("computeEnvironmentOrder", ())),
        tags=dict(request.get("tags", {})),
        scheduling_policy_arn=_policy(state, request),
        job_state_time_limit_actions=_time_limits(request.get("jobStateTimeLimitActions", ())),
    )
    state.job_queues[name] = queue
    return {"jobQueueName": name, "jobQueueArn": queue.arn}


def describe(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the named queues, or all."""
    known = context.state.job_queues
    wanted = described(request, "jobQueues")
    found = [known[name] for name in wanted or known if name in known]
    some, following = page(found, request)
    return {"jobQueues": [_detail(each, context.now) for each in some], **following}


def update(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Change a queue in place."""
    queue = context.state.job_queue(request["jobQueue"])
    _refuse_services(request)
    if queue.status not in (ResourceStatus.VALID, ResourceStatus.INVALID):
        raise ClientException("Cannot update, resource is being modified")
    policy = _policy(context.state, request)
    if policy is not None and queue.scheduling_policy_arn is None:
        raise ClientException("A scheduling policy cannot be added to a FIFO job queue")
    limits = queue.job_state_time_limit_actions
    if "jobStateTimeLimitActions" in request:
        limits = _time_limits(request["jobStateTimeLimitActions"])
    if "computeEnvironmentOrder" in request:
        environments = _ordered(context.state, request["computeEnvironmentOrder"])
        delay = int(1000 * context.state.detach_delay())
        queue.previous_environments = (queue.compute_environments, context.now + delay)
        queue.compute_environments = environments
    queue.priority = request.get("priority", queue.priority)
    queue.state = request.get("state", queue.state)
    queue.scheduling_policy_arn = policy or queue.scheduling_policy_arn
    queue.job_state_time_limit_actions = limits
    queue.status = ResourceStatus.UPDATING
    return {"jobQueueName": queue.name, "jobQueueArn": queue.arn}


def delete(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a DISABLED queue and end its jobs (API: DeleteJobQueue)."""
    name = request["jobQueue"].rsplit("/", 1)[-1]
    if name not in context.state.job_queues:
        return {}
    queue = context.state.job_queues[name]
    if queue.status is not ResourceStatus.VALID:
        raise ClientException("Cannot delete, resource is being modified")
    if queue.state != "DISABLED":
        raise ClientException("Cannot delete, resource must be in DISABLED state")
    queue.status = ResourceStatus.DELETING
    context.scheduler.delete_queue(queue, context.now)
    return {}


def _refuse_services(request: Mapping[str, Any]) -> None:
    if "serviceEnvironmentOrder" in request:
        raise ClientException("Service environments are not supported by the local Batch yet")


def _ordered(state: BatchState, order: Sequence[Mapping[str, Any]]) -> list[ComputeEnvironment]:
    """Look the environments up, in the order that the request gives them."""
    if not order:
        raise ClientException("At least 1 compute environment must be provided")
    if len(order) > MAX_COMPUTE_ENVIRONMENTS:
        raise ClientException(
            f"Only {MAX_COMPUTE_ENVIRONMENTS} environments are allowed in job queue request."
        )
    if len({each["order"] for each in order}) < len(order):
        raise ClientException("computeEnvironmentOrder must have distinct order values.")
    environments = [
        _environment(state, each["computeEnvironment"])
        for each in sorted(order, key=lambda each: each["order"])
    ]
    if len(set(environments)) < len(environments):
        raise ClientException("computeEnvironmentOrder must have distinct compute environments.")
    for environment in environments:
        if environment.status not in (ResourceStatus.VALID, ResourceStatus.UPDATING):
            raise ClientException(f"{environment.arn} is not valid")
    if len({placement.is_fargate(environment) for environment in environments}) > 1:
        raise ClientException("Fargate and EC2 compute environments can not be mixed.")
    types = [each.compute_resources.get("instanceTypes", ()) for each in environments]
    architectures = placement.architectures(tuple(name for names in types for name in names))
    if len(architectures) > 1:
        raise ClientException(
            "The compute environments of a job queue must share one architecture, got "
            + " and ".join(sorted(architectures))
        )
    return environments


def _environment(state: BatchState, name_or_arn: str) -> ComputeEnvironment:
    if name_or_arn.startswith("arn:") and name_or_arn not in {
        each.arn for each in state.compute_environments.values()
    }:
        raise ClientException("computeEnvironmentOrder is malformed")
    return state.compute_environment(name_or_arn)


def _policy(state: BatchState, request: Mapping[str, Any]) -> str | None:
    """Return the ARN of the scheduling policy, which must exist.

    Raises:
        ClientException: there is no such policy; an empty ARN, which would remove it, is none.
    """
    if "schedulingPolicyArn" not in request:
        return None
    return state.scheduling_policy(request["schedulingPolicyArn"]).arn


def _time_limits(actions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return job state time limit actions, checked (API: JobStateTimeLimitAction).

    Raises:
        ClientException: a reason that is not blocked on, a time out of range, or a duplicate.
    """
    for each in actions:
        if each["reason"] not in TIME_LIMIT_REASONS:
            raise ClientException(
                f"jobStateTimeLimitActions reason must be one of {', '.join(TIME_LIMIT_REASONS)}; "
                f"got {each['reason']}"
            )
        if not MIN_TIME_LIMIT <= each["maxTimeSeconds"] <= MAX_TIME_LIMIT:
            raise ClientException(
                f"maxTimeSeconds must be between {MIN_TIME_LIMIT} and {MAX_TIME_LIMIT}, "
                f"got {each['maxTimeSeconds']}"
            )
        if each["action"] != "CANCEL":
            raise ClientException("jobStateTimeLimitActions action must be CANCEL")
    if len({(each["state"], each["reason"]) for each in actions}) < len(actions):
        raise ClientException("jobStateTimeLimitActions must not have duplicate reasons")
    return [dict(each) for each in actions]


def _detail(queue: JobQueue, now: int) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "jobQueueName": queue.name,
        "jobQueueArn": queue.arn,
        "state": queue.state,
        "status": str(queue.status),
        "statusReason": "JobQueue Healthy" if queue.status is ResourceStatus.VALID else "",
        "priority": queue.priority,
        "computeEnvironmentOrder": [
            {"order": order, "computeEnvironment": environment.arn}
            for order, environment in enumerate(queue.shown_environments(now), 1)
        ],
        "jobQueueType": "ECS_FARGATE" if _is_fargate(queue) else "ECS",
        "tags": queue.tags,
        "jobStateTimeLimitActions": queue.job_state_time_limit_actions,
    }
    if queue.scheduling_policy_arn is not None:
        detail["schedulingPolicyArn"] = queue.scheduling_policy_arn
    return detail


def _is_fargate(queue: JobQueue) -> bool:
    return all(placement.is_fargate(environment) for environment in queue.compute_environments)
