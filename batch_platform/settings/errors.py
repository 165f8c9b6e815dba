"""What is wrong with a config: one problem each, all of them in one error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic_core import PydanticCustomError

from batch_platform.settings.concealment import concealed

LONGEST_SHOWN = 80
"""Characters of a value in a message."""

Path = tuple[str | int, ...]
"""Keys and list indexes down to a value; the first one is the whole config key, with namespace."""


@dataclass(frozen=True)
class Problem:
    """One fault of the config.

    Attributes:
        path: where it is, e.g. ``("batch-platform:jobQueues", "default", "priority")``.
        fault: the value and the rule that it breaks, without a final full stop.
        fix: what to write instead.
    """

    path: Path
    fault: str
    fix: str

    def describe(self, location: str = "") -> str:
        """Return the whole sentence; ``location`` is ``file:line`` where that is known."""
        prefix = f"{location}: " if location else ""
        name = f"{dotted(self.path)}: " if self.path else ""
        return _printable(f"{prefix}{name}{self.fault}; fix: {self.fix}")


class SettingsError(Exception):
    """The config is refused, and nothing was created.

    Attributes:
        lines: one sentence for each problem.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


def dotted(path: Path) -> str:
    """Return ``path`` as people write it: ``batch-platform:jobDefinitions.hello.command[1]``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            short = part if len(part) <= LONGEST_SHOWN else part[: LONGEST_SHOWN - 3] + "..."
            text += f".{short}" if text else short
    return text


def _printable(text: str) -> str:
    """Escape what would break the line, or what a terminal would obey: a key may have it."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def shown(value: object, path: Path = ()) -> str:
    """Return ``value`` as a short literal for a message; what YAML spells otherwise, as YAML.

    Args:
        value: what was given.
        path: where it was given; a text that may be a secret is described instead.
    """
    value = concealed(value, path)
    text = json.dumps(value) if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the nearest of ``known``, or nothing."""
    by_lower_case = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_lower_case, n=1, cutoff=0.6)
    return f" (did you mean {by_lower_case[near[0]]!r}?)" if near else ""


def refusal(fault: str, fix: str, *below: str | int) -> PydanticCustomError:
    """Return the error that a validator raises, already in our words.

    Args:
        fault: the value and the rule.
        fix: what to write instead.
        below: keys and indexes from the validated value down to the faulty one.
    """
    return PydanticCustomError(
        "refused", "{fault}; {fix}", {"fault": fault, "fix": fix, "below": list(below)}
    )
