"""``Pulumi.<stack>.yaml``: the config of one environment, with the line of every key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from batch_platform.settings import encrypted
from batch_platform.settings.errors import Path, Problem, SettingsError, did_you_mean
from batch_platform.settings.yaml_document import LARGEST, YamlDocument, read_yaml

TOP_LEVEL_KEYS = ("config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment")


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

    def refuse_encrypted(self) -> None:
        """Refuse encrypted values of the program's own keys.

        Raises:
            SettingsError: each of these values with its key, its line and what to do instead.
        """
        if found := encrypted.problems(self.values):
            raise SettingsError([each.describe(self.location(each.path)) for each in found])

    def pulumi_config(self) -> dict[str, str]:
        """Return the config as the engine hands it to a program: blocks become JSON strings.

        What is encrypted of other programs and providers is left out: only the engine reads it.

        Raises:
            SettingsError: a value of the program's own keys is encrypted.
        """
        self.refuse_encrypted()
        return {
            key: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
            for key, value in self.values.items()
            if not any(encrypted.paths(value, (key,)))
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
        with path.open("rb") as file:  # a device or a pipe may have no end
            text = file.read(4 * LARGEST + 1).decode("utf-8")
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
    document = read_yaml(text, path.name)
    config = _config_of(document, path.name)
    lines = {path[1:]: line for path, line in document.lines.items() if path[:1] == ("config",)}
    stack = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
    return StackFile(path=path, stack=stack, values=config, lines=lines)


def _config_of(document: YamlDocument, name: str) -> dict[str, Any]:
    """Return the ``config`` mapping, or refuse what is not a stack file."""
    data = document.data
    if not isinstance(data, dict):
        problem = Problem((), "the file is not a mapping", "begin it with `config:`")
        raise SettingsError([problem.describe(f"{name}:1")])
    faults = [
        Problem(
            (key,),
            f"unknown top-level key{did_you_mean(key, TOP_LEVEL_KEYS)}",
            "put settings under `config:`",
        ).describe(f"{name}:{document.lines[(key,)]}")
        for key in data
        if key not in TOP_LEVEL_KEYS
    ]
    config = data.get("config") or {}
    if isinstance(config, dict):
        faults += [
            Problem(
                (key,),
                "a config key needs its namespace",
                f"write it as `batch-platform:{key}`",
            ).describe(f"{name}:{document.lines[('config', key)]}")
            for key in config
            if ":" not in key
        ]
    else:
        problem = Problem(("config",), "is not a block of keys", "indent the keys below it")
        faults.append(problem.describe(f"{name}:{document.lines[('config',)]}"))
    if faults:
        raise SettingsError(faults)
    return config
