"""luigi's BatchTask, and its target in S3."""

from __future__ import annotations

import pytest

from tests.foreign_clients.conftest import PROGRAMS, path_with
from tests.tool_environment import tool_environment

LUIGI, BOTO3 = "3.8.1", "1.44.5"

pytestmark = pytest.mark.foreign_clients


@pytest.fixture(scope="module")
def python():
    return tool_environment(f"luigi-{LUIGI}-boto3-{BOTO3}", [f"luigi=={LUIGI}", f"boto3=={BOTO3}"])


@pytest.fixture
def luigi(run, python, cluster, bucket):
    """Runs a task by luigi's own command, whose jobs run a command with the AWS CLI."""
    definition = cluster.register(
        ["sh", "-c", 'echo $(($0 * $0)) | aws s3 cp - "$1"', "Ref::number", "Ref::to"]
    )
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
    failed = luigi("Told", "--number", "-0x", exit_code=4)
    assert "-0x" in failed.stderr
