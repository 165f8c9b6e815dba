"""Values of parameters and environment may be secrets: they are in no plan and in no refusal."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest

from batch_platform.__main__ import main

SECRET = "hunter2-seen-by-nobody"
STACK_FILE = """\
config:
  aws:region: us-east-1
  batch-platform:network: {mode: nat}
  batch-platform:computeEnvironments: {default: {type: EC2}}
  batch-platform:jobQueues: {default: {computeEnvironments: [default]}}
  batch-platform:jobDefinitions:
"""
SHORT = (
    "    a: {image: busybox, memory: 100, parameters: {k: VALUE}, environment: {TOKEN: VALUE}}\n"
)
IN_THE_APIS_FORM = """\
    b:
      containerProperties:
        image: busybox
        resourceRequirements: [{type: VCPU, value: "1"}, {type: MEMORY, value: "100"}]
        environment: [{name: TOKEN, value: VALUE}, {name: B, value: VALUE}]
    c:
      nodeProperties:
        numNodes: 2
        mainNode: 0
        nodeRangeProperties:
          - targetNodes: "0:"
            container:
              image: busybox
              resourceRequirements: [{type: VCPU, value: "1"}, {type: MEMORY, value: "100"}]
              environment: [{name: TOKEN, value: VALUE}]
"""
REFUSED = f"""\
    a: {{image: i, memory: 8, parameters: {{k: [{SECRET}]}}, environment: {{T: {{x: {SECRET}}}}}}}
    b: {{image: i, memory: 8, parameters: {SECRET}, environment: [{SECRET}]}}
    c:
      memory: 8
      containerProperties:
        image: i
        environment:
          [{{name: A, value: [{SECRET}]}}, {SECRET}, {{name: AWS_BATCH_B, value: {SECRET}}}]
    d: {{memory: 8, containerProperties: {{image: i, environment: {{A: {SECRET}}}}}}}
    e: [{{image: i, environment: {{A: {SECRET}}}}}]
    f: {{image: i, memory: 8, parameters: {{"": {SECRET}}}, environment: {{"A=B": {SECRET}}}}}
"""


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """Return what a verb says of a stack file, whose former version is in git."""
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    file = tmp_path / "Pulumi.test.yaml"

    def say(old: str, new: str, *arguments: str) -> str:
        file.write_text(old)
        subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
        author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *author, "commit", "-qm", "x"], cwd=tmp_path, check=True)
        file.write_text(new)
        main([*arguments, "--stack", "test", "--directory", str(tmp_path)])
        captured = capsys.readouterr()
        return captured.out + captured.err

    monkeypatch.setattr("sys.stdin", io.StringIO())
    return say


@pytest.mark.sampled(2)
@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize("definitions", [SHORT, IN_THE_APIS_FORM])
def test_a_plan_says_that_values_change_and_not_which(said, definitions, output) -> None:
    old = STACK_FILE + definitions.replace("VALUE", "another-secret")
    new = STACK_FILE + definitions.replace("VALUE", SECRET)
    plan = said(old, new, "plan", "--output", output)
    assert f"(a text of {len(SECRET)} characters, not shown)" in plan
    assert "(a text of 14 characters, not shown)" in plan
    assert SECRET not in plan
    assert "another-secret" not in plan


def test_a_plan_of_a_variable_that_is_new_names_it(said) -> None:
    old = STACK_FILE + SHORT.replace("environment: {TOKEN: VALUE}", "environment: {A: b, C: d}")
    plan = said(old, STACK_FILE + SHORT.replace("VALUE", SECRET), "plan")
    assert "TOKEN" in plan
    assert SECRET not in plan


@pytest.mark.parametrize("verb", ["check", "plan"])
def test_a_refusal_shows_no_value(said, verb) -> None:
    refusals = said(STACK_FILE + SHORT, STACK_FILE + REFUSED, verb)
    assert len(refusals.splitlines()) >= 8
    assert SECRET not in refusals
    assert "jobDefinitions.a.parameters.k" in refusals
