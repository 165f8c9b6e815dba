"""``Pulumi.<stack>.yaml`` with the line of every key, so that an error can say where it is.

The scalars are those of the engine's YAML reader (Go, YAML 1.2): ``on`` and ``yes`` are text and
``true`` is a boolean, unlike in PyYAML's own loaders.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from infra.settings.errors import Path, Problem, SettingsError, did_you_mean, shown

TOP_LEVEL_KEYS = ("config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment")

DEEPEST = 50
"""Levels of blocks and lists; no key is that deep, and an alias of itself has no end."""

MOST_VALUES = 50_000
"""An alias counts for all that it stands for: a few lines of them can be billions of values."""

LARGEST_NUMBER = 2**63
"""What the engine reads as a whole number is below it."""


@dataclass(frozen=True)
class StackFile:
    """A parsed stack file.

    Attributes:
        path: where it was read.
        stack: the stack's name, from the file's name.
        values: config key (with namespace) to plain Python data.
        lines: path to line number, from 1; a path begins with a config key.
    """

    path: FilePath
    stack: str
    values: Mapping[str, Any]
    lines: Mapping[Path, int] = field(repr=False)

    def location(self, path: Path) -> str:
        """Return ``file:line`` of ``path``, or of its nearest ancestor that the file has."""
        for length in range(len(path), 0, -1):
            if line := self.lines.get(path[:length]):
                return f"{self.path.name}:{line}"
        return self.path.name

    def pulumi_config(self) -> dict[str, str]:
        """Return the config as the engine hands it to a program: blocks become JSON strings.

        Raises:
            SettingsError: a value is encrypted, which only the engine can read.
        """
        encrypted = [key for key, value in self.values.items() if _has_secret(value)]
        if encrypted:
            fix = "run it by the Pulumi CLI, or use a stack without encrypted values here"
            raise SettingsError(
                [
                    Problem(
                        (key,), "the value is encrypted and only the engine reads it", fix
                    ).describe(self.location((key,)))
                    for key in encrypted
                ]
            )
        return {
            key: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
            for key, value in self.values.items()
        }


def read_stack_file(path: str | FilePath) -> StackFile:
    """Read and parse ``Pulumi.<stack>.yaml``.

    Args:
        path: the file; its name decides the stack's name.

    Raises:
        SettingsError: the file is absent, is no YAML, has a key twice or has an unknown top-level
            key; each message begins with ``file:line``.
    """
    path = FilePath(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        fix = f"name a stack whose {path.name} exists, or create that file"
        problem = Problem((), f"{path.name}: cannot be read ({error.strerror})", fix)
        raise SettingsError([problem.describe()]) from error
    except UnicodeDecodeError as error:
        fix = "save it as UTF-8"
        problem = Problem((), f"{path.name}: is not UTF-8 text ({error.reason})", fix)
        raise SettingsError([problem.describe()]) from error
    return parse_stack_file(text, path)


def parse_stack_file(text: str, path: FilePath) -> StackFile:
    """Parse the text of a stack file.

    Args:
        text: YAML.
        path: what to call it in messages; its name decides the stack's name.

    Raises:
        SettingsError: as of :func:`read_stack_file`.
    """
    reader = _Reader(path.name)
    try:
        node = yaml.compose(text, Loader=_Loader)
        document = {} if node is None else reader.data(node, ())
    except (yaml.YAMLError, RecursionError) as error:
        raise SettingsError([_malformed(path.name, text, error)]) from error
    if reader.faults:
        raise SettingsError(reader.faults)
    config = _config_of(document, reader)
    lines = {path[1:]: line for path, line in reader.lines.items() if path[:1] == ("config",)}
    stack = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
    return StackFile(path=path, stack=stack, values=config, lines=lines)


class _Loader(yaml.SafeLoader):
    """Resolves plain scalars as the engine does."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # as PyYAML declares it


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
        self._refuse_endless(line, path)
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

    def _refuse_endless(self, line: int, path: Path) -> None:
        self._values += 1
        if len(path) > DEEPEST:
            self._fault(line, path[:4], f"nested deeper than {DEEPEST} levels", "flatten it")
        elif self._values > MOST_VALUES:
            fault = f"more than {MOST_VALUES} values, with those that aliases stand for"
            self._fault(line, path, fault, "write less, and without aliases (`*name`)")
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
                self._fault(line, below, "a key must be plain text", "write the keys out")
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


def _config_of(document: Any, reader: _Reader) -> dict[str, Any]:
    """Return the ``config`` mapping, or refuse what is not a stack file."""
    name = reader.file_name
    if not isinstance(document, dict):
        problem = Problem((), "the file is not a mapping", "begin it with `config:`")
        raise SettingsError([problem.describe(f"{name}:1")])
    faults = [
        Problem(
            (key,),
            f"unknown top-level key{did_you_mean(key, TOP_LEVEL_KEYS)}",
            "put settings under `config:`",
        ).describe(f"{name}:{reader.lines[(key,)]}")
        for key in document
        if key not in TOP_LEVEL_KEYS
    ]
    config = document.get("config") or {}
    if isinstance(config, dict):
        faults += [
            Problem(
                (key,),
                "a config key needs its namespace",
                f"write it as `batch-platform:{key}`",
            ).describe(f"{name}:{reader.lines[('config', key)]}")
            for key in config
            if ":" not in key
        ]
    else:
        problem = Problem(("config",), "is not a block of keys", "indent the keys below it")
        faults.append(problem.describe(f"{name}:{reader.lines[('config',)]}"))
    if faults:
        raise SettingsError(faults)
    return config


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


def _has_secret(value: Any) -> bool:
    """Tell whether the engine's ``{secure: …}`` is anywhere in ``value``."""
    if isinstance(value, dict):
        return set(value) == {"secure"} or any(_has_secret(inner) for inner in value.values())
    return isinstance(value, list) and any(_has_secret(inner) for inner in value)
