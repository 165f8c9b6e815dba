"""CreateJobQueue, DescribeJobQueues, UpdateJobQueue, DeleteJobQueue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from localaws.batch import placement
from localaws.batch.errors import ClientException
from localaws.batch.models import ComputeEnvironment, JobQueue, ResourceStatus
from localaws.batch.operations.context import Context, page, require_name
from localaws.batch.state import BatchState

MAX_COMPUTE_ENVIRONMENTS = 3


def create(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Begin to make a job queue: it is CREATING, then VALID."""
    state = context.state
    name = require_name("JobQueue", request["jobQueueName"])
    if name in state.job_queues:
        raise ClientException("Object already exists")
    queue = JobQueue(
        name=name,
        arn=state.arn(f"job-queue/{name}"),
        priority=request["priority"],
        state=request.get("state", "ENABLED"),
        compute_environments=_ordered(state, request.get("computeEnvironmentOrder", ())),
        tags=dict(request.get("tags", {})),
        scheduling_policy_arn=request.get("schedulingPolicyArn"),
        job_state_time_limit_actions=list(request.get("jobStateTimeLimitActions", ())),
    )
    state.job_queues[name] = queue
    return {"jobQueueName": name, "jobQueueArn": queue.arn}


def describe(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the named queues, or all."""
    known = context.state.job_queues
    wanted = [each.rsplit("/", 1)[-1] for each in request.get("jobQueues", ())]
    found = [known[name] for name in wanted or known if name in known]
    some, following = page(found, request)
    return {"jobQueues": [_detail(each) for each in some], **following}


def update(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Change a queue in place."""
    queue = context.state.job_queue(request["jobQueue"])
    if queue.status is ResourceStatus.DELETING:
        raise ClientException("Cannot update, resource is being modified")
    policy = request.get("schedulingPolicyArn")
    if policy is not None and queue.scheduling_policy_arn is None:
        raise ClientException("A scheduling policy cannot be added to a FIFO job queue")
    if "computeEnvironmentOrder" in request:
        queue.compute_environments = _ordered(context.state, request["computeEnvironmentOrder"])
    queue.priority = request.get("priority", queue.priority)
    queue.state = request.get("state", queue.state)
    queue.scheduling_policy_arn = policy or queue.scheduling_policy_arn
    queue.job_state_time_limit_actions = request.get(
        "jobStateTimeLimitActions", queue.job_state_time_limit_actions
    )
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


def _ordered(state: BatchState, order: Sequence[Mapping[str, Any]]) -> list[ComputeEnvironment]:
    """Look the environments up, in the order that the request gives them."""
    if not order:
        raise ClientException("computeEnvironmentOrder must name at least one compute environment.")
    if len(order) > MAX_COMPUTE_ENVIRONMENTS:
        raise ClientException(
            f"Only {MAX_COMPUTE_ENVIRONMENTS} environments are allowed in job queue request."
        )
    if len({each["order"] for each in order}) < len(order):
        raise ClientException("computeEnvironmentOrder must have distinct order values.")
    environments = [
        state.compute_environment(each["computeEnvironment"])
        for each in sorted(order, key=lambda each: each["order"])
    ]
    for environment in environments:
        if environment.status not in (ResourceStatus.VALID, ResourceStatus.UPDATING):
            raise ClientException(f"{environment.arn} is not valid")
    if len({placement.is_fargate(environment) for environment in environments}) > 1:
        raise ClientException("Fargate and EC2 compute environments can not be mixed.")
    return environments


def _detail(queue: JobQueue) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "jobQueueName": queue.name,
        "jobQueueArn": queue.arn,
        "state": queue.state,
        "status": str(queue.status),
        "statusReason": "JobQueue Healthy" if queue.status is ResourceStatus.VALID else "",
        "priority": queue.priority,
        "computeEnvironmentOrder": [
            {"order": order, "computeEnvironment": environment.arn}
            for order, environment in enumerate(queue.compute_environments, 1)
        ],
        "jobQueueType": "ECS",
        "tags": queue.tags,
        "jobStateTimeLimitActions": queue.job_state_time_limit_actions,
    }
    if queue.scheduling_policy_arn is not None:
        detail["schedulingPolicyArn"] = queue.scheduling_policy_arn
    return detail
