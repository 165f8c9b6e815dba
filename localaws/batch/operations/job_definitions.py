"""RegisterJobDefinition, DescribeJobDefinitions, DeregisterJobDefinition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.batch.errors import ClientException
from localaws.batch.models import JobDefinition
from localaws.batch.operations.consumable_resources import requirements
from localaws.batch.operations.context import Context, described, page, require_name, size_in_bytes
from localaws.batch.operations.job_shapes import check_ecs, check_nodes, check_pods
from localaws.batch.operations.resources import (
    check_priority,
    check_timeout,
    container_resources,
    retry_strategy,
)

MAX_DEFINITION_BYTES = 24 * 1024
"""User guide: Service quotas."""
PLATFORMS = ("EC2", "FARGATE")
KINDS = ("containerProperties", "ecsProperties", "eksProperties", "nodeProperties")

NO_PROPERTIES: Mapping[str, list[Any]] = {
    "command": [],
    "environment": [],
    "mountPoints": [],
    "resourceRequirements": [],
    "secrets": [],
    "ulimits": [],
    "volumes": [],
}
"""What DescribeJobDefinitions shows of a container where nothing was given."""


def register(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Add a revision; nothing is inherited from the one before."""
    name = require_name("JobDefinition", request["jobDefinitionName"])
    if size_in_bytes(request) > MAX_DEFINITION_BYTES:
        raise ClientException(f"Job definition exceeds {MAX_DEFINITION_BYTES} bytes")
    platform = _platform(request)
    properties = _properties(request, platform)
    needed = _consumable_resources(request)
    check_timeout(request.get("timeout", {}))
    check_priority(request.get("schedulingPriority"))
    revisions = context.state.job_definitions.setdefault(name, [])
    revision = revisions[-1].revision + 1 if revisions else 1
    definition = JobDefinition(
        name=name,
        revision=revision,
        arn=context.state.arn(f"job-definition/{name}:{revision}"),
        type=request["type"],
        container_properties=properties.get("containerProperties", {}),
        parameters=dict(request.get("parameters", {})),
        retry_strategy=retry_strategy(request.get("retryStrategy", {})),
        timeout=dict(request.get("timeout", {})),
        tags=dict(request.get("tags", {})),
        platform_capabilities=list(request.get("platformCapabilities", ())),
        propagate_tags=request.get("propagateTags"),
        scheduling_priority=request.get("schedulingPriority"),
        ecs_properties=properties.get("ecsProperties"),
        eks_properties=properties.get("eksProperties"),
        node_properties=properties.get("nodeProperties"),
        consumable_resources=needed,
    )
    revisions.append(definition)
    return {
        "jobDefinitionName": name,
        "jobDefinitionArn": definition.arn,
        "revision": revision,
    }


def _consumable_resources(request: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "consumableResourceProperties" in request and request["type"] == "multinode":
        raise ClientException(
            "consumableResourceProperties of a multi-node job are those of its nodeRangeProperties"
        )
    return requirements(request.get("consumableResourceProperties"))


def _platform(request: Mapping[str, Any]) -> str:
    """Return what must run the definition: EC2 unless it says otherwise."""
    capabilities = request.get("platformCapabilities", ())
    if "eksProperties" in request:
        for key in ("platformCapabilities", "propagateTags"):
            if request.get(key):
                raise ClientException(f"{key} is not applicable for EKS job definitions.")
        return "EKS"
    if len(capabilities) > 1:
        raise ClientException("Only one value is allowed in platformCapabilities.")
    platform: str = capabilities[0] if capabilities else "EC2"
    if platform not in PLATFORMS:
        raise ClientException(
            f"platformCapabilities must be {' or '.join(PLATFORMS)}, got {platform}"
        )
    return platform


def _properties(request: Mapping[str, Any], platform: str) -> dict[str, Any]:
    """Return the one member with properties that the definition's type takes, once checked."""
    kinds = [kind for kind in KINDS if kind in request]
    if request["type"] == "multinode":
        if kinds != ["nodeProperties"] or platform != "EC2":
            raise ClientException(
                "Job definitions of type multinode take nodeProperties alone, on EC2."
            )
        check_nodes(request["nodeProperties"])
        return {"nodeProperties": dict(request["nodeProperties"])}
    if len(kinds) != 1 or kinds == ["nodeProperties"]:
        raise ClientException(
            "Job definitions of type container take exactly one of containerProperties, "
            "ecsProperties and eksProperties."
        )
    properties = dict(request[kinds[0]])
    if kinds == ["containerProperties"]:
        if platform == "FARGATE":
            properties.setdefault("fargatePlatformConfiguration", {"platformVersion": "LATEST"})
        container_resources(properties, platform)
    elif kinds == ["ecsProperties"]:
        check_ecs(properties, platform)
    else:
        properties = check_pods(properties)
    return {kinds[0]: properties}


def describe(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Describe revisions by ``jobDefinitions`` (name:revision or ARN), by name, or all."""
    known = context.state.job_definitions
    wanted = described(request, "jobDefinitions")
    others = {"jobDefinitionName", "status", "maxResults", "nextToken"} & request.keys()
    if wanted and others:
        raise ClientException(f"jobDefinitions cannot be used with {', '.join(sorted(others))}")
    name = request.get("jobDefinitionName", "").rsplit("/", 1)[-1].partition(":")[0]
    found = [
        each
        for revisions in known.values()
        for each in revisions
        if (not wanted or f"{each.name}:{each.revision}" in wanted or each.name in wanted)
        and (not name or each.name == name)
        and ("status" not in request or each.status == request["status"])
    ]
    some, following = page(found, request)
    return {"jobDefinitions": [_detail(each) for each in some], **following}


def deregister(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Make a revision INACTIVE; jobs already submitted go on."""
    name, _, revision = request["jobDefinition"].rsplit("/", 1)[-1].partition(":")
    if not revision:
        raise ClientException("Job definition must be given with its revision: name:revision")
    for each in context.state.job_definitions.get(name, ()):
        if str(each.revision) == revision:
            each.status = "INACTIVE"
    return {}


def _detail(definition: JobDefinition) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "jobDefinitionName": definition.name,
        "jobDefinitionArn": definition.arn,
        "revision": definition.revision,
        "status": definition.status,
        "type": definition.type,
        "parameters": definition.parameters,
        "tags": definition.tags,
        "containerOrchestrationType": "ECS" if definition.eks_properties is None else "EKS",
    }
    if definition.container_properties:
        detail["containerProperties"] = {**NO_PROPERTIES, **definition.container_properties}
    optional = {
        "ecsProperties": definition.ecs_properties,
        "eksProperties": definition.eks_properties,
        "nodeProperties": definition.node_properties,
        "platformCapabilities": definition.platform_capabilities or None,
        "propagateTags": definition.propagate_tags,
    }
    detail |= {key: value for key, value in optional.items() if value is not None}
    if definition.consumable_resources:
        needed = {"consumableResourceList": definition.consumable_resources}
        detail["consumableResourceProperties"] = needed
    if definition.retry_strategy:
        detail["retryStrategy"] = definition.retry_strategy
    if definition.timeout:
        detail["timeout"] = definition.timeout
    if definition.scheduling_priority is not None:
        detail["schedulingPriority"] = definition.scheduling_priority
    return detail
