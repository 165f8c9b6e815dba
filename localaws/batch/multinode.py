"""Multi-node parallel jobs: ranges of nodes, their containers, and the nodes as jobs.

A node is a job ``<id>#<index>`` whose parent is the multi-node job. The main node decides over the
job: its status, times, reason and retries (user guide: Multi-node parallel jobs).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from batchsdk.contract.nodes import for_node
from batchsdk.states import JobStatus
from localaws.batch.models import Job
from localaws.batch.state import BatchState

MAIN_NODE_EXITED = "Main node of the multi-node parallel job exited"
MAIN_NODE_ADDRESS = "127.0.0.1"
"""Where every node of this machine finds the main node."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class NodeTask:
    """What one node runs, overrides applied."""

    container: dict[str, Any]
    """Of several, the first essential one."""
    containers: list[dict[str, Any]]
    """All of several; empty where there is one."""
    vcpus: float
    memory: int
    gpus: int


MakeTask = Callable[[Mapping[str, Any], Mapping[str, Any]], NodeTask]
"""A range of nodes and what a submission overrides of it -> what a node of it runs."""


def of_instance_type(group: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the container of a range of nodes, which runs on the one type that the range lists."""
    container: Mapping[str, Any] = group["container"]
    listed = group.get("instanceTypes")
    return {**container, "instanceType": listed[0]} if listed else container


def node_count(properties: Mapping[str, Any], overrides: Mapping[str, Any]) -> int:
    """Return how many nodes a job has.

    Args:
        properties: ``nodeProperties`` of the definition.
        overrides: ``nodeOverrides`` of the submission.

    Raises:
        ValueError: the count is overridden without an open-ended range, or does not exceed the
            main node and that range's start (API: NodeOverrides.numNodes).
    """
    if "numNodes" not in overrides:
        return int(properties["numNodes"])
    count = int(overrides["numNodes"])
    targets = [each["targetNodes"] for each in properties["nodeRangeProperties"]]
    starts = [int(each[:-1] or 0) for each in targets if each.endswith(":")]
    if not starts:
        raise ValueError("numNodes can be overridden only with an open-ended range, e.g. 2:")
    if count <= max(*starts, properties["mainNode"]):
        raise ValueError(
            f"numNodes {count} must exceed the main node's index and the open-ended range's start"
        )
    return count


def tasks(
    properties: Mapping[str, Any], overrides: Mapping[str, Any], make: MakeTask
) -> list[NodeTask]:
    """Return what each node runs, by node index.

    Args:
        properties: ``nodeProperties`` of the definition.
        overrides: ``nodeOverrides`` of the submission.
        make: applies what is overridden of a range of nodes.

    Raises:
        ValueError: a node runs no containers of ECS, or see :func:`node_count`.
    """
    count = node_count(properties, overrides)
    found: dict[tuple[str, str], NodeTask] = {}
    made = []
    for index in range(count):
        own = for_node(properties["nodeRangeProperties"], index, count)
        if own is None or not {"container", "ecsProperties"} & own.keys():
            raise ValueError(
                f"node {index} has neither container nor ecsProperties in nodeRangeProperties; "
                "nodes on Amazon EKS are not supported by the local Batch yet"
            )
        over = for_node(overrides.get("nodePropertyOverrides", []), index, count) or {}
        key = (own["targetNodes"], over.get("targetNodes", ""))
        if key not in found:
            found[key] = make(own, over)
        made.append(found[key])
    return made


def add_nodes(
    state: BatchState,
    parent: Job,
    properties: Mapping[str, Any],
    overrides: Mapping[str, Any],
    tasks_of_nodes: Sequence[NodeTask],
) -> None:
    """Make the nodes of a job that is being submitted.

    Args:
        state: takes them in.
        parent: the multi-node job.
        properties: ``nodeProperties`` of the definition.
        overrides: ``nodeOverrides`` of the submission.
        tasks_of_nodes: what each node runs.
    """
    parent.node_properties = {**properties, "numNodes": node_count(properties, overrides)}
    for index, task in enumerate(tasks_of_nodes):
        is_main = index == properties["mainNode"]
        node_id = f"{parent.id}#{index}"
        node = dataclasses.replace(
            parent,
            id=node_id,
            arn=state.arn(f"job/{node_id}"),
            container=task.container,
            containers=task.containers,
            depends_on=[],
            # The timeout covers the whole job: it is the main node's.
            timeout_seconds=parent.timeout_seconds if is_main else None,
            tags={},  # tags do not reach nodes (user guide: Tag your resources)
            vcpus=task.vcpus,
            memory=task.memory,
            gpus=task.gpus,
            parent=parent,
            children=[],
            status_counts={},
            attempts=[],
            waiting_for=set(),
            node_properties=None,
            node_index=index,
            needed_resources={},
            held_resources=[],
        )
        parent.children.append(node)
        state.add(node)


def renew_nodes(state: BatchState, parent: Job) -> None:
    """Put fresh nodes, with the attempts so far, in the place of those that have ended."""
    ended, parent.children = parent.children, []
    for node in ended:
        state.forget(node)
        fresh = dataclasses.replace(
            node,
            status=JobStatus.SUBMITTED,
            status_reason=None,
            started_at=None,
            stopped_at=None,
        )
        parent.children.append(fresh)
        state.add(fresh)


def environment(node: Job) -> dict[str, str]:
    """Return the variables of a node (user guide: Job environment variables)."""
    parent = node.parent
    if parent is None or parent.node_properties is None:
        return {}
    main = parent.node_properties["mainNode"]
    variables = {
        "AWS_BATCH_JOB_NODE_INDEX": str(node.node_index),
        "AWS_BATCH_JOB_NUM_NODES": str(parent.node_properties["numNodes"]),
        "AWS_BATCH_JOB_MAIN_NODE_INDEX": str(main),
    }
    if node.node_index != main:
        variables["AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS"] = MAIN_NODE_ADDRESS
    return variables
