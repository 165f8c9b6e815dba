"""What the command line does not import: it is used at every prompt, and answers at once."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

SLOW = {"boto3", "botocore", "docker", "flask", "grpc", "moto", "pulumi", "pulumi_aws", "pydantic"}
"""Packages that take a tenth of a second or more to import."""


@pytest.fixture
def home(local, tmp_path):
    """The folder of a local AWS that runs, as `start` leaves it."""
    path = tmp_path / "connection.json"
    local.connection.save(path)
    (tmp_path / "server.log").write_text("a line\n")
    local.control.on_stop = path.unlink
    yield tmp_path
    local.control.on_stop = lambda: None


def imported(home, *arguments):
    """Run the command line; return what it wrote, and the top-level packages that it imported."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "localaws", *arguments],
        env={**os.environ, "LOCALAWS_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    lines = re.findall(r"^import time: +\d+ \| +\d+ \| +(\w+)", done.stderr, re.MULTILINE)
    assert {"click", "json"} <= set(lines)  # the report has what certainly is imported
    return done.stdout, set(lines)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["--help"], "AWS on this machine"),
        (["status"], "healthy at http://127.0.0.1:"),
        (["env"], "export AWS_ENDPOINT_URL=http://127.0.0.1:"),
        (["credentials"], '"Version": 1'),
        (["logs"], "a line\n"),
        (["faults", "list"], ""),
        (["stop"], "stopped"),
        (["start", "--help"], "--port"),
    ],
    ids=" ".join,
)
def test_a_question_imports_neither_moto_nor_boto3_nor_pulumi(home, arguments, shown):
    output, packages = imported(home, *arguments)
    assert shown in output
    assert packages & SLOW == set()


def test_a_command_that_is_no_engine_imports_neither_moto_nor_pulumi_aws(home):
    output, packages = imported(home, "run", "--", "echo", "done")
    assert output == "done\n"
    assert packages & {"moto", "flask", "docker", "pulumi_aws"} == set()
