"""YAML with the line of every key, so that an error can say where it is.

Plain scalars are taken as they are written: ``2026-01-31``, ``010`` and ``on`` are text. What has
to be a number or a boolean is read as one where it is needed.

A few lines of aliases can stand for billions of values, so depth and number of values are limited,
and aliases count for all that they stand for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchsdk.errors import Problem, UsageError
from batchsdk.workflow.plain import at

if TYPE_CHECKING:
    import yaml

LARGEST_TEXT = 2**20
"""Bytes of a file. It takes some seconds to read that much."""
DEEPEST = 50
"""Levels of mappings and lists; no key of a workflow is that deep."""
MOST_VALUES = 50_000
"""Keys, texts, mappings and lists: a list of 10,000 points of two parameters fits."""


class MalformedYamlError(Exception):
    """The text is no YAML, or is too large or too deep; ``problem`` says where and why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


@dataclass(frozen=True)
class YamlDocument:
    """What a text says."""

    data: Any
    """Mappings, lists, texts, and ``None`` for what is empty, ``~`` or ``null``."""
    lines: Mapping[str, int] = field(repr=False)
    """Path, such as ``steps.load.after[0]``, to line, from 1."""
    problems: tuple[Problem, ...]
    """Keys that are no text, or that stand twice."""


def read_yaml(text: str, file_name: str) -> YamlDocument:
    """Read a text.

    Args:
        text: YAML.
        file_name: what to call it in problems.

    Raises:
        MalformedYamlError: it is no YAML, or has no end that is worth waiting for.
        UsageError: PyYAML is not installed.
    """
    try:
        import yaml  # noqa: PLC0415  # an extra: only files need it
    except ImportError as fault:
        raise UsageError(
            f"{file_name}: reading YAML needs PyYAML, which is not installed",
            hint="Install it: pip install 'batchsdk[yaml]'",
        ) from fault
    if len(text) > LARGEST_TEXT:
        raise MalformedYamlError(
            Problem(
                "the file",
                None,
                f"has more than {LARGEST_TEXT // 2**20} MiB",
                "keep data out of it, e.g. in S3",
                file_name,
            )
        )
    reader = _Reader(file_name)

    class Loader(yaml.BaseLoader):
        """Composes no more than is allowed: PyYAML itself has no limits."""

        depth = count = 0

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            self.count += 1
            self.depth += 1
            reader.limit(self.depth, self.count, self.line + 1)
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

    try:
        node = yaml.compose(text, Loader=Loader)
        data = None if node is None else reader.data(node, "")
    except yaml.YAMLError as fault:
        raise MalformedYamlError(_malformed(file_name, text, fault)) from fault
    return YamlDocument(data, reader.lines, tuple(reader.problems))


class _Reader:
    """Turns nodes into plain data, and notes lines and faults on the way."""

    def __init__(self, file_name: str) -> None:
        self._file_name = file_name
        self._values = 0
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []

    def data(self, node: yaml.Node, path: str, depth: int = 0) -> Any:
        """Return what a node stands for; an alias stands for all that it names."""
        line = node.start_mark.line + 1
        self._values += 1
        self.limit(depth, self._values, line)
        self.lines.setdefault(path, line)
        match node.id:  # type: ignore[attr-defined]  # every kind of node has one
            case "mapping":
                return self._mapping(node, path, depth)
            case "sequence":
                items = enumerate(node.value)
                return [self.data(each, at(path, index), depth + 1) for index, each in items]
        if not _is_whole_text(node.value):
            rule = "half of a character (a surrogate) is not text"
            self._fault(line, path, rule, "write the whole character")
            return None
        is_plain = node.style is None  # type: ignore[attr-defined]  # of a scalar
        return None if is_plain and node.value in ("", "~", "null") else node.value

    def _mapping(self, node: yaml.Node, path: str, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            self._values += 1
            if not _is_key(key_node):
                self._fault(line, path, "a key must be plain text", "write the keys out in full")
                continue
            key = str(key_node.value)
            below = at(path, key)
            if key in result:
                rule = f"the name is already on line {self.lines[below]}"
                self._fault(line, below, rule, "rename one of the two, or drop it")
                continue
            self.lines[below] = line
            result[key] = self.data(value_node, below, depth + 1)
        return result

    def limit(self, depth: int, values: int, line: int) -> None:
        """Refuse what is too deep or too much."""
        if depth > DEEPEST:
            rule, fix = f"nested deeper than {DEEPEST} levels", "flatten it"
        elif values > MOST_VALUES:
            rule = f"has more than {MOST_VALUES} values, including those behind aliases"
            fix = "write less, and use no aliases (`*name`)"
        else:
            return
        place = f"{self._file_name}:{line}"
        raise MalformedYamlError(Problem("the file", None, rule, fix, place))

    def _fault(self, line: int, path: str, rule: str, fix: str) -> None:
        self.problems.append(
            Problem(path or "the file", None, rule, fix, f"{self._file_name}:{line}")
        )


def _is_key(node: yaml.Node) -> bool:
    is_scalar = node.id == "scalar"  # type: ignore[attr-defined]  # every kind of node has one
    return is_scalar and node.value != "<<" and _is_whole_text(node.value)


def _is_whole_text(text: str) -> bool:
    """Tell whether there is no half of a character in it, which UTF-8 cannot write."""
    return not any("\ud800" <= each <= "\udfff" for each in text)


def _malformed(file_name: str, text: str, fault: Exception) -> Problem:
    mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
    line = mark.line + 1 if mark else None
    reason = getattr(fault, "problem", None) or str(fault)
    position, character = getattr(fault, "position", None), getattr(fault, "character", None)
    if isinstance(position, int) and isinstance(character, int):  # a ReaderError
        line = text.count("\n", 0, position) + 1
        reason = f"the character {chr(character)!r} is not allowed"
    fix = "check the indentation, quotes and brackets at and above this line"
    place = f"{file_name}:{line}" if line else file_name
    return Problem("the file", None, f"malformed YAML: {reason}", fix, place)
