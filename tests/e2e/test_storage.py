"""The storage of a stack, used by its jobs and its submitters with no more than their policies."""

from __future__ import annotations

import json
import os
import random
import string
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

import batchsdk
from tests.aws_clients import client_of
from tests.conftest import PROJECT
from tests.localaws.principals import Principals

pytestmark = pytest.mark.deployments

QUICK = batchsdk.Polling(shortest=0.1, longest=1)
READS_ITS_POINT = (
    f"import sys; sys.path.insert(0, {str(PROJECT)!r}); import batchsdk; task = batchsdk.task(); "
    "print(task.index, task.parameters['word'][:4])"
)
WRITES = """\
import os, boto3
bucket, _, key = os.environ["BATCHSDK_OUTPUT"].removeprefix("s3://").partition("/")
boto3.client("s3").put_object(Bucket=bucket, Key=key + "value", Body=b"41")
"""
ADDS = """\
import os, boto3
s3 = boto3.client("s3")
bucket, _, key = os.environ["BATCHSDK_INPUT_FIRST"].removeprefix("s3://").partition("/")
print(int(s3.get_object(Bucket=bucket, Key=key + "value")["Body"].read()) + 1, flush=True)
ledger = s3.list_objects_v2(Bucket=bucket, Prefix="ledger/")["Contents"][0]["Key"]
s3.get_object(Bucket=bucket, Key=ledger)
"""
STACK_FILE = """\
config:
  aws:region: us-east-1
  batch-platform:network: {mode: public}
  batch-platform:computeEnvironments: {default: {type: EC2, instanceTypes: [c4.large]}}
  batch-platform:jobQueues: {default: {computeEnvironments: [default]}}
  batch-platform:jobDefaults: {readonlyRootFilesystem: false}
  batch-platform:consumers: {managedPolicies: true}
  batch-platform:storage: {enabled: true}
  batch-platform:jobDefinitions:
    shared: {image: busybox, command: ["true"], memory: 100}
    own: {image: busybox, command: ["true"], memory: 100, permissions: {}}
"""


class Deployed:
    """A stack with storage, its file, and sessions of those who have its policies."""

    def __init__(self, local, run_deploy, folder: Path) -> None:
        self.local, self.folder, self._deploy = local, folder, run_deploy
        self.name = f"test-{uuid.uuid4().hex[:6]}"
        self.s3 = client_of(local, "s3")
        self.outputs = json.loads(self.deploy(STACK_FILE).stdout)
        self.file = folder / "outputs.json"
        self.file.write_text(json.dumps(self.outputs))
        self.bucket = self.outputs["storage"].removeprefix("s3://")

    def deploy(self, text: str):
        (self.folder / f"Pulumi.{self.name}.yaml").write_text(text)
        done = self._deploy(self.name, self.folder)
        assert done.returncode == 0, done.stderr
        return done

    def session(self, policy_arn: str):
        """Return a session of a role that has one policy of the stack, and nothing else."""
        principals = Principals(self.local)
        role = principals.role()
        name = role.rpartition("/")[2]
        principals.root("iam").attach_role_policy(RoleName=name, PolicyArn=policy_arn)
        return principals.session(role)


@pytest.fixture(scope="module")
def stack(local, run_deploy, tmp_path_factory):
    return Deployed(local, run_deploy, tmp_path_factory.mktemp("project"))


