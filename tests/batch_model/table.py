"""The table of Batch's rules: each sentence of its API model, and what is done about it here.

The files of ``rules/`` have one row for a sentence and the members that it stands at:

* ``request``: the base of a request and what is changed in it, by path; the local AWS refuses the
  result with a ClientException that has ``tells`` in it (by default the last name of the path). A
  text instead of a list says why no request is refused.
* ``config``: what is changed in a stack file, by path; the loader of ``batch-platform check``
  refuses the result, in words that have ``config_tells`` in them. A text says why no stack file can
  break it.
* ``submission``: what ``batchsdk`` refuses before it sends anything; ``note`` says why there is
  none, where the submission could not say it at all.
* ``waits``: AWS Batch takes the job and never starts it, and so does the local AWS: the test.
* ``shown``: the sentence describes what happens: the test that shows it.
* ``scope``: why nothing is done.

A text ``x*1025`` stands for 1,025 times ``x``, ``[x]*51`` for a list of 51 texts ``x``.
``no_rules.txt`` has the sentences that forbid nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent

_TIMES = re.compile(r"(.)\*(\d+)")
_TEST = re.compile(r"^(?:async )?def (test_\w+)", re.MULTILINE)
_LIST = re.compile(r"\[(.+)\]\*(\d+)")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One sentence, at some of its members, and what is done about it.

    Attributes:
        says: the sentence.
        of: members that it stands at.
        request: name of the base and changes by path; or why no request is refused.
        tells: part of what the local AWS answers.
        config: changes of a stack file by path; or why no stack file can break it.
        config_tells: part of what ``batch-platform check`` says.
        submission: arguments of ``Batch.submit``.
        waits: the test of a job that stays RUNNABLE.
        shown: the test of what the sentence describes.
        scope: why nothing is done.
        note: a remark.
    """

    says: str
    of: list[str]
    request: Any = None
    tells: str = ""
    config: Any = None
    config_tells: str = ""
    submission: dict[str, Any] | None = None
    waits: str = ""
    shown: str = ""
    scope: str = ""
    note: str = ""

    @property
    def place(self) -> str:
        """The first member and the beginning of the sentence, as the name of a test."""
        return f"{self.of[0]}-{self.says[:40]}"


def rows() -> list[Row]:
    """Return the rows of all files."""
    return [
        Row(**each)
        for path in sorted((HERE / "rules").glob("*.yaml"))
        for each in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]


def no_rules() -> set[str]:
    """Return the sentences that forbid nothing."""
    return set((HERE / "no_rules.txt").read_text(encoding="utf-8").splitlines())


def changed(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy with values at paths such as ``volumes/0/name``; None takes a key away."""
    made: dict[str, Any] = json.loads(json.dumps(base))
    for path, value in changes.items():
        block: Any = made
        *parents, last = _steps(path)
        for step in parents:
            block = block[int(step)] if isinstance(block, list) else block.setdefault(step, {})
        if value is None:
            block.pop(last, None)
        elif isinstance(block, list):
            block[int(last)] = expanded(value)
        else:
            block[last] = expanded(value)
    return made


def last_name(changes: Mapping[str, Any]) -> str:
    """Return the name at the end of the first path."""
    return next(step for step in reversed(_steps(next(iter(changes)))) if not step.isdigit())


def _steps(path: str) -> list[str]:
    return [_repeated(step) for step in path.split("/")]


def expanded(value: Any) -> Any:
    """Return a value with the short forms of long texts and lists written out."""
    if isinstance(value, dict):
        return {key: expanded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [expanded(each) for each in value]
    if isinstance(value, str) and (found := _LIST.fullmatch(value)):
        return [found[1]] * int(found[2])
    return _repeated(value) if isinstance(value, str) else value


def _repeated(text: str) -> str:
    found = _TIMES.fullmatch(text)
    return found[1] * int(found[2]) if found else text


def names_of_tests(root: Path) -> Iterator[str]:
    """Yield the names of all test functions below a folder."""
    for path in root.rglob("test_*.py"):
        yield from _TEST.findall(path.read_text(encoding="utf-8"))
