"""RegisterJobDefinition, DescribeJobDefinitions, DeregisterJobDefinition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.batch.errors import ClientException
from localaws.batch.models import JobDefinition
from localaws.batch.operations.context import Context, page, require_name
from localaws.batch.operations.resources import (
    check_retry_strategy,
    check_timeout,
    required_resources,
)


def register(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Add a revision; nothing is inherited from the one before."""
    name = require_name("JobDefinition", request["jobDefinitionName"])
    node_properties = request.get("nodeProperties") if request["type"] == "multinode" else None
    if node_properties is None and (
        request["type"] != "container" or "containerProperties" not in request
    ):
        raise ClientException(
            "the local Batch takes job definitions of type container with containerProperties; "
            f"got type {request['type']} with {', '.join(sorted(request))}"
        )
    properties = dict(request.get("containerProperties", {}))
    for each in [properties] if node_properties is None else _node_containers(node_properties):
        if not each.get("image"):
            raise ClientException(
                "Error executing request, Exception : Container image is required."
            )
        required_resources(each, each)
    check_retry_strategy(request.get("retryStrategy", {}))
    check_timeout(request.get("timeout", {}))
    capabilities = request.get("platformCapabilities", [])
    if len(capabilities) > 1:
        raise ClientException("Only one value is allowed in platformCapabilities.")
    revisions = context.state.job_definitions.setdefault(name, [])
    revision = revisions[-1].revision + 1 if revisions else 1
    definition = JobDefinition(
        name=name,
        revision=revision,
        arn=context.state.arn(f"job-definition/{name}:{revision}"),
        type=request["type"],
        container_properties=properties,
        parameters=dict(request.get("parameters", {})),
        retry_strategy=dict(request.get("retryStrategy", {})),
        timeout=dict(request.get("timeout", {})),
        tags=dict(request.get("tags", {})),
        platform_capabilities=list(capabilities) or ["EC2"],
        propagate_tags=request.get("propagateTags", False),
        scheduling_priority=request.get("schedulingPriority"),
        node_properties=node_properties,
    )
    revisions.append(definition)
    return {
        "jobDefinitionName": name,
        "jobDefinitionArn": definition.arn,
        "revision": revision,
    }


def _node_containers(node_properties: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each.get("container", {}) for each in node_properties["nodeRangeProperties"]]


def describe(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Describe revisions by ``jobDefinitions`` (name:revision or ARN), by name, or all."""
    known = context.state.job_definitions
    wanted = [each.rsplit("/", 1)[-1] for each in request.get("jobDefinitions", ())]
    name = request.get("jobDefinitionName", "").rsplit("/", 1)[-1].partition(":")[0]
    found = [
        each
        for revisions in known.values()
        for each in reversed(revisions)
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
    properties = {
        "environment": [],
        "mountPoints": [],
        "resourceRequirements": [],
        "secrets": [],
        "ulimits": [],
        "volumes": [],
        **definition.container_properties,
    }
    detail: dict[str, Any] = {
        "jobDefinitionName": definition.name,
        "jobDefinitionArn": definition.arn,
        "revision": definition.revision,
        "status": definition.status,
        "type": definition.type,
        "parameters": definition.parameters,
        "tags": definition.tags,
        "propagateTags": definition.propagate_tags,
        "platformCapabilities": definition.platform_capabilities,
        "containerOrchestrationType": "ECS",
    }
    if definition.node_properties is not None:
        detail["nodeProperties"] = definition.node_properties
    else:
        detail["containerProperties"] = properties
    if definition.retry_strategy:
        detail["retryStrategy"] = definition.retry_strategy
    if definition.timeout:
        detail["timeout"] = definition.timeout
    if definition.scheduling_priority is not None:
        detail["schedulingPriority"] = definition.scheduling_priority
    return detail
