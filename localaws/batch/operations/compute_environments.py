"""CreateComputeEnvironment, DescribeComputeEnvironments, Update…, Delete…."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from localaws.batch import placement
from localaws.batch.errors import ClientException
from localaws.batch.models import ComputeEnvironment, ResourceStatus
from localaws.batch.operations.context import Context, page, require_name

SERVICE_LINKED_ROLE = "aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
NOT_ON_FARGATE = (
    "allocationStrategy",
    "bidPercentage",
    "desiredvCpus",
    "ec2Configuration",
    "ec2KeyPair",
    "imageId",
    "instanceRole",
    "instanceTypes",
    "launchTemplate",
    "minvCpus",
    "placementGroup",
    "spotIamFleetRole",
    "tags",
)
"""User guide: Compute environment parameters; API: ComputeResource."""


def create(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Begin to make a compute environment: it is CREATING, then VALID."""
    state = context.state
    name = require_name("ComputeEnvironment", request["computeEnvironmentName"])
    if name in state.compute_environments:
        raise ClientException("Object already exists")
    if request.get("state", "ENABLED") != "ENABLED":
        raise ClientException("Compute environment must be created in the ENABLED state")
    resources = dict(request.get("computeResources", {}))
    if request["type"] == "MANAGED":
        _check_managed(resources)
    elif "serviceRole" not in request:
        raise ClientException("serviceRole is required for UNMANAGED compute environments")
    unique = str(uuid.uuid4())
    account = f"arn:aws:iam::{state.account_id}"
    environment = ComputeEnvironment(
        name=name,
        arn=state.arn(f"compute-environment/{name}"),
        uuid=unique,
        type=request["type"],
        state="ENABLED",
        service_role=request.get("serviceRole") or f"{account}:role/{SERVICE_LINKED_ROLE}",
        ecs_cluster_arn=(
            f"arn:aws:ecs:{state.region}:{state.account_id}:cluster/AWSBatch-{name}-{unique}"
        ),
        compute_resources=_with_defaults(resources),
        tags=dict(request.get("tags", {})),
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
    if environment.status in (ResourceStatus.UPDATING, ResourceStatus.DELETING):
        raise ClientException("Cannot update, resource is being modified")
    changes = dict(request.get("computeResources", {}))
    infrastructure = set(changes) - {"minvCpus", "maxvCpus", "desiredvCpus"}
    if infrastructure and not placement.is_fargate(environment) and not _is_updatable(environment):
        raise ClientException(
            "Compute environment infrastructure can be updated only with the service-linked role "
            "and an allocation strategy other than BEST_FIT; replace it to change "
            + ", ".join(sorted(infrastructure))
        )
    role = request.get("serviceRole", environment.service_role)
    if (SERVICE_LINKED_ROLE in role) != (SERVICE_LINKED_ROLE in environment.service_role):
        raise ClientException(
            "A compute environment cannot change between the service-linked role and another role"
        )
    resources = {**environment.compute_resources, **{k: v for k, v in changes.items() if v != []}}
    if environment.type == "MANAGED":
        _check_managed(resources)
    environment.compute_resources = resources
    environment.service_role = role
    environment.state = request.get("state", environment.state)
    environment.update_policy = request.get("updatePolicy", environment.update_policy)
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
    if any(environment in queue.compute_environments for queue in state.job_queues.values()):
        raise ClientException("Cannot delete, found existing JobQueue relationship")
    environment.status = ResourceStatus.DELETING
    return {}


def _check_managed(resources: Mapping[str, Any]) -> None:
    for required in ("type", "maxvCpus", "subnets"):
        if resources.get(required) in (None, []):
            raise ClientException(f"computeResources.{required} is required")
    if resources["type"].startswith("FARGATE"):
        for key in NOT_ON_FARGATE:
            if key in resources:
                raise ClientException(f"{key} is not applicable for Fargate.")
        return
    for required in ("instanceRole", "instanceTypes"):
        if not resources.get(required):
            raise ClientException(f"computeResources.{required} is required")
    if resources.get("minvCpus", 0) > resources["maxvCpus"]:
        raise ClientException("computeResources.minvCpus must not exceed maxvCpus")
    if unknown := placement.unknown_instance_types(resources["instanceTypes"]):
        raise ClientException(f"instanceTypes not supported: {', '.join(unknown)}")


def _with_defaults(resources: dict[str, Any]) -> dict[str, Any]:
    if not resources or str(resources["type"]).startswith("FARGATE"):
        return resources
    minimum = resources.get("minvCpus", 0)
    return {"minvCpus": minimum, "desiredvCpus": minimum, **resources}


def _is_updatable(environment: ComputeEnvironment) -> bool:
    strategy = environment.compute_resources.get("allocationStrategy", "BEST_FIT")
    return SERVICE_LINKED_ROLE in environment.service_role and strategy != "BEST_FIT"


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
        "statusReason": "ComputeEnvironment Healthy" if healthy else "",
        "serviceRole": environment.service_role,
        "containerOrchestrationType": "ECS",
        "tags": environment.tags,
    }
    if environment.type == "MANAGED":
        detail["computeResources"] = environment.compute_resources
    if environment.update_policy is not None:
        detail["updatePolicy"] = environment.update_policy
    return detail
