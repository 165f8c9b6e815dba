"""What Batch refuses of definitions and of the jobs made of them, in its own words."""

from __future__ import annotations

import json

import pytest

from tests.batch_requests import FARGATE, ROLE, environment, queue, refusal, size, unique

SIZED = {"image": "busybox", "executionRoleArn": ROLE}


@pytest.mark.parametrize(
    ("container", "message"),
    [
        ({"vcpus": 1, "memory": 512}, "memory, vcpus is not applicable for Fargate."),
        (size("0.25", "512") | {"privileged": True}, "privileged is not applicable"),
        (size("0.25", "512") | {"linuxParameters": {"maxSwap": 1}}, "linuxParameters.maxSwap"),
        (size("0.25", "512") | {"executionRoleArn": ""}, "executionRoleArn is required"),
        (size("3", "8192"), "vCPU must be 0.25, 0.5, 1, 2, 4, 8, 16, 32; got 3"),
        (size("0.25", "4096"), "memory must be 512, 1024, 2048 MiB; got 4096"),
        (size("8", "17408"), "with 8.0 vCPU, memory must be 16384, 20480"),
        (size("1", "2048") | {"ephemeralStorage": {"sizeInGiB": 20}}, "21 and 200 GiB, got 20"),
        (
            size("1", "2048") | {"logConfiguration": {"logDriver": "syslog"}},
            "Log driver syslog is not supported for Fargate.",
        ),
    ],
)
def test_what_fargate_does_not_run(cluster, container, message):
    assert message in refusal(
        cluster.batch.register_job_definition,
        jobDefinitionName=unique(),
        type="container",
        platformCapabilities=["FARGATE"],
        containerProperties=SIZED | container,
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"containerProperties": size("0.5", "512") | {"image": "x"}}, "at least 1, got 0.5"),
        ({"containerProperties": size("1", "512") | {"image": "x", "vcpus": 1}}, "cannot both"),
        ({"containerProperties": {"vcpus": 1, "memory": 4}}, "Container image is required."),
        ({"containerProperties": size("1", "much") | {"image": "x"}}, "MEMORY must be a number"),
        ({"platformCapabilities": ["EC2", "FARGATE"]}, "Only one value is allowed"),
        ({"platformCapabilities": ["MOON"]}, "MOON must be one of EC2 | FARGATE"),
        ({"schedulingPriority": 10_000}, "between 0 and 9999, got 10000"),
        ({"parameters": {"a": "x" * 24 * 1024}}, "exceeds 24576 bytes"),
        ({"eksProperties": {}}, "exactly one of containerProperties"),
        ({"type": "multinode"}, "take nodeProperties alone"),
        ({"consumableResourceProperties": {"consumableResourceList": [{}]}}, "is required"),
    ],
)
def test_what_no_definition_may_say(cluster, change, message):
    request = {
        "jobDefinitionName": unique(),
        "type": "container",
        "containerProperties": {"image": "busybox", "vcpus": 1, "memory": 4},
    }
    assert message in refusal(cluster.batch.register_job_definition, **request | change)


def test_a_job_must_fit_the_platform_of_its_queue(cluster):
    batch = cluster.batch
    fargate = queue(batch, environment(batch, FARGATE))
    assert refusal(
        batch.submit_job,
        jobName="job",
        jobQueue=fargate,
        jobDefinition=cluster.register(["true"]),
    ) == ("Job Queue is attached to Compute Environment that can not run Jobs with capability EC2.")
    name = unique()
    batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        platformCapabilities=["FARGATE"],
        containerProperties=SIZED | size("1", "2048") | {"command": ["true"]},
    )
    assert "capability FARGATE." in refusal(
        batch.submit_job, jobName="job", jobQueue=cluster.queue, jobDefinition=name
    )
    for overrides, message in [
        ({"vcpus": 2}, "vcpus is not applicable for Fargate."),
        (size("1", "1024"), "memory must be 2048"),
    ]:
        assert message in refusal(
            batch.submit_job,
            jobName="job",
            jobQueue=fargate,
            jobDefinition=name,
            containerOverrides=overrides,
        )
    answer = batch.submit_job(jobName="job", jobQueue=fargate, jobDefinition=name)
    cluster.until(answer["jobId"], "SUCCEEDED")


