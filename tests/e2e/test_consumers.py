"""The examples of services that read the stack's outputs without Pulumi, run as they are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.aws_clients import client_of
from tests.conftest import eventually

pytestmark = pytest.mark.deployments

PROJECT = Path(__file__).parent.parent.parent
EXAMPLES = PROJECT / "examples" / "consumers"
STACK_FILE = """\
config:
  aws:region: us-east-1
  batch-platform:network: {mode: public}
  batch-platform:computeEnvironments: {default: {type: EC2, instanceTypes: [c4.large]}}
  batch-platform:jobQueues: {default: {computeEnvironments: [default]}}
  batch-platform:jobDefinitions:
    hello:
      image: public.ecr.aws/docker/library/busybox
      command: [echo, "Ref::Target"]
      memory: 100
      parameters: {Target: "nobody said"}
"""


@pytest.fixture(scope="module")
def stack(run_deploy, tmp_path_factory):
    """A stack on the local AWS."""
    folder = tmp_path_factory.mktemp("project")
    name = f"test-{uuid.uuid4().hex[:6]}"
    (folder / f"Pulumi.{name}.yaml").write_text(STACK_FILE)
    deployed = run_deploy(name, folder)
    assert deployed.returncode == 0, deployed.stderr
    return name


def run(local, command):
    programs = str(Path(sys.executable).parent)
    path = os.pathsep.join((programs, os.environ["PATH"]))
    answer = subprocess.run(
        command,
        cwd=PROJECT,
        env={**os.environ, **local.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def succeeded(local, job_id):
    """Wait for the job; return its name and what it echoed."""
    batch = client_of(local, "batch")

    def finished():
        (job,) = batch.describe_jobs(jobs=[job_id])["jobs"]
        return job if job["status"] in {"SUCCEEDED", "FAILED"} else None

    job = eventually(finished, lambda: f"{job_id} does not end")
    assert job["status"] == "SUCCEEDED"
    return job["jobName"], job["parameters"]["Target"]


def test_boto3_and_the_ssm_parameter(local, stack):
    job_id = run(local, [sys.executable, EXAMPLES / "ssm_parameter.py", stack])
    assert succeeded(local, job_id) == ("from-boto3", "from boto3")


@pytest.mark.skipif(shutil.which("jq") is None, reason="no jq on PATH: install it")
def test_the_aws_cli_and_the_ssm_parameter(local, stack):
    job_id = run(local, [EXAMPLES / "ssm_parameter.sh", stack])
    assert succeeded(local, job_id) == ("from-shell", "nobody said")


def test_batchsdk(local, stack):
    said = run(local, [sys.executable, EXAMPLES / "connect.py", f"/batch/{stack}"])
    assert said == "from batchsdk"
