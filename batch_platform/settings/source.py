"""Where a value of the config was written, to say so in a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from batch_platform.settings.errors import Path, Problem
    from batch_platform.settings.stack_file import StackFile

_AFTER_THE_FILE = 2**31


@dataclass(frozen=True)
class Source:
    """The values in force, and the stack file that most of them come from.

    Attributes:
        values: config key (with namespace) to plain data.
        stack_file: None where there is no such file.
    """

    values: Mapping[str, Any]
    stack_file: StackFile | None

    def sentences(self, problems: Collection[Problem]) -> list[str]:
        """Return the problems as text in the order of the file; those not of the file come last."""
        placed = [(self._line(problem.path), problem) for problem in problems]
        return [
            problem.describe(self._location(problem.path))
            for _, problem in sorted(placed, key=lambda item: item[0])
        ]

    def _location(self, path: Path) -> str:
        if self.stack_file is None or not path:
            return ""
        key = str(path[0])
        # A block that --config changed is not the file's, and neither are the file's lines.
        if key in self.values and self.stack_file.values.get(key) != self.values[key]:
            return ""
        return self.stack_file.location(path)

    def _line(self, path: Path) -> int:
        line = self._location(path).rpartition(":")[2]
        return int(line) if line.isdecimal() else _AFTER_THE_FILE
