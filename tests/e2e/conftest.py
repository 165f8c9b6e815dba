"""What goes through all of it is held against IAM, as on AWS."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from localaws import LocalAws
from tests.conftest import PROJECT

RunDeploy = Callable[[str, Path], subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def enforced(request):
    """Have the local AWS, where a test has one, hold every call against the policies of IAM."""
    local = request.getfixturevalue("local") if "local" in request.fixturenames else None
    if local is None:
        yield
        return
    local.enforce_iam = True
    yield
    local.enforce_iam = False


@pytest.fixture(scope="session")
def run_deploy(local: LocalAws, programs: str) -> RunDeploy:
    """What runs ``localaws deploy`` for a stack whose file is in a folder, to its end."""
    python = shutil.which("python3", path=programs)
    assert python is not None

    def run(stack: str, folder: Path) -> subprocess.CompletedProcess[str]:
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(PROJECT / name, folder)
        return subprocess.run(
            [python, "-m", "localaws", "deploy", "--stack", stack, "--project", folder],
            cwd=PROJECT,
            env={**os.environ, **local.environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run
