"""What a job has of the ECS agent: its variables, and the endpoint that tells it of its task."""

from __future__ import annotations

import json
import os
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.batch_requests import FARGATE, environment, queue, size, unique
from tests.conftest import BUSYBOX, eventually, make_cluster
from tests.localaws.real_server import Server

pytestmark = pytest.mark.sampled(2)

PATHS = ("", "/task", "/taskWithTags", "/stats", "/task/stats")
FETCH = {
    "process": (
        f"{sys.executable} -c 'import sys, urllib.request as r; "
        "sys.stdout.write(r.urlopen(sys.argv[1]).read().decode())'"
    ),
    "container": "wget -q -O -",
}
"""What prints the answer of a URL, where jobs are processes of this machine or containers."""
OF_THE_AGENT = {
    "AWS_EXECUTION_ENV",
    "ECS_AGENT_URI",
    "ECS_CONTAINER_METADATA_URI",
    "ECS_CONTAINER_METADATA_URI_V4",
}


@pytest.fixture(
    scope="module", params=["process", pytest.param("container", marks=pytest.mark.container)]
)
def executor(request):
    if request.param == "container":
        request.getfixturevalue("busybox")
    return request.param


@pytest.fixture(scope="module")
def machine(request, executor, tmp_path_factory):
    """Return a cluster whose jobs are processes, and one whose jobs are containers."""
    if executor == "process":
        yield make_cluster(request.getfixturevalue("local"), instance_type="c4.xlarge")
        return
    server = Server(tmp_path_factory.mktemp("home"))
    server.start("--executor", executor, "--stop-timeout", "1")
    yield make_cluster(server, instance_type="c4.xlarge")
    server.run("stop")


def variables(cluster, job):
    return dict(line.split("=", 1) for line in cluster.messages(job) if "=" in line)


def test_a_job_has_the_variables_of_the_agent_and_of_docker(machine, executor):
    found = variables(machine, machine.run(["env"]))

    assert found.keys() >= OF_THE_AGENT
    assert found["AWS_EXECUTION_ENV"] == "AWS_ECS_EC2"
    assert found["HOSTNAME"] == socket.gethostname()  # that of the network, which is the host's
    # In an image without a list of users root's is /.
    assert found["HOME"] in ([str(Path.home())] if executor == "process" else ["/root", "/"])
    assert "NVIDIA_VISIBLE_DEVICES" not in found


def test_a_process_has_the_servers_path_and_nothing_else_of_its_environment(cluster, monkeypatch):
    monkeypatch.setenv("OF_THE_SHELL", "1")
    found = variables(cluster, cluster.run(["env"]))
    assert found["PATH"] == os.environ["PATH"]
    assert not {"OF_THE_SHELL", "PYTEST_CURRENT_TEST", "VIRTUAL_ENV", "USER"} & found.keys()


def test_a_process_needs_a_command_of_the_definition_or_the_submission(cluster):
    job = cluster.run([])
    assert job["container"]["reason"].startswith("CannotStartContainerError: the process executor")
    override = {"containerOverrides": {"command": ["echo", "given"]}}
    assert cluster.messages(cluster.run([], **override)) == ["given"]


def test_a_job_may_choose_its_home_and_not_what_the_agent_says(machine):
    own = {"HOME": "/tmp", "ECS_CONTAINER_METADATA_URI_V4": "http://elsewhere"}
    environment = [{"name": name, "value": value} for name, value in own.items()]
    found = variables(
        machine, machine.run(["env"], containerOverrides={"environment": environment})
    )
    assert found["HOME"] == "/tmp"
    assert found["ECS_CONTAINER_METADATA_URI_V4"].startswith("http://127.0.0.1:")


def test_a_job_reads_of_its_task_what_describe_jobs_tells(machine, executor):
    asks = [f'{FETCH[executor]} "$ECS_CONTAINER_METADATA_URI_V4{path}"; echo' for path in PATHS]
    definition = machine.register(["sh", "-ec", "\n".join(asks)])
    job_id = machine.submit(definition, tags={"team": "seven"}, propagateTags=True)
    job = machine.until(job_id, "SUCCEEDED", "FAILED")
    assert job["status"] == "SUCCEEDED", machine.messages(job)
    container, task, with_tags, stats, task_stats = map(json.loads, machine.messages(job))

    arn = job["container"]["taskArn"]
    (described,) = machine.batch.describe_compute_environments(
        computeEnvironments=[machine.environment]
    )["computeEnvironments"]
    cluster = described["ecsClusterArn"].rpartition("/")[2]
    assert container["Name"] == "default"
    assert container["Image"] == BUSYBOX
    assert container["Limits"] == {"CPU": 1024, "Memory": 100}
    assert container["KnownStatus"] == "RUNNING"
    assert container["LogDriver"] == "awslogs"
    assert container["LogOptions"] == {
        "awslogs-group": "/aws/batch/job",
        "awslogs-region": "us-east-1",
        "awslogs-stream": job["container"]["logStreamName"],
    }
    assert container["Labels"] == {
        "com.amazonaws.ecs.cluster": cluster,
        "com.amazonaws.ecs.container-name": "default",
        "com.amazonaws.ecs.task-arn": arn,
        "com.amazonaws.ecs.task-definition-family": definition,
        "com.amazonaws.ecs.task-definition-version": "1",
    }
    assert container["ContainerARN"].startswith(arn.replace(":task/", ":container/"))
    assert container["Networks"] == [{"NetworkMode": "host", "IPv4Addresses": [""]}]
    told = {key: task[key] for key in ("TaskARN", "Cluster", "LaunchType", "Family", "Revision")}
    assert told == {
        "TaskARN": arn,
        "Cluster": cluster,
        "LaunchType": "EC2",
        "Family": definition,
        "Revision": "1",
    }
    assert task["AvailabilityZone"].startswith("us-east-1")
    assert task["VPCID"].startswith("vpc-")
    assert task["Containers"] == [container]
    assert "TaskTags" not in task
    assert with_tags["TaskTags"] == {"team": "seven"}
    assert stats["cpu_stats"]["cpu_usage"]["total_usage"] >= 0
    assert stats["memory_stats"]["usage"] > 0
    assert list(task_stats) == [container["DockerId"]]


