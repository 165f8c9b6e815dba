"""What a config, a state or a file name holds cannot act on the terminal that shows it."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from batch_platform.__main__ import main

HOSTILE = "\x1b[2J\u202e\x9b31m"
QUOTED = json.dumps(HOSTILE)  # YAML reads the escapes of JSON

VALID = """
config:
  aws:region: us-east-1
  batch-platform:network: {mode: public}
  batch-platform:computeEnvironments: {default: {type: EC2, instanceTypes: [c5]}}
  batch-platform:jobQueues: {default: {priority: 1, computeEnvironments: [default]}}
"""
DEFINITION = (
    "  batch-platform:jobDefinitions: {hello: {image: %s, command: [%s], vcpus: 1, memory: 9}}\n"
)


def written(folder: Path, definition: str) -> list[str]:
    (folder / "Pulumi.dev.yaml").write_text(VALID + definition)
    return ["--stack", "dev", "--directory", str(folder)]


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    """Return all that was shown, in which nothing may act."""
    said = "".join(capsys.readouterr())
    assert {each for each in said if unicodedata.category(each) in {"Cc", "Cf"}} <= {"\n"}
    return said


def test_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *written(tmp_path, DEFINITION % (QUOTED, "echo"))]) == 0
    assert "\\x1b[2J" in shown(capsys)
    assert main(["check", *written(tmp_path, f"  batch-platform:{QUOTED[1:-1]}: 1\n")]) == 1
    shown(capsys)
    assert main(["check", *written(tmp_path, f'  "batch-platform:{QUOTED[1:-1]}": 1\n')]) == 1
    assert "\\x1b[2J" in shown(capsys)


@pytest.mark.parametrize("arguments", [[], ["--output", "json"]])
def test_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    before = tmp_path / "before.yaml"
    before.write_text(VALID + DEFINITION % ("busybox", "echo"))
    here = written(tmp_path, DEFINITION % ("busybox", QUOTED))
    assert main(["plan", *here, "--against", str(before), *arguments]) == 0
    assert "hello" in shown(capsys)
    assert main(["plan", *here, "--against", f"{HOSTILE}.json", *arguments]) == 1
    assert "\\x1b[2J" in shown(capsys)


def test_recover(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = {"urn": f"urn:pulumi:dev::x::aws:s3/bucket:Bucket::{HOSTILE}", "custom": True}
    resource |= {"type": "aws:s3/bucket:Bucket", "inputs": {}}
    provider = {"urn": "urn:p", "type": "pulumi:providers:aws", "inputs": {"region": "us-east-1"}}
    pending = [{"type": "creating", "resource": resource}]
    deployment = {"resources": [provider], "pending_operations": pending}
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"version": 3, "deployment": deployment}))
    assert main(["recover", "--stack", "dev", "--state", str(state)]) == 1
    assert "\\x1b[2J" in shown(capsys)
    state.write_text("[" * 100_000)
    assert main(["recover", "--stack", "dev", "--state", str(state)]) == 1
    assert "not what `pulumi stack export` writes" in shown(capsys)
