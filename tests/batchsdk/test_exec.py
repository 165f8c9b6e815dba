"""A command in a job that runs: what refuses it, what the plugin is given, and the local AWS."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

from batchsdk import InvalidArgumentError, JobLostError, UsageError
from localaws.batch import ecs_exec
from localaws.control import session_plugin
from tests.aws_clients import client_of
from tests.batchsdk.fakes import FakeTransport, connect, job
from tests.conftest import eventually
from tests.localaws.principals import Principals, allow

TASK = "arn:aws:ecs:us-east-1:123456789012:task/cluster-1/abc"
SESSION = {
    "sessionId": "ecs-execute-command-1",
    "streamUrl": "wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/x",
    "tokenValue": "a secret",
}


def running(**more):
    return job("RUNNING", container={"taskArn": TASK, "enableExecuteCommand": True}) | more


@pytest.fixture
def transport():
    made = FakeTransport()
    made.reads["DescribeTasks"] = {"tasks": [{"containers": [named("default", "run-1")]}]}
    made.reads["ExecuteCommand"] = {"session": SESSION}
    return made


def named(name, runtime_id="run"):
    return {"name": name, "runtimeId": runtime_id}


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A program in the plugin's place, which writes down what it is given; exit code 7."""
    path, told = tmp_path / "session-manager-plugin", tmp_path / "told"
    path.write_text(
        f"#!{sys.executable}\nimport json, sys\n"
        f"open({str(told)!r}, 'w').write(json.dumps(sys.argv[1:]))\nsys.exit(7)\n"
    )
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return told


def test_the_plugin_is_given_what_the_aws_cli_gives_it(transport, plugin):
    transport.script("job-1", running())
    assert connect(transport).exec("job-1", ["sh", "-c", "echo 'a b'"]) == 7
    session, *others = json.loads(plugin.read_text())
    assert json.loads(session) == SESSION
    assert others == [
        "us-east-1",
        "StartSession",
        "",
        '{"Target": "ecs:cluster-1_abc_run-1"}',
        "https://ecs.us-east-1.amazonaws.com",
    ]
    assert transport.calls[-1] == (
        "ExecuteCommand",
        {
            "cluster": "cluster-1",
            "task": TASK,
            "container": "default",
            "command": """sh -c 'echo '"'"'a b'"'"''""",
            "interactive": True,
        },
    )


