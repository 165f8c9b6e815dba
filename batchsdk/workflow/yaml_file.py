"""A workflow in a YAML file, with the line of every key, so that an error can say where it is.

Plain scalars are taken as they are written: ``2026-01-31``, ``010`` and ``on`` are text. What has
to be a number or a boolean is read as one where it is needed.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchsdk.errors import Problem, UsageError
from batchsdk.names import camel_case
from batchsdk.workflow import document
from batchsdk.workflow.errors import InvalidWorkflowError
from batchsdk.workflow.plain import at
from batchsdk.workflow.steps import WorkflowDefinition

if TYPE_CHECKING:
    import yaml


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
        path: the file; its name names a workflow that does not say its own.

    Raises:
        InvalidWorkflowError: it cannot be read, or is no YAML.
        UsageError: PyYAML is not installed.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or getattr(fault, "reason", None) or str(fault)
        problem = Problem("file", str(path), f"cannot be read: {reason}", "name a file that can")
        raise InvalidWorkflowError(path.stem, [problem]) from fault
    return parse(text, path.name)


def parse(text: str, file_name: str) -> WorkflowFile:
    """Read the text of a file.

    Raises:
        As for :func:`read_workflow_file`.
    """
    try:
        import yaml  # noqa: PLC0415  # an extra: only files need it
    except ImportError as fault:
        raise UsageError(
            f"{file_name}: reading YAML needs PyYAML, which is not installed",
            hint="Install it: pip install 'batchsdk[yaml]'",
        ) from fault
    stem = Path(file_name).stem
    reader = _Reader(file_name)
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        data = None if node is None else reader.data(node, "")
    except (yaml.YAMLError, RecursionError) as fault:
        raise InvalidWorkflowError(stem, [_malformed(file_name, fault)]) from fault
    definition, problems = document.from_mapping(data, name=stem)
    file = WorkflowFile(definition, (), file_name, reader.lines)
    found = [*reader.problems, *map(file.located, problems)]
    return dataclasses.replace(file, problems=tuple(found))


class _Reader:
    """Turns nodes into plain data, and notes lines and faults on the way."""

    def __init__(self, file_name: str) -> None:
        self._file_name = file_name
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []

    def data(self, node: yaml.Node, path: str) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        match node.id:  # type: ignore[attr-defined]  # every kind of node has one
            case "mapping":
                return self._mapping(node, path)
            case "sequence":
                return [self.data(each, at(path, index)) for index, each in enumerate(node.value)]
        is_plain = node.style is None  # type: ignore[attr-defined]  # of a scalar
        return None if is_plain and node.value in ("", "~", "null") else node.value

    def _mapping(self, node: yaml.Node, path: str) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if key_node.id != "scalar" or key_node.value == "<<":
                self._fault(line, path, None, "a key must be plain text", "write the keys out")
                continue
            key = str(key_node.value)
            below = at(path, key)
            if key in result:
                rule = f"the name is already on line {self.lines[below]}"
                self._fault(line, below, None, rule, "rename one of the two, or drop it")
                continue
            self.lines[below] = line
            result[key] = self.data(value_node, below)
        return result

    def _fault(self, line: int, path: str, value: object, rule: str, fix: str) -> None:
        self.problems.append(
            Problem(path or "the file", value, rule, fix, f"{self._file_name}:{line}")
        )


def _malformed(file_name: str, fault: Exception) -> Problem:
    mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
    place = f"{file_name}:{mark.line + 1}" if mark else file_name
    reason = getattr(fault, "problem", None) or str(fault)
    fix = "check the indentation, quotes and brackets at and above this line"
    return Problem("the file", None, f"malformed YAML: {reason}", fix, place)
