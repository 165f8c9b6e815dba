"""Failures on demand, each as a client sees it on the wire or on a job."""

from __future__ import annotations

import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
)

from tests.aws_clients import client_of
from tests.batch_requests import size, unique
from tests.conftest import BUSYBOX, eventually, wait_valid

ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def faults(local):
    yield local.faults
    local.faults.clear()


@pytest.fixture
def batch(local):
    return boto3.client("batch", config=ONCE, **local.client_arguments)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("too-many-requests", (429, "TooManyRequestsException")),
        ("throttling", (400, "ThrottlingException")),
        ("server-error", (500, "InternalFailure")),
        ("unavailable", (503, "ServiceUnavailable")),
    ],
)
@pytest.mark.parametrize("service", ["batch", "sqs", "iam", "ec2", "s3"])
def test_an_error_comes_as_often_as_told_in_the_services_own_protocol(
    local, faults, service, kind, answer
):
    calls = {
        "batch": "describe_job_queues",
        "sqs": "list_queues",
        "iam": "list_roles",
        "ec2": "describe_vpcs",
        "s3": "list_buckets",
    }
    client = boto3.client(service, config=ONCE, **local.client_arguments)
    call = getattr(client, calls[service])
    fault = faults.add(kind, service=service, times=2)
    for _ in range(2):
        with pytest.raises(ClientError) as raised:
            call()
        response = raised.value.response
        assert (
            response["ResponseMetadata"]["HTTPStatusCode"],
            response["Error"]["Code"],
        ) == answer
    call()
    assert fault.hits == 2


def test_a_client_that_retries_gets_over_throttling(local, faults):
    config = Config(retries={"mode": "standard", "total_max_attempts": 3})
    batch = boto3.client("batch", config=config, **local.client_arguments)
    fault = faults.add("throttling", service="batch", times=2)
    batch.describe_job_queues()
    assert fault.hits == 2


def test_a_fault_meets_only_its_operation(local, faults, batch):
    faults.add("server-error", service="batch", operation="SubmitJob")
    faults.add("server-error", operation="Create*")
    batch.describe_job_queues()
    client_of(local, "sqs").list_queues()
    for client, call in (("sqs", "create_queue"), ("sns", "create_topic")):
        argument = {"QueueName": "q"} if client == "sqs" else {"Name": "t"}
        with pytest.raises(ClientError, match="internal error"):
            getattr(boto3.client(client, config=ONCE, **local.client_arguments), call)(**argument)


def test_a_fault_can_wait_for_a_job_name(cluster, faults, batch):
    faults.add("too-many-requests", operation="SubmitJob", job_name="nightly-*")
    definition = cluster.register(["true"])
    request = {"jobQueue": cluster.queue, "jobDefinition": definition}
    with pytest.raises(ClientError, match="TooManyRequests"):
        batch.submit_job(jobName="nightly-1", **request)
    batch.submit_job(jobName="daily", **request)


def test_a_reset_connection_leaves_nothing_done(cluster, faults, batch):
    definition = cluster.register(["true"])
    faults.add("reset", operation="SubmitJob", times=1)
    name = f"job-{uuid.uuid4().hex[:8]}"
    request = {"jobName": name, "jobQueue": cluster.queue, "jobDefinition": definition}
    with pytest.raises(ConnectionClosedError):
        batch.submit_job(**request)
    assert jobs_named(cluster, name) == []


def test_a_lost_answer_comes_after_the_effect(cluster, faults, batch):
    definition = cluster.register(["true"])
    faults.add("lost-answer", operation="SubmitJob", times=1)
    name = f"job-{uuid.uuid4().hex[:8]}"
    request = {"jobName": name, "jobQueue": cluster.queue, "jobDefinition": definition}
    with pytest.raises(ConnectionClosedError):
        batch.submit_job(**request)
    assert len(jobs_named(cluster, name)) == 1


def jobs_named(cluster, name):
    return cluster.batch.list_jobs(
        jobQueue=cluster.queue, filters=[{"name": "JOB_NAME", "values": [name]}]
    )["jobSummaryList"]


def test_a_slow_answer_outlasts_an_impatient_client(local, faults, batch):
    impatient = Config(retries={"total_max_attempts": 1}, read_timeout=0.2)
    hasty = boto3.client("batch", config=impatient, **local.client_arguments)
    faults.add("slow", service="batch", seconds=2, times=1)
    with pytest.raises(ReadTimeoutError):
        hasty.describe_job_queues()
    batch.describe_job_queues()


