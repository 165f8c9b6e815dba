"""`batch-platform recover`, as a user runs it; its way through the engine is in tests/engine."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from batch_platform.plan import ENVIRONMENT_TAG
from tests.aws_clients import client_of

pytestmark = pytest.mark.sampled(3)

PROJECT = Path(__file__).parent.parent.parent.parent
PROVIDER = {
    "urn": "urn:pulumi:dev::batch-platform::pulumi:providers:aws::default",
    "type": "pulumi:providers:aws",
    "custom": True,
    "inputs": {"region": "us-east-1"},
}


def pending(kind, type_, title, **inputs):
    resource = {
        "urn": f"urn:pulumi:dev::batch-platform::{type_}::dev-{title}",
        "type": type_,
        "custom": True,
        "inputs": inputs,
    }
    return {"type": kind, "resource": resource}


def exported(*operations):
    deployment = {"resources": [PROVIDER], "pending_operations": list(operations)}
    return json.dumps({"version": 3, "deployment": deployment})


@pytest.fixture
def recover(local, tmp_path):
    def call(*arguments, given="", path=None, modules=("batch_platform.recovery",)):
        environ = {**os.environ, **local.environ, "PYTHONPATH": str(PROJECT)}
        if path is not None:
            environ["PATH"] = path
        module, *verb = modules
        return subprocess.run(
            [sys.executable, "-m", module, *verb, "--stack", "dev", *arguments],
            cwd=tmp_path,
            env=environ,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return call


@pytest.fixture
def role(local):
    """A role of the environment that no state knows."""
    iam = client_of(local, "iam")
    name = f"dev-job-{uuid.uuid4().hex[:6]}"
    iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument="{}",
        Tags=[{"Key": ENVIRONMENT_TAG, "Value": "dev"}],
    )
    yield name
    iam.delete_role(RoleName=name)  # fails if it is not there any more


@pytest.mark.parametrize("modules", [("batch_platform", "recover"), ("batch_platform.recovery",)])
def test_without_pending_operations_it_says_nothing(recover, modules):
    answer = recover("--state", "-", given=exported(), modules=modules)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_without_pending_operations_neither_pulumi_nor_boto3_is_imported(tmp_path):
    (tmp_path / "state.json").write_text(exported())
    code = (
        "import sys; from batch_platform.recovery.command import main; "
        "assert main(['--stack', 'dev', '--state', sys.argv[1]]) == 0; "
        "print(sorted({'pulumi', 'boto3', 'pydantic'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "state.json"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "[]\n"


def test_a_state_is_looked_at_and_nothing_is_changed(recover, role, tmp_path):
    operations = [
        pending("creating", "aws:iam/role:Role", "job", name=role),
        pending("creating", "aws:iam/role:Role", "instance", name="dev-instance-0000000"),
        pending("updating", "aws:batch/jobQueue:JobQueue", "default", name="dev-default-1"),
        pending("reading", "aws:ec2/vpc:Vpc", "vpc"),
    ]
    (tmp_path / "state.json").write_text(exported(*operations))
    answer = recover("--state", "state.json")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines() == [
        "dev: an update was cut off",
        f"  creating Role dev-job: AWS has {role}, to be deleted",
        "  creating Role dev-instance: AWS has nothing that the state lacks",
        "  updating JobQueue dev-default: in the state, to be refreshed",
    ]


def test_a_request_that_was_in_flight_at_the_kill_is_waited_for(local, tmp_path):
    """A provider plugin outlives its engine for a while and ends what it has begun."""
    name = f"dev-job-{uuid.uuid4().hex[:6]}"
    state = json.loads(exported(pending("creating", "aws:iam/role:Role", "job", name=name)))
    now = datetime.datetime.now(datetime.UTC)
    state["deployment"]["manifest"] = {"time": now.isoformat()}
    (tmp_path / "state.json").write_text(json.dumps(state))
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "batch_platform.recovery",
            "--stack",
            "dev",
            "--state",
            "state.json",
        ],
        cwd=tmp_path,
        env={**os.environ, **local.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    iam = client_of(local, "iam")
    assert "in flight" in process.stderr.readline()
    iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument="{}",
        Tags=[{"Key": ENVIRONMENT_TAG, "Value": "dev"}],
    )
    try:
        output, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        assert f"creating Role dev-job: AWS has {name}, to be deleted" in output
    finally:
        iam.delete_role(RoleName=name)


def test_a_state_of_another_account_is_refused(recover, role):
    vpc = {
        "urn": "urn:pulumi:dev::batch-platform::aws:ec2/vpc:Vpc::dev-vpc",
        "type": "aws:ec2/vpc:Vpc",
        "custom": True,
        "outputs": {"arn": "arn:aws:ec2:us-east-1:210987654321:vpc/vpc-1"},
    }
    state = json.loads(exported(pending("creating", "aws:iam/role:Role", "job", name=role)))
    state["deployment"]["resources"].append(vpc)
    answer = recover("--state", "-", given=json.dumps(state))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "of account 123456789012, and this stack is in 210987654321" in answer.stderr


def test_the_roles_that_the_provider_assumed_are_assumed_again(recover, role):
    """The other account has nothing of that name; only this one has."""
    arn = "arn:aws:iam::210987654321:role/deployer"
    state = json.loads(exported(pending("creating", "aws:iam/role:Role", "job", name=role)))
    inputs = state["deployment"]["resources"][0]["inputs"]
    inputs["assumeRoles"] = json.dumps([{"roleArn": arn}])
    answer = recover("--state", "-", given=json.dumps(state))
    assert answer.returncode == 0, answer.stderr
    assert "creating Role dev-job: AWS has nothing that the state lacks" in answer.stdout


def test_an_unknown_type_is_refused_by_urn_before_anything_is_done(recover, role):
    bucket = pending("creating", "aws:s3/bucket:Bucket", "bucket", name="dev-bucket")
    known = pending("creating", "aws:iam/role:Role", "job", name=role)
    answer = recover("--state", "-", given=exported(bucket, known))
    assert answer.returncode == 1
    assert bucket["resource"]["urn"] in answer.stderr
    assert "by hand" in answer.stderr


@pytest.mark.parametrize("text", ["", "[]", '{"deployment": 1}', '{"version": 3}'])
def test_what_is_no_export_is_refused(recover, text):
    answer = recover("--state", "-", given=text)
    assert answer.returncode == 1
    assert "not what `pulumi stack export` writes" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_file_that_is_not_there_is_named(recover):
    answer = recover("--state", "absent.json")
    assert answer.returncode == 1
    assert "absent.json" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_without_an_engine_it_says_how_to_get_one(recover, tmp_path):
    answer = recover(path=str(tmp_path))
    assert answer.returncode == 1
    assert "make pulumi" in answer.stderr
