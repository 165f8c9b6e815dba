"""A job as DescribeJobs and ListJobs show it (API: JobDetail, JobSummary)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchsdk.states import JobStatus
from localaws.batch.models import Attempt, ContainerRun, Job

TASK_ARNS = ("containerInstanceArn", "taskArn")
LONGEST_REASON = 255
"""API: AttemptContainerDetail.reason."""


def job_detail(job: Job) -> dict[str, Any]:
    """Return the JobDetail structure."""
    detail = {
        **_shared(job),
        "jobQueue": job.queue.arn,
        "attempts": [_attempt(job, each) for each in job.attempts if each.stopped_at is not None],
        "retryStrategy": {"evaluateOnExit": [], **job.retry_strategy},
        "dependsOn": job.depends_on,
        "parameters": job.parameters,
        "tags": job.tags,
        "propagateTags": job.propagate_tags,
        "platformCapabilities": job.definition.platform_capabilities,
        "eksAttempts": [],
        "isCancelled": job.is_cancelled,
        "isTerminated": job.is_terminated,
    }
    if job.node_properties is not None:
        detail["nodeProperties"] = job.node_properties
    elif job.task is None:
        detail["container"] = _container(job)
    else:
        detail["ecsProperties"] = {"taskProperties": [_task(job, job.task)]}
    if job.node_index is not None:
        detail["nodeDetails"] = {"nodeIndex": job.node_index, "isMainNode": _is_main_node(job)}
    if job.consumable_resources:
        needed = {"consumableResourceList": job.consumable_resources}
        detail["consumableResourceProperties"] = needed
    if job.timeout_seconds is not None:
        detail["timeout"] = {"attemptDurationSeconds": job.timeout_seconds}
    if job.scheduling_priority is not None:
        detail["schedulingPriority"] = job.scheduling_priority
    return detail


def job_summary(job: Job) -> dict[str, Any]:
    """Return the JobSummary structure."""
    summary = _shared(job)
    if job.attempts and job.attempts[-1].exit_code is not None:
        summary["container"] = {"exitCode": job.attempts[-1].exit_code}
        if job.attempts[-1].reason is not None:
            summary["container"]["reason"] = job.attempts[-1].reason
    if job.node_index is not None:
        summary["nodeProperties"] = {
            "nodeIndex": job.node_index,
            "isMainNode": _is_main_node(job),
        }
    elif job.node_properties is not None:
        summary["nodeProperties"] = {"numNodes": job.node_properties["numNodes"]}
    if job.is_cancelled:
        summary["isCancelled"] = True
    if job.is_terminated:
        summary["isTerminated"] = True
    return summary


def _shared(job: Job) -> dict[str, Any]:
    shared: dict[str, Any] = {
        "jobArn": job.arn,
        "jobId": job.id,
        "jobName": job.name,
        "jobDefinition": job.definition.arn,
        "status": str(job.status),
        "createdAt": job.created_at,
    }
    optional = {
        "statusReason": job.status_reason,
        "startedAt": job.started_at,
        "stoppedAt": job.stopped_at,
        "shareIdentifier": job.share_identifier,
    }
    shared |= {key: value for key, value in optional.items() if value is not None}
    if job.array_size is not None:
        counts = {status: job.status_counts.get(status, 0) for status in JobStatus}
        shared["arrayProperties"] = {
            "size": job.array_size,
            "statusSummary": {str(status): count for status, count in counts.items()},
            "statusSummaryLastUpdatedAt": job.counted_at or job.created_at,
        }
    elif job.index is not None:
        shared["arrayProperties"] = {"index": job.index}
    return shared


def _container(job: Job) -> dict[str, Any]:
    container: dict[str, Any] = {
        "mountPoints": [],
        "networkInterfaces": [],
        "secrets": [],
        "ulimits": [],
        "volumes": [],
        **job.container,
    }
    if job.attempts:
        latest = job.attempts[-1]
        container["taskArn"] = latest.task_arn
        if latest.instance is not None:
            container["containerInstanceArn"] = latest.instance.arn
        if latest.started_at is not None:
            container["logStreamName"] = latest.log_stream
        if latest.exit_code is not None:
            container["exitCode"] = latest.exit_code
        if latest.reason is not None:
            container["reason"] = latest.reason
    return container


def _is_main_node(node: Job) -> bool:
    return node.parent is not None and node is node.parent.main_node


def _task(job: Job, task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the EcsTaskDetails of a job or node, which runs this task."""
    if job.containers:
        return _task_of_several(job, task)
    container = _container(job)
    arns = {key: container.pop(key) for key in TASK_ARNS if key in container}
    del container["volumes"]  # the task's
    return {**task, **arns, "containers": [container]}


def _task_of_several(job: Job, task: Mapping[str, Any]) -> dict[str, Any]:
    latest = job.attempts[-1] if job.attempts else None
    runs = {each.name: _run(each) for each in latest.containers} if latest else {}
    empty: dict[str, Any] = {
        "mountPoints": [],
        "networkInterfaces": [],
        "secrets": [],
        "ulimits": [],
    }
    containers = [{**empty, **each, **runs.get(each["name"], {})} for each in job.containers]
    return {**task, **(_arns(latest) if latest else {}), "containers": containers}


def _arns(attempt: Attempt) -> dict[str, Any]:
    arns = {"taskArn": attempt.task_arn}
    return arns | (
        {"containerInstanceArn": attempt.instance.arn} if attempt.instance is not None else {}
    )


def _run(run: ContainerRun) -> dict[str, Any]:
    """Return what is known of one of several containers."""
    known = {
        "logStreamName": run.log_stream if run.is_started else None,
        "exitCode": run.exit_code,
        "reason": run.reason[:LONGEST_REASON] if run.reason else None,
    }
    return {key: value for key, value in known.items() if value is not None}


def _attempt(job: Job, attempt: Attempt) -> dict[str, Any]:
    container: dict[str, Any] = {"taskArn": attempt.task_arn, "networkInterfaces": []}
    if attempt.instance is not None:
        container["containerInstanceArn"] = attempt.instance.arn
    if attempt.started_at is not None:
        container["logStreamName"] = attempt.log_stream
    if attempt.exit_code is not None:
        container["exitCode"] = attempt.exit_code
    if attempt.reason is not None:
        container["reason"] = attempt.reason[:LONGEST_REASON]
    detail: dict[str, Any] = {
        "container": container,
        "stoppedAt": attempt.stopped_at,
        "statusReason": attempt.status_reason,
        "taskProperties": [],
    }
    if attempt.containers:
        ended = [
            {"name": each.name, "networkInterfaces": [], **_run(each)}
            for each in attempt.containers
        ]
        detail |= {
            "container": {},
            "taskProperties": [{**_arns(attempt), "containers": ended}],
        }
    elif job.task is not None:
        arns = {key: container.pop(key) for key in TASK_ARNS if key in container}
        named = {"name": job.container["name"]} if "name" in job.container else {}
        detail |= {"container": {}, "taskProperties": [{**arns, "containers": [named | container]}]}
    if attempt.started_at is not None:
        detail["startedAt"] = attempt.started_at
    return detail
