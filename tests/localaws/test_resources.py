"""Compute environments, queues and job definitions: changes, refusals, deletion."""

from __future__ import annotations

import re

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.aws_clients import client_of


def refusal(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    assert refused.value.response["Error"]["Code"] == "ClientException"
    return refused.value.response["Error"]["Message"]


def test_deletion_goes_from_the_queue_down(cluster, local):
    batch = cluster.batch
    environment, queue = cluster.environment, cluster.queue

    delete_environment = batch.delete_compute_environment
    assert "DISABLED" in refusal(delete_environment, computeEnvironment=environment)
    batch.update_compute_environment(computeEnvironment=environment, state="DISABLED")
    settled(batch, environment)
    assert (
        refusal(delete_environment, computeEnvironment=environment)
        == "Cannot delete, found existing JobQueue relationship"
    )

    assert "DISABLED" in refusal(batch.delete_job_queue, jobQueue=queue)
    batch.update_job_queue(jobQueue=queue, state="DISABLED")
    while batch.describe_job_queues(jobQueues=[queue])["jobQueues"][0]["status"] != "VALID":
        pass
    batch.delete_job_queue(jobQueue=queue)
    while batch.describe_job_queues(jobQueues=[queue])["jobQueues"]:
        pass
    delete_environment(computeEnvironment=environment)
    while batch.describe_compute_environments(computeEnvironments=[environment])[
        "computeEnvironments"
    ]:
        pass


def settled(batch, environment):
    while True:
        found = batch.describe_compute_environments(computeEnvironments=[environment])
        if found["computeEnvironments"][0]["status"] == "VALID":
            return found["computeEnvironments"][0]


def test_a_deleted_environment_takes_the_hosts_of_its_jobs(cluster, new_cluster):
    other, batch = new_cluster(), cluster.batch
    retried = cluster.register(["sleep", "60"], retryStrategy={"attempts": 2})
    once, twice = cluster.submit(cluster.register(["sleep", "60"])), cluster.submit(retried)
    cluster.until(once, "RUNNING")
    cluster.until(twice, "RUNNING")
    order = [{"order": 1, "computeEnvironment": other.environment}]
    batch.update_job_queue(jobQueue=cluster.queue, computeEnvironmentOrder=order)
    batch.update_compute_environment(computeEnvironment=cluster.environment, state="DISABLED")
    settled(batch, cluster.environment)
    assert cluster.job(once)["status"] == "RUNNING"  # DISABLED alone ends nothing
    batch.delete_compute_environment(computeEnvironment=cluster.environment)
    reason = cluster.until(once, "FAILED")["statusReason"]
    assert re.fullmatch(r"Host EC2 \(instance i-[0-9a-f]+\) terminated\.", reason)
    job = cluster.until(twice, "RUNNING")
    assert "Host EC2" in job["attempts"][0]["statusReason"]
    batch.terminate_job(jobId=twice, reason="seen")
    cluster.until(twice, "FAILED")


def test_scaling_is_in_place_and_infrastructure_under_best_fit_is_not(cluster):
    batch, name = cluster.batch, cluster.environment
    batch.update_compute_environment(computeEnvironment=name, computeResources={"maxvCpus": 8})
    assert settled(batch, name)["computeResources"]["maxvCpus"] == 8
    assert "instanceTypes" in refusal(
        batch.update_compute_environment,
        computeEnvironment=name,
        computeResources={"instanceTypes": ["m5.large"]},
    )


def test_a_disabled_queue_refuses_jobs(cluster):
    cluster.batch.update_job_queue(jobQueue=cluster.queue, state="DISABLED")
    definition = cluster.register(["true"])
    assert "disabled" in refusal(
        cluster.batch.submit_job,
        jobName="job",
        jobQueue=cluster.queue,
        jobDefinition=definition,
    )


def test_a_queue_takes_at_most_three_environments(cluster):
    order = [{"order": n, "computeEnvironment": cluster.environment} for n in range(4)]
    message = refusal(
        cluster.batch.create_job_queue,
        jobQueueName="too-many",
        priority=1,
        computeEnvironmentOrder=order,
    )
    assert message == "Only 3 environments are allowed in job queue request."


def test_the_newest_active_revision_is_submitted(cluster):
    name = cluster.register(["echo", "one"])
    container = {"image": "busybox", "command": ["echo", "two"], "vcpus": 1, "memory": 100}
    second = cluster.batch.register_job_definition(
        jobDefinitionName=name, type="container", containerProperties=container
    )
    assert second["revision"] == 2
    assert cluster.job(cluster.submit(name))["jobDefinition"] == second["jobDefinitionArn"]

    cluster.batch.deregister_job_definition(jobDefinition=f"{name}:2")
    assert cluster.job(cluster.submit(name))["jobDefinition"].endswith(":1")
    assert "not active" in refusal(
        cluster.batch.submit_job,
        jobName="job",
        jobQueue=cluster.queue,
        jobDefinition=f"{name}:2",
    )
    described = cluster.batch.describe_job_definitions(jobDefinitions=[f"{name}:2"])
    assert [each["status"] for each in described["jobDefinitions"]] == ["INACTIVE"]


def test_resource_requirements_are_not_overridden_by_the_deprecated_keys(cluster):
    requirements = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "200"}]
    name = "modern-definition"
    cluster.batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        containerProperties={"image": "busybox", "resourceRequirements": requirements},
    )
    assert "deprecated key" in refusal(
        cluster.batch.submit_job,
        jobName="job",
        jobQueue=cluster.queue,
        jobDefinition=name,
        containerOverrides={"memory": 100},
    )


def test_tags_are_kept(cluster):
    arn = cluster.batch.describe_job_queues(jobQueues=[cluster.queue])["jobQueues"][0][
        "jobQueueArn"
    ]
    cluster.batch.tag_resource(resourceArn=arn, tags={"team": "data", "cost": "7"})
    cluster.batch.untag_resource(resourceArn=arn, tagKeys=["cost"])
    assert cluster.batch.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "data"}


def test_regions_are_apart(cluster, local):
    elsewhere = boto3.client("batch", **{**local.client_arguments, "region_name": "ap-northeast-1"})
    assert elsewhere.describe_job_queues(jobQueues=[cluster.queue])["jobQueues"] == []


def test_an_operation_that_is_not_carried_says_so(local):
    batch = client_of(local, "batch")
    assert "CreateQuotaShare is not supported" in refusal(
        batch.create_quota_share,
        quotaShareName="x",
        jobQueue="y",
        capacityLimits=[{"maxCapacity": 1, "capacityUnit": "vcpu"}],
        resourceSharingConfiguration={"strategy": "LEND"},
        preemptionConfiguration={"inSharePreemption": "ENABLED"},
    )
