"""CreateComputeEnvironment, DescribeComputeEnvironments, Update…, Delete…."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from moto.utilities.utils import get_partition

from localaws.batch.clusters import create_cluster
from localaws.batch.errors import ClientException, required
from localaws.batch.models import ComputeEnvironment, ResourceStatus
from localaws.batch.operations.compute_resources import (
    SERVICE_LINKED_ROLE,
    check_managed,
    updated,
)
from localaws.batch.operations.context import Context, page, require_name

DEFAULT_UPDATE_POLICY = {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 30}
"""API: UpdatePolicy."""


def create(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Begin to make a compute environment: it is CREATING, then VALID."""
    state = context.state
    name = require_name("ComputeEnvironment", request["computeEnvironmentName"])
    if name in state.compute_environments:
        raise ClientException("Object already exists")
    if request.get("state", "ENABLED") != "ENABLED":
        raise ClientException("Compute environment must be created in the ENABLED state")
    if "eksConfiguration" in request:
        raise ClientException("EKS is not supported by the local Batch yet")
    resources = dict(request.get("computeResources", {}))
    role = request.get("serviceRole")
    if request["type"] == "MANAGED":
        if "unmanagedvCpus" in request:
            raise ClientException("unmanagedvCpus is only for UNMANAGED compute environments.")
        check_managed(resources)
    else:
        _check_unmanaged(resources, role)
    unique = str(uuid.uuid4())
    account = f"arn:{get_partition(state.region)}:iam::{state.account_id}"
    environment = ComputeEnvironment(
        name=name,
        arn=state.arn(f"compute-environment/{name}"),
        uuid=unique,
        type=request["type"],
        state="ENABLED",
        service_role=role or f"{account}:role/{SERVICE_LINKED_ROLE}",
        ecs_cluster_arn=create_cluster(state.account_id, state.region, f"AWSBatch-{name}-{unique}"),
        compute_resources=_with_defaults(resources),
        tags=dict(request.get("tags", {})),
        unmanaged_vcpus=request.get("unmanagedvCpus"),
        settings=_settings(request),
    )
    state.compute_environments[name] = environment
    return {"computeEnvironmentName": name, "computeEnvironmentArn": environment.arn}


def describe(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the named environments, or all."""
    known = context.state.compute_environments
    wanted = [each.rsplit("/", 1)[-1] for each in request.get("computeEnvironments", ())]
    found = [known[name] for name in wanted or known if name in known]
    some, following = page(found, request)
    return {"computeEnvironments": [_detail(each) for each in some], **following}


def update(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Change an environment in place, as far as AWS would (user guide: Update a compute env.)."""
    environment = context.state.compute_environment(request["computeEnvironment"])
    if environment.status not in (ResourceStatus.VALID, ResourceStatus.INVALID):
        raise ClientException("Cannot update, resource is being modified")
    role = request.get("serviceRole") or environment.service_role
    if (SERVICE_LINKED_ROLE in role) != (SERVICE_LINKED_ROLE in environment.service_role):
        raise ClientException(
            "A compute environment cannot change between the service-linked role and another role"
        )
    resources = updated(environment, request.get("computeResources", {}))
    if "unmanagedvCpus" in request and environment.type == "MANAGED":
        raise ClientException("unmanagedvCpus is only for UNMANAGED compute environments.")
    environment.compute_resources = resources
    environment.service_role = role
    environment.settings |= _settings(request)
    environment.state = request.get("state", environment.state)
    environment.unmanaged_vcpus = request.get("unmanagedvCpus", environment.unmanaged_vcpus)
    if "updatePolicy" in request:
        environment.update_policy = {**DEFAULT_UPDATE_POLICY, **request["updatePolicy"]}
    environment.status = ResourceStatus.UPDATING
    return {
        "computeEnvironmentName": environment.name,
        "computeEnvironmentArn": environment.arn,
    }


def delete(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Delete an environment that is DISABLED and in no queue (API: DeleteComputeEnvironment)."""
    state = context.state
    name = request["computeEnvironment"].rsplit("/", 1)[-1]
    if name not in state.compute_environments:
        return {}
    environment = state.compute_environments[name]
    if environment.status in (
        ResourceStatus.UPDATING,
        ResourceStatus.CREATING,
        ResourceStatus.DELETING,
    ):
        raise ClientException("Cannot delete, resource is being modified")
    if environment.state != "DISABLED":
        raise ClientException("Cannot delete, resource must be in DISABLED state")
    queues = state.job_queues.values()
    if any(environment in queue.shown_environments(context.now) for queue in queues):
        raise ClientException("Cannot delete, found existing JobQueue relationship")
    environment.status = ResourceStatus.DELETING
    return {}


def _settings(request: Mapping[str, Any]) -> dict[str, Any]:
    return {key: request[key] for key in ("context", "ecsSettings") if key in request}


def _check_unmanaged(resources: Mapping[str, Any], role: str | None) -> None:
    if role is None:
        raise required("ServiceRole")
    if SERVICE_LINKED_ROLE in role:
        raise ClientException("UNMANAGED compute environments cannot use the service-linked role")
    if resources:
        raise ClientException("computeResources is not applicable for UNMANAGED environments.")


def _with_defaults(resources: dict[str, Any]) -> dict[str, Any]:
    if not resources or str(resources["type"]).startswith("FARGATE"):
        return resources
    minimum = resources.get("minvCpus", 0)
    return {"minvCpus": minimum, "desiredvCpus": minimum, **resources}


def _detail(environment: ComputeEnvironment) -> dict[str, Any]:
    healthy = environment.status in (ResourceStatus.VALID, ResourceStatus.UPDATING)
    detail: dict[str, Any] = {
        "computeEnvironmentName": environment.name,
        "computeEnvironmentArn": environment.arn,
        "ecsClusterArn": environment.ecs_cluster_arn,
        "uuid": environment.uuid,
        "type": environment.type,
        "state": environment.state,
        "status": str(environment.status),
        "statusReason": "ComputeEnvironment Healthy" if healthy else environment.problem,
        "serviceRole": environment.service_role,
        "containerOrchestrationType": "ECS",
        "tags": environment.tags,
        **environment.settings,
    }
    if environment.type == "MANAGED":
        detail["computeResources"] = environment.compute_resources
    if environment.unmanaged_vcpus is not None:
        detail["unmanagedvCpus"] = environment.unmanaged_vcpus
    if environment.update_policy is not None:
        detail["updatePolicy"] = environment.update_policy
    return detail
