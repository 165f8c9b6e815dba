"""A workflow in a YAML file, and where in the file each of its parts is."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from pathlib import Path

from batchsdk.contract.carried_workflow import PREFIX, unpack
from batchsdk.errors import Problem
from batchsdk.names import camel_case
from batchsdk.workflow import document
from batchsdk.workflow.errors import InvalidWorkflowError
from batchsdk.workflow.steps import WorkflowDefinition
from batchsdk.workflow.yaml_document import LARGEST_TEXT, MalformedYamlError, read_yaml


@dataclasses.dataclass(frozen=True)
class WorkflowFile:
    """What a file says."""

    definition: WorkflowDefinition
    problems: tuple[Problem, ...]
    """Faults of the file itself, with their places."""
    file_name: str
    lines: Mapping[str, int] = dataclasses.field(repr=False)
    """Path to line, from 1."""

    def located(self, problem: Problem) -> Problem:
        """Return a problem of the workflow with its place, and its path as the file has it."""
        if problem.location:
            return problem
        path = as_written(problem.field)
        return dataclasses.replace(problem, field=path, location=self._location(path))

    def _location(self, path: str) -> str:
        while path:
            if path in self.lines:
                return f"{self.file_name}:{self.lines[path]}"
            path = re.sub(r"(^|\.)[^.\[]*$|\[[^\]]*\]$", "", path)
        return self.file_name


def as_written(field: str) -> str:
    """Return a field of the builder as a path of the file.

    ``steps.load.parameters['Target']`` becomes ``steps.load.parameters.Target``, and
    ``steps.load.array_size`` becomes ``steps.load.arraySize``. Names of steps stay as they are.
    """
    path = re.sub(r"\['([^']*)'\]", r".\1", field)
    top, dot, rest = path.partition(".")
    if top != "steps":
        return "workflow" if path == "name" else path
    step, second_dot, inner = rest.partition(".")
    key = re.match(r"[a-z_]*", inner)
    named = camel_case(key[0]) + inner[key.end() :] if key else inner
    return f"{top}{dot}{step}{second_dot}{named}"


def read_workflow_file(path: str | Path) -> WorkflowFile:
    """Read a file.

    Args:
        path: the file; its name names a workflow that does not say its own. ``env:NAME`` is the
            file that a stack has put into the variable ``NAME`` of a scheduled job.

    Raises:
        InvalidWorkflowError: it cannot be read, or is no YAML.
        UsageError: PyYAML is not installed.
    """
    if str(path).startswith(PREFIX):
        return _carried(str(path))
    path = Path(path)
    try:
        with path.open("rb") as file:  # a device or a pipe may have no end
            text = file.read(LARGEST_TEXT + 1).decode("utf-8")
    except (OSError, ValueError) as fault:  # no file, no UTF-8, or a NUL in the name
        reason = getattr(fault, "strerror", None) or getattr(fault, "reason", None) or str(fault)
        problem = Problem("file", str(path), f"cannot be read: {reason}", "name a readable file")
        raise InvalidWorkflowError(path.stem, [problem]) from fault
    return parse(text, path.name)


def _carried(name: str) -> WorkflowFile:
    try:
        file_name, text = unpack(os.environ.get(name.removeprefix(PREFIX), ""))
    except ValueError as fault:
        fix = "let a schedule of the stack start it, or name a file"
        raise InvalidWorkflowError("workflow", [Problem("file", name, str(fault), fix)]) from fault
    return parse(text, file_name)


def parse(text: str, file_name: str) -> WorkflowFile:
    """Read the text of a file.

    Raises:
        As for :func:`read_workflow_file`.
    """
    stem = Path(file_name).stem
    try:
        read = read_yaml(text, file_name)
    except MalformedYamlError as fault:
        raise InvalidWorkflowError(stem, [fault.problem]) from fault
    definition, problems = document.from_mapping(read.data, name=stem)
    file = WorkflowFile(definition, (), file_name, read.lines)
    found = [*read.problems, *map(file.located, problems)]
    return dataclasses.replace(file, problems=tuple(found))
