"""What a job definition in the API's form says of its containers and nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from batchsdk.contract.stack_outputs import Container, JobDefinition, NodeRange

_ARCHITECTURES = {"X86_64": "x86_64", "ARM64": "arm64"}
"""API: RuntimePlatform.cpuArchitecture to EC2's name."""


MULTI_CONTAINER, MULTI_NODE, EKS = "multiContainer", "multiNode", "eks"
"""Values of ``kind`` of :class:`batchsdk.contract.JobDefinition`; no stack has the last."""


class Size(TypedDict):
    """What a container asks for."""

    vcpus: float | None
    memory: int | None
    """MiB."""
    gpus: int | None


class Shape(Size):
    """The fields of :class:`batchsdk.contract.JobDefinition` that tell what a job runs."""

    command: tuple[str, ...]
    kind: str | None
    architecture: str | None
    operating_system: str | None
    containers: tuple[Container, ...] | None
    num_nodes: int | None
    main_node: int | None
    node_ranges: tuple[NodeRange, ...] | None


def definition_of(described: Mapping[str, Any]) -> JobDefinition:
    """Return a job definition as the outputs of a stack would tell of it.

    Args:
        described: as DescribeJobDefinitions returns it. Without ``platformCapabilities`` it is for
            EC2 (API: RegisterJobDefinition).
    """
    return JobDefinition(
        name=described.get("jobDefinitionName") or "",
        arn=described.get("jobDefinitionArn") or "",
        revision=int(described["revision"]),
        parameters=dict(described.get("parameters") or {}),
        platform=next(iter(described.get("platformCapabilities") or ("EC2",))),
        **shape_of(described),
    )


def shape_of(definition: Mapping[str, Any]) -> Shape:
    """Return what a definition says of its containers and nodes.

    Args:
        definition: as RegisterJobDefinition takes it and DescribeJobDefinitions returns it.

    Returns:
        The fields. Sizes are of all containers together, and of several nodes of the first range.
    """
    nodes: Mapping[str, Any] = definition.get("nodeProperties") or {}
    ranges = tuple(_node_range(each) for each in nodes.get("nodeRangeProperties") or ())
    task = _task(definition)
    containers = tuple(map(_container, task.get("containers") or ()))
    single: Mapping[str, Any] = definition.get("containerProperties") or {}
    runtime: Mapping[str, Any] = (task or single).get("runtimePlatform") or {}
    kind, size = None, _size([single])
    owners = [definition, *(nodes.get("nodeRangeProperties") or ())]
    if any(each.get("eksProperties") for each in owners):
        kind = EKS
    elif nodes:
        kind, size = MULTI_NODE, _size_of(ranges[0]) if ranges else _size([])
    elif task:
        kind, size = MULTI_CONTAINER, _size(task.get("containers") or ())
    return {
        **size,
        "command": _only_command(ranges or containers, single),
        "kind": kind,
        "architecture": _ARCHITECTURES.get(runtime.get("cpuArchitecture") or ""),
        "operating_system": runtime.get("operatingSystemFamily"),
        "containers": containers or None,
        "num_nodes": nodes.get("numNodes"),
        "main_node": nodes.get("mainNode"),
        "node_ranges": ranges or None,
    }


def _task(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the task of ``ecsProperties``; AWS Batch takes one alone."""
    tasks = (properties.get("ecsProperties") or {}).get("taskProperties") or ()
    return next(iter(tasks), {})


def _only_command(
    several: tuple[Container | NodeRange, ...], single: Mapping[str, Any]
) -> tuple[str, ...]:
    if not several:
        return tuple(single.get("command") or ())
    return several[0].command if len(several) == 1 else ()


def _container(properties: Mapping[str, Any]) -> Container:
    return Container(
        name=properties.get("name") or "",
        command=tuple(properties.get("command") or ()),
        essential=False if properties.get("essential") is False else None,
        **_size([properties]),
    )


def _node_range(properties: Mapping[str, Any]) -> NodeRange:
    single: Mapping[str, Any] = properties.get("container") or {}
    several = _task(properties).get("containers") or ()
    containers = tuple(map(_container, several))
    listed = [*(properties.get("instanceTypes") or ()), single.get("instanceType")]
    return NodeRange(
        target_nodes=properties.get("targetNodes") or "",
        command=_only_command(containers, single),
        instance_type=listed[0],
        containers=containers or None,
        **_size(several or [single]),
    )


def _size_of(found: NodeRange) -> Size:
    return {"vcpus": found.vcpus, "memory": found.memory, "gpus": found.gpus}


def _size(containers: Iterable[Mapping[str, Any]]) -> Size:
    """Return what containers ask for together; the deprecated members count where nothing else is.

    API: ContainerProperties ``vcpus`` and ``memory``, ResourceRequirement.
    """
    total: dict[str, float] = {}
    for container in containers:
        deprecated = {"VCPU": container.get("vcpus"), "MEMORY": container.get("memory")}
        asked = {kind: value for kind, value in deprecated.items() if value}
        asked |= {
            each["type"]: each["value"] for each in container.get("resourceRequirements") or ()
        }
        for kind, value in asked.items():
            total[kind] = total.get(kind, 0) + float(value)
    memory, gpus = total.get("MEMORY"), total.get("GPU")
    return {
        "vcpus": total.get("VCPU"),
        "memory": None if memory is None else int(memory),
        "gpus": None if gpus is None else int(gpus),
    }
