"""redun's AWSBatchExecutor: what its jobs return comes back over S3."""

from __future__ import annotations

import ast
import json
import shutil

import pytest

from benchmarks.clients.environments import REDUN
from tests.foreign_clients.conftest import path_with
from tests.foreign_clients.versions import PROGRAMS
from tests.tool_environment import tool_environment

# The first time, the client is installed.
pytestmark = [pytest.mark.foreign_clients, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def python():
    return tool_environment("", REDUN.requirements)


@pytest.fixture
def redun(run, python, place, tmp_path):
    """Runs a task of the workflow; its scheduler is here, its tasks are jobs."""
    extra = {"containerProperties": {"environment": [{"name": "PATH", "value": path_with(python)}]}}
    settings = {
        "type": "aws_batch",
        "image": "redun",
        "queue": place.queue,
        "s3_scratch": f"s3://{place.bucket}/redun",
        "role": place.role,
        "memory": 1,
        "aws_region": "us-east-1",
        "job_def_extra": json.dumps(extra),
        "job_monitor_interval": 0.2,
        "job_stale_time": 5,  # a slow machine packs the code of the second task that long
        "min_array_size": 2,
    }
    lines = [f"{name} = {value}" for name, value in settings.items()]
    (tmp_path / ".redun").mkdir()
    (tmp_path / ".redun" / "redun.ini").write_text("\n".join(["[executors.batch]", *lines]))
    shutil.copy(PROGRAMS / "redun_workflow.py", tmp_path / "workflow.py")

    def call(task, **more):
        return run([python.with_name("redun"), "run", "workflow.py", task], **more)

    return call


def test_tasks_of_redun_are_an_array_and_a_job(redun, cluster):
    done = redun("main")
    first, second, said = ast.literal_eval(done.stdout.strip())
    assert {first[:2], second[:2]} == {(9, "0"), (16, "1")}
    assert {first[2], second[2]} == {cluster.queue}
    assert said == [0, f"hello from {cluster.environment}\n".encode()]
    jobs = cluster.batch.list_jobs(jobQueue=cluster.queue, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert sorted(each.get("arrayProperties", {}).get("size", 1) for each in jobs) == [1, 2]
