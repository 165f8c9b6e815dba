"""What a submission changes of the tasks that its job runs: one, or one for each node.

SubmitJob takes the changes in another member for each kind of definition (API: SubmitJob
``containerOverrides``, ``ecsPropertiesOverride``, ``nodeOverrides``). A task here is the same for
all of them: its containers, and what is changed of each.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchsdk import contract
from batchsdk.contract.capacity import Requirement
from batchsdk.contract.nodes import node_range
from batchsdk.submit import references
from batchsdk.submit.overrides import Override
from batchsdk.submit.submission import Submission
from batchsdk.submit.targets import Definition, main_of

_ALL_NODES = ":"
"""``targetNodes`` from the first node to the last."""
_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
Changes = Mapping[str, Mapping[str, Any]]
"""Name of a container -> the API's ``ContainerOverrides``; without members of it that stay."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """The containers of a job, or of nodes of a job that are alike."""

    nodes: range | None
    """``None`` where the job is not a multi-node one."""
    containers: tuple[contract.Container, ...]
    """The one of ``containerProperties`` has no name."""
    main: contract.Container
    """The one that decides."""
    is_named: bool
    """They are those of ``ecsProperties``."""
    changes: Changes
    instance_type: str | None = None
    """The only type of instance that nodes run on; ``None`` where any will do."""

    @property
    def count(self) -> int:
        """How many nodes it is for, else 1."""
        return len(self.nodes) if self.nodes else 1

    @property
    def commands(self) -> tuple[tuple[str, ...], ...]:
        """The commands of the containers, as far as they are known."""
        found = (tuple(self._change(each).get("command", each.command)) for each in self.containers)
        return tuple(each for each in found if each)

    @property
    def main_command(self) -> tuple[str, ...]:
        """The command of the main container; empty where the image has it."""
        return tuple(self._change(self.main).get("command", self.main.command))

    @functools.cached_property
    def requirement(self) -> Requirement:
        """What its containers ask for together."""
        asked = [self.asked_by(each) for each in self.containers]
        return Requirement(
            vcpus=sum(each.get("VCPU", 0) for each in asked),
            memory=int(sum(each.get("MEMORY", 0) for each in asked)),
            gpus=int(sum(each.get("GPU", 0) for each in asked)),
        )

    def asked_by(self, container: contract.Container) -> dict[str, float]:
        """Return what one container asks for, by the API's type of ResourceRequirement."""
        own = {"VCPU": container.vcpus, "MEMORY": container.memory, "GPU": container.gpus}
        asked = {kind: float(value) for kind, value in own.items() if value is not None}
        changed = self._change(container).get("resourceRequirements", ())
        return asked | {each["type"]: float(each["value"]) for each in changed}

    def rendered(self, parameters: Mapping[str, str]) -> str:
        """Return the overrides as Batch hands them to ECS: placeholders replaced.

        Batch passes a command of the definition on as an override, too.
        """
        found = []
        for each in self.containers:
            change = dict(self._change(each))
            if command := change.get("command", each.command):
                change["command"] = references.render(command, parameters)
            if change:
                found.append({**change, "name": each.name} if each.name else change)
        whole = found if self.is_named else (found or [{}])[0]
        return _COMPACT.encode(whole)

    def to_request(self) -> dict[str, Any]:
        """Return the member of SubmitJob, or of a NodePropertyOverride, that says the changes."""
        changes = {each.name: change for each in self.containers if (change := self._change(each))}
        if not changes:
            return {}
        if not self.is_named:
            return {"containerOverrides": next(iter(changes.values()))}
        containers = [{"name": name, **change} for name, change in changes.items()]
        return {"ecsPropertiesOverride": {"taskProperties": [{"containers": containers}]}}

    def _change(self, container: contract.Container) -> Mapping[str, Any]:
        return self.changes.get(container.name, {})


def tasks_of(wanted: Submission, definition: Definition) -> list[Task]:
    """Return the tasks of a job; of a multi-node one those of nodes that are not alike.

    Args:
        wanted: what passed :mod:`batchsdk.submit.override_checks`.
        definition: what is known of its definition.
    """
    if definition.is_multi_node:
        return list(_of_nodes(wanted, definition))
    if definition.is_multi_container and definition.main_container is not None:
        said = [({}, wanted.containers), (wanted.overrides(), {})]
        changes = _changes(definition.main_container, said)
        return [
            Task(
                nodes=None,
                containers=definition.containers,
                main=definition.main_container,
                is_named=True,
                changes=changes,
            )
        ]
    only = definition.only_container
    return [
        Task(
            nodes=None,
            containers=(only,),
            main=only,
            is_named=False,
            changes={"": wanted.overrides()},
        )
    ]


def node_count(wanted: Submission, definition: Definition) -> int:
    """Return how many nodes a multi-node job has."""
    return wanted.num_nodes or definition.num_nodes or 1