@pytest.fixture
def submitter(stack, monkeypatch, tmp_path):
    """The environment of a program whose caller has the policy of the queue's submitters."""
    caller = stack.session(stack.outputs["jobQueues"]["default"]["submitterPolicyArn"])
    environ = {**stack.local.environ, **caller.environ, "XDG_DATA_HOME": str(tmp_path)}
    for key, value in environ.items():
        monkeypatch.setenv(key, value)
    monkeypatch.delenv("BATCHSDK_LEDGER", raising=False)
    return caller


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_sweeps_values_and_runs_need_no_argument(stack, submitter):
    batch = batchsdk.connect(outputs=stack.file)
    letters = random.Random(0)
    words = ["".join(letters.choices(string.printable[:62], k=4000)) for _ in range(3)]
    sweep = batch.sweep("own", over={"word": words}, command=python(READS_ITS_POINT))
    sweep.wait(100, polling=QUICK)
    assert len(sweep.jobs) == 1
    said = [batch.job(each.job_id).logs().text.strip() for each in sweep.results()]
    assert said == [f"{index} {word[:4]}" for index, word in enumerate(words)]

    with batch.workflow("nightly") as workflow:
        first = workflow.submit("shared", name="first", command=python(WRITES))
        workflow.submit("own", name="second", command=python(ADDS), after=[first])
    run = workflow.run("nightly-1")
    with pytest.raises(batchsdk.WorkflowFailedError):
        run.wait(100, polling=QUICK)
    text = run.jobs["second"][0].logs().text
    assert "42\n" in text
    assert "s3:GetObject" in text, "the ledger is none of the jobs' business"
    assert run.run.ledger.location == f"{stack.outputs['storage']}/ledger"
    assert [each.name for each in batch.runs(ledger="stack")] == ["nightly-1"]


def test_functions_go_through_the_storage(stack, submitter):
    batch = batchsdk.connect(outputs=stack.file)
    image = {"python": sys.executable, "environment": {"PYTHONPATH": str(PROJECT)}}
    with batch.executor("own", **image) as pool:
        assert list(pool.map(pow, [2, 3], [3, 2])) == [8, 9]
    found = stack.s3.list_objects_v2(Bucket=stack.bucket, Prefix="sweeps/functions/")
    assert found["KeyCount"] == 4, "a function, the arguments, two results"


def test_the_command_line_finds_the_run_from_any_machine(stack, submitter):
    assert [each["name"] for each in json.loads(command(stack, "runs", "--json"))] == ["nightly-1"]
    again = command(stack, "resume", "nightly-1", "--ledger", "stack", "--dry-run", "--json")
    assert "second" in again
    page = stack.folder / "report.html"
    command(stack, "report", "nightly-1", "--file", str(page))
    assert "second" in page.read_text()


def test_an_observer_reads_the_ledger_and_nothing_else(stack, monkeypatch, tmp_path):
    caller = stack.session(stack.outputs["observerPolicyArn"])
    for key, value in {**stack.local.environ, **caller.environ}.items():
        monkeypatch.setenv(key, value)
    assert "nightly-1" in command(stack, "runs", "--ledger", "stack")
    with pytest.raises(batchsdk.LedgerError, match="AccessDenied") as caught:
        batchsdk.connect(outputs=stack.file).run("mine", ledger="stack")
    assert "another ledger: ledger=FILE" in str(caught.value.hint)
    values = "runs/nightly-1/first/value"
    assert caller.denied("s3", "get_object", Bucket=stack.bucket, Key=values)[2] == 403


def command(stack, *arguments: str) -> str:
    environ = {**os.environ, "BATCHSDK_OUTPUTS": str(stack.file)}
    environ.pop("BATCHSDK_LEDGER", None)
    done = subprocess.run(
        [sys.executable, "-m", "batchsdk", *arguments],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_deploying_again_keeps_what_is_stored(stack):
    before = stack.s3.list_objects_v2(Bucket=stack.bucket)["KeyCount"]
    stack.deploy(STACK_FILE.replace("{enabled: true}\n", "{enabled: true, expireDays: 7}\n"))
    assert stack.s3.list_objects_v2(Bucket=stack.bucket)["KeyCount"] == before > 0


def test_a_bucket_with_something_in_it_stays_and_stays_closed(stack):
    without = STACK_FILE.replace("  batch-platform:storage: {enabled: true}\n", "")
    (stack.folder / f"Pulumi.{stack.name}.yaml").write_text(without)
    done = stack._deploy(stack.name, stack.folder)
    assert done.returncode != 0
    assert "BucketNotEmpty" in done.stderr
    blocked = stack.s3.get_public_access_block(Bucket=stack.bucket)
    assert all(blocked["PublicAccessBlockConfiguration"].values())
    assert stack.s3.get_bucket_versioning(Bucket=stack.bucket)["Status"] == "Enabled"
    stack.deploy(STACK_FILE)