def test_a_truncated_answer_comes_after_the_effect_and_says_nothing(cluster, faults, batch):
    # botocore takes a body that is not JSON for an answer without members.
    faults.add("truncated", operation="SubmitJob", times=1)
    name = f"job-{uuid.uuid4().hex[:8]}"
    request = {"jobQueue": cluster.queue, "jobDefinition": cluster.register(["true"])}
    assert "jobId" not in batch.submit_job(jobName=name, **request)
    assert len(jobs_named(cluster, name)) == 1


def test_a_web_page_instead_of_an_answer_leaves_nothing_done(cluster, faults, batch):
    faults.add("html", operation="SubmitJob", times=1)
    name = f"job-{uuid.uuid4().hex[:8]}"
    request = {"jobQueue": cluster.queue, "jobDefinition": cluster.register(["true"])}
    answer = batch.submit_job(jobName=name, **request)
    assert "jobId" not in answer
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "text/html"
    assert jobs_named(cluster, name) == []


def test_a_log_stream_that_is_not_there_yet(cluster, faults):
    job = cluster.run(["echo", "hello"])
    faults.add("no-log-stream", times=1)
    with pytest.raises(cluster.logs.exceptions.ResourceNotFoundException, match="log stream"):
        cluster.messages(job)
    assert cluster.messages(job) == ["hello"]


def test_a_probability_with_a_seed_gives_the_same_failures_again(faults, batch):
    def outcomes():
        fault = faults.add("server-error", service="batch", probability=0.5, seed=7)
        seen = []
        for _ in range(12):
            try:
                batch.describe_job_queues()
                seen.append(True)
            except ClientError:
                seen.append(False)
        faults.remove(fault)
        return seen

    first = outcomes()
    assert outcomes() == first
    assert set(first) == {True, False}


def test_a_lost_host_fails_the_job_without_an_exit_code(cluster, faults):
    definition = cluster.register(["sleep", "3600"])
    job_id = cluster.submit(definition, jobName="loses-its-host")
    cluster.until(job_id, "RUNNING")
    faults.add("host-loss", job_name="loses-its-host", times=1)
    job = cluster.until(job_id, "FAILED")

    assert job["statusReason"].startswith("Host EC2 (instance i-")
    assert job["statusReason"].endswith(") terminated.")
    assert "exitCode" not in job["container"]
    assert job["attempts"][0]["statusReason"] == job["statusReason"]


def test_several_containers_lose_their_host_without_an_exit_code_then_or_later(cluster, faults):
    name = unique()
    containers = [
        {"name": each, "image": BUSYBOX, "command": ["sleep", "3600"]} | size("1", "64")
        for each in ("main", "side")
    ]
    cluster.batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        ecsProperties={"taskProperties": [{"containers": containers}]},
    )
    job_id = cluster.submit(name, jobName="of-two-containers")
    cluster.until(job_id, "RUNNING")
    faults.add("host-loss", job_name="of-two-containers", times=1)
    cluster.until(job_id, "FAILED")
    cluster.run(["sleep", "0.5"])  # meanwhile the processes are gone too

    job = cluster.job(job_id)
    (attempt,) = job["attempts"]
    for owner in (job["ecsProperties"], attempt):
        (task,) = owner["taskProperties"]
        assert not any("exitCode" in each for each in task["containers"])


def test_a_container_that_uses_too_much_memory_is_killed_and_another_is_not(cluster, faults):
    definition = cluster.register(["sleep", "3600"])
    fault = faults.add("out-of-memory", job_name="hungry-*", times=1)
    job = cluster.until(cluster.submit(definition, jobName="hungry-1"), "FAILED")
    other = cluster.submit(definition, jobName="hungry-2")
    cluster.until(other, "RUNNING")

    assert fault.hits == 1
    assert job["statusReason"] == "Essential container in task exited"
    for told in (job["container"], job["attempts"][0]["container"]):
        assert told["exitCode"] == 137
        assert told["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    cluster.batch.terminate_job(jobId=other, reason="the test is over")


def test_of_several_containers_the_essential_one_is_killed(cluster, faults):
    name = unique()
    sleeps = {"image": BUSYBOX, "command": ["sleep", "3600"]} | size("1", "64")
    containers = [
        sleeps | {"name": "side", "essential": False},
        sleeps | {"name": "main", "essential": True},
    ]
    cluster.batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        ecsProperties={"taskProperties": [{"containers": containers}]},
    )
    job_id = cluster.submit(name, jobName="hungry-of-two")
    cluster.until(job_id, "RUNNING")
    faults.add("out-of-memory", job_name="hungry-of-two", times=1)
    job = cluster.until(job_id, "FAILED")

    ((task,),) = ([each["taskProperties"][0]["containers"]] for each in job["attempts"])
    found = {each["name"]: (each["exitCode"], each.get("reason")) for each in task}
    assert found == {
        "main": (137, "OutOfMemoryError: Container killed due to memory usage"),
        "side": (137, None),
    }


