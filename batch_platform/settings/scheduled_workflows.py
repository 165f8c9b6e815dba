"""Workflow files that schedules name: read beside the stack file, and checked as far as can be.

What every key of a step means is batchsdk's to say, when the job runs the file. Here is refused
what the job could not be given, and what the role of the job could not submit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batch_platform.settings.errors import Path, Problem, SettingsError, did_you_mean, shown
from batch_platform.settings.yaml_document import read_yaml

if TYPE_CHECKING:
    from batch_platform.settings.schedules import Schedule

ReadText = Callable[[str], str]
"""Gives the text of a file by its path, relative to the stack file.

Raises:
    OSError, UnicodeDecodeError: it cannot be read.
"""

BARRIER = "barrier"
"""Definition of jobs that only wait, unless the workflow names another; it need not exist."""

DEFAULT_QUEUE = "default"
"""Where batchsdk submits a job that names no queue, in a stack that has more than one."""


@dataclass(frozen=True)
class WorkflowFile:
    """The file of one schedule.

    Attributes:
        name: of the file, without its folders.
        text: what is in it.
        data: the same as plain data: a block with ``steps``.
    """

    name: str
    text: str = field(repr=False)
    data: Mapping[str, Any] = field(repr=False)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Names of its parameters, each with its default; None for a value that a run must give."""
        given = self.data.get("parameters")
        return given if isinstance(given, dict) else {}

    @property
    def steps(self) -> Mapping[str, Mapping[str, Any]]:
        """Its steps by their names."""
        return {name: step or {} for name, step in self.data["steps"].items()}

    @property
    def definitions(self) -> frozenset[str]:
        """What its jobs name as their definition; a step that names none is called like one."""
        named = {str(step.get("jobDefinition") or name) for name, step in self.steps.items()}
        return frozenset({*named, str(self.data.get("barrier") or BARRIER)})

    @property
    def queues(self) -> frozenset[str | None]:
        """What its jobs name as their queue, also after a failure; None for those that name none.

        Jobs that only wait name none.
        """
        steps = self.steps.values()
        named: list[Any] = [None, *(step.get("queue") for step in steps)]
        for by_kind in (self.data.get("onFailure"), *(step.get("onFailure") for step in steps)):
            rules = by_kind.values() if isinstance(by_kind, dict) else ()
            named += [rule.get("queue") for rule in rules if isinstance(rule, dict)]
        return frozenset(None if each is None else str(each) for each in named)


def read_workflows(
    schedules: Mapping[str, Schedule], read_text: ReadText, base: Path
) -> tuple[dict[str, WorkflowFile], list[Problem]]:
    """Read the workflow files that schedules name.

    Args:
        schedules: the valid ones, by key.
        read_text: how to read a file.
        base: path of ``schedules``.

    Returns:
        Those that could be read, by the keys of their schedules, and what is wrong with the others.
    """
    read, problems = {}, []
    for key, schedule in schedules.items():
        if schedule.workflow is None:
            continue
        at, name = (*base, key, "workflow"), re.split(r"[/\\]", schedule.workflow)[-1]
        try:
            text = read_text(schedule.workflow)
            data = read_yaml(text, name).data
        except SettingsError as error:
            problems.append(Problem(at, error.lines[0], f"correct {shown(schedule.workflow)}"))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or error
            problems.append(
                Problem(
                    at,
                    f"{shown(schedule.workflow)} cannot be read: {reason}",
                    "write the path of a workflow file, relative to the stack file",
                )
            )
        else:
            if fault := _not_a_workflow(data):
                fix = "write e.g. `steps: {load: {jobDefinition: load}}` there"
                problems.append(Problem(at, f"{name} {fault}", fix))
            else:
                read[key] = WorkflowFile(name, text, data)
    return read, problems


def _not_a_workflow(data: Any) -> str:
    steps = data.get("steps") if isinstance(data, dict) else None
    if not isinstance(steps, dict) or not steps:
        return "has no steps"
    for name, step in steps.items():
        if step is not None and not isinstance(step, dict):
            return f"has a step {shown(name)} that is not a block of keys"
    return ""


def problems_of(
    schedule: Schedule,
    file: WorkflowFile,
    stack: str,
    config: Mapping[str, Mapping[str, Any]],
    at: Path,
) -> Iterator[Problem]:
    """Find what the job of a schedule could not run of its workflow.

    Args:
        schedule: with ``workflow``.
        file: that it names.
        stack: name of the stack.
        config: raw values of ``jobDefinitions`` and ``jobQueues``, by these names.
        at: path of the schedule.
    """
    workflow, known, queues = (*at, "workflow"), config["jobDefinitions"], config["jobQueues"]
    for named in sorted(file.definitions - {BARRIER}):
        if definition_key(named, stack, known) is None:
            yield Problem(
                workflow,
                f"{file.name} has the jobDefinition {shown(named)}, which is not a key of "
                f"jobDefinitions{did_you_mean(named, known)}, and the role of the job may submit "
                "no other",
                f"use one of: {', '.join(sorted(known))}",
            )
    for queue in sorted(each for each in file.queues if each is not None):
        if queue not in queues:
            yield Problem(
                workflow,
                f"{file.name} has the queue {shown(queue)}, which is not a key of jobQueues"
                f"{did_you_mean(queue, queues)}, and the role of the job may use no other",
                f"use one of: {', '.join(sorted(queues))}",
            )
    for name, step in file.steps.items():
        if step.get("queue") is None and default_queue(queues) is None:
            yield Problem(
                workflow,
                f"the step {shown(name)} of {file.name} names no queue, and the stack has "
                f"{len(queues)} and none is named {DEFAULT_QUEUE!r}",
                f"write e.g. `queue: {min(queues)}` in the step",
            )
    yield from _parameters(schedule, file, at)


def _parameters(schedule: Schedule, file: WorkflowFile, at: Path) -> Iterator[Problem]:
    """Find values that the workflow does not take, and those that it takes and nobody gives."""
    for name in schedule.parameters:
        if name not in file.parameters:
            yield Problem(
                (*at, "parameters", name),
                f"{file.name} has no such parameter{did_you_mean(name, file.parameters)}",
                f"drop it, or add it to `parameters` of {file.name}",
            )
    for name, default in file.parameters.items():
        if default is None and name not in schedule.parameters:
            yield Problem(
                (*at, "parameters"),
                f"the parameter {shown(name)} of {file.name} has neither a value here nor a "
                "default",
                f"add `{name}: …`",
            )


def definition_key(named: str, stack: str, known: Collection[str]) -> str | None:
    """Return the key of a definition that a workflow names by key or name; None for no key."""
    by_name = named.partition(":")[0].removeprefix(f"{stack}-")
    return next((each for each in (named, by_name) if each in known), None)


def default_queue(queues: Collection[str]) -> str | None:
    """Return the key of the queue for jobs that name none, as batchsdk chooses it."""
    return (
        next(iter(queues))
        if len(queues) == 1
        else DEFAULT_QUEUE
        if DEFAULT_QUEUE in queues
        else None
    )