def test_jobs_that_batch_takes_and_cannot_start_fail(cluster):
    tagged = cluster.register(["true"], tags={f"a{n}": "x" for n in range(30)}, propagateTags=True)
    job_id = cluster.submit(tagged, tags={f"b{n}": "x" for n in range(30)})
    assert "at most 50 tags" in cluster.until(job_id, "FAILED")["statusReason"]

    long = [{"name": "LONG", "value": "x" * 9000}]
    job_id = cluster.submit(cluster.register(["true"]), containerOverrides={"environment": long})
    job = cluster.until(job_id, "FAILED")
    assert job["statusReason"] == "Container Overrides length must be at most 8192"
    assert job["attempts"] == []


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ([], "exactly one task, got 0"),
        ([{"containers": []}], "between 1 and 10 containers, got 0"),
        ([{"containers": [{"essential": False}]}], "at least one essential container"),
        ([{"containers": [{"name": "a"}, {"name": "a"}]}], "distinct names"),
        (
            [{"containers": [{"dependsOn": [{"containerName": "b", "condition": "START"}]}]}],
            "dependsOn names no other container: b",
        ),
        (
            [
                {
                    "containers": [
                        {"dependsOn": [{"containerName": "b", "condition": "SUCCESS"}]},
                        {"name": "b"},
                    ]
                }
            ],
            "SUCCESS cannot be on an essential container: b",
        ),
    ],
)
def test_what_a_task_of_several_containers_may_not_say(cluster, task, message):
    complete = json.loads(json.dumps(task))
    for each in complete:
        each["containers"] = [
            {"image": "busybox"} | size("1", "64") | container for container in each["containers"]
        ]
    assert message in refusal(
        cluster.batch.register_job_definition,
        jobDefinitionName=unique(),
        type="container",
        ecsProperties={"taskProperties": complete},
    )


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ({"numNodes": 1001}, "between 1 and 1000, got 1001"),
        ({"mainNode": 3}, "mainNode must be between 0 and 2, got 3"),
        ({"ranges": ["0"]}, "must cover all nodes; 1 is in none"),
        ({"ranges": ["0:3"]}, "0:3 is not within the job's 3 nodes"),
        ({"ranges": ["all"]}, "of the form 0, 1:3, :3 or 2:, got 'all'"),
        ({"ranges": [":"]}, "of the form 0, 1:3, :3 or 2:, got ':'"),
        ({"ranges": ["0:"] * 6}, "between 1 and 5 items, got 6"),
    ],
)
def test_multi_node_definitions_are_checked(cluster, nodes, message):
    nodes = {"numNodes": 3, "mainNode": 0, "ranges": ["0:"]} | nodes
    container = {"image": "busybox", "vcpus": 1, "memory": 64}
    nodes["nodeRangeProperties"] = [
        {"targetNodes": each, "container": container} for each in nodes.pop("ranges")
    ]
    register = cluster.batch.register_job_definition
    assert message in refusal(
        register, jobDefinitionName=unique(), type="multinode", nodeProperties=nodes
    )


def test_multi_node_definitions_are_kept(cluster):
    container = {"image": "busybox", "vcpus": 1, "memory": 64}
    nodes = {
        "numNodes": 3,
        "mainNode": 0,
        "nodeRangeProperties": [
            {"targetNodes": "0", "container": container},
            {"targetNodes": "1:", "container": container},
        ],
    }
    name = unique()
    cluster.batch.register_job_definition(
        jobDefinitionName=name, type="multinode", nodeProperties=nodes
    )
    described = cluster.batch.describe_job_definitions(jobDefinitionName=name)
    (found,) = described["jobDefinitions"]
    assert found["nodeProperties"] == nodes
    assert "containerProperties" not in found


def test_a_task_of_one_container_runs(cluster):
    name = unique()
    container = {"name": "main", "image": "busybox", "command": ["echo", "Ref::what"]}
    cluster.batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        ecsProperties={"taskProperties": [{"containers": [container | size("1", "64")]}]},
        parameters={"what": "hello"},
    )
    job = cluster.until(cluster.submit(name), "SUCCEEDED")
    assert "container" not in job
    (task,) = job["ecsProperties"]["taskProperties"]
    (main,) = task["containers"]
    assert (main["name"], main["exitCode"], main["command"]) == ("main", 0, ["echo", "hello"])
    assert cluster.messages({"container": main}) == ["hello"]
    (attempt,) = job["attempts"]
    assert attempt["container"] == {}
    assert attempt["taskProperties"][0]["containers"][0]["exitCode"] == 0

    assert "only for job definitions with containerProperties" in refusal(
        cluster.batch.submit_job,
        jobName="job",
        jobQueue=cluster.queue,
        jobDefinition=name,
        containerOverrides={"command": ["true"]},
    )
    override = {"containers": [{"name": "main", "command": ["echo", "other"]}]}
    job_id = cluster.submit(name, ecsPropertiesOverride={"taskProperties": [override]})
    ended = cluster.until(job_id, "SUCCEEDED")
    assert cluster.messages(
        {"container": ended["ecsProperties"]["taskProperties"][0]["containers"][0]}
    ) == ["other"]
