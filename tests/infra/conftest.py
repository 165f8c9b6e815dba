"""The Pulumi program under mocks that record every registration, with its dependencies."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest

ROOT = Path(__file__).parents[2]


@dataclass
class Registered:
    """One resource as the engine would get it."""

    typ: str
    name: str
    inputs: dict[str, Any]
    urn: str
    dependencies: list[str]
    parent: str
    custom: bool
    delete_before_replace: bool


@dataclass
class Run:
    """What one run of the program registered, asked, exported or refused."""

    resources: list[Registered]
    invokes: list[tuple[str, dict[str, Any]]]
    outputs: dict[str, Any] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def every(self, kind: str) -> list[Registered]:
        """Return the resources whose type ends with ``kind``, e.g. ``Subnet``."""
        return [one for one in self.resources if one.typ.rpartition(":")[2] == kind]

    def only(self, kind: str, name: str | None = None) -> Registered:
        """Return the one resource of ``kind`` (and ``name``)."""
        (found,) = [one for one in self.every(kind) if name in {None, one.name}]
        return found


Answer = tuple[str, dict[str, Any], dict[str, Any] | str]
"""Invoke, arguments that it must have, and the result; text is an error."""


class RunProgram(Protocol):
    """Runs ``__main__.py`` on the text of a stack file."""

    def __call__(
        self,
        config: str,
        *,
        stack: str = "test",
        answers: Sequence[Answer] = (),
        overrides: dict[str, Any] | None = None,
        secret_keys: Sequence[str] = (),
        preview: bool = False,
    ) -> Run: ...


@pytest.fixture(scope="session")
def recorder() -> Iterator[subprocess.Popen[str]]:
    """Start the process that runs the program, with the SDK imported once."""
    script = Path(__file__).with_name("recorded_program.py")
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=30)


@pytest.fixture
def run_program(recorder: subprocess.Popen[str], tmp_path: Path) -> RunProgram:
    """Return the function that runs the program; a refusal is in ``Run.refused``."""

    def run(
        config: str,
        *,
        stack: str = "test",
        answers: Sequence[Answer] = (),
        overrides: dict[str, Any] | None = None,
        secret_keys: Sequence[str] = (),
        preview: bool = False,
    ) -> Run:
        shutil.copy(ROOT / "__main__.py", tmp_path)
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(config)
        asked = {
            "directory": str(tmp_path),
            "stack": stack,
            "answers": list(answers),
            "overrides": overrides or {},
            "secret_keys": list(secret_keys),
            "preview": preview,
        }
        assert recorder.stdin is not None
        assert recorder.stdout is not None
        recorder.stdin.write(json.dumps(asked) + "\n")
        recorder.stdin.flush()
        record = json.loads(recorder.stdout.readline())
        assert "crashed" not in record, record["crashed"]
        record["resources"] = [Registered(**one) for one in record["resources"]]
        return Run(**record)

    return run
