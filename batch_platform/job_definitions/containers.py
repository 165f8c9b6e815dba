"""Job definitions in the API's form, in the one text that never differs by accident."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batch_platform.job_definitions.read_only_root import hardened
from batch_platform.settings.api_options import is_windows
from batch_platform.settings.container_options import to_api
from batch_platform.settings.resource_requirements import DEFAULT_VCPUS, REQUIREMENTS, requirements
from batchsdk.contract.nodes import for_node

if TYPE_CHECKING:
    from batch_platform.settings.container_options import LogConfiguration, Volume
    from batch_platform.settings.fargate import Fargate
    from batch_platform.settings.job_definitions import JobDefinition

DOCUMENT_KEYS = ("containerProperties", "ecsProperties", "nodeProperties")
"""The one of them that a definition has tells what it runs."""


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What the stack gives to containers that do not say it themselves.

    Attributes:
        log_configuration: the API's LogConfiguration.
        execution_role_arn: of the ECS agent on behalf of the job.
        job_role_arn: of the job's code.
        assign_public_ip: whether a task on Fargate needs one to reach ECR and ECS.
        hardening: keys of a container, e.g. ``user``.
    """

    log_configuration: Mapping[str, Any] = field(default_factory=dict)
    execution_role_arn: str = ""
    job_role_arn: str = ""
    assign_public_ip: bool = False
    hardening: Mapping[str, Any] = field(default_factory=dict)


def images_of(definition: JobDefinition) -> Iterator[str]:
    """Yield the image of each container."""
    yield from (container["image"] for container in _containers(definition))


def assigns_public_ip(definition: JobDefinition) -> bool | None:
    """Tell whether a task on Fargate gets a public IP, where the config decides; None on EC2."""
    if definition.platform != "FARGATE":
        return None
    whole = document(definition, Defaults())
    (task,) = whole.get("taskProperties", [whole])
    return bool(task["networkConfiguration"].get("assignPublicIp") == "ENABLED")


def resources_of(definition: JobDefinition) -> dict[str, str]:
    """Return the resource requirements by type, e.g. ``{"MEMORY": "512", "VCPU": "1"}``.

    VCPU is in vCPUs, MEMORY in MiB, GPU in whole GPUs. Several containers: of all together; of
    several nodes: of the first group's node.
    """
    return _sum(_containers(definition, of_one_node=True))


