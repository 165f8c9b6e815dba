"""What Batch refuses of environments, queues and definitions, in its own words."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import wait_valid

EC2 = {
    "type": "EC2",
    "minvCpus": 0,
    "maxvCpus": 4,
    "instanceTypes": ["c4.large"],
    "subnets": ["subnet-1"],
    "securityGroupIds": ["sg-1"],
    "instanceRole": "arn:aws:iam::123456789012:instance-profile/any",
}
FARGATE = {"type": "FARGATE", "maxvCpus": 4, "subnets": ["subnet-1"], "securityGroupIds": ["sg-1"]}
PROGRESSIVE = {"allocationStrategy": "BEST_FIT_PROGRESSIVE"}
ROLE = "arn:aws:iam::123456789012:role/batch"
SIZED = {"image": "busybox", "executionRoleArn": ROLE}
LIMIT = {
    "reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    "state": "RUNNABLE",
    "maxTimeSeconds": 600,
    "action": "CANCEL",
}


def refusal(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    assert refused.value.response["Error"]["Code"] == "ClientException"
    return refused.value.response["Error"]["Message"]


def unique() -> str:
    return f"name-{uuid.uuid4().hex[:8]}"


def environment(batch, resources: dict[str, Any], **more: Any) -> str:
    name = unique()
    batch.create_compute_environment(
        computeEnvironmentName=name, type="MANAGED", computeResources=resources, **more
    )
    wait_valid(
        lambda: batch.describe_compute_environments(computeEnvironments=[name])[
            "computeEnvironments"
        ]
    )
    return name


def queue(batch, *environments: str, **more: Any) -> str:
    name = unique()
    order = [{"order": n, "computeEnvironment": each} for n, each in enumerate(environments)]
    batch.create_job_queue(jobQueueName=name, priority=1, computeEnvironmentOrder=order, **more)
    wait_valid(lambda: batch.describe_job_queues(jobQueues=[name])["jobQueues"])
    return name


def size(vcpus: str, memory: str) -> dict[str, Any]:
    return {
        "resourceRequirements": [
            {"type": "VCPU", "value": vcpus},
            {"type": "MEMORY", "value": memory},
        ]
    }


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        ({"instanceRole": ""}, "Exception : Instance role is required., RequestId: "),
        ({"instanceTypes": []}, "Resource instanceTypes is required."),
        ({"subnets": []}, "Resource subnets is required."),
        ({"securityGroupIds": []}, "Resource securityGroupIds is required."),
        ({"instanceTypes": ["c4.giant"]}, "Instance type c4.giant does not exist"),
        ({"instanceTypes": ["c4.large", "c6g.large"]}, "one architecture, got arm64 and x86_64"),
        ({"minvCpus": 5}, "minvCpus must be between 0 and maxvCpus, got 5 and 4"),
        ({"desiredvCpus": 5}, "between minvCpus 0 and maxvCpus 4, got 5"),
        ({"allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"}, "is not supported for EC2"),
        ({"type": "SPOT"}, "spotIamFleetRole is required."),
        ({"type": "SPOT", "allocationStrategy": "BEST_FIT_PROGRESSIVE_ORDERED"}, "for SPOT"),
        ({"scalingPolicy": {"minScaleDownDelayMinutes": 19}}, "between 20 and 10080, got 19"),
        ({"type": "WARP"}, "type WARP must be one of EC2 | SPOT | FARGATE"),
        ({"type": "FARGATE"}, "instanceRole is not applicable for Fargate."),
    ],
)
def test_what_an_environment_may_not_have(cluster, resources, message):
    assert message in refusal(
        cluster.batch.create_compute_environment,
        computeEnvironmentName=unique(),
        type="MANAGED",
        computeResources=EC2 | resources,
    )


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        ({"securityGroupIds": []}, "securityGroupIds are required for Fargate."),
        ({"subnets": ["subnet-1"] * 17}, "subnets must have at most 16 items"),
        ({"securityGroupIds": ["sg-1"] * 6}, "securityGroupIds must have at most 5 items"),
        ({"tags": {"a": "b"}}, "tags is not applicable for Fargate."),
    ],
)
def test_what_a_fargate_environment_may_not_have(cluster, resources, message):
    assert message in refusal(
        cluster.batch.create_compute_environment,
        computeEnvironmentName=unique(),
        type="MANAGED",
        computeResources=FARGATE | resources,
    )


def test_an_environment_that_aws_would_not_make_for_other_reasons(cluster):
    create = cluster.batch.create_compute_environment
    disabled = {"type": "MANAGED", "state": "DISABLED", "computeResources": EC2}
    assert "ENABLED state" in refusal(create, computeEnvironmentName=unique(), **disabled)
    assert "ServiceRole is required." in refusal(
        create, computeEnvironmentName=unique(), type="UNMANAGED"
    )
    linked = f"{ROLE[:31]}/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
    assert "cannot use the service-linked role" in refusal(
        create, computeEnvironmentName=unique(), type="UNMANAGED", serviceRole=linked
    )
    assert "only for UNMANAGED" in refusal(
        create,
        computeEnvironmentName=unique(),
        type="MANAGED",
        computeResources=EC2,
        unmanagedvCpus=4,
    )


def test_an_environment_is_updated_by_awss_tables(cluster):
    batch = cluster.batch
    name = environment(batch, EC2 | PROGRESSIVE | {"minvCpus": 1})  # an instance has 2

    def update(**resources):
        return {"computeEnvironment": name, "computeResources": resources}

    assert "scaling down" in refusal(batch.update_compute_environment, **update(desiredvCpus=1))
    assert "between EC2 and Fargate" in refusal(
        batch.update_compute_environment, **update(type="FARGATE")
    )
    assert "service-linked role and another" in refusal(
        batch.update_compute_environment, computeEnvironment=name, serviceRole=ROLE
    )
    assert "less than or equal to 7200" in refusal(
        batch.update_compute_environment,
        computeEnvironment=name,
        updatePolicy={"jobExecutionTimeoutMinutes": 7201},
    )
    batch.update_compute_environment(
        **update(instanceTypes=["m5.large"], maxvCpus=1),
        updatePolicy={"jobExecutionTimeoutMinutes": 60},
    )
    described = batch.describe_compute_environments(computeEnvironments=[name])
    (found,) = described["computeEnvironments"]
    assert found["computeResources"]["instanceTypes"] == ["m5.large"]
    assert found["updatePolicy"] == {
        "terminateJobsOnUpdate": False,
        "jobExecutionTimeoutMinutes": 60,
    }


def test_infrastructure_needs_the_service_linked_role(cluster):
    name = environment(cluster.batch, EC2 | PROGRESSIVE, serviceRole=ROLE)
    assert "replace it to change instanceTypes" in refusal(
        cluster.batch.update_compute_environment,
        computeEnvironment=name,
        computeResources={"instanceTypes": ["m5.large"]},
    )


def test_a_fargate_environment_changes_in_place_and_empty_lists_change_nothing(cluster):
    batch = cluster.batch
    name = environment(batch, FARGATE)
    assert "instanceTypes is not applicable for Fargate." in refusal(
        batch.update_compute_environment,
        computeEnvironment=name,
        computeResources={"instanceTypes": ["m5.large"]},
    )
    batch.update_compute_environment(
        computeEnvironment=name, computeResources={"maxvCpus": 9, "subnets": []}
    )
    described = batch.describe_compute_environments(computeEnvironments=[name])
    assert described["computeEnvironments"][0]["computeResources"] == FARGATE | {"maxvCpus": 9}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": "CAPACITY:MOOD"}, "reason must be one of CAPACITY:INSUFFICIENT_INSTANCE"),
        ({"maxTimeSeconds": 599}, "between 600 and 86400, got 599"),
        ({"maxTimeSeconds": 86_401}, "between 600 and 86400, got 86401"),
        ({"action": "TERMINATE"}, "action must be CANCEL"),
        ({"state": "RUNNING"}, "state RUNNING must be one of RUNNABLE"),
    ],
)
def test_job_state_time_limits_are_checked(cluster, change, message):
    assert message in refusal(
        cluster.batch.update_job_queue,
        jobQueue=cluster.queue,
        jobStateTimeLimitActions=[LIMIT | change],
    )


def test_a_reason_has_one_time_limit(cluster):
    assert "duplicate" in refusal(
        cluster.batch.update_job_queue,
        jobQueue=cluster.queue,
        jobStateTimeLimitActions=[LIMIT, LIMIT | {"maxTimeSeconds": 700}],
    )


def test_a_queue_has_one_architecture_and_no_environment_twice(cluster):
    arm = environment(cluster.batch, EC2 | {"instanceTypes": ["default_arm64"]})

    def order(*names):
        return [{"order": n, "computeEnvironment": each} for n, each in enumerate(names)]

    for names, message in [
        ((cluster.environment, arm), "one architecture, got arm64 and x86_64"),
        ((arm, arm), "distinct compute environments"),
        ((), "At least 1 compute environment must be provided"),
    ]:
        assert message in refusal(
            cluster.batch.create_job_queue,
            jobQueueName=unique(),
            priority=1,
            computeEnvironmentOrder=order(*names),
        )


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


def test_a_task_of_several_containers_is_refused_at_submission(cluster):
    name = unique()
    containers = [{"name": each, "image": "busybox"} | size("1", "64") for each in ("a", "b")]
    cluster.batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        ecsProperties={"taskProperties": [{"containers": containers}]},
    )
    assert "several containers are not carried" in refusal(
        cluster.batch.submit_job, jobName="job", jobQueue=cluster.queue, jobDefinition=name
    )
