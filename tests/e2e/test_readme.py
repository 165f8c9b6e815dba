"""The README, run as it is: its commands in their order, in one shell, in a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.conftest import PROJECT

TIMEOUT_SECONDS = 900
"""Two deployments, by Python alone and by the engine, where other tests run beside this one."""

pytestmark = [
    pytest.mark.engine,
    pytest.mark.server_life,
    pytest.mark.timeout(TIMEOUT_SECONDS + 60),
]


def blocks(section):
    """Return the shell blocks of a section of the README."""
    text = (PROJECT / "README.md").read_text()
    body = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```", body, re.DOTALL | re.MULTILINE)


@pytest.fixture
def checkout(tmp_path):
    """A copy of the project with the environment that `make setup` has made already."""
    folder = tmp_path / "checkout"
    skipped = shutil.ignore_patterns(".git", ".venv", ".*_cache", "__pycache__", "tests")
    shutil.copytree(PROJECT, folder, ignore=skipped)
    (folder / ".venv").symlink_to(PROJECT / ".venv")
    return folder


def test_aws_on_this_machine(checkout, tmp_path):
    without, with_engine = blocks("AWS on this machine")
    # A free port, and jobs that need no image: the machine may have a server, and no registry.
    start = "localaws start --detach"
    assert start in without
    without = without.replace(start, f"{start} --port 0 --executor process")
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
    }
    try:
        done = subprocess.run(
            ["bash", "-ec", without + with_engine],
            cwd=checkout,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
    finally:  # the last command has stopped it, unless one before it failed
        stop = [sys.executable, "-m", "localaws", "stop"]
        subprocess.run(stop, cwd=PROJECT, env=environ, capture_output=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert done.stdout.count("Hello, AWS Batch :)\n") == 2, said
    assert re.search(r"^local: \d+ created$", done.stderr, re.MULTILINE), said
    assert '"jobQueueName"' in done.stdout
    assert not (tmp_path / ".localaws" / "connection.json").exists()
