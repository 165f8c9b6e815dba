"""The AWS SDK for JavaScript v3: jobs, their logs, and S3 in all the ways that it sends a body."""

from __future__ import annotations

import json

import pytest

from tests.foreign_clients.versions import PROGRAMS
from tests.tool_environment import node_packages

PROGRAM = PROGRAMS / "javascript"

# The first time, the client is installed.
pytestmark = [pytest.mark.foreign_clients, pytest.mark.timeout(900)]


def test_the_sdk_for_javascript_runs_a_job_and_uses_s3(run, cluster, bucket):
    modules = node_packages("javascript-sdk", PROGRAM) / "node_modules"
    done = run(["node", PROGRAM / "jobs.cjs", cluster.queue, bucket], {"NODE_PATH": str(modules)})
    found = json.loads(done.stdout)
    job = found["job"]
    assert (job["status"], job["exitCode"]) == ("SUCCEEDED", 0)
    assert job["log"] == [f"42 for Node.js in {cluster.queue}"]
    assert 0 <= job["seconds"] < 60
    assert job["refused"] == ["ClientException", True]
    assert (found["host"], found["hosts"]) == ("by host", [f"{bucket}.localhost"])
    assert found["objects"] == {
        "buffer": True,
        "stream": True,
        "parts": 2,
        "multipart": True,
        "range": "345",
        "presignedPut": 200,
        "presignedGet": "presigned",
        "presignedOther": 403,
        "missing": "NoSuchKey",
        "keys": ["buffer", "by fetch", "host", "parts", "stream"],
    }
