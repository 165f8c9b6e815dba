"""luigi's BatchTask, and its target in S3."""

from __future__ import annotations

import pytest

from tests.foreign_clients.conftest import path_with
from tests.foreign_clients.versions import LUIGI, PROGRAMS
from tests.tool_environment import tool_environment

SQUARE = """\
[ $0 -ge 0 ] || { echo "$0 is below zero"; exit 3; }
echo $(($0 * $0)) | aws s3 cp - "$1"
"""

# The first time, the client is installed.
pytestmark = [pytest.mark.foreign_clients, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def python():
    return tool_environment("", LUIGI)


@pytest.fixture
def luigi(run, python, cluster, bucket):
    """Runs a task by luigi's own command, whose jobs run a command with the AWS CLI."""
    definition = cluster.register(["sh", "-c", SQUARE, "Ref::number", "Ref::to"])
    environ = {
        "PYTHONPATH": str(PROGRAMS),
        "BUCKET": bucket,
        "JOB_DEFINITION": definition,
        "JOB_QUEUE": cluster.queue,
        "PATH": path_with(python),
    }

    def call(*arguments, **more):
        program = [python.with_name("luigi"), "--module", "luigi_tasks", "--local-scheduler"]
        return run([*program, "--retcode-task-failed", 30, *arguments], environ, **more)

    return call


def test_a_task_of_luigi_is_a_job_once(luigi, cluster):
    assert "squared: 144\n" in luigi("Told", "--number", 12).stdout
    jobs = cluster.batch.list_jobs(jobQueue=cluster.queue, jobStatus="SUCCEEDED")
    assert len(jobs["jobSummaryList"]) == 1


def test_a_job_that_fails_tells_luigi_its_log(luigi):
    assert "failed: -4 is below zero" in luigi("Told", "--number=-4", exit_code=30).stderr
