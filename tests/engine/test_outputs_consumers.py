"""The examples of services that read the stack's outputs through Pulumi, run as they are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

import batchsdk
from tests.aws_clients import client_of
from tests.engine.stacks import PROJECT

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]

EXAMPLES = PROJECT / "examples" / "consumers"


@pytest.fixture(scope="module")
def stack(new_stack):
    """A stack that is up."""
    made = new_stack()
    made.up()
    return made


def run(stack, folder, *command):
    answer = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **stack.environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def test_another_pulumi_program_by_a_stack_reference(stack, local, tmp_path):
    project = shutil.copytree(EXAMPLES / "stack_reference", tmp_path / "nightly-report")
    pulumi = ("pulumi", "--non-interactive", "--color=never")
    run(stack, project, *pulumi, "stack", "init", stack.name)
    reference = f"organization/batch-platform/{stack.name}"
    run(stack, project, *pulumi, "config", "set", "batchStack", reference)
    try:
        run(stack, project, *pulumi, "up", "--yes", "--skip-preview")
        read = json.loads(run(stack, project, *pulumi, "stack", "output", "--json"))

        outputs = stack.outputs()
        assert read["jobQueue"] == outputs["jobQueues"]["default"]["name"]
        assert read["jobDefinition"] == outputs["jobDefinitions"]["hello"]["name"]
        iam = client_of(local, "iam")
        name = read["role"].rpartition("/")[2]
        (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
        document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        (statement,) = document["Statement"]
        assert statement["Action"] == "batch:SubmitJob"
        queue, definition = statement["Resource"]
        assert queue == outputs["jobQueues"]["default"]["arn"]
        assert definition == outputs["jobDefinitions"]["hello"]["arn"].removesuffix("1") + "*"
    finally:
        run(stack, project, *pulumi, "destroy", "--yes", "--skip-preview")


@pytest.mark.skipif(shutil.which("jq") is None, reason="no jq on PATH: install it")
def test_pulumi_stack_output_piped_to_a_tool(stack, local):
    job_id = run(stack, stack.folder, EXAMPLES / "stack_output.sh", stack.name).strip()
    batch = client_of(local, "batch")
    (job,) = batch.describe_jobs(jobs=[job_id])["jobs"]
    assert job["jobName"] == "from-ci"
    assert job["jobQueue"] == stack.outputs()["jobQueues"]["default"]["arn"]


def test_batchsdk_asks_the_pulumi_cli(stack, monkeypatch):
    for name, value in stack.environ.items():
        monkeypatch.setenv(name, value)
    batch = batchsdk.connect(stack.name, project=stack.folder)
    job = batch.submit("hello", parameters={"Target": "by the stack's name"})
    job.wait()
    assert job.logs().text == "by the stack's name"
