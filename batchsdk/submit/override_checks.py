"""The rules that what a submission changes of containers and nodes must keep."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from batchsdk import contract
from batchsdk.contract.definition_shapes import EKS
from batchsdk.contract.nodes import node_range
from batchsdk.errors import Problem
from batchsdk.names import suggestion
from batchsdk.submit.overrides import Override
from batchsdk.submit.submission import JOB_FIELDS, Submission
from batchsdk.submit.targets import Definition
from batchsdk.submit.tasks import containers_of, node_count, range_of

_NODES = re.compile(r"[0-9]{1,4}|[0-9]{0,4}:[0-9]{0,4}", re.ASCII)
"""API: NodePropertyOverride ``targetNodes``."""


def override_problems(wanted: Submission, definition: Definition) -> Iterator[Problem]:
    """Yield what a definition does not take."""
    if definition.kind == EKS:
        yield from _of_eks(wanted, definition)
    elif definition.is_multi_node:
        yield from _of_nodes(wanted, definition)
    else:
        yield from _without_nodes(wanted, definition)
        if definition.is_multi_container:
            known = definition.containers
            yield from _names(wanted.containers, known, "containers", definition.label)
            if not definition.main_container or not definition.main_container.name:
                yield from _unnamed(wanted, definition)
        elif wanted.containers:
            yield Problem(
                "containers",
                list(wanted.containers),
                f"{definition.label} has one container, which has no name",
                "give command=, environment=, vcpus=, memory= and gpus= alone",
            )


def _of_eks(wanted: Submission, definition: Definition) -> Iterator[Problem]:
    changed = [name for name, each in JOB_FIELDS.items() if _is_override(each.api)]
    for name in changed:
        value = getattr(wanted, name)
        if value is not None and value != {}:
            yield Problem(
                name,
                None,
                f"{definition.label} runs on Amazon EKS, and batchsdk overrides nothing of its "
                "eksProperties",
                "leave it out, and write it in the job definition",
            )


def _is_override(api: str) -> bool:
    return api.startswith(("containerOverrides.", "ecsPropertiesOverride.", "nodeOverrides."))


def _without_nodes(wanted: Submission, definition: Definition) -> Iterator[Problem]:
    platform = " of FARGATE" if definition.platform == "FARGATE" else ""
    rule = f"{definition.label} is a definition{platform} without nodes"
    fix = "leave it out, or submit with a definition that has nodeProperties"
    if wanted.nodes:
        yield Problem("nodes", list(wanted.nodes), rule, fix)
    if wanted.num_nodes is not None:
        yield Problem("num_nodes", wanted.num_nodes, rule, fix)


def _names(
    given: Mapping[str, Override],
    known: Collection[contract.Container],
    field: str,
    owner: str,
) -> Iterator[Problem]:
    names = [each.name for each in known if each.name]
    for name, each in given.items():
        if name not in names:
            rule = f"{owner} has no container of that name"
            yield Problem(f"{field}[{name!r}]", None, rule, suggestion(name, names))
        if each.containers:
            yield Problem(
                f"{field}[{name!r}].containers",
                list(each.containers),
                "a container has no containers",
                "give them beside it",
            )


def _unnamed(wanted: Submission, definition: Definition) -> Iterator[Problem]:
    if wanted.overrides():
        yield Problem(
            "job_definition",
            definition.identifier,
            "its main container has no name, so that AWS Batch overrides nothing of it",
            "give the container a name in the definition",
        )


def _of_nodes(wanted: Submission, definition: Definition) -> Iterator[Problem]:
    if wanted.containers:
        yield Problem(
            "containers",
            list(wanted.containers),
            f"{definition.label} has nodes, each with containers",
            "give nodes={'0:': batchsdk.Override(containers=…)}",
        )
    found = list(_of_count(wanted, definition))
    yield from found
    if found:
        return
    count = node_count(wanted, definition)
    for key, each in wanted.nodes.items():
        field = f"nodes[{key!r}]"
        if not _NODES.fullmatch(key):
            rule = "must be the number of a node, or a range such as 1:3, 2: or :3"
            yield Problem(field, None, rule, "write '0' for the first node, ':' for all")
            continue
        nodes = node_range(key, count)
        if not nodes or nodes[0] >= count or nodes[-1] >= count:
            rule = f"the job has {count} nodes, 0 to {count - 1}"
            yield Problem(field, None, rule, "name nodes among them")
            continue
        yield from _of_containers(each, field, nodes, definition, count)


def _of_containers(
    given: Override, field: str, nodes: range, definition: Definition, count: int
) -> Iterator[Problem]:
    """Yield the containers that some nodes lack; once for nodes that are alike."""
    if not given.containers:
        return
    ranges = {id(own): own for node in nodes if (own := range_of(definition, node, count))}
    for own in ranges.values():
        owner = f"range {own.target_nodes} of {definition.label}"
        if own.containers:
            yield from _names(given.containers, containers_of(own), f"{field}.containers", owner)
        else:
            rule = f"{owner} has one container, which has no name"
            fix = "give command, environment and sizes of the nodes alone"
            yield Problem(f"{field}.containers", list(given.containers), rule, fix)


def _of_count(wanted: Submission, definition: Definition) -> Iterator[Problem]:
    """Yield what keeps the number of nodes from being changed (API: NodeOverrides.numNodes)."""
    count = wanted.num_nodes
    if count is None:
        return
    targets = [each.target_nodes for each in definition.node_ranges]
    starts = [int(each[:-1] or 0) for each in targets if each.endswith(":")]
    least: dict[str, Any] = {"the main node": definition.main_node or 0}
    if not starts:
        yield Problem(
            "num_nodes",
            count,
            f"no range of {definition.label} is open at its end: {', '.join(targets)}",
            "leave it out, or write the last range as e.g. 1: in the definition",
        )
        return
    least[f"the range {max(starts)}:"] = max(starts)
    for name, index in least.items():
        if count <= index:
            rule = f"must be more than the index of {name}, {index}"
            yield Problem("num_nodes", count, rule, f"give {index + 1} or more")
