"""The types of pulumi-aws that mypy reads: current, and they find what is wrong in a call."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import provider_stubs

ROOT = Path(__file__).parents[2]


@pytest.mark.every_case
def test_the_stubs_are_current() -> None:
    written = {
        str(path.relative_to(provider_stubs.STUBS)): path.read_text(encoding="utf-8")
        for path in provider_stubs.STUBS.rglob("*.pyi")
    }
    made = provider_stubs.stubs(provider_stubs.sources(), provider_stubs.installed())
    assert written == made, "run `make docs`"


@pytest.mark.every_case
def test_mistakes_in_calls_of_resources_are_found() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "tests/batch_platform/typed/resource_arguments.py",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_name_that_the_package_lacks_is_told(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("import pulumi_aws as aws\n\naws.batch.JobQeue\n")
    with pytest.raises(SystemExit, match=r"pulumi_aws\.batch has no JobQeue"):
        provider_stubs.stubs([module], provider_stubs.installed())
