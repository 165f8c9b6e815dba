"""SubmitJob, DescribeJobs, ListJobs, CancelJob, TerminateJob."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from batchsdk.states import JobStatus
from localaws.batch import multinode
from localaws.batch.errors import ClientException
from localaws.batch.job_details import job_detail, job_summary
from localaws.batch.models import Job, JobDefinition, JobQueue
from localaws.batch.operations.context import Context, page, require_name
from localaws.batch.operations.resources import (
    Resources,
    check_retry_strategy,
    check_timeout,
    required_resources,
)
from localaws.batch.references import substitute

MAX_DEPENDENCIES = 20
MIN_ARRAY_SIZE, MAX_ARRAY_SIZE = 2, 10_000
MAX_PAYLOAD_BYTES = 30 * 1024
MAX_DESCRIBED = 100
MAX_LISTED = 1000
MAX_LISTED_WITH_FILTERS = 100
RESERVED_ENVIRONMENT = "AWS_BATCH"


def submit(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Take a job in: it is SUBMITTED."""
    state = context.state
    name = require_name("Job", request["jobName"])
    if len(json.dumps(request).encode()) > MAX_PAYLOAD_BYTES:
        raise ClientException(f"Request exceeds {MAX_PAYLOAD_BYTES} bytes")
    queue = state.job_queue(request["jobQueue"])
    if queue.state != "ENABLED":
        raise ClientException(f"JobQueue {queue.name} is disabled and does not accept jobs")
    definition = state.job_definition(request["jobDefinition"])
    parameters = {**definition.parameters, **request.get("parameters", {})}
    retry_strategy = request.get("retryStrategy") or definition.retry_strategy or {"attempts": 1}
    check_retry_strategy(retry_strategy)
    timeout = request.get("timeout") or definition.timeout
    check_timeout(timeout)
    _check_shares(queue, request)
    array_size = _array_size(request)
    _check_dependencies(context, request.get("dependsOn", ()), is_array=array_size is not None)
    containers = _containers(definition, request, parameters)
    job_id = str(uuid.uuid4())
    propagate = request.get("propagateTags", definition.propagate_tags)
    inherited = definition.tags if propagate else {}
    job = Job(
        id=job_id,
        arn=state.arn(f"job/{job_id}"),
        name=name,
        queue=queue,
        definition=definition,
        created_at=context.now,
        container=containers[0][0] if definition.node_properties is None else {},
        parameters=parameters,
        depends_on=[dict(each) for each in request.get("dependsOn", ())],
        retry_strategy=dict(retry_strategy),
        timeout_seconds=timeout.get("attemptDurationSeconds"),
        tags={**inherited, **request.get("tags", {})},
        propagate_tags=propagate,
        vcpus=sum(resources.vcpus for _, resources in containers),
        memory=sum(resources.memory for _, resources in containers),
        gpus=sum(resources.gpus for _, resources in containers),
        share_identifier=request.get("shareIdentifier"),
        scheduling_priority=request.get(
            "schedulingPriorityOverride", definition.scheduling_priority
        ),
        array_size=array_size,
    )
    state.add(job)
    if definition.node_properties is not None:
        overrides = request.get("nodeOverrides", {})
        multinode.add_nodes(state, job, definition.node_properties, overrides, containers)
    state.submitted.append(job)
    return {"jobArn": job.arn, "jobName": name, "jobId": job_id}