def range_of(definition: Definition, node: int, count: int) -> contract.NodeRange | None:
    """Return the range of the definition that a node belongs to: of nested ones the inner."""
    having = [
        (len(nodes), number)
        for number, each in enumerate(definition.node_ranges)
        if node in (nodes := node_range(each.target_nodes, count))
    ]
    return definition.node_ranges[min(having)[1]] if having else None


def containers_of(given: contract.NodeRange) -> tuple[contract.Container, ...]:
    """Return the containers of a node; the one of ``container`` has no name."""
    only = contract.Container(
        command=given.command, vcpus=given.vcpus, memory=given.memory, gpus=given.gpus
    )
    return given.containers or (only,)


def asked_by(tasks: Iterable[Task]) -> Requirement:
    """Return the vCPUs, MiB and GPUs of a job's task; of several nodes each the most."""
    asked = [each.requirement for each in tasks]
    return Requirement(
        vcpus=max((each.vcpus for each in asked), default=0),
        memory=max((each.memory for each in asked), default=0),
        gpus=max((each.gpus for each in asked), default=0),
    )


def main_memory(wanted: Submission, definition: Definition) -> int | None:
    """Return the MiB of the main container, of several nodes of the main one's."""
    node = definition.main_node or 0
    tasks = tasks_of(wanted, definition)
    task = next((each for each in tasks if each.nodes and node in each.nodes), tasks[0])
    memory = task.asked_by(task.main).get("MEMORY")
    return None if memory is None else int(memory)


def request_of(
    wanted: Submission,
    definition: Definition,
    tasks: Sequence[Task],
    *,
    name: str,
    queue: str,
) -> dict[str, Any]:
    """Return the SubmitJob request, with only what is given; ``tasks`` are of :func:`tasks_of`."""
    request = {"jobName": name, "jobQueue": queue, "jobDefinition": definition.identifier}
    given = wanted.given()
    given.pop("containerOverrides", None)
    if definition.is_multi_node:
        changed = [(each.nodes, each.to_request()) for each in tasks]
        nodes = [
            {"targetNodes": f"{span[0]}:{span[-1]}", **change}
            for span, change in changed
            if span and change
        ]
        if nodes:
            given.setdefault("nodeOverrides", {})["nodePropertyOverrides"] = nodes
    else:
        given |= tasks[0].to_request()
    return request | {key: each for key, each in given.items() if key not in request}


def with_variables(
    wanted: Submission, definition: Definition, variables: Mapping[str, str]
) -> Submission:
    """Return a submission with further variables for its main container, or for every node."""
    if not definition.is_multi_node:
        together = {**wanted.environment, **variables}
        return dataclasses.replace(wanted, environment=together)
    every = wanted.nodes.get(_ALL_NODES, Override())
    every = dataclasses.replace(every, environment={**every.environment, **variables})
    return dataclasses.replace(wanted, nodes={**wanted.nodes, _ALL_NODES: every})


def _of_nodes(wanted: Submission, definition: Definition) -> Iterator[Task]:
    """Yield a task for each stretch of nodes that are alike, in their order."""
    count = node_count(wanted, definition)
    given = sorted(
        ((node_range(key, count), each) for key, each in wanted.nodes.items()),
        key=lambda item: -len(item[0]),
    )
    first, before = 0, None
    for node in range(count):
        own = range_of(definition, node, count)
        if own is None:  # AWS Batch registers no such definition
            continue
        said = [(each.to_request(), each.containers) for nodes, each in given if node in nodes]
        if node == (definition.main_node or 0):
            said.append((wanted.overrides(), {}))
        containers = containers_of(own)
        main = main_of(containers) or containers[0]
        task = Task(
            nodes=range(node, node + 1),
            containers=containers,
            main=main,
            is_named=bool(own.containers),
            changes=_changes(main, said),
            instance_type=own.instance_type,
        )
        if before is not None and dataclasses.replace(task, nodes=before.nodes) != before:
            yield dataclasses.replace(before, nodes=range(first, node))
            before = None
        if before is None:
            first, before = node, task
    if before is not None:
        yield dataclasses.replace(before, nodes=range(first, count))


def _changes(
    main: contract.Container,
    said: Iterable[tuple[Mapping[str, Any], Mapping[str, Override]]],
) -> Changes:
    """Return what is changed of each container; the later of what is said twice of one holds.

    Args:
        main: the container that the first of each pair is about.
        said: changes of the main container, and of containers by name.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for of_main, by_name in said:
        if of_main:
            found[main.name] = _merged(found.get(main.name, {}), of_main)
        for name, each in by_name.items():
            if change := each.to_request():
                found[name] = _merged(found.get(name, {}), change)
    return found


_KEYS = {"environment": "name", "resourceRequirements": "type"}
"""What tells the items of a list in ``ContainerOverrides`` from one another."""


def _merged(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**wide, **narrow}
    for member, key in _KEYS.items():
        items = [*wide.get(member, ()), *narrow.get(member, ())]
        if items:
            merged[member] = list({each[key]: each for each in items}.values())
    return merged
