"""The Pulumi program under mocks that record every registration, with its dependencies."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime import resource as pulumi_resource
from pulumi.runtime.proto import source_pb2

from batch_platform.settings import read_stack_file
from tests.batch_platform.recorded_run import Answer, Registered, Run, RunProgram
from tests.batch_platform.schema_validation import faults

ROOT = Path(__file__).parents[2]
DIRECTORY = "<directory>"


@pytest.fixture(scope="module", autouse=True)
def without_what_nobody_reads() -> Iterator[None]:
    """Record programs in this process as the recorder's process does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pulumi_resource, "_get_stack_trace", source_pb2.StackTrace)
        yield


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
        process.wait(timeout=300)


def ask(recorder: subprocess.Popen[str], request: dict[str, Any]) -> str:
    """Have the program run once; return the answer, a line of JSON."""
    assert recorder.stdin is not None
    assert recorder.stdout is not None
    recorder.stdin.write(json.dumps(request) + "\n")
    recorder.stdin.flush()
    return recorder.stdout.readline()


@pytest.fixture(scope="session")
def answers_by_request() -> dict[str, str]:
    """What has been recorded: a run takes a quarter of a second, and is the same each time."""
    return {}


@pytest.fixture
def run_program(
    recorder: subprocess.Popen[str], answers_by_request: dict[str, str], tmp_path: Path
) -> RunProgram:
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
            "config": config,
            "stack": stack,
            "answers": list(answers),
            "overrides": overrides or {},
            "secret_keys": list(secret_keys),
            "preview": preview,
        }
        request = json.dumps(asked)
        is_new = request not in answers_by_request
        if is_new:
            answer = ask(recorder, {**asked, "directory": str(tmp_path)})
            answers_by_request[request] = answer.replace(str(tmp_path), DIRECTORY)
        record = json.loads(answers_by_request[request].replace(DIRECTORY, str(tmp_path)))
        assert "crashed" not in record, record["crashed"]
        record["resources"] = [Registered(**one) for one in record["resources"]]
        if is_new and not record["refused"]:
            taken = read_stack_file(tmp_path / f"Pulumi.{stack}.yaml")
            assert faults(taken) == [], "what the loader takes, the schema takes"
        return Run(**record)

    return run
