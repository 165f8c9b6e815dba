"""YAML with the line of every key, so that an error can say where it is.

The scalars are those of the engine's YAML reader (Go, YAML 1.2): ``on`` and ``yes`` are text and
``true`` is a boolean, unlike in PyYAML's own loaders.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from batch_platform.settings.errors import Path, Problem, SettingsError, shown

DEEPEST = 50
"""Levels of blocks and lists; no key is that deep, and an alias of itself has no end."""

MOST_VALUES = 50_000
"""An alias counts for all that it stands for: a few lines of them can be billions of values."""

LARGEST_NUMBER = 2**63
"""What the engine reads as a whole number is below it."""


@dataclass(frozen=True)
class YamlDocument:
    """What a text says.

    Attributes:
        data: plain data; an empty mapping where the text is empty.
        lines: path to line number, from 1.
    """

    data: Any
    lines: Mapping[Path, int] = field(repr=False)


def read_yaml(text: str, file_name: str) -> YamlDocument:
    """Read a text.

    Args:
        text: YAML.
        file_name: what to call it in messages.

    Raises:
        SettingsError: it is no YAML, has a key twice, or is too large or too deep; each message
            begins with ``file:line``.
    """
    if len(text) > LARGEST:
        fault = f"has more than {LARGEST} characters, and no stack file needs so many"
        problem = Problem((), f"{file_name}: {fault}", "take out what is not config")
        raise SettingsError([problem.describe()])
    reader = _Reader(file_name)
    try:
        loader = _Loader(text, reader)
        node = loader.get_single_node()
        data = {} if node is None else reader.data(node, ())
    except yaml.YAMLError as error:
        raise SettingsError([_malformed(file_name, text, error)]) from error
    if reader.faults:
        raise SettingsError(reader.faults)
    return YamlDocument(data, reader.lines)


LARGEST = 2**20
"""Characters of a file; PyYAML takes more than a second for each million."""


class _Loader(yaml.SafeLoader):
    """Resolves plain scalars as the engine does, and composes no more than is allowed."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # as PyYAML declares it

    def __init__(self, text: str, reader: _Reader) -> None:
        super().__init__(text)
        self._reader = reader
        self._depth = self._count = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node, unless it is too deep or one too many."""
        self._count += 1
        self._depth += 1
        self._reader.limit(self._depth, self._count, self.line + 1, ())
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", "~nN"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})$"), list(_first)
    )
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"$"), [""])


class _Reader:
    """Turns nodes into data, and notes the line of every path and every fault on the way."""

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name
        self.lines: dict[Path, int] = {}
        self.faults: list[str] = []
        self._values = 0

    def data(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self._values += 1
        self.limit(len(path), self._values, line, path)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.data(item, (*path, index)) for index, item in enumerate(node.value)]
        try:
            return _scalar(node)
        except ValueError:
            kind = node.tag.rpartition(":")[2]
            fault = f"{shown(node.value)} is of YAML's type {kind}, and cannot be read as that"
            self._fault(line, path, fault, "correct the value, or put it in quotes if it is text")
            return None

    def limit(self, depth: int, values: int, line: int, path: Path) -> None:
        """Refuse what is too deep or too much."""
        if depth > DEEPEST:
            self._fault(line, path[:4], f"nested deeper than {DEEPEST} levels", "flatten it")
        elif values > MOST_VALUES:
            fault = f"more than {MOST_VALUES} values, including those behind aliases"
            self._fault(line, path, fault, "write less, and use no aliases (`*name`)")
        else:
            return
        raise SettingsError(self.faults)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not _is_key(key_node):
                named = isinstance(key_node, yaml.ScalarNode)
                below = (*path, str(key_node.value)) if named else path
                self._fault(line, below, "a key must be plain text", "write the keys out in full")
                continue
            key = str(key_node.value)
            below = (*path, key)
            if key in result:
                first = self.lines[below]
                self._fault(
                    line, below, f"the key is already on line {first}", "keep one of the two"
                )
                continue
            self.lines[below] = line
            result[key] = self.data(value_node, below)
        return result

    def _fault(self, line: int, path: Path, fault: str, fix: str) -> None:
        path = path[1:] if path[:1] == ("config",) and len(path) > 1 else path
        self.faults.append(Problem(path, fault, fix).describe(f"{self.file_name}:{line}"))


def _is_key(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.value != "<<" and _is_whole_text(node.value)


def _is_whole_text(text: str) -> bool:
    """Tell whether there is no half of a character (a surrogate) in it, which UTF-8 has not."""
    return not any("\ud800" <= each <= "\udfff" for each in text)


def _scalar(node: yaml.Node) -> Any:
    """Return the value of a scalar.

    Raises:
        ValueError: it is not of its type, or a number that the engine would not read as one.
    """
    text = node.value
    if not _is_whole_text(text):
        raise ValueError(text)
    match node.tag.removeprefix("tag:yaml.org,2002:"):
        case "null":
            return None
        case "bool":
            if text.lower() not in {"true", "false"}:
                raise ValueError(text)
            return text.lower() == "true"
        case "int":
            whole = int(text.replace("_", ""), 0)
            if abs(whole) >= LARGEST_NUMBER:
                raise ValueError(text)
            return whole
        case "float":
            number = float(text.replace("_", ""))
            if not math.isfinite(number):
                raise ValueError(text)
            return number
        case _:
            return text


def _malformed(file_name: str, text: str, error: Exception) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else None
    reason = getattr(error, "problem", None) or str(error)
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        reason = f"the character {chr(error.character)!r} is not allowed"
    fix = "check the indentation, quotes and brackets at and above this line"
    place = f"{file_name}:{line}" if line else file_name
    return Problem((), f"malformed YAML: {reason}", fix).describe(place)