def _sum(containers: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    total: dict[str, float] = {}
    for container in containers:
        for kind, value in requirements(container).items():
            total[kind] = total.get(kind, 0) + float(value)
    return {kind: _number(value) for kind, value in total.items()}


@dataclass(frozen=True, kw_only=True)
class NodeGroup:
    """Nodes of a multi-node job that are alike.

    Attributes:
        nodes: how many there are.
        resources: of one node, as :func:`resources_of` has them.
        instance_type: the one that the group names, if it does.
    """

    nodes: int
    resources: dict[str, str]
    instance_type: str | None


def node_groups(definition: JobDefinition) -> Iterator[NodeGroup]:
    """Yield the groups of nodes; of ranges that are nested the inner one counts.

    Args:
        definition: one with ``nodeProperties``.
    """
    properties = definition.node_properties or {}
    groups, count = properties.get("nodeRangeProperties", []), properties.get("numNodes", 0)
    owners = [for_node(groups, node, count) for node in range(count)]
    for group in groups:
        containers = list(_containers_of_group(group))
        yield NodeGroup(
            nodes=sum(owner is group for owner in owners),
            resources=_sum(containers),
            instance_type=containers[0].get("instanceType"),
        )


def log_drivers_of(definition: JobDefinition) -> frozenset[str]:
    """Return the log drivers that its containers name; the stack's is awslogs."""
    own = definition.log_configuration
    named = {each.get("logConfiguration", {}).get("logDriver") for each in _containers(definition)}
    return frozenset(each for each in (*named, own.log_driver if own else None) if each)


def linux_parameters_of(definition: JobDefinition) -> Iterator[dict[str, Any]]:
    """Yield the ``linuxParameters`` of each container that has some."""
    for container in _containers(definition):
        if "linuxParameters" in container:
            yield container["linuxParameters"]


def runs_on_windows(definition: JobDefinition) -> bool:
    """Tell whether its task on Fargate runs on Windows."""
    if definition.node_properties is not None:
        return False
    if definition.ecs_properties is not None:
        return is_windows(definition.ecs_properties["taskProperties"][0])
    return is_windows(definition.container_properties)


def document_key(definition: JobDefinition) -> str:
    """Return which of :data:`DOCUMENT_KEYS` the definition has."""
    container, ecs, nodes = DOCUMENT_KEYS
    if definition.ecs_properties is not None:
        return ecs
    return nodes if definition.node_properties is not None else container


def document(definition: JobDefinition, defaults: Defaults) -> dict[str, Any]:
    """Return the value of :func:`document_key`.

    Lists whose order means nothing are sorted by name, and nothing in it is empty.

    Args:
        definition: an entry of ``jobDefinitions``.
        defaults: for what it does not say itself.
    """
    whole: dict[str, Any]
    if definition.ecs_properties is not None:
        whole = _tasks(definition, definition.ecs_properties, defaults)
    elif definition.node_properties is not None:
        groups = definition.node_properties["nodeRangeProperties"]
        nodes = [_node_group(definition, group, defaults) for group in groups]
        whole = {**definition.node_properties, "nodeRangeProperties": nodes}
    else:
        whole = {
            **_container_defaults(defaults, windows=runs_on_windows(definition)),
            **_fargate(definition, defaults),
            **_single_container(definition),
        }
        if definition.log_configuration is not None:
            whole["logConfiguration"] = _log_configuration(definition.log_configuration, defaults)
        whole = _hardened_container(whole, fargate=definition.platform == "FARGATE")
    filled: dict[str, Any] = _canonical(whole)
    return filled


def as_text(value: Mapping[str, Any]) -> str:
    """Return canonical JSON: the same config gives the same text, and so no new revision."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _containers(
    definition: JobDefinition, *, of_one_node: bool = False
) -> Iterator[dict[str, Any]]:
    if definition.node_properties is not None:
        groups = definition.node_properties["nodeRangeProperties"]
        for group in groups[:1] if of_one_node else groups:
            yield from _containers_of_group(group)
    elif definition.ecs_properties is not None:
        yield from definition.ecs_properties["taskProperties"][0]["containers"]
    else:
        yield _single_container(definition)


def _containers_of_group(group: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if "container" in group:
        yield group["container"]
    else:
        yield from group["ecsProperties"]["taskProperties"][0]["containers"]


def _single_container(definition: JobDefinition) -> dict[str, Any]:
    """Return what the config itself says of the one container, in the API's form."""
    own = definition.container_properties
    amounts = {"vcpus": definition.vcpus, "memory": definition.memory, "gpus": definition.gpus}
    needs = {
        "VCPU": _number(DEFAULT_VCPUS),
        **requirements(own),
        **{REQUIREMENTS[key]: _number(value) for key, value in amounts.items() if value},
    }
    sorted_volumes = sorted(definition.volumes.items())
    short = {
        "image": definition.image,
        "command": None if definition.command is None else list(definition.command),
        "environment": _named(definition.environment, "value"),
        "secrets": _named(definition.secrets, "valueFrom"),
        "volumes": [_volume(name, volume) for name, volume in sorted_volumes],
        "mountPoints": [_mount(name, volume) for name, volume in sorted_volumes],
        "ulimits": [
            {"name": name, **to_api(ulimit)} for name, ulimit in sorted(definition.ulimits.items())
        ],
        "linuxParameters": to_api(definition.linux_parameters)
        if definition.linux_parameters
        else None,
        "user": definition.user,
        "privileged": definition.privileged,
        "readonlyRootFilesystem": definition.readonly_root_filesystem,
    }
    return {
        **own,
        **{key: value for key, value in short.items() if value not in (None, [], {})},
        "resourceRequirements": [
            {"type": kind, "value": value} for kind, value in sorted(needs.items())
        ],
    }


def _container_defaults(defaults: Defaults, *, windows: bool = False) -> dict[str, Any]:
    """Return what a container has that does not say it; of hardening, Windows takes nothing."""
    return {
        **({} if windows else defaults.hardening),
        "logConfiguration": defaults.log_configuration,
        "executionRoleArn": defaults.execution_role_arn,
        "jobRoleArn": defaults.job_role_arn,
    }


def _log_configuration(own: LogConfiguration, defaults: Defaults) -> dict[str, Any]:
    stacks = defaults.log_configuration.get("options", {}) if own.log_driver == "awslogs" else {}
    return {
        "logDriver": own.log_driver,
        "options": {**stacks, **own.options},
        "secretOptions": _named(own.secret_options, "valueFrom"),
    }


def _fargate(definition: JobDefinition, defaults: Defaults) -> dict[str, Any]:
    """Return what only definitions on Fargate have."""
    if definition.platform != "FARGATE":
        return {}
    given: Fargate | None = definition.fargate
    version = given.platform_version if given else None
    architecture = given.cpu_architecture if given else None
    storage = given.ephemeral_storage if given else None
    public = given.assign_public_ip if given else None
    return {
        "networkConfiguration": _network(
            assign_public_ip=defaults.assign_public_ip if public is None else public
        ),
        # LATEST is what AWS Batch takes when it is left out; the provider drops it too.
        "fargatePlatformConfiguration": (
            {"platformVersion": version} if version not in {None, "LATEST"} else None
        ),
        "ephemeralStorage": {"sizeInGiB": storage} if storage else None,
        "runtimePlatform": (
            {"cpuArchitecture": architecture, "operatingSystemFamily": "LINUX"}
            if architecture
            else None
        ),
    }


def _network(*, assign_public_ip: bool) -> dict[str, str]:
    return {"assignPublicIp": "ENABLED" if assign_public_ip else "DISABLED"}


def _tasks(
    definition: JobDefinition, properties: Mapping[str, Any], defaults: Defaults
) -> dict[str, Any]:
    filled = []
    for task in properties["taskProperties"]:
        hardening = {} if is_windows(task) else defaults.hardening
        common = {**hardening, "logConfiguration": defaults.log_configuration}
        given: dict[str, Any] = {
            "executionRoleArn": defaults.execution_role_arn,
            "taskRoleArn": defaults.job_role_arn,
        }
        if definition.platform == "FARGATE":
            given["networkConfiguration"] = _network(assign_public_ip=defaults.assign_public_ip)
        containers, volumes = hardened(
            task,
            [{**common, **container} for container in task["containers"]],
            fargate=definition.platform == "FARGATE",
        )
        filled.append({**given, **task, "containers": containers, "volumes": volumes})
    return {**properties, "taskProperties": filled}


def _node_group(
    definition: JobDefinition, group: Mapping[str, Any], defaults: Defaults
) -> dict[str, Any]:
    if "ecsProperties" in group:
        return {**group, "ecsProperties": _tasks(definition, group["ecsProperties"], defaults)}
    container = {**_container_defaults(defaults), **group["container"]}
    return {**group, "container": _hardened_container(container, fargate=False)}


def _hardened_container(whole: dict[str, Any], *, fargate: bool) -> dict[str, Any]:
    container = _canonical(whole)
    (made,), volumes = hardened(container, [container], fargate=fargate)
    return {**made, "volumes": volumes}


def _volume(name: str, volume: Volume) -> dict[str, Any]:
    if volume.host is not None:
        return {"name": name, "host": {"sourcePath": volume.host}}
    if volume.efs is None:
        return {"name": name}
    efs = volume.efs
    return {
        "name": name,
        "efsVolumeConfiguration": {
            "fileSystemId": efs.file_system_id,
            "rootDirectory": efs.root_directory,
            "transitEncryption": efs.transit_encryption,
            "authorizationConfig": {
                "accessPointId": efs.access_point_id,
                "iam": "ENABLED" if efs.iam else None,
            },
        },
    }


def _mount(name: str, volume: Volume) -> dict[str, Any]:
    mount = {"sourceVolume": name, "containerPath": volume.container_path}
    return {**mount, "readOnly": True} if volume.read_only else mount


def _named(values: Mapping[str, str], key: str) -> list[dict[str, str]]:
    return [{"name": name, key: value} for name, value in values.items()]


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


_ORDERLESS = frozenset({"environment", "secrets", "secretOptions"})
"""Lists of names with values."""


def _canonical(value: Any) -> Any:
    """Drop what is empty, in depth, and sort lists whose order means nothing.

    0, False and the empty text of a variable stay.
    """
    if isinstance(value, dict):
        inner = {key: _canonical(item) for key, item in value.items()}
        return {
            key: sorted(item, key=lambda each: str(each.get("name"))) if key in _ORDERLESS else item
            for key, item in inner.items()
            if item not in (None, [], {})
        }
    return [_canonical(item) for item in value] if isinstance(value, list | tuple) else value
