"""Reading a stack's outputs with the real Pulumi CLI."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import batchsdk
from batchsdk import ConnectionSettingsError, StackOutputsError
from tests.batchsdk.fakes import stack_outputs

pytestmark = pytest.mark.engine

TIME = "2026-01-31T12:00:00Z"


def deployment(stack: str, outputs: dict[str, object]) -> str:
    """Return an export of a stack that has nothing but outputs."""
    urn = f"urn:pulumi:{stack}::batch-platform::pulumi:pulumi:Stack::batch-platform-{stack}"
    return json.dumps(
        {
            "version": 3,
            "deployment": {
                "manifest": {"time": TIME, "magic": "", "version": ""},
                "resources": [
                    {
                        "urn": urn,
                        "custom": False,
                        "type": "pulumi:pulumi:Stack",
                        "outputs": outputs,
                        "created": TIME,
                        "modified": TIME,
                    }
                ],
            },
        }
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with stack ``dev``, deployed, and stack ``other``, of something else."""
    around = tmp_path_factory.mktemp("around")
    (around / "state").mkdir()
    folder = around / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: batch-platform\nruntime: python\n")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "PULUMI_HOME": str(around / "home"),
            "PULUMI_BACKEND_URL": f"file://{around / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }.items():
            patch.setenv(name, value)
        for stack, outputs in (("dev", stack_outputs().to_mapping()), ("other", {"url": "x"})):
            _pulumi(folder, "stack", "init", stack)
            _pulumi(folder, "stack", "import", "--stack", stack, given=deployment(stack, outputs))
        yield folder


def _pulumi(folder: Path, *arguments: str, given: str = "") -> None:
    subprocess.run(
        ["pulumi", *arguments, "--non-interactive"],
        cwd=folder,
        env=os.environ,
        input=given,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_outputs_come_from_the_stack(project: Path) -> None:
    assert batchsdk.connect("dev", project=project).outputs == stack_outputs()


def test_the_current_folder_is_the_project_unless_another_is_given(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert batchsdk.connect(environ={"BATCHSDK_STACK": "dev"}).outputs == stack_outputs()


def test_an_unknown_stack_is_told_in_pulumis_words(project: Path) -> None:
    with pytest.raises(ConnectionSettingsError, match="no stack named 'prod' found") as caught:
        batchsdk.connect("prod", project=project)
    assert "outputs=" in caught.value.hint


def test_a_stack_of_something_else_is_told(project: Path) -> None:
    with pytest.raises(StackOutputsError, match="keys seen: url"):
        batchsdk.connect("other", project=project)


def test_a_name_that_looks_like_an_option_is_only_a_name(project: Path) -> None:
    with pytest.raises(ConnectionSettingsError):
        batchsdk.connect("--show-secrets", project=project)


@pytest.mark.parametrize(
    ("folder", "complaint"), [("absent", "not exist"), ("state", "in the project.s folder")]
)
def test_a_folder_that_is_no_project_is_told(project: Path, folder: str, complaint: str) -> None:
    with pytest.raises(ConnectionSettingsError, match=complaint):
        batchsdk.connect("dev", project=project.parent / folder)