def test_an_address_is_good_for_its_own_container_while_that_runs(local, cluster, tmp_path):
    go_on = tmp_path / "go on"
    wait = f"env; until test -e '{go_on}'; do sleep 0.02; done"
    jobs = [cluster.submit(cluster.register(["sh", "-c", wait])) for _ in range(2)]
    running = [cluster.until(each, "RUNNING") for each in jobs]
    addresses = [
        eventually(
            lambda job=job: variables(cluster, job).get("ECS_CONTAINER_METADATA_URI_V4"),
            lambda: "the job has not printed its variables",
        )
        for job in running
    ]
    for job, address in zip(running, addresses, strict=True):
        assert ask(f"{address}/task")[1]["TaskARN"] == job["container"]["taskArn"]
        assert ask(address.replace("/v4/", "/v3/"))[0] == 200

    first, second = (address.rpartition("-") for address in addresses)
    for wrong in (f"{first[0]}-{second[2]}", f"{first[0]}-", f"{local.endpoint_url}/v4/x"):
        assert ask(wrong)[0] in (403, 404)
    assert ask(f"{addresses[0]}/elsewhere")[0] == 404
    assert ask(addresses[0], method="POST")[0] == 405
    assert ask(addresses[0], headers={"Origin": "http://example.com"})[0] == 403

    go_on.touch()
    for job_id, address in zip(jobs, addresses, strict=True):
        cluster.until(job_id, "SUCCEEDED")
        status, text = ask(address)
        assert (status, "container metadata handler" in text) == (404, True)


def test_no_task_of_batch_can_be_protected(cluster):
    code = (
        "import os, urllib.request as r; "
        "u = os.environ['ECS_AGENT_URI'] + '/task-protection/v1/state'; "
        "q = r.Request(u, b'{\"ProtectionEnabled\": true}', method='PUT'); "
        "print(r.urlopen(q).read().decode())"
    )
    job = cluster.run([sys.executable, "-c", code])
    (line,) = cluster.messages(job)
    failure = {"Arn": job["container"]["taskArn"], "Reason": "TASK_NOT_VALID"}
    assert json.loads(line) == {"failure": failure}


def test_each_of_several_containers_has_an_address_of_its_own(new_cluster):
    cluster = new_cluster(instance_type="c4.xlarge")
    script = f'{FETCH["process"]} "$ECS_CONTAINER_METADATA_URI_V4"'
    containers = [
        {"name": name, "image": BUSYBOX, "command": ["sh", "-c", script], **size("1", "64")}
        for name in ("main", "side")
    ]
    containers[0]["dependsOn"] = [{"containerName": "side", "condition": "SUCCESS"}]
    containers[1]["essential"] = False
    name = unique()
    cluster.batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        ecsProperties={"taskProperties": [{"containers": containers}]},
    )
    job = cluster.until(cluster.submit(name), "SUCCEEDED", "FAILED")
    (task,) = job["ecsProperties"]["taskProperties"]
    for described in task["containers"]:
        (line,) = cluster.messages({"container": described})
        told = json.loads(line)
        assert (told["Name"], told["Limits"]) == (described["name"], {"CPU": 1024, "Memory": 64})
        assert told["LogOptions"]["awslogs-stream"] == described["logStreamName"]


def test_a_fargate_task_is_told_so(local):
    cluster = make_cluster(local)
    batch = cluster.batch
    name = unique()
    script = f'env; {FETCH["process"]} "$ECS_CONTAINER_METADATA_URI_V4/task"'
    batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        platformCapabilities=["FARGATE"],
        containerProperties={
            "image": BUSYBOX,
            "command": ["sh", "-c", script],
            "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
            **size("0.25", "512"),
        },
    )
    job_id = batch.submit_job(
        jobName="job", jobQueue=queue(batch, environment(batch, FARGATE)), jobDefinition=name
    )["jobId"]
    job = cluster.until(job_id, "SUCCEEDED", "FAILED")
    task = json.loads(cluster.messages(job)[-1])

    assert variables(cluster, job)["AWS_EXECUTION_ENV"] == "AWS_ECS_FARGATE"
    assert (task["LaunchType"], task["Limits"]) == ("FARGATE", {"CPU": 0.25, "Memory": 512})
    assert task["Cluster"].startswith("arn:aws:ecs:us-east-1:123456789012:cluster/")
    assert task["Containers"][0]["Networks"][0]["NetworkMode"] == "awsvpc"


def test_a_job_that_asks_for_gpus_is_told_of_them(new_cluster):
    cluster = new_cluster(instance_type="g4dn.12xlarge")
    gpus = [{"type": "GPU", "value": "2"}]
    definition = cluster.register(["env"], containerProperties={"resourceRequirements": gpus})
    job = cluster.until(cluster.submit(definition), "SUCCEEDED", "FAILED")
    assert variables(cluster, job)["NVIDIA_VISIBLE_DEVICES"] == "0,1"


def ask(url, *, method="GET", headers=None):
    """Return the status of a request, and its answer: read from JSON, or as text."""
    request = urllib.request.Request(url, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
