"""The pytest plugin, in a project of its own outside of the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import PROJECT

pytest_plugins = ["pytester"]

WITHOUT_PULUMI = """\
import sys

for name in ("pulumi", "pulumi_aws"):
    sys.modules[name] = None
"""
WITHOUT_DOCKER = "unix:///nonexistent/docker.sock"

HELD = """\
import os
from pathlib import Path

import batchsdk
import boto3
import pytest

HELLO = {"image": "busybox", "command": ["echo", "hello"], "vcpus": 1, "memory": 100}


def test_a_first_test_leaves_something(batch_queue, local_aws):
    batch = batch_queue({"hello": HELLO}, name="own", type="SPOT", max_vcpus=4)
    assert Path(os.environ["BATCHSDK_OUTPUTS"]).is_file()
    assert batchsdk.connect().outputs == batch.outputs == batchsdk.connect(ssm="/batch/own").outputs
    boto3.client("s3").create_bucket(Bucket="left")
    local_aws.faults.add("no-capacity")


def test_the_next_begins_empty(local_aws):
    assert boto3.client("s3").list_buckets()["Buckets"] == []
    assert boto3.client("batch").describe_job_queues()["jobQueues"] == []
    assert [each["RoleName"] for each in boto3.client("iam").list_roles()["Roles"]] == []
    assert local_aws.faults.describe() == []
    assert os.environ.keys().isdisjoint({"AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "BATCHSDK_STACK"})
    assert boto3.client("s3").meta.endpoint_url == local_aws.endpoint_url


def test_variables_are_set_during_a_test_alone(local_aws_server):
    assert os.environ["AWS_PROFILE"] == "production"
    assert "AWS_ENDPOINT_URL" not in os.environ


def test_a_job_has_the_permissions_of_its_definition(batch_queue):
    reads = {"permissions": {"s3Read": ["s3://data"]}, "platform": "FARGATE", "memory": 2048}
    batch = batch_queue({"hello": {**HELLO, **reads}}, type="FARGATE")
    batch.submit("hello").wait()
    (name,) = boto3.client("iam").list_role_policies(RoleName="test-job-hello")["PolicyNames"]
    policy = boto3.client("iam").get_role_policy(RoleName="test-job-hello", PolicyName=name)
    assert "arn:aws:s3:::data/*" in str(policy["PolicyDocument"])


def test_a_stack_file_is_checked_without_pulumi(capsys):
    from batch_platform.__main__ import main

    assert main(["check", "--stack", "dev"]) == 0
    assert "dev in ap-northeast-1: the config is valid" in capsys.readouterr().out


def test_what_cannot_be_made_is_refused(batch_queue, batch_stack):
    def refused(message, make, *arguments, **options):
        with pytest.raises(pytest.fail.Exception, match=message):
            make(*arguments, **options)

    unusable = {"hello": {**HELLO, "vcpus": 3000}}
    refused("batch-platform:jobDefinitions.hello", batch_queue, unusable)
    refused("makes EC2, SPOT, FARGATE, FARGATE_SPOT;", batch_queue, {}, type="UNMANAGED")
    refused("Object of type set is not JSON", batch_queue, {"hello": {"command": {"a set"}}})
    refused("pip install 'batchsdk.local,pulumi.'; or use", batch_stack, "Pulumi.dev.yaml")
    refused("Pulumi.other.yaml does not exist", batch_stack, "Pulumi.other.yaml")
    refused("write Pulumi.<stack>.yaml", batch_stack, "dev")
    assert boto3.client("batch").describe_compute_environments()["computeEnvironments"] == []
    batch_queue({"hello": HELLO})
    refused("test-default exists; fix: give each queue its name=", batch_queue, {"hello": HELLO})


def test_a_faulty_definition(batch_queue):
    batch_queue({"hello": {**HELLO, "comand": []}})
"""
PORTS = """\
import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def noted(local_aws):
    Path(os.environ["PYTEST_XDIST_WORKER"] + ".port").write_text(local_aws.endpoint_url)
"""


class Outcome(NamedTuple):
    """What a run of pytest told."""

    text: str
    passed: set[str]
    failed: dict[str, str]


def documented() -> dict[str, str]:
    """Return the files of the example in docs/localaws.md, by their names."""
    text = (PROJECT / "docs/localaws.md").read_text(encoding="utf-8")
    section = text.partition("## Testing your pipeline\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"```python\n# (\w+\.py)\n(.*?)```", section, re.DOTALL)
    return dict(blocks)


def run(folder: Path, *arguments: str) -> Outcome:
    """Run pytest in a folder, with variables that would lead to a real account."""
    scripts = sysconfig.get_path("scripts")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environ = {
        **kept,
        "PATH": os.pathsep.join((scripts, os.environ["PATH"])),
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "BATCHSDK_STACK": "production",
    }
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-rA", "--tb=short", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    passed = set(re.findall(r"^PASSED \S+::(\w+)", done.stdout, re.MULTILINE))
    failed = dict(re.findall(r"^(?:FAILED|ERROR) \S+::(\w+) - (.*)$", done.stdout, re.MULTILINE))
    return Outcome(done.stdout, passed, failed)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A pipeline with its test, as docs/localaws.md shows them, and a stack file."""
    for name, text in documented().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    shutil.copy(PROJECT / "Pulumi.dev.yaml", tmp_path)
    return tmp_path


@pytest.mark.timeout(900)
@pytest.mark.server_life
def test_a_pipeline_is_tested_without_pulumi(project: Path) -> None:
    for name in ("test_stack.py", "test_pipeline.py"):
        (project / name).unlink()
    (project / "conftest.py").write_text(WITHOUT_PULUMI, encoding="utf-8")
    (project / "test_held.py").write_text(HELD, encoding="utf-8")

    ran = run(project)

    assert ran.failed.keys() == {"test_a_faulty_definition"}, ran.text
    assert len(ran.passed) == 6
    failure = ran.text.partition(" test_a_faulty_definition ")[2].partition("\n====")[0]
    assert "jobDefinitions.hello.comand: unknown key (did you mean 'command'?)" in failure
    assert len(failure.splitlines()) <= 3, "a message without a traceback"


@pytest.mark.timeout(900)
@pytest.mark.server_life
def test_the_documented_tests_pass_with_a_local_aws_for_each_worker(project: Path) -> None:
    (project / "conftest.py").write_text(PORTS, encoding="utf-8")
    (project / "test_stack.py").write_text("def test_another_file(): pass", encoding="utf-8")

    ran = run(project, "-n", "2", "--dist", "loadfile")

    assert ran.failed == {}, ran.text
    assert len(ran.passed) == 4
    ports = {path.read_text(encoding="utf-8") for path in project.glob("*.port")}
    assert len(ports) == 2


@pytest.mark.timeout(900)
@pytest.mark.server_life
def test_a_stack_file_is_deployed(project: Path) -> None:
    ran = run(project, "test_stack.py")

    assert ran.passed == {"test_a_job_of_the_stack_runs"}, ran.text


def test_a_container_engine_that_does_not_answer_is_told(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", WITHOUT_DOCKER)
    pytester.makepyfile("def test_it(local_aws): pass")

    ran = pytester.runpytest_inprocess("--local-aws-executor", "container")

    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["the local AWS cannot start: no container engine answers*start one*"])


def test_what_is_not_installed_is_told(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("localaws.server")
    monkeypatch.setitem(sys.modules, "localaws.server", None)
    pytester.makepyfile("def test_it(local_aws): pass")

    ran = pytester.runpytest_inprocess()

    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["*pip install 'batchsdk?local?'*"])


def test_an_unknown_executor_is_refused_before_the_tests(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nlocal_aws_executor = docker\n")
    pytester.makepyfile("def test_it(): pass")

    ran = pytester.runpytest_inprocess()

    assert ran.ret is pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines(
        ["*local_aws_executor = docker: unknown name; choose one of process,*"]
    )


def test_the_plugin_alone_imports_none_of_the_local_aws() -> None:
    program = (
        "import sys, localaws.pytest_plugin\n"
        "heavy = {'batch_platform', 'batchsdk', 'botocore', 'moto', 'pulumi', 'pydantic'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
