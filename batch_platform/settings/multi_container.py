"""Rules of ``ecsProperties`` and ``nodeProperties`` that their shapes do not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from batch_platform.settings.api_options import (
    refuse_faulty_modes,
    refuse_faulty_options,
    refuse_faulty_runtime,
    refuse_faulty_volumes,
)
from batch_platform.settings.container_properties import OF_NODES, refuse_unknown_properties
from batch_platform.settings.errors import did_you_mean, refusal, shown
from batch_platform.settings.fargate import (
    LARGEST_STORAGE,
    SMALLEST_STORAGE,
    refuse_size,
    refuse_what_is_of_ec2,
)
from batch_platform.settings.refused import EKS, REFUSED
from batch_platform.settings.resource_requirements import (
    refuse_faulty_requirements,
    refuse_sizeless,
    requirements,
)
from batchsdk.contract.nodes import node_range

MOST_CONTAINERS = 10
"""Of one task (user guide: Multi-container jobs)."""

MOST_NODES, MOST_NODE_GROUPS = 1000, 5
"""User guide: Service quotas; Multi-node parallel jobs, node groups."""

CONDITIONS = ("START", "COMPLETE", "SUCCESS")

_TASK_OF_FARGATE = (
    "ephemeralStorage",
    "networkConfiguration",
    "platformVersion",
    "runtimePlatform",
)
"""Keys of a task that EC2 has not (EcsTaskProperties)."""


def refuse_faulty_task(properties: Mapping[str, Any], platform: str, *below: str | int) -> None:
    """Refuse ``ecsProperties`` that RegisterJobDefinition would.

    Args:
        properties: of the API's shape.
        platform: ``EC2`` or ``FARGATE``.
        below: where they are.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    tasks = properties["taskProperties"]
    if len(tasks) != 1:
        fault = f"{len(tasks)} tasks, and a job has one"
        raise refusal(fault, "give one item", *below, "taskProperties")
    task, at = tasks[0], (*below, "taskProperties", 0)
    containers = task["containers"]
    if not 1 <= len(containers) <= MOST_CONTAINERS:
        fault = f"{len(containers)} containers, and a task has 1 to {MOST_CONTAINERS}"
        raise refusal(fault, "write them as list items", *at, "containers")
    names: list[str] = []
    for index, container in enumerate(containers):
        name = container.get("name")
        if name in names:
            raise refusal(f"{shown(name)} is the name of another container too", "rename one",
                          *at, "containers", index, "name")  # fmt: skip
        names += [name] if name else []
        refuse_faulty_requirements(container, platform, *at, "containers", index)
        refuse_sizeless(container, *at, "containers", index)
        refuse_faulty_options(container, platform, *at, "containers", index)
        if platform == "FARGATE":
            refuse_what_is_of_ec2(container, *at, "containers", index)
    if not any(container.get("essential", True) for container in containers):
        fault = "no container is essential, and a job ends when an essential one ends"
        raise refusal(fault, "drop `essential: false` from one", *at, "containers")
    for index, container in enumerate(containers):
        _refuse_faulty_order(index, container, containers, (*at, "containers", index))
    refuse_faulty_modes(task, platform, *at)
    refuse_faulty_volumes(task, task.get("platformVersion"), *at)
    _refuse_another_platform(task, platform, at)


def job_roles(properties: Mapping[str, Any]) -> Iterator[str | None]:
    """Yield the role of each task's code, or of each group's of nodes; None where none is named.

    Args:
        properties: ``ecsProperties`` or ``nodeProperties``, of the API's shape.
    """
    for group in properties.get("nodeRangeProperties", ()):
        if "container" in group:
            yield group["container"].get("jobRoleArn")
        else:
            yield from job_roles(group.get("ecsProperties", {}))
    for task in properties.get("taskProperties", ()):
        yield task.get("taskRoleArn")


def _refuse_faulty_order(
    index: int,
    container: Mapping[str, Any],
    containers: Sequence[Mapping[str, Any]],
    at: tuple[str | int, ...],
) -> None:
    others = {each.get("name"): each for n, each in enumerate(containers) if n != index}
    for number, dependency in enumerate(container.get("dependsOn", ())):
        where = (*at, "dependsOn", number)
        name, condition = dependency.get("containerName"), dependency.get("condition")
        if name is None or name not in others:
            known = [str(other) for other in others if other]
            near = did_you_mean(str(name), known)
            fault = f"{shown(name)} is the name of no other container{near}"
            raise refusal(fault, f"use some of {', '.join(known)}", *where, "containerName")
        if condition not in CONDITIONS:
            fault = f"{shown(condition)} is not one of {', '.join(CONDITIONS)}"
            raise refusal(fault, "choose one of them", *where, "condition")
        if condition != "START" and others[name].get("essential", True):
            fault = f"{condition} waits for the end of {name!r}, and the job ends with that"
            raise refusal(fault, f"give {name!r} `essential: false`", *where, "condition")


