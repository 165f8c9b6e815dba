"""What definitions of several containers, of several nodes and of pods must say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from batchsdk.contract.nodes import node_range
from localaws.batch.errors import ClientException
from localaws.batch.operations import fargate
from localaws.batch.operations.consumable_resources import requirements
from localaws.batch.operations.container_options import check_options, check_volumes
from localaws.batch.operations.resources import container_resources, required_resources

MAX_CONTAINERS = 10
MAX_NODES, MAX_NODE_GROUPS = 1000, 5
CONDITIONS = ("START", "COMPLETE", "SUCCESS")
TARGET_NODES = re.compile(r"(\d*)(:?)(\d*)")
CPU_STEP = 0.25
IPC_MODES, PID_MODES = ("host", "task", "none"), ("host", "task")
"""API: EcsTaskProperties."""
ONLY_FARGATE_TASKS = ("ephemeralStorage", "networkConfiguration", "platformVersion")
"""API: EcsTaskProperties, as ``ONLY_FARGATE`` of a container."""


def check_ecs(properties: Mapping[str, Any], platform: str) -> None:
    """Refuse ``ecsProperties`` that AWS would (API: EcsProperties, TaskContainerProperties).

    Raises:
        ClientException: naming what is wrong.
    """
    tasks = properties["taskProperties"]
    if len(tasks) != 1:
        raise ClientException(f"ecsProperties must have exactly one task, got {len(tasks)}")
    task = tasks[0]
    containers: Sequence[Mapping[str, Any]] = task["containers"]
    if not 1 <= len(containers) <= MAX_CONTAINERS:
        raise ClientException(
            f"A task must have between 1 and {MAX_CONTAINERS} containers, got {len(containers)}"
        )
    names = [each["name"] for each in containers if "name" in each]
    if len(set(names)) < len(names):
        raise ClientException("The containers of a task must have distinct names")
    if not any(is_essential(each) for each in containers):
        raise ClientException("A task must have at least one essential container")
    _check_modes(task)
    check_volumes(task.get("volumes", ()), task.get("taskRoleArn"))
    for each in containers:
        _check_order(each, containers)
        if platform == "EC2":
            container_resources(each, platform)
    if platform == "FARGATE":
        _check_fargate_task(task)
    elif only := [key for key in ONLY_FARGATE_TASKS if key in task]:
        raise ClientException(f"{', '.join(only)} is only applicable for Fargate.")


def _check_modes(task: Mapping[str, Any]) -> None:
    """Refuse a network mode, and namespaces that there are not (API: EcsTaskProperties)."""
    if "networkMode" in task:
        raise ClientException("networkMode is only applicable for Amazon ECS Managed Instances.")
    for key, modes in (("ipcMode", IPC_MODES), ("pidMode", PID_MODES)):
        if task.get(key, modes[0]) not in modes:
            raise ClientException(f"{key} must be {', '.join(modes)}; got {task[key]}")


def is_essential(container: Mapping[str, Any]) -> bool:
    """Whether the job ends with this container (API: essential; left out, it is)."""
    return bool(container.get("essential", True))


def _check_order(container: Mapping[str, Any], containers: Sequence[Mapping[str, Any]]) -> None:
    by_name = {each.get("name"): each for each in containers}
    for dependency in container.get("dependsOn", ()):
        other = by_name.get(dependency.get("containerName"))
        condition = dependency.get("condition")
        if other is None or other is container:
            raise ClientException(
                f"dependsOn names no other container: {dependency.get('containerName')}"
            )
        if condition not in CONDITIONS:
            raise ClientException(
                f"dependsOn condition must be {', '.join(CONDITIONS)}, got {condition}"
            )
        if condition != "START" and is_essential(other):
            raise ClientException(
                f"dependsOn condition {condition} cannot be on an essential container: "
                f"{other['name']}"
            )


def _check_fargate_task(task: Mapping[str, Any]) -> None:
    sizes = [required_resources(each, each, "FARGATE") for each in task["containers"]]
    for each in task["containers"]:
        check_options(each)
        fargate.check_options(each)
    if any(each.gpus for each in sizes):
        raise ClientException("GPU is not applicable for Fargate.")
    fargate.check_size(sum(each.vcpus for each in sizes), sum(each.memory for each in sizes))
    fargate.check_task(task, task["containers"], task.get("platformVersion"))


def check_nodes(properties: Mapping[str, Any]) -> None:
    """Refuse ``nodeProperties`` that AWS would (API: NodeProperties, NodeRangeProperty).

    Raises:
        ClientException: naming what is wrong.
    """
    count, main = properties["numNodes"], properties["mainNode"]
    groups = properties["nodeRangeProperties"]
    if not 1 <= count <= MAX_NODES:
        raise ClientException(f"numNodes must be between 1 and {MAX_NODES}, got {count}")
    if not 0 <= main < count:
        raise ClientException(f"mainNode must be between 0 and {count - 1}, got {main}")
    if not 1 <= len(groups) <= MAX_NODE_GROUPS:
        raise ClientException(
            f"nodeRangeProperties must have between 1 and {MAX_NODE_GROUPS} items, "
            f"got {len(groups)}"
        )
    covered: set[int] = set()
    for group in groups:
        covered |= set(target_nodes(group["targetNodes"], count))
        requirements(group.get("consumableResourceProperties"))
        kinds = [key for key in ("container", "ecsProperties", "eksProperties") if key in group]
        if len(kinds) != 1:
            raise ClientException(
                f"targetNodes {group['targetNodes']} must have exactly one of container, "
                "ecsProperties and eksProperties"
            )
        if kinds == ["container"]:
            container_resources(group["container"], "EC2", of_nodes=True)
        elif kinds == ["ecsProperties"]:
            check_ecs(group["ecsProperties"], "EC2")
    _check_instance_types(groups)
    if missing := set(range(count)) - covered:
        raise ClientException(
            f"nodeRangeProperties must cover all nodes; {min(missing)} is in none"
        )


def _check_instance_types(groups: Sequence[Mapping[str, Any]]) -> None:
    """Refuse groups of nodes that ask for several instance types (API: instanceType)."""
    wanted: set[str] = set()
    for group in groups:
        listed = group.get("instanceTypes", [])
        if len(listed) > 1:
            raise ClientException(f"instanceTypes must have one item, got {len(listed)}")
        wanted |= {*listed, group.get("container", {}).get("instanceType")} - {None}
    if len(wanted) > 1:
        raise ClientException(
            f"All node groups must use the same instance type, got {', '.join(sorted(wanted))}"
        )


def target_nodes(text: str, count: int) -> range:
    """Return the nodes of a range such as ``0``, ``1:3``, ``:3`` or ``2:``.

    Args:
        text: ``targetNodes``.
        count: how many nodes the job has.

    Raises:
        ClientException: the text is no range of nodes of the job.
    """
    found = TARGET_NODES.fullmatch(text)
    if found is None or not text or text == ":":
        raise ClientException(f"targetNodes must be of the form 0, 1:3, :3 or 2:, got {text!r}")
    nodes = node_range(text, count)
    if not nodes or nodes[-1] >= count:
        raise ClientException(f"targetNodes {text} is not within the job's {count} nodes")
    return nodes


def check_pods(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse ``eksProperties`` that AWS would; return them with ``command`` and ``env`` set.

    Raises:
        ClientException: no container or too many, or a size that is not one.
    """
    pod = properties.get("podProperties", {})
    containers = pod.get("containers", ())
    if not containers:
        raise ClientException("podProperties must contain at least one container")
    if len(containers) > MAX_CONTAINERS:
        raise ClientException(f"podProperties must have at most {MAX_CONTAINERS} containers")
    for each in containers:
        for amounts in each.get("resources", {}).values():
            _check_amounts(amounts)
    filled = [{"command": [], "env": [], **each} for each in containers]
    return {**properties, "podProperties": {**pod, "containers": filled}}


def _check_amounts(amounts: Mapping[str, str]) -> None:
    if "memory" in amounts and not re.fullmatch(r"\d+Mi", amounts["memory"]):
        raise ClientException(f"memory must be in whole MiB, e.g. 2048Mi; got {amounts['memory']}")
    cpu = amounts.get("cpu")
    if cpu is None:
        return
    if not re.fullmatch(r"\d+(\.\d+)?", cpu) or float(cpu) <= 0 or float(cpu) % CPU_STEP:
        raise ClientException(f"cpu must be a multiple of {CPU_STEP}, got {cpu}")
