"""What a submission changes of its definition's container (API: ContainerOverrides and its kin)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.batch import multinode
from localaws.batch.errors import ClientException
from localaws.batch.models import JobDefinition
from localaws.batch.multinode import NodeTask
from localaws.batch.operations import fargate
from localaws.batch.operations.container_options import RESERVED_ENVIRONMENT
from localaws.batch.operations.context import size_in_bytes
from localaws.batch.operations.resources import Resources, required_resources
from localaws.batch.operations.task_overrides import (
    containers_in,
    deciding_container,
    overrides_by_name,
    overrides_of_one,
    submitted_containers,
    task_containers,
)
from localaws.batch.references import substitute

MAX_OVERRIDES_BYTES = 8192
OVERRIDES_TOO_LONG = f"Container Overrides length must be at most {MAX_OVERRIDES_BYTES}"
"""ECS RunTask's limit: SubmitJob takes the job, and it fails when it would be started."""
KINDS = {
    "containerOverrides": "containerProperties",
    "ecsPropertiesOverride": "ecsProperties",
    "eksPropertiesOverride": "eksProperties",
    "nodeOverrides": "nodeProperties",
}
NODE_KINDS = {
    "containerOverrides": "container",
    "ecsPropertiesOverride": "ecsProperties",
    "eksPropertiesOverride": "eksProperties",
}
"""API: NodePropertyOverride, NodeRangeProperty."""


def containers_of(
    definition: JobDefinition, request: Mapping[str, Any], parameters: Mapping[str, str]
) -> list[tuple[dict[str, Any], Resources]]:
    """Return the containers that a job without nodes runs, with what they need.

    Raises:
        ClientException: there is none that the local Batch can run, or the request's overrides
            are not for it.
    """
    overrides = overrides_of(definition, request)
    if len(together := task_containers(definition)) > 1:
        return submitted_containers(
            definition, together, overrides, lambda one, own: overridden(one, own, parameters)
        )
    one = container_of(definition)
    return [(overridden(one, overrides, parameters), resources_of(definition, one, overrides))]


def tasks_of_nodes(
    definition: JobDefinition, request: Mapping[str, Any], parameters: Mapping[str, str]
) -> list[NodeTask]:
    """Return what each node of a multi-node parallel job runs; empty for any other definition.

    Raises:
        ClientException: as for :func:`containers_of`.
    """
    if definition.node_properties is None:
        return []
    if "arrayProperties" in request:
        raise ClientException("A multi-node job cannot be an array job")

    def make(group: Mapping[str, Any], over: Mapping[str, Any]) -> NodeTask:
        for member, kind in NODE_KINDS.items():
            if over.get(member) and kind not in group:
                raise ClientException(f"{member} is only for nodes with {kind}")
        return _node_task(definition, group, over, parameters)

    overrides = overrides_of(definition, request)
    try:
        return multinode.tasks(definition.node_properties, overrides, make)
    except ValueError as error:
        raise ClientException(str(error)) from None


def _node_task(
    definition: JobDefinition,
    group: Mapping[str, Any],
    over: Mapping[str, Any],
    parameters: Mapping[str, str],
) -> NodeTask:
    if "container" in group:
        containers, own = [multinode.of_instance_type(group)], over.get("containerOverrides", {})
    else:
        containers = list(containers_in(group["ecsProperties"]))
        own = overrides_of_one(over, containers[0]) if len(containers) == 1 else {}
    if len(containers) == 1:
        (one,) = containers
        made = [(overridden(one, own, parameters), resources_of(definition, one, own))]
    else:
        made = submitted_containers(
            definition,
            containers,
            overrides_by_name(over, containers),
            lambda one, own: overridden(one, own, parameters),
        )
    found = [container for container, _ in made]
    return NodeTask(
        container=deciding_container(found),
        containers=found if len(found) > 1 else [],
        vcpus=sum(needed.vcpus for _, needed in made),
        memory=sum(needed.memory for _, needed in made),
        gpus=sum(needed.gpus for _, needed in made),
    )


def container_of(definition: JobDefinition) -> Mapping[str, Any]:
    """Return the one container that a job of the definition runs.

    Raises:
        ClientException: it has none that the local Batch can run.
    """
    if definition.container_properties:
        return definition.container_properties
    for container in task_containers(definition):
        return container
    raise ClientException(
        f"Jobs of type {definition.type} are not supported by the local Batch yet"
    )


def overrides_of(definition: JobDefinition, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the request says of the container, whichever member it says it in.

    Of several containers it is what it says of each, by name.

    Raises:
        ClientException: the member is for definitions of another kind.
    """
    wanted = "containerProperties" if definition.container_properties else "ecsProperties"
    if definition.node_properties is not None:
        wanted = "nodeProperties"
    for member, kind in KINDS.items():
        if request.get(member) and kind != wanted:
            raise ClientException(f"{member} is only for job definitions with {kind}")
    if wanted != "ecsProperties":
        member = "containerOverrides" if wanted == "containerProperties" else "nodeOverrides"
        found: Mapping[str, Any] = request.get(member, {})
        return found
    containers = task_containers(definition)
    if len(containers) > 1:
        return overrides_by_name(request, containers)
    return overrides_of_one(request, container_of(definition))


def resources_of(
    definition: JobDefinition, properties: Mapping[str, Any], overrides: Mapping[str, Any]
) -> Resources:
    """Return the vCPUs, MiB and GPUs of a job.

    Raises:
        ClientException: the overrides are not for the platform, or the size is none of its.
    """
    if definition.platform == "FARGATE":
        for key in ("vcpus", "memory", "instanceType"):
            if key in overrides:
                raise ClientException(f"{key} is not applicable for Fargate.")
    elif "instanceType" in overrides and definition.node_properties is None:
        raise ClientException("instanceType is only applicable for multi-node parallel jobs.")
    resources = required_resources(properties, overrides, definition.platform)
    if definition.platform == "FARGATE":
        fargate.check_size(resources.vcpus, resources.memory)
    return resources


def overridden(
    properties: Mapping[str, Any], overrides: Mapping[str, Any], parameters: Mapping[str, str]
) -> dict[str, Any]:
    """Apply the overrides to a container and put its parameters in.

    Raises:
        ClientException: a reserved variable, an empty element of the command, or a reference
            without a parameter.
    """
    environment = {each.get("name"): each for each in properties.get("environment", ())}
    for each in overrides.get("environment", ()):
        if each.get("name", "").startswith(RESERVED_ENVIRONMENT):
            raise ClientException(
                f"Environment variables must not start with {RESERVED_ENVIRONMENT}: {each['name']}"
            )
        environment[each.get("name")] = each
    requirements = {each["type"]: each for each in properties.get("resourceRequirements", ())}
    requirements |= {each["type"]: each for each in overrides.get("resourceRequirements", ())}
    if not all(overrides.get("command", ())):
        raise ClientException("containerOverrides.command must not have empty strings")
    command = overrides.get("command") or properties.get("command", ())
    return {
        **properties,
        **{key: overrides[key] for key in ("vcpus", "memory") if key in overrides},
        "command": substitute(command, parameters),
        "environment": list(environment.values()),
        "resourceRequirements": list(requirements.values()),
    }


def are_too_long(overrides: Mapping[str, Any]) -> bool:
    """Whether ECS would refuse to run a task with these overrides; each node is a task."""
    of_tasks = overrides.get("nodePropertyOverrides", [overrides])
    return any(size_in_bytes(each) > MAX_OVERRIDES_BYTES for each in of_tasks)
