"""A state of files that needs no recovery is told without the engine, in no time."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent.parent.parent
STACK = "stacks/batch-platform/dev.json"
LOCK = "locks/organization/batch-platform/dev/0b1e.json"


def state(*pending):
    latest = {"resources": [], "pending_operations": list(pending)}
    checkpoint = {"stack": "dev", "latest": latest}
    return json.dumps({"version": 4, "features": ["hooks"], "checkpoint": checkpoint})


@pytest.fixture
def backend(tmp_path):
    """Writes files into a backend, by path."""

    def write(**files):
        for name, content in files.items():
            path = tmp_path / ".pulumi" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


def recover(backend):
    """Run the command where there is no engine."""
    nowhere = backend / "no-programs"
    nowhere.mkdir()
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "batch_platform.recovery", "--stack", "dev"],
        env={"PATH": str(nowhere), "PULUMI_BACKEND_URL": f"{backend.as_uri()}?metadata=skip"},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize(
    "files",
    [
        {STACK: state()},
        {STACK: json.dumps({"version": 3, "checkpoint": {"stack": "dev"}})},
        {f"{STACK}.gz": gzip.compress(state().encode())},
        {STACK: state(), LOCK.replace("/dev/", "/other/"): "{}"},
        {STACK: state(), f"{STACK}.attrs": '{"md5": "AA=="}'},
    ],
    ids=["at rest", "new", "compressed", "another stack is locked", "a whole checksum"],
)
def test_at_rest_it_is_silent_and_starts_no_engine(backend, files):
    answer = recover(backend(**files))
    assert (answer.returncode, answer.stdout) == (0, "")
    lines = re.findall(r"^import time: .*\| +([\w.]+)$|^(.*)$", answer.stderr, re.MULTILINE)
    assert [other for _, other in lines if other and not other.startswith("import time:")] == []
    imported = {name.partition(".")[0] for name, _ in lines}
    assert "batch_platform" in imported
    assert imported & {"boto3", "botocore", "pulumi", "pulumi_aws", "pydantic", "yaml"} == set()


@pytest.mark.parametrize(
    "files",
    [
        {},
        {STACK: state({"type": "creating"})},
        {STACK: state(), LOCK: '{"pid": 1}'},
        {STACK: state(), f"{STACK}.attrs": ""},
        {STACK: state()[:-1]},
        {f"{STACK}.gz": gzip.compress(state().encode())[:-9]},
        {STACK: '{"version": 5, "checkpoint": {}}'},
        {STACK: "[]"},
    ],
    ids=[
        "none",
        "pending",
        "locked",
        "checksum",
        "cut off",
        "compressed and cut off",
        "newer",
        "no state",
    ],
)
def test_whatever_else_is_left_to_the_engine(backend, files):
    answer = recover(backend(**files))
    assert answer.returncode == 1
    assert "no command pulumi on PATH: `make pulumi` installs it" in answer.stderr