def _refuse_another_platform(
    task: Mapping[str, Any], platform: str, at: tuple[str | int, ...]
) -> None:
    if platform == "EC2":
        for key in _TASK_OF_FARGATE:
            if key in task:
                fault = "it applies only to Fargate, and this runs on EC2"
                raise refusal(fault, "drop it, or use `platform: FARGATE`", *at, key)
        return
    refuse_what_is_of_ec2({"volumes": task.get("volumes", ())}, *at)
    places = [(each, (*at, "containers", n)) for n, each in enumerate(task["containers"])]
    refuse_faulty_runtime(task, places, *at)
    sizes = [requirements(container) for container in task["containers"]]
    vcpus = sum(float(size["VCPU"]) for size in sizes)
    refuse_size(vcpus, sum(int(size["MEMORY"]) for size in sizes), *at, "containers")
    size = task.get("ephemeralStorage", {}).get("sizeInGiB", SMALLEST_STORAGE)
    if not SMALLEST_STORAGE <= size <= LARGEST_STORAGE:
        fault = f"{size} is not {SMALLEST_STORAGE} to {LARGEST_STORAGE} GiB"
        fix = "write GiB, or drop it for 20"
        raise refusal(fault, fix, *at, "ephemeralStorage", "sizeInGiB")


def refuse_faulty_nodes(properties: Mapping[str, Any]) -> None:
    """Refuse ``nodeProperties`` that RegisterJobDefinition would; they run on EC2.

    Args:
        properties: of the API's shape.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    count, main = properties["numNodes"], properties["mainNode"]
    groups = properties["nodeRangeProperties"]
    if not 1 <= count <= MOST_NODES:
        raise refusal(f"{count} is not 1 to {MOST_NODES} nodes", "write how many", "numNodes")
    if not 0 <= main < count:
        fault = f"{main} is not a node: nodes are 0 to {count - 1}"
        raise refusal(fault, "write 0 for the first", "mainNode")
    if not 1 <= len(groups) <= MOST_NODE_GROUPS:
        fault = f"{len(groups)} groups of nodes, and a job has 1 to {MOST_NODE_GROUPS}"
        raise refusal(fault, "merge some ranges", "nodeRangeProperties")
    covered: set[int] = set()
    for index, group in enumerate(groups):
        covered |= set(_nodes(group["targetNodes"], count, index))
        _refuse_faulty_group(group, index)
    _refuse_several_types(groups)
    if missing := sorted(set(range(count)) - covered):
        fault = f"node {missing[0]} is in no range"
        raise refusal(fault, f"cover 0 to {count - 1}, e.g. '0:{count - 1}'", "nodeRangeProperties")


def _refuse_several_types(groups: Sequence[Mapping[str, Any]]) -> None:
    """Refuse nodes of different instance types (ContainerProperties.instanceType)."""
    first: str | None = None
    for index, group in enumerate(groups):
        at: tuple[str | int, ...] = ("nodeRangeProperties", index)
        listed = group.get("instanceTypes", [])
        if len(listed) > 1:
            fault = f"{len(listed)} instance types, and a group of nodes has one"
            raise refusal(fault, "keep one", *at, "instanceTypes")
        below: tuple[str, ...] = ("instanceTypes",)
        own = next(iter(listed), None)
        if own is None:
            below, own = ("container", "instanceType"), group.get("container", {}).get(OF_NODES)
        if own is not None and first is not None and own != first:
            fault = f"{shown(own)}, and another group has {shown(first)}: nodes share one type"
            raise refusal(fault, f"write {first}, or drop both", *at, *below)
        first = first or own


def _nodes(text: str, count: int, index: int) -> range:
    """Return the nodes of a range such as ``0``, ``1:3``, ``:3`` or ``2:``."""
    below = ("nodeRangeProperties", index, "targetNodes")
    if re.fullmatch(r"([0-9]{0,9})(:?)([0-9]{0,9})", text) is None or text in {"", ":"}:
        raise refusal(f"{shown(text)} is not a range of nodes", "write '0', '1:3' or '2:'", *below)
    nodes = node_range(text, count)
    if not nodes or nodes[-1] >= count:
        fault = f"{shown(text)} is not within the {count} nodes"
        raise refusal(fault, f"use 0 to {count - 1}", *below)
    return nodes


def _refuse_faulty_group(group: Mapping[str, Any], index: int) -> None:
    at = ("nodeRangeProperties", index)
    if "eksProperties" in group:
        raise refusal(*EKS, *at, "eksProperties")
    if "consumableResourceProperties" in group:
        told = REFUSED["jobDefinitions"]["consumableResourceProperties"]
        raise refusal(*told, *at, "consumableResourceProperties")
    kinds = [key for key in ("container", "ecsProperties") if key in group]
    if len(kinds) != 1:
        fault = "a range of nodes has either container or ecsProperties"
        raise refusal(fault, "keep one", *at)
    if kinds == ["ecsProperties"]:
        refuse_faulty_task(group["ecsProperties"], "EC2", *at, "ecsProperties")
        return
    container = group["container"]
    if "image" not in container:
        raise refusal("missing: a node runs an image", "add `image: …`", *at, "container", "image")
    refuse_unknown_properties(container, "EC2", *at, "container", of_nodes=True)
    refuse_faulty_requirements(container, "EC2", *at, "container")
    refuse_sizeless(container, *at, "container")
    refuse_faulty_options(container, "EC2", *at, "container")
    refuse_faulty_volumes(container, None, *at, "container")