def describe(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Describe up to 100 jobs; ids that are not known are left out."""
    if len(request["jobs"]) > MAX_DESCRIBED:
        raise ClientException(f"jobs must have at most {MAX_DESCRIBED} items")
    ids = [each.split(":job/", 1)[-1] for each in request["jobs"]]
    known = context.state.jobs
    return {"jobs": [job_detail(known[each]) for each in ids if each in known]}


def list_jobs(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """List a queue's jobs or an array's children; RUNNING ones unless told otherwise."""
    scopes = [key for key in ("jobQueue", "arrayJobId", "multiNodeJobId") if request.get(key)]
    if len(scopes) != 1:
        raise ClientException(
            "Exactly one of jobQueue, arrayJobId and multiNodeJobId must be specified"
        )
    filters = request.get("filters", ())
    status = JobStatus(request.get("jobStatus", JobStatus.RUNNING))
    if scopes == ["jobQueue"]:
        queue = context.state.job_queue(request["jobQueue"])
        found = _queue_jobs(context, queue, filters, status)
        found.sort(key=lambda job: (-job.created_at, job.id))
    else:
        parent = context.state.jobs.get(request[scopes[0]])
        found = [job for job in (parent.children if parent else ()) if job.status is status]
    limit = MAX_LISTED_WITH_FILTERS if filters else MAX_LISTED
    some, following = page(found, request, limit=limit)
    return {"jobSummaryList": [job_summary(job) for job in some], **following}


def cancel(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Cancel a job that does not run yet; otherwise succeed and change nothing."""
    return _stop(context, request, terminate=False)


def terminate(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """End a job in any state."""
    return _stop(context, request, terminate=True)


def _stop(context: Context, request: Mapping[str, Any], *, terminate: bool) -> dict[str, Any]:
    job = context.state.jobs.get(request["jobId"])
    if job is not None:  # an unknown id counts as success (API: CancelJobs)
        context.scheduler.stop(job, request["reason"], context.now, terminate=terminate)
    return {}


def _containers(
    definition: JobDefinition, request: Mapping[str, Any], parameters: Mapping[str, str]
) -> list[tuple[dict[str, Any], Resources]]:
    """Return the job's container, or that of each node, with what it needs."""

    def overridden(
        properties: Mapping[str, Any], overrides: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Resources]:
        needs = required_resources(properties, overrides)
        return _container(properties, overrides, parameters), needs

    if definition.node_properties is None:
        if "nodeOverrides" in request:
            raise ClientException("nodeOverrides is only for multi-node jobs")
        overrides = request.get("containerOverrides", {})
        return [overridden(definition.container_properties, overrides)]
    if "containerOverrides" in request:
        raise ClientException("containerOverrides is not for multi-node jobs; use nodeOverrides")
    if "arrayProperties" in request:
        raise ClientException("A multi-node job cannot be an array job")
    try:
        return multinode.containers(
            definition.node_properties, request.get("nodeOverrides", {}), overridden
        )
    except ValueError as error:
        raise ClientException(str(error)) from None


def _container(
    properties: Mapping[str, Any], overrides: Mapping[str, Any], parameters: Mapping[str, str]
) -> dict[str, Any]:
    """Apply containerOverrides to a definition's container (API: ContainerOverrides)."""
    environment = {each["name"]: each for each in properties.get("environment", ())}
    for each in overrides.get("environment", ()):
        if each.get("name", "").startswith(RESERVED_ENVIRONMENT):
            raise ClientException(
                f"Environment variables must not start with {RESERVED_ENVIRONMENT}: {each['name']}"
            )
        environment[each["name"]] = each
    requirements = {each["type"]: each for each in properties.get("resourceRequirements", ())}
    requirements |= {each["type"]: each for each in overrides.get("resourceRequirements", ())}
    command = overrides.get("command") or properties.get("command", ())
    return {
        **properties,
        **{key: overrides[key] for key in ("vcpus", "memory") if key in overrides},
        "command": substitute(command, parameters),
        "environment": list(environment.values()),
        "resourceRequirements": list(requirements.values()),
    }


def _check_shares(queue: JobQueue, request: Mapping[str, Any]) -> None:
    given = {"shareIdentifier", "schedulingPriorityOverride"} & request.keys()
    if given and queue.scheduling_policy_arn is None:
        raise ClientException(
            "Job with shareIdentifier or schedulingPriority can only be submitted to a job queue "
            "with a fair-share scheduling policy"
        )
    if queue.scheduling_policy_arn is not None and "shareIdentifier" not in request:
        raise ClientException(
            f"shareIdentifier is required: JobQueue {queue.name} has a scheduling policy"
        )


def _array_size(request: Mapping[str, Any]) -> int | None:
    size: int | None = request.get("arrayProperties", {}).get("size")
    if size is not None and not MIN_ARRAY_SIZE <= size <= MAX_ARRAY_SIZE:
        raise ClientException(
            f"Array size must be between {MIN_ARRAY_SIZE} and {MAX_ARRAY_SIZE}, got {size}"
        )
    return size


def _check_dependencies(context: Context, depends_on: Any, *, is_array: bool) -> None:
    if len(depends_on) > MAX_DEPENDENCIES:
        raise ClientException(
            f"At most {MAX_DEPENDENCIES} dependencies are allowed, got {len(depends_on)}"
        )
    for each in depends_on:
        kind = each.get("type")
        if kind is not None and not is_array:
            raise ClientException(f"Dependency type {kind} is only for array jobs")
        if kind == "SEQUENTIAL" and "jobId" not in each:
            continue
        other: Job | None = context.state.jobs.get(each.get("jobId", ""))
        if other is None:
            raise ClientException(f"Dependent job {each.get('jobId')} does not exist")
        if kind == "N_TO_N" and other.array_size is None:
            raise ClientException(f"N_TO_N needs an array job, {other.id} is none")


def _queue_jobs(context: Context, queue: JobQueue, filters: Any, status: JobStatus) -> list[Job]:
    """Pick a queue's jobs by filter or status; array children show only under their parent."""
    if not filters:
        return [job for job in context.state.jobs_in(queue, [status]) if job.parent is None]
    if len(filters) > 1:
        raise ClientException("Only one filter can be used at a time")
    name, values = filters[0]["name"], filters[0]["values"]
    statuses = [status] if name == "SHARE_IDENTIFIER" else list(JobStatus)
    return [
        job
        for job in context.state.jobs_in(queue, statuses)
        if job.parent is None and any(_passes(job, name, value) for value in values)
    ]


def _passes(job: Job, filter_name: str, value: str) -> bool:
    """Apply one ListJobs filter (API: ListJobs.filters)."""
    if filter_name == "JOB_NAME":
        return _matches(job.name.lower(), value.lower())
    if filter_name == "JOB_DEFINITION":
        return value == job.definition.arn or _matches(job.definition.name, value)
    if filter_name == "BEFORE_CREATED_AT":
        return job.created_at < int(value)
    if filter_name == "AFTER_CREATED_AT":
        return job.created_at > int(value)
    if filter_name == "SHARE_IDENTIFIER":
        return job.share_identifier == value
    raise ClientException(f"Unknown filter {filter_name}")


def _matches(text: str, pattern: str) -> bool:
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern
