"""A pipeline by plain boto3, with nothing but what `python -m localaws env` sets."""

from __future__ import annotations

import json
import sys

import pytest

from tests.foreign_clients.versions import PROGRAMS

# The first time, the client is installed.
pytestmark = [pytest.mark.foreign_clients, pytest.mark.timeout(900)]


def test_a_pipeline_of_boto3_waits_pages_and_reads_its_results(run, cluster, bucket):
    done = run([sys.executable, PROGRAMS / "boto3_pipeline.py", cluster.queue, bucket])
    found = json.loads(done.stdout)
    assert found == {
        "array": "SUCCEEDED",
        "summary": {"SUCCEEDED": 3},
        "total": 9 + 16 + 25,
        "failed": ["FAILED", 7, "Essential container in task exited"],
        "log": ["no such number"],
        "pages": 3,
        "parts": 2,
        "presigned": "50",
    }
