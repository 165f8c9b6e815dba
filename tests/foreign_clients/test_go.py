"""The AWS SDK for Go v2: jobs, their logs, and S3 with the checksums that it sends by default."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

from tests.conftest import refuse
from tests.foreign_clients.versions import PROGRAMS

PROGRAM = PROGRAMS / "go"

# The first time, the client is installed.
pytestmark = [pytest.mark.foreign_clients, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """The program, built with the modules that `go.sum` locks."""
    if shutil.which("go") is None:
        refuse("no go on PATH")
    built = tmp_path_factory.mktemp("go") / "jobs"
    done = subprocess.run(
        # Nothing is optimized: the SDK has a million lines to compile.
        ["go", "build", "-mod=readonly", "-gcflags=all=-N -l", "-o", built, "."],
        env={**os.environ, "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"},
        cwd=PROGRAM,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        refuse(f"the program in Go cannot be built: {done.stderr[-1000:]}")
    return built


def test_the_sdk_for_go_runs_a_job_and_uses_s3(run, jobs, cluster, bucket):
    found = json.loads(run([jobs, cluster.queue, bucket]).stdout)
    assert found == {
        "Status": "FAILED",
        "ExitCode": 3,
        "Log": [f"gopher in {cluster.queue}"],
        "Refused": True,
        "Buffer": True,
        "Parts": "2",
        "Multipart": True,
        "PresignedPut": 200,
        "PresignedGet": "presigned",
        "Missing": True,
    }
