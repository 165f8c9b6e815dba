"""What Batch refuses of environments and queues, in its own words."""

from __future__ import annotations

import pytest

from tests.aws_clients import client_of
from tests.batch_requests import EC2, FARGATE, ROLE, environment, queue, refusal, unique
from tests.conftest import wait_valid

PROGRESSIVE = {"allocationStrategy": "BEST_FIT_PROGRESSIVE"}
LIMIT = {
    "reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    "state": "RUNNABLE",
    "maxTimeSeconds": 600,
    "action": "CANCEL",
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
    name = environment(batch, EC2 | PROGRESSIVE | {"minvCpus": 2})

    def update(**resources):
        return {"computeEnvironment": name, "computeResources": resources}

    assert "scaling down" in refusal(
        batch.update_compute_environment, **update(desiredvCpus=1, minvCpus=0)
    )
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
        **update(instanceTypes=["m5.large"], minvCpus=0, maxvCpus=8),
        ecsSettings={"containerInsights": "ENHANCED"},
        updatePolicy={"jobExecutionTimeoutMinutes": 60},
    )
    described = batch.describe_compute_environments(computeEnvironments=[name])
    (found,) = described["computeEnvironments"]
    assert found["computeResources"]["instanceTypes"] == ["m5.large"]
    assert found["ecsSettings"] == {"containerInsights": "ENHANCED"}
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


def test_a_queue_has_no_service_environments_here(cluster):
    order = [{"order": 1, "serviceEnvironment": "any"}]
    assert "Service environments are not supported" in refusal(
        cluster.batch.update_job_queue, jobQueue=cluster.queue, serviceEnvironmentOrder=order
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


def test_jobs_of_an_unmanaged_environment_wait_for_an_instance_in_its_cluster(local, cluster):
    batch, name = cluster.batch, unique()
    ec2, ecs = client_of(local, "ec2"), client_of(local, "ecs")
    batch.create_compute_environment(
        computeEnvironmentName=name, type="UNMANAGED", serviceRole=ROLE, unmanagedvCpus=64
    )

    def described():
        return batch.describe_compute_environments(computeEnvironments=[name])[
            "computeEnvironments"
        ]

    wait_valid(described)
    assert described()[0]["unmanagedvCpus"] == 64
    assert "not applicable for UNMANAGED" in refusal(
        batch.update_compute_environment, computeEnvironment=name, computeResources={"maxvCpus": 1}
    )
    submitted = {
        "jobName": "job",
        "jobQueue": queue(batch, name),
        "jobDefinition": cluster.register(["sleep", "60"]),
    }
    waiting = batch.submit_job(**submitted)["jobId"]
    cluster.until(waiting, "RUNNABLE")
    joined = described()[0]["ecsClusterArn"].rpartition("/")[2]
    launched = {"ImageId": "ami-12c6146b", "InstanceType": "c5.large", "MinCount": 1, "MaxCount": 1}
    ec2.run_instances(**launched, UserData="#!/bin/bash\necho ECS_CLUSTER=other\n")
    found = ec2.run_instances(**launched, UserData=f"#!/bin/bash\necho ECS_CLUSTER={joined}\n")
    running = cluster.until(waiting, "RUNNING")
    registered = ecs.list_container_instances(cluster=joined)["containerInstanceArns"]
    assert registered == [running["container"]["containerInstanceArn"]]
    (instance,) = found["Instances"]
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    lost = cluster.until(waiting, "FAILED")
    assert lost["statusReason"] == f"Host EC2 (instance {instance['InstanceId']}) terminated."
    assert ecs.list_container_instances(cluster=joined)["containerInstanceArns"] == []
    cluster.until(batch.submit_job(**submitted)["jobId"], "RUNNABLE")