def test_without_the_plugin_nothing_is_asked(transport, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with pytest.raises(UsageError, match="session-manager-plugin is not installed") as caught:
        connect(transport).exec("job-1", ["sh"])
    assert "working-with-install-plugin" in caught.value.hint
    assert transport.calls == []


@pytest.mark.parametrize(
    ("described", "complaint"),
    [
        (running(status="RUNNABLE"), "is RUNNABLE, not RUNNING; wait until it runs"),
        (running(status="SUCCEEDED"), "is SUCCEEDED, not RUNNING; submit it again"),
        (running(arrayProperties={"size": 2}), "is an array, which runs nothing itself"),
        (running(arrayProperties={"size": 2}), "name a child: job-1:0"),
        (running(nodeProperties={"numNodes": 2}), "name one: 'job-1#0'"),
        (running(container={}, eksProperties={"podProperties": {}}), "runs on EKS"),
        (running(container={"taskArn": TASK}), "containerProperties: {enableExecuteCommand: true}"),
        (running(container={"enableExecuteCommand": True}), "has no ECS task yet"),
    ],
)
def test_what_no_command_can_run_in_is_refused(described, complaint, transport, plugin):
    transport.script("job-1", described)
    with pytest.raises(InvalidArgumentError) as caught:
        connect(transport).exec("job-1", ["sh"])
    assert complaint in str(caught.value)
    assert transport.count("ExecuteCommand") == 0


@pytest.mark.parametrize("command", [[], "sh", [1], ["a\0b"], ["x" * 9000]])
def test_what_is_no_command_is_refused(command, transport, plugin):
    transport.script("job-1", running())
    with pytest.raises(InvalidArgumentError, match="command"):
        connect(transport).exec("job-1", command)
    assert transport.calls == []


@pytest.mark.parametrize(
    ("names", "wanted", "found"),
    [
        (["main", "sidecar"], "sidecar", "sidecar"),
        (["default", "aws-fargate-supervisor"], None, "default"),
        (["main", "sidecar"], None, "job-1 has several containers; one of main, sidecar"),
        (["main", "sidecar"], "sidecart", "did you mean 'sidecar'?"),
    ],
)
def test_one_of_several_containers_is_named(names, wanted, found, transport, plugin):
    transport.reads["DescribeTasks"] = {"tasks": [{"containers": list(map(named, names))}]}
    task = {"taskArn": TASK, "enableExecuteCommand": True, "containers": []}
    transport.script("job-1", running(container={}, ecsProperties={"taskProperties": [task]}))
    batch = connect(transport)
    if found in names:
        batch.exec("job-1", ["sh"], container=wanted)
        assert transport.calls[-1][1]["container"] == found
    else:
        with pytest.raises(InvalidArgumentError) as caught:
            batch.exec("job-1", ["sh"], container=wanted)
        assert found in str(caught.value)


def test_jobs_and_tasks_that_are_gone_are_told(transport, plugin):
    with pytest.raises(JobLostError):
        connect(transport).exec("job-1", ["sh"])
    transport.script("job-1", running())
    transport.reads["DescribeTasks"] = {"tasks": [], "failures": [{"reason": "MISSING"}]}
    with pytest.raises(InvalidArgumentError, match="its ECS task is gone"):
        connect(transport).exec("job-1", ["sh"])


@pytest.fixture
def open_job(stack):
    """Submit a job whose definition has ECS Exec turned on, and wait until it runs."""
    batch, submitted = client_of_stack(stack), []

    def submit(**more):
        container = {
            "image": "busybox",
            "command": ["sleep", "600"],
            "vcpus": 1,
            "memory": 100,
            "enableExecuteCommand": True,
            **more,
        }
        name = f"open-{stack.outputs.job_queues['default'].name}"
        made = batch.register_job_definition(
            jobDefinitionName=name, type="container", containerProperties=container
        )
        job = stack.batch.submit(f"{name}:{made['revision']}")
        submitted.append(job)
        eventually(lambda: job.describe().status == "RUNNING" or None, lambda: "not RUNNING")
        return job

    yield submit
    for each in submitted:
        each.terminate("seen")


def client_of_stack(stack):
    import boto3  # noqa: PLC0415  # with the variables of the stack

    return boto3.client("batch")


def test_exec_on_the_local_aws(stack, open_job):
    job = open_job()
    script = 'echo "$AWS_BATCH_JOB_ID is here"; exit 3'
    done = stack.run("exec", job.id, "--", "sh", "-c", script)
    assert (done.returncode, done.stderr) == (0, "")  # AWS does not tell 3 either
    assert f"\n{job.id} is here\n" in done.stdout
    assert re.match(r"\nStarting session with SessionId: ecs-execute-command-\w+\n", done.stdout)
    missing = stack.run("exec", job.id, "--", "no-such-program")
    assert "no-such-program: No such file or directory" in missing.stdout
    off = stack.batch.submit("sleep", parameters={"WaitTime": "60"})
    eventually(lambda: off.describe().status == "RUNNING" or None, lambda: "not RUNNING")
    refused = stack.run("exec", off.id, "--", "sh")
    off.terminate("seen")
    assert refused.returncode == 2
    assert "enableExecuteCommand: true" in refused.stderr


@pytest.mark.every_case
def test_a_terminal_passes_on_its_keys_and_its_size(stack, open_job):
    job = open_job()
    master, slave = pty.openpty()
    subprocess.run(["stty", "rows", "33", "cols", "99"], stdin=slave, check=True)
    script = "trap 'stty size; exit' INT; echo ready; while :; do sleep 0.1; done"
    command = [sys.executable, "-m", "batchsdk", "exec", job.id, "--", "sh", "-c", script]
    with subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=stack.variables,
        start_new_session=True,
    ) as shown:
        os.close(slave)
        seen = b""
        while b"ready" not in seen:
            seen += os.read(master, 1000)
        os.write(master, b"\x03")  # Ctrl-C, for the command in the job
        while b"Exiting session" not in seen:
            seen += os.read(master, 1000)
        assert shown.wait(60) == 0
    os.close(master)
    assert b"33 99\r\n" in seen


