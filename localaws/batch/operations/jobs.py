"""SubmitJob, DescribeJobs; CancelJob, TerminateJob and their bulk forms."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from localaws.batch import multinode, placement
from localaws.batch.errors import ClientException
from localaws.batch.job_details import job_detail
from localaws.batch.models import Job, JobDefinition, JobQueue
from localaws.batch.multinode import NodeTask
from localaws.batch.operations.consumable_resources import need_resources
from localaws.batch.operations.context import Context, require_name, size_in_bytes
from localaws.batch.operations.overrides import (
    OVERRIDES_TOO_LONG,
    are_too_long,
    containers_of,
    overrides_of,
    tasks_of_nodes,
)
from localaws.batch.operations.resources import (
    Resources,
    check_priority,
    check_timeout,
    retry_strategy,
)
from localaws.batch.operations.tags import MAX_TAGS
from localaws.batch.operations.task_overrides import deciding_container

MAX_DEPENDENCIES = 20
MIN_ARRAY_SIZE, MAX_ARRAY_SIZE = 2, 10_000
MAX_PAYLOAD_BYTES = 30 * 1024
MAX_DESCRIBED = 100
MAX_STOPPED = 50
MAX_REASON = 1024
MAX_SHARES = 500
"""Active share identifiers of a queue (API: SubmitJob)."""
SHARE_IDENTIFIER = re.compile(r"[A-Za-z0-9]{1,255}")


def submit(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Take a job in: it is SUBMITTED."""
    state = context.state
    name = require_name("Job", request["jobName"])
    if size_in_bytes(request) > MAX_PAYLOAD_BYTES:
        raise ClientException(f"Request exceeds {MAX_PAYLOAD_BYTES} bytes")
    queue = state.job_queue(request["jobQueue"])
    if queue.state != "ENABLED":
        raise ClientException(f"JobQueue {queue.name} is disabled and does not accept jobs")
    definition = state.job_definition(request["jobDefinition"])
    _check_platform(queue, definition)
    parameters = {**definition.parameters, **request.get("parameters", {})}
    overrides = overrides_of(definition, request)
    nodes = tasks_of_nodes(definition, request, parameters)
    containers = [] if nodes else containers_of(definition, request, parameters)
    made = [container for container, _ in containers]
    sizes: Sequence[NodeTask | Resources] = nodes or [needed for _, needed in containers]
    strategy = request.get("retryStrategy") or definition.retry_strategy or {"attempts": 1}
    timeout = request.get("timeout") or definition.timeout
    check_timeout(timeout)
    _check_shares(queue, request)
    array_size = _array_size(request)
    _check_dependencies(context, request.get("dependsOn", ()), is_array=array_size is not None)
    job_id = str(uuid.uuid4())
    propagate = bool(request.get("propagateTags", definition.propagate_tags))
    inherited = definition.tags if propagate else {}
    job = Job(
        id=job_id,
        arn=state.arn(f"job/{job_id}"),
        name=name,
        queue=queue,
        definition=definition,
        created_at=context.now,
        container=deciding_container(made) if made else {},
        containers=made if len(made) > 1 else [],
        parameters=parameters,
        depends_on=[dict(each) for each in request.get("dependsOn", ())],
        retry_strategy=retry_strategy(strategy),
        timeout_seconds=timeout.get("attemptDurationSeconds"),
        tags={**inherited, **request.get("tags", {})},
        propagate_tags=propagate,
        vcpus=sum(each.vcpus for each in sizes),
        memory=sum(each.memory for each in sizes),
        gpus=sum(each.gpus for each in sizes),
        share_identifier=request.get("shareIdentifier"),
        scheduling_priority=request.get(
            "schedulingPriorityOverride", definition.scheduling_priority
        ),
        array_size=array_size,
    )
    need_resources(state, job, request)
    state.add(job)
    if definition.node_properties is not None:
        multinode.add_nodes(state, job, definition.node_properties, overrides, nodes)
    state.submitted.append(job)
    if len(job.tags) > MAX_TAGS:
        context.scheduler.refuse(job, f"A job can have at most {MAX_TAGS} tags", context.now)
    elif are_too_long(overrides):
        context.scheduler.refuse(job, OVERRIDES_TOO_LONG, context.now)
    return {"jobArn": job.arn, "jobName": name, "jobId": job_id}


