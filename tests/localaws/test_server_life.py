"""The server from start to stop, by its own command line: real processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from types import SimpleNamespace
from urllib.parse import quote

import boto3
import pytest

from localaws import LocalAws
from localaws.credentials.connection import Connection
from localaws.system.process_identity import identity
from tests.batchsdk.site import Site
from tests.conftest import eventually, make_cluster
from tests.localaws.real_server import Server, gone, running_sleeper

pytestmark = pytest.mark.server_life


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path)
    yield made
    made.run("stop")


def test_from_start_to_stop(server, tmp_path):
    assert "not running" in server.run("status", code=3)
    said = server.start()
    assert said.startswith("local AWS at http://127.0.0.1:")
    assert "a local AWS runs at" in server.run("start", "--port", "0", code=1)

    cluster = make_cluster(server)
    cluster.run(["true"])
    _, process_ids = running_sleeper(cluster, tmp_path)
    status = server.status()
    assert status["status"] == "healthy"
    assert status["executor"] == "process"
    assert status["endpointUrl"] == server.client_arguments["endpoint_url"]
    assert status["batch"] == {
        "computeEnvironments": 1,
        "jobQueues": 1,
        "jobDefinitions": 2,
        "jobs": {"SUCCEEDED": 1, "RUNNING": 1},
    }
    assert "healthy at http://127.0.0.1:" in server.run("status")
    assert "POST /v1/submitjob" in server.run("logs")

    assert server.run("stop") == "stopped\n"
    gone([status["processId"], *process_ids])
    assert server.job_directories() == []
    assert not (tmp_path / "connection.json").exists()
    assert server.run("stop") == "no local AWS is running\n"
    assert "stopped" in server.run("logs", "--follow")


def test_a_reset_empties_every_account_without_a_restart(server, tmp_path):
    server.start()
    cluster = make_cluster(server)
    sqs = boto3.client("sqs", **server.client_arguments)
    sqs.create_queue(QueueName="queue")
    _, process_ids = running_sleeper(cluster, tmp_path)
    server.run("faults", "add", "throttling", "--service", "iam")
    before = server.status()

    server.deployed.write("stack", "urn", {"type": "a"})
    assert server.run("reset") == "empty\n"
    assert server.deployed.names() == []

    gone(process_ids)
    after = server.status()
    assert after["processId"] == before["processId"]
    assert after["batch"]["jobs"] == {}
    assert after["faults"] == 0
    assert cluster.batch.describe_job_queues()["jobQueues"] == []
    assert "QueueUrls" not in sqs.list_queues()
    assert make_cluster(server).run(["true"])["status"] == "SUCCEEDED"


def test_a_killed_server_leaves_no_job_behind(server, tmp_path):
    server.start()
    _, process_ids = running_sleeper(make_cluster(server), tmp_path)
    assert len(server.job_directories()) == 1
    server.kill()

    gone(process_ids)
    eventually(lambda: not server.job_directories() or None, lambda: str(server.job_directories()))
    assert "not running" in server.run("status", code=3)


def test_folders_that_a_killed_server_left_are_swept_at_the_next_start(server):
    with subprocess.Popen(["sleep", "3600"]) as killed:
        left = server.home / "tmp" / f"localaws-job-{quote(identity(killed.pid), safe='')}-left"
        killed.kill()
    left.mkdir()
    (left / "file").write_text("data")
    ours = server.home / "tmp" / f"localaws-job-{quote(identity(os.getpid()), safe='')}-ours"
    ours.mkdir()
    server.start()
    assert server.job_directories() == [ours]


def test_a_taken_port_is_a_clear_error(server, local):
    port = local.endpoint_url.rsplit(":", 1)[1]
    said = server.run("start", "--port", port, "--executor", "process", code=1)
    assert f"cannot start on port {port}" in said
    said = server.run("start", "--detach", "--port", port, "--executor", "process", code=1)
    assert f"cannot start on port {port}" in said


def test_health_needs_no_key_and_tells_no_secret(local):
    with urllib.request.urlopen(f"{local.endpoint_url}/_localaws/health", timeout=300) as answer:
        assert json.loads(answer.read()) == {"status": "healthy"}


def test_accounts_have_keys_and_resources_of_their_own(server):
    server.start()
    other = "210987654321"
    key = json.loads(server.run("credentials", "--account", other))
    theirs = {
        **server.client_arguments,
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    assert json.loads(server.run("credentials", "--account", other)) == key
    assert boto3.client("sts", **theirs).get_caller_identity()["Account"] == other

    ours = make_cluster(server)
    assert boto3.client("batch", **theirs).describe_job_queues()["jobQueues"] == []
    boto3.client("sqs", **theirs).create_queue(QueueName="theirs")
    assert "QueueUrls" not in boto3.client("sqs", **server.client_arguments).list_queues()

    batch = boto3.client("batch", **theirs)
    arn = batch.register_job_definition(
        jobDefinitionName="definition",
        type="container",
        containerProperties={"image": "x", "command": ["true"], "vcpus": 1, "memory": 4},
    )["jobDefinitionArn"]
    assert arn == f"arn:aws:batch:us-east-1:{other}:job-definition/definition:1"
    assert ours.batch.describe_job_definitions(status="ACTIVE")["jobDefinitions"] == []
    assert "12 digits" in server.run("credentials", "--account", "12", code=1)


def test_a_job_calls_the_local_aws_as_its_own_account(local):
    connection = local.connection_for("210987654321", "eu-west-1")

    theirs = {
        "endpoint_url": connection.endpoint_url,
        "region_name": connection.region,
        "aws_access_key_id": connection.access_key_id,
        "aws_secret_access_key": connection.secret_access_key,
    }
    cluster = make_cluster(SimpleNamespace(client_arguments=theirs))
    script = (
        "import boto3; print(boto3.client('sts').get_caller_identity()['Account'], "
        "boto3.session.Session().region_name)"
    )
    job = cluster.run([sys.executable, "-c", script])
    assert cluster.messages(job) == ["210987654321 eu-west-1"]


def test_keys_that_iam_gave_out_are_good_for_their_account(local):
    connection = local.connection_for("210987654321")
    ours = {**local.client_arguments, "aws_access_key_id": connection.access_key_id}
    ours["aws_secret_access_key"] = connection.secret_access_key
    iam = boto3.client("iam", **ours)
    iam.create_user(UserName="user")
    key = iam.create_access_key(UserName="user")["AccessKey"]
    users = {
        **local.client_arguments,
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    assert boto3.client("sts", **users).get_caller_identity()["Account"] == "210987654321"
    assert boto3.client("batch", **users).describe_job_queues()["jobQueues"] == []


def test_faults_by_the_command_line(server):
    server.start()
    batch = boto3.client("batch", **server.client_arguments)
    assert server.run("faults", "add", "throttling", "--operation", "Describe*") == "1\n"
    assert "meteor" in server.run("faults", "add", "meteor", code=2)
    assert "times" in server.run("faults", "add", "reset", "--times", "0", code=1)
    with pytest.raises(batch.exceptions.ClientError, match="Rate exceeded"):
        batch.describe_job_queues()
    assert "1  throttling  *:Describe*  job *  struck" in server.run("faults", "list")
    assert server.run("faults", "clear") == "1\n"
    assert server.run("faults", "list") == ""
    batch.describe_job_queues()


def test_schedules_by_the_command_line(server):
    server.start("--executor", "noop")
    cluster = make_cluster(server)
    iam = boto3.client("iam", **server.client_arguments)
    role = iam.create_role(RoleName="scheduler", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    request = {
        "JobName": "nightly",
        "JobQueue": cluster.queue,
        "JobDefinition": cluster.register(["true"]),
    }
    boto3.client("scheduler", **server.client_arguments).create_schedule(
        Name="dev-nightly-1a2b3c4",
        ScheduleExpression="cron(0 2 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:scheduler:::aws-sdk:batch:submitJob",
            "RoleArn": role,
            "Input": json.dumps(request),
        },
    )
    listed = server.run("schedules", "list")
    assert "dev-nightly-1a2b3c4  cron(0 2 * * ? *) UTC  next 2" in listed
    fired = server.run("schedules", "advance", "1d")
    (job_id,) = re.findall(r"T02:00:00Z  dev-nightly-1a2b3c4  job ([0-9a-f-]{36})\n", fired)
    cluster.until(job_id, "SUCCEEDED")
    assert server.run("schedules", "advance", "1s") == "nothing was due\n"
    assert "  job " in server.run("schedules", "fire", "dev-nightly")
    assert job_id in server.run("schedules", "list")
    assert "fired for" in server.run("logs")
    assert "'soon' is no duration" in server.run("schedules", "advance", "soon", code=2)
    assert "is no duration" in server.run("schedules", "advance", "", code=2)
    assert "up to a year" in server.run("schedules", "advance", "999d", code=1)
    assert "no schedule 'weekly'" in server.run("schedules", "fire", "weekly", code=1)


def test_realistic_states_last(server):
    server.start("--realistic")
    batch = boto3.client("batch", **server.client_arguments)
    batch.create_compute_environment(
        computeEnvironmentName="own",
        type="UNMANAGED",
        serviceRole="arn:aws:iam::123456789012:role/service",
    )
    (found,) = batch.describe_compute_environments()["computeEnvironments"]
    assert found["status"] == "CREATING"  # for 10 seconds; without the option it is over at once


def test_the_noop_executor_runs_nothing(server, tmp_path):
    server.start("--executor", "noop")
    assert server.status()["executor"] == "noop"
    job = make_cluster(server).run(["touch", str(tmp_path / "ran")])
    assert job["status"] == "SUCCEEDED"
    assert not (tmp_path / "ran").exists()


def test_without_reachability_every_network_reaches_aws(server, monkeypatch):
    server.start("--no-reachability")
    for name, value in Connection.load(server.home / "connection.json").environ.items():
        monkeypatch.setenv(name, value)
    site = Site(server)
    site.ec2.delete_route(RouteTableId=site.table, DestinationCidrBlock="0.0.0.0/0")
    job = site.deploy().submit("wait", command=["true"])
    assert job.wait(timeout=300).status == "SUCCEEDED"


def test_an_executor_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"executor 'podman': .* auto, process, container, noop"):
        LocalAws(executor="podman")
