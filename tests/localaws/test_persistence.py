"""A data directory keeps what the local AWS holds over a restart."""

from __future__ import annotations

import json

import boto3
import pytest

from localaws import LocalAws
from localaws.persistence.data_directory import DataDirectory, versions
from tests.conftest import eventually, make_cluster, wait_valid
from tests.localaws.real_server import Server, gone, running_sleeper

pytestmark = pytest.mark.server_life


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path)
    yield made
    made.run("stop")


def fill(server):
    """Make something in each service that is kept."""
    clients = {
        name: boto3.client(name, **server.client_arguments)
        for name in ("ec2", "events", "iam", "logs", "s3", "sns", "sqs", "ssm")
    }
    clients["ec2"].create_vpc(CidrBlock="10.9.0.0/16")
    clients["events"].put_rule(Name="rule", EventPattern='{"source": ["aws.batch"]}')
    clients["iam"].create_user(UserName="user")
    clients["logs"].create_log_group(logGroupName="group")
    clients["s3"].create_bucket(Bucket="bucket")
    clients["s3"].put_object(Bucket="bucket", Key="key", Body=b"value")
    topic = clients["sns"].create_topic(Name="topic")["TopicArn"]
    url = clients["sqs"].create_queue(QueueName="queue")["QueueUrl"]
    clients["sqs"].send_message(QueueUrl=url, MessageBody="first")
    arn = "arn:aws:sqs:us-east-1:123456789012:queue"
    clients["sns"].subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    clients["ssm"].put_parameter(Name="/batch/local", Value="outputs", Type="String")
    clients["ssm"].add_tags_to_resource(
        ResourceType="Parameter", ResourceId="/batch/local", Tags=[{"Key": "a", "Value": "b"}]
    )


def found(server):
    """Read what :func:`fill` made."""
    client = {
        name: boto3.client(name, **server.client_arguments)
        for name in ("ec2", "events", "iam", "logs", "s3", "sns", "sqs", "ssm")
    }
    url = client["sqs"].get_queue_url(QueueName="queue")["QueueUrl"]
    filters = [{"Name": "cidr", "Values": ["10.9.0.0/16"]}]
    return {
        "ec2": len(client["ec2"].describe_vpcs(Filters=filters)["Vpcs"]),
        "events": client["events"].list_rules()["Rules"][0]["Name"],
        "iam": client["iam"].get_user(UserName="user")["User"]["UserName"],
        "logs": len(client["logs"].describe_log_groups(logGroupNamePrefix="group")["logGroups"]),
        "s3": client["s3"].get_object(Bucket="bucket", Key="key")["Body"].read(),
        "sns": len(client["sns"].list_subscriptions()["Subscriptions"]),
        "sqs": client["sqs"].receive_message(QueueUrl=url)["Messages"][0]["Body"],
        "ssm": client["ssm"].get_parameter(Name="/batch/local")["Parameter"]["Value"],
        "tags": client["ssm"].list_tags_for_resource(
            ResourceType="Parameter", ResourceId="/batch/local"
        )["TagList"],
    }


EXPECTED = {
    "ec2": 1,
    "events": "rule",
    "iam": "user",
    "logs": 1,
    "s3": b"value",
    "sns": 1,
    "sqs": "first",
    "ssm": "outputs",
    "tags": [{"Key": "a", "Value": "b"}],
}


def test_everything_survives_a_stop_and_a_start(server, tmp_path):
    data = str(tmp_path / "data")
    server.start("--persist", data)
    fill(server)
    server.deployed.write("stack", "urn", {"type": "a"})
    cluster = make_cluster(server, max_vcpus=2)
    finished = cluster.run(["echo", "kept"])
    ran, process_ids = running_sleeper(cluster, tmp_path)
    behind = cluster.submit(cluster.register(["true"]), dependsOn=[{"jobId": ran}])
    blocker = cluster.submit(cluster.register(["true"], containerProperties={"vcpus": 2}))
    cluster.until(blocker, "RUNNABLE")
    server.run("stop")
    gone(process_ids)

    server.start("--persist", data)

    assert found(server) == EXPECTED
    assert server.deployed.read("stack") == {"urn": {"type": "a"}}
    clients = {name: boto3.client(name, **server.client_arguments) for name in ("batch", "logs")}
    cluster = cluster._replace(**clients)
    assert cluster.job(finished["jobId"]) == finished
    assert cluster.messages(finished) == ["kept"]
    lost = cluster.job(ran)
    assert lost["status"] == "FAILED"
    assert lost["statusReason"].startswith("Host EC2 (instance i-")
    assert "exitCode" not in lost["container"]
    assert cluster.job(behind)["statusReason"] == "Dependent Job failed"
    cluster.until(blocker, "SUCCEEDED")
    ssm = boto3.client("ssm", **server.client_arguments)
    ssm.put_parameter(Name="/batch/other", Value="later", Type="String")
    assert cluster.run(["echo", "new"])["status"] == "SUCCEEDED"


def test_what_was_saved_before_a_kill_is_there_and_lost_jobs_are_retried(server, tmp_path):
    data = tmp_path / "data"
    server.start("--persist", str(data))
    cluster = make_cluster(server)
    marker = tmp_path / "second"
    script = f"test -e {marker} && exit 0; sleep 3600"
    definition = cluster.register(["sh", "-c", script], retryStrategy={"attempts": 2})
    job_id = cluster.submit(definition)
    cluster.until(job_id, "RUNNING")
    saved = data / "state"
    before = saved.stat().st_mtime_ns if saved.exists() else 0
    cluster.register(["true"])  # from here on there is something to save
    eventually(
        lambda: (saved.exists() and saved.stat().st_mtime_ns > before) or None,
        lambda: "nothing was saved",
    )
    server.kill()
    marker.touch()

    server.start("--persist", str(data))
    cluster = cluster._replace(batch=boto3.client("batch", **server.client_arguments))
    wait_valid(lambda: cluster.batch.describe_job_queues(jobQueues=[cluster.queue])["jobQueues"])
    job = cluster.until(job_id, "SUCCEEDED", "FAILED")
    assert job["status"] == "SUCCEEDED"
    assert len(job["attempts"]) == 2
    assert job["attempts"][0]["statusReason"].startswith("Host EC2")


def test_a_file_of_another_version_is_refused_and_left_alone(server, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    file = data / "state"
    file.write_bytes(json.dumps({**versions(), "moto": "1.2.3"}).encode() + b"\nrest")
    said = server.run("start", "--port", "0", "--persist", str(data), code=1)
    assert "was written by other versions: moto 1.2.3 (here" in said
    assert file.read_bytes().endswith(b"\nrest")


def test_a_file_that_is_something_else_is_refused(server, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "state").write_bytes(b"something else\n")
    said = server.run("start", "--port", "0", "--persist", str(data), code=1)
    assert "format unknown" in said
    assert "Traceback" not in said


def test_a_data_directory_has_one_server_at_a_time(tmp_path):
    first = DataDirectory(tmp_path)
    with pytest.raises(OSError, match="is used by another local AWS"):
        LocalAws(executor="process", data=tmp_path)
    assert first.load() is None
    first.release()