def describe(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Describe up to 100 jobs; ids that are not known are left out."""
    if len(request["jobs"]) > MAX_DESCRIBED:
        raise ClientException(f"jobs must have at most {MAX_DESCRIBED} items")
    ids = [each.split(":job/", 1)[-1] for each in request["jobs"]]
    known = context.state.jobs
    return {"jobs": [job_detail(known[each]) for each in ids if each in known]}


def cancel(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Cancel a job that does not run yet; otherwise succeed and change nothing."""
    _stop(context, [request["jobId"]], request["reason"], terminate=False)
    return {}


def terminate(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """End a job in any state."""
    _stop(context, [request["jobId"]], request["reason"], terminate=True)
    return {}


def cancel_many(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Cancel up to 50 jobs."""
    return _stop_many(context, request, terminate=False)


def terminate_many(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Terminate up to 50 jobs."""
    return _stop_many(context, request, terminate=True)


def _stop_many(context: Context, request: Mapping[str, Any], *, terminate: bool) -> dict[str, Any]:
    if not 1 <= len(request["jobs"]) <= MAX_STOPPED:
        raise ClientException(
            f"jobs must have between 1 and {MAX_STOPPED} items, got {len(request['jobs'])}"
        )
    _stop(context, request["jobs"], request["reason"], terminate=terminate)
    return {"successful": list(request["jobs"]), "errors": []}


def _stop(context: Context, ids: Sequence[str], reason: str, *, terminate: bool) -> None:
    if not all(ids) or not reason:
        raise ClientException("jobId and reason must not be empty")
    if len(reason) > MAX_REASON:
        raise ClientException(f"reason must have at most {MAX_REASON} characters")
    for job_id in ids:
        job = context.state.jobs.get(job_id)
        if job is not None:  # an unknown id counts as success (API: CancelJob, CancelJobs)
            context.scheduler.stop(job, reason, context.now, terminate=terminate)


def _check_platform(queue: JobQueue, definition: JobDefinition) -> None:
    """Refuse a definition that no environment of the queue can run; the text is AWS's."""
    platform = "EKS" if definition.eks_properties is not None else definition.platform
    environments = queue.compute_environments
    if not any(platform == placement.platform(environment) for environment in environments):
        raise ClientException(
            "Job Queue is attached to Compute Environment that can not run Jobs with capability "
            f"{platform}."
        )


def _check_shares(queue: JobQueue, request: Mapping[str, Any]) -> None:
    given = {"shareIdentifier", "schedulingPriorityOverride"} & request.keys()
    if given and queue.scheduling_policy_arn is None:
        raise ClientException(
            "Job with shareIdentifier or schedulingPriority can only be submitted to a job queue "
            "with a fair-share scheduling policy"
        )
    share = request.get("shareIdentifier", "")
    if queue.scheduling_policy_arn is not None and not SHARE_IDENTIFIER.fullmatch(share):
        raise ClientException(
            f"JobQueue {queue.name} has a scheduling policy: shareIdentifier is required, of up to "
            f"255 letters and digits; got {share!r}"
        )
    active = [each for each in queue.shares.values() if each.is_active]
    if len(active) >= MAX_SHARES and share not in {each.identifier for each in active}:
        raise ClientException(
            f"JobQueue {queue.name} has {MAX_SHARES} active share identifiers, the most"
        )
    check_priority(request.get("schedulingPriorityOverride"))


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
        if kind == "SEQUENTIAL" and "jobId" not in each:
            if not is_array:
                raise ClientException("Dependency type SEQUENTIAL without jobId is for array jobs")
            continue
        other: Job | None = context.state.jobs.get(each.get("jobId", ""))
        if other is None:
            raise ClientException(f"Dependent job {each.get('jobId')} does not exist")
        if kind == "N_TO_N" and (not is_array or other.array_size is None):
            raise ClientException(f"Dependency type {kind} is only for array jobs on array jobs")