@pytest.mark.every_case
def test_a_session_ends_with_its_job(stack, open_job):
    job = open_job()
    command = [sys.executable, "-m", "batchsdk", "exec", job.id, "--", "sh", "-c", "echo up; cat"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=stack.variables, text=True
    ) as shown:
        assert any(line == "up\n" for line in shown.stdout)
        job.terminate("enough")
        assert "Exiting session" in shown.stdout.read()
        assert shown.wait(60) == 0


def request_for(job, **more):
    arn = job.describe().raw["container"]["taskArn"]
    wanted = {"cluster": arn.split("/")[1], "task": arn, "command": "true", "interactive": True}
    return wanted | more


@pytest.mark.parametrize(
    ("properties", "changes", "code"),
    [
        ({}, {"interactive": False}, "InvalidParameterException"),
        ({}, {"cluster": "default"}, "InvalidParameterException"),
        ({}, {"container": "other"}, "InvalidParameterException"),
        ({}, {"command": "sh -c 'open"}, "InvalidParameterException"),
        ({"enableExecuteCommand": False}, {}, "InvalidParameterException"),
        ({"readonlyRootFilesystem": True}, {}, "TargetNotConnectedException"),
    ],
)
def test_the_local_aws_refuses_what_ecs_refuses(properties, changes, code, local, open_job):
    job = open_job(**properties)
    with pytest.raises(ClientError) as caught:
        client_of(local, "ecs").execute_command(**request_for(job, **changes))
    assert caught.value.response["Error"]["Code"] == code


def test_the_role_of_the_task_must_reach_systems_manager(local, open_job):
    principals = Principals(local)
    actions = list(ecs_exec.CHANNELS)
    local.enforce_iam = True
    try:
        for granted, is_open in ((actions, True), (actions[1:], False)):
            role = principals.role(
                allow(granted, ["*"]), trusts={"Service": "ecs-tasks.amazonaws.com"}
            )
            job = open_job(jobRoleArn=role)
            ask = client_of(local, "ecs").execute_command
            if is_open:
                assert ask(**request_for(job))["session"]["tokenValue"]
            else:
                with pytest.raises(ClientError, match="TargetNotConnectedException"):
                    ask(**request_for(job))
    finally:
        local.enforce_iam = False


def test_a_stream_is_of_who_knows_its_secret(local, open_job):
    opened = client_of(local, "ecs").execute_command(**request_for(open_job()))["session"]
    for token in ("", "x" * 43, opened["tokenValue"][:-1]):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{opened['streamUrl']}{token}/output", timeout=30)
        with caught.value as answer:
            assert answer.code == 404


def test_a_session_that_nobody_looks_at_ends(local, open_job, monkeypatch, tmp_path):
    monkeypatch.setattr(ecs_exec, "UNUSED_SECONDS", 0.5)
    script = f"echo $$ > {tmp_path}/id; sleep 600"
    request = request_for(open_job(), command=shlex.join(["sh", "-c", script]))
    client_of(local, "ecs").execute_command(**request)
    told = tmp_path / "id"
    eventually(lambda: (told.exists() and told.read_text().strip()) or None, lambda: "no process")
    leader = int(told.read_text())
    eventually(lambda: is_gone_from_here(leader) or None, lambda: f"{leader} runs")


def is_gone_from_here(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_plugin_of_the_local_aws_reads_no_other_streams(capsys):
    for url in ("wss://127.0.0.1:1/x", "http://example.org:80/x", "http://127.0.0.1/x"):
        assert session_plugin.main([json.dumps(SESSION | {"streamUrl": url})]) == 1
    assert "not of a local AWS" in capsys.readouterr().err
