"""`python -m localaws run`: what goes first, and what comes of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.fixture
def run(local):
    def call(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "localaws", "run", *arguments],
            env={**os.environ, **local.environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return call


def test_what_goes_first_has_the_same_environment(run, local):
    shown = "sh -c 'echo $AWS_ENDPOINT_URL $PULUMI_BACKEND_URL'"
    answer = run("--first", shown, "--", "sh", "-c", "echo $AWS_ENDPOINT_URL $PULUMI_BACKEND_URL")
    assert answer.returncode == 0, answer.stderr
    first, second = answer.stdout.splitlines()
    assert first == second
    assert first.startswith(f"{local.connection.endpoint_url} file:///")


def test_if_what_goes_first_fails_nothing_follows(run):
    answer = run("--first", "sh -c 'exit 3'", "--", "echo", "followed")
    assert (answer.returncode, answer.stdout) == (3, "")