def test_a_reclaimed_spot_host_is_retried_by_the_strategy(cluster, faults):
    # By its name: another job that still runs on this server is not meant.
    faults.add("spot-reclaim", job_name="reclaimed", times=1)
    once = "test $AWS_BATCH_JOB_ATTEMPT -gt 1 || sleep 3600"
    definition = cluster.register(["sh", "-c", once])
    job_id = cluster.submit(
        definition,
        jobName="reclaimed",
        retryStrategy={
            "attempts": 2,
            "evaluateOnExit": [
                {"onStatusReason": "Host EC2*", "action": "RETRY"},
                {"onReason": "*", "action": "EXIT"},
            ],
        },
    )
    job = cluster.until(job_id, "SUCCEEDED", "FAILED")
    assert job["status"] == "SUCCEEDED"
    assert [each["statusReason"].split(" (")[0] for each in job["attempts"]] == [
        "Host EC2",
        "Essential container in task exited",
    ]


def test_an_image_that_cannot_be_pulled(cluster, faults):
    fault = faults.add("image-pull", job_name="job", times=1)
    job = cluster.run(["true"])
    assert (job["status"], job["statusReason"]) == ("FAILED", "Task failed to start")
    assert job["container"]["reason"].startswith("CannotPullContainerError")
    assert "exitCode" not in job["container"]
    assert fault.hits == 1
    assert cluster.run(["true"])["status"] == "SUCCEEDED"


def test_a_capacity_shortage_holds_jobs_back_until_it_is_over(cluster, faults):
    shortage = faults.add("no-capacity", job_name="job")
    job_id = cluster.submit(cluster.register(["true"]))
    eventually(
        lambda: (
            cluster.job(job_id)
            .get("statusReason", "")
            .startswith("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - ")
            or None
        ),
        lambda: str(cluster.job(job_id)),
    )
    assert cluster.job(job_id)["status"] == "RUNNABLE"
    faults.remove(shortage)
    cluster.until(job_id, "SUCCEEDED")


def test_a_queue_names_its_old_environments_for_a_while(cluster, new_cluster, faults, batch):
    other = new_cluster()
    faults.add("slow-detach", seconds=5, times=1)

    def named(environment):
        queue = batch.describe_job_queues(jobQueues=[cluster.queue])["jobQueues"][0]
        arns = [each["computeEnvironment"] for each in queue["computeEnvironmentOrder"]]
        return any(arn.endswith(f"/{environment}") for arn in arns)

    order = [{"order": 1, "computeEnvironment": other.environment}]
    batch.update_job_queue(jobQueue=cluster.queue, computeEnvironmentOrder=order)
    batch.update_compute_environment(computeEnvironment=cluster.environment, state="DISABLED")
    wait_valid(
        lambda: batch.describe_compute_environments(computeEnvironments=[cluster.environment])[
            "computeEnvironments"
        ]
    )
    assert named(cluster.environment)
    with pytest.raises(ClientError, match="found existing JobQueue relationship"):
        batch.delete_compute_environment(computeEnvironment=cluster.environment)
    eventually(lambda: named(other.environment) or None, lambda: "still the old environment")
    batch.delete_compute_environment(computeEnvironment=cluster.environment)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"kind": "meteor"}, "meteor"),
        ({"kind": "reset", "times": 0}, "times"),
        ({"kind": "reset", "probability": 0}, "probability"),
        ({"kind": "slow"}, "seconds"),
        ({"kind": "reset", "seconds": 1}, "seconds"),
        ({"kind": "no-capacity", "times": 1}, "until it is removed"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(faults, wrong, complaint):
    with pytest.raises(ValueError, match=complaint):
        faults.add(**wrong)
    assert faults.describe() == []


def test_faults_are_listed_while_they_may_strike(faults, batch):
    faults.add("throttling", service="batch", times=1)
    faults.add("reset", service="sns")
    assert [each["kind"] for each in faults.describe()] == ["throttling", "reset"]
    with pytest.raises(ClientError):
        batch.describe_job_queues()
    assert [each["kind"] for each in faults.describe()] == ["reset"]
