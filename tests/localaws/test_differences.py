"""What moto's Batch does otherwise than AWS, and ours does not: see docs/localaws.md."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from batchsdk.states import JobStatus
from localaws.batch.models import Job
from localaws.batch.operations import job_listing
from localaws.batch.state import BatchState
from tests.aws_clients import client_of
from tests.conftest import wait_valid

PROJECT = Path(__file__).parent.parent.parent
ROWS = {"Coverage": 24, "Launch templates": 23}
"""How many ways moto 5.2.5 differs from AWS in, by the first of each table: Batch, others."""


def test_every_difference_names_tests_that_exist():
    text = (PROJECT / "docs" / "localaws.md").read_text()
    table = text.split("## Where moto differs", 1)[1].split("\n## ", 1)[0]
    tables = [part for part in table.split("\n\n") if part.startswith("| what |")]
    found = [part.splitlines()[2:] for part in tables]
    assert {rows[0].split("|")[1].strip(): len(rows) for rows in found} == ROWS
    rows = [row for each in found for row in each]
    written = "\n".join(path.read_text() for path in (PROJECT / "tests").rglob("test_*.py"))
    tests = set(re.findall(r"^def (test_\w+)\(", written, re.MULTILINE))
    for row in rows:
        named = set(re.findall(r"`(test_\w+)`", row))
        assert named, row
        assert named <= tests, row


def test_bulk_cancel_and_terminate_take_fifty_ids_known_or_not(cluster):
    definition = cluster.register(["sleep", "3600"])
    running = cluster.submit(definition)
    cluster.until(running, "RUNNING")
    waiting = cluster.submit(definition, dependsOn=[{"jobId": running}])
    cluster.until(waiting, "PENDING")

    ids = [running, waiting, "unknown"]
    answer = cluster.batch.cancel_jobs(jobs=ids, reason="not needed")
    assert (answer["successful"], answer["errors"]) == (ids, [])
    assert cluster.job(running)["status"] == "RUNNING"
    assert cluster.job(waiting)["isCancelled"]

    cluster.batch.terminate_jobs(jobs=[running], reason="enough")
    assert cluster.until(waiting, "FAILED")["statusReason"] == "not needed"
    for jobs in ([], ["x"] * 51):
        with pytest.raises(ClientError, match="between 1 and 50 items"):
            cluster.batch.terminate_jobs(jobs=jobs, reason="too many")


def test_an_environment_is_created_enabled_with_the_service_linked_role(cluster, local):
    (found,) = cluster.batch.describe_compute_environments(
        computeEnvironments=[cluster.environment]
    )["computeEnvironments"]
    assert found["serviceRole"].endswith("AWSServiceRoleForBatch")
    assert (found["state"], found["statusReason"]) == ("ENABLED", "ComputeEnvironment Healthy")
    ecs = client_of(local, "ecs")
    (its_cluster,) = ecs.describe_clusters(clusters=[found["ecsClusterArn"]])["clusters"]
    assert its_cluster["status"] == "ACTIVE"


def test_a_queue_needs_no_state_and_keeps_its_time_limits(cluster):
    name = f"queue-{uuid.uuid4().hex[:8]}"
    limit = {
        "reason": "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        "state": "RUNNABLE",
        "maxTimeSeconds": 600,
        "action": "CANCEL",
    }
    cluster.batch.create_job_queue(
        jobQueueName=name,
        priority=1,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": cluster.environment}],
        jobStateTimeLimitActions=[limit],
    )
    wait_valid(lambda: cluster.batch.describe_job_queues(jobQueues=[name])["jobQueues"])
    cluster.batch.update_job_queue(jobQueue=name, priority=2)
    (found,) = cluster.batch.describe_job_queues(jobQueues=[name])["jobQueues"]
    assert (found["state"], found["priority"]) == ("ENABLED", 2)
    assert found["jobStateTimeLimitActions"] == [limit]


def test_a_revision_inherits_nothing(cluster):
    name = cluster.register(
        ["true"],
        parameters={"a": "b"},
        propagateTags=True,
        platformCapabilities=["EC2"],
        timeout={"attemptDurationSeconds": 60},
        retryStrategy={"attempts": 2},
    )
    cluster.batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        containerProperties={"image": "busybox", "vcpus": 1, "memory": 4},
    )
    described = cluster.batch.describe_job_definitions(jobDefinitions=[f"{name}:2"])
    (second,) = described["jobDefinitions"]
    inherited = {"propagateTags", "platformCapabilities", "timeout", "retryStrategy"}
    assert inherited & second.keys() == set()
    assert second["parameters"] == {}


def test_what_a_submission_says_reaches_the_job(cluster):
    definition = cluster.register(["true"], tags={"from": "definition", "both": "definition"})
    job_id = cluster.submit(
        definition,
        retryStrategy={"attempts": 2},
        propagateTags=True,
        tags={"both": "job"},
        timeout={"attemptDurationSeconds": 77},
        containerOverrides={"memory": 200},
    )
    job = cluster.until(job_id, "SUCCEEDED")
    assert job["retryStrategy"]["attempts"] == 2
    assert job["tags"] == {"from": "definition", "both": "job"}
    assert job["timeout"] == {"attemptDurationSeconds": 77}
    assert job["container"]["memory"] == 200


def test_names_of_one_letter_are_names(cluster):
    definition = cluster.register(["true"])
    answer = cluster.batch.submit_job(jobName="j", jobQueue=cluster.queue, jobDefinition=definition)
    assert answer["jobName"] == "j"
    with pytest.raises(ClientError, match="valid pattern"):
        cluster.batch.submit_job(
            jobName="j" * 129, jobQueue=cluster.queue, jobDefinition=definition
        )


def test_batch_injects_its_variables_and_shows_only_the_jobs_own(cluster):
    own = [{"name": "OWN", "value": "1"}]
    job_id = cluster.submit(
        cluster.register(["env"]),
        containerOverrides={"environment": own},
        arrayProperties={"size": 2},
    )
    cluster.until(job_id, "SUCCEEDED")
    child = cluster.job(f"{job_id}:1")
    assert child["container"]["environment"] == own
    assert cluster.job(f"{job_id}:1")["container"]["environment"] == own
    lines = dict(line.split("=", 1) for line in cluster.messages(child) if "=" in line)
    expected = {
        "OWN": "1",
        "AWS_BATCH_JOB_ID": f"{job_id}:1",
        "AWS_BATCH_JOB_ATTEMPT": "1",
        "AWS_BATCH_CE_NAME": cluster.environment,
        "AWS_BATCH_JQ_NAME": cluster.queue,
        "AWS_BATCH_JOB_ARRAY_INDEX": "1",
        "AWS_BATCH_JOB_ARRAY_SIZE": "2",
    }
    assert {key: lines.get(key) for key in expected} == expected


def test_describe_jobs_tells_all_of_up_to_a_hundred(cluster):
    job = cluster.run(["sh", "-c", "exit 4"])
    assert job["container"]["exitCode"] == 4
    assert job["container"]["taskArn"] == job["attempts"][0]["container"]["taskArn"]
    assert ":task/" in job["container"]["taskArn"]
    assert cluster.batch.describe_jobs(jobs=[])["jobs"] == []
    assert cluster.batch.describe_jobs(jobs=["unknown"])["jobs"] == []
    with pytest.raises(ClientError, match="at most 100"):
        cluster.batch.describe_jobs(jobs=["x"] * 101)


def test_output_goes_to_the_streams_of_the_ecs_task(cluster):
    options = {
        "awslogs-group": f"/own/{uuid.uuid4().hex[:8]}",
        "awslogs-stream-prefix": "prefix",
        "awslogs-create-group": "true",
    }
    definition = cluster.register(
        ["echo", "hello"],
        containerProperties={"logConfiguration": {"logDriver": "awslogs", "options": options}},
    )
    job = cluster.until(cluster.submit(definition), "SUCCEEDED")
    task_id = job["container"]["taskArn"].rsplit("/", 1)[-1]
    assert job["container"]["logStreamName"] == f"prefix/default/{task_id}"
    assert cluster.messages(job, options["awslogs-group"]) == ["hello"]


def test_a_job_without_dependencies_is_never_pending(cluster, monkeypatch):
    seen = []
    move = BatchState.move

    def watched(state: BatchState, job: Job, status: JobStatus) -> None:
        seen.append((job.id, status))
        move(state, job, status)

    monkeypatch.setattr(BatchState, "move", watched)
    job_id = cluster.run(["true"])["jobId"]
    assert [str(status) for of, status in seen if of == job_id] == [
        "RUNNABLE",
        "STARTING",
        "RUNNING",
        "SUCCEEDED",
    ]


@pytest.mark.parametrize("few", [0, 2000])
def test_listing_is_newest_first_by_either_way(cluster, monkeypatch, few):
    monkeypatch.setattr(job_listing, "FEW", few)
    definition = cluster.register(["true"])
    submitted = [cluster.submit(definition) for _ in range(7)]
    other = cluster.batch.submit_job(
        jobName="other", jobQueue=cluster.queue, jobDefinition=definition
    )["jobId"]
    for job_id in (*submitted, other):
        cluster.until(job_id, "SUCCEEDED")

    def listed(**request):
        pages = cluster.batch.get_paginator("list_jobs").paginate(
            jobQueue=cluster.queue, PaginationConfig={"PageSize": 3}, **request
        )
        return [each["jobId"] for page in pages for each in page["jobSummaryList"]]

    newest_first = [other, *reversed(submitted)]
    assert listed(jobStatus="SUCCEEDED") == newest_first
    assert listed(filters=[{"name": "JOB_NAME", "values": ["JOB"]}]) == newest_first[1:]
    assert listed(filters=[{"name": "JOB_DEFINITION", "values": [f"{definition[:-1]}*"]}]) == (
        newest_first
    )
    created = cluster.job(submitted[3])["createdAt"]
    when = {
        name: [each["jobId"] for each in map(cluster.job, newest_first) if passes(each)]
        for name, passes in {
            "BEFORE_CREATED_AT": lambda job: job["createdAt"] < created,
            "AFTER_CREATED_AT": lambda job: job["createdAt"] > created,
        }.items()
    }
    for name, expected in when.items():
        assert listed(filters=[{"name": name, "values": [str(created)]}]) == expected


def test_the_children_of_an_array_are_listed_page_by_page(cluster):
    parent = cluster.submit(cluster.register(["true"]), arrayProperties={"size": 5})
    cluster.until(parent, "SUCCEEDED")
    pages = cluster.batch.get_paginator("list_jobs").paginate(
        arrayJobId=parent, jobStatus="SUCCEEDED", PaginationConfig={"PageSize": 2}
    )
    listed = [
        [each["arrayProperties"]["index"] for each in page["jobSummaryList"]] for page in pages
    ]
    assert listed == [[0, 1], [2, 3], [4]]
    in_queue = cluster.batch.list_jobs(jobQueue=cluster.queue, jobStatus="SUCCEEDED")
    assert [each["jobId"] for each in in_queue["jobSummaryList"]] == [parent]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"maxResults": 1001}, "between 1 and 1000, got 1001"),
        (
            {"maxResults": 101, "filters": [{"name": "JOB_NAME", "values": ["x"]}]},
            "between 1 and 100, got 101",
        ),
        ({"filters": [{"name": "COLOUR", "values": ["red"]}]}, "Unknown filter COLOUR"),
        ({"filters": [{"name": "JOB_NAME", "values": ["x"]}] * 2}, "Only one filter"),
        ({"filters": [{"name": "BEFORE_CREATED_AT", "values": ["noon"]}]}, "milliseconds"),
        ({"nextToken": "mine"}, "Invalid nextToken: mine"),
        ({"arrayJobId": "x"}, "Exactly one of"),
    ],
)
def test_what_list_jobs_refuses(cluster, request_, message):
    with pytest.raises(ClientError, match=message):
        cluster.batch.list_jobs(jobQueue=cluster.queue, **request_)
