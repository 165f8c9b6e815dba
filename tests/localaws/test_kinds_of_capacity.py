"""Jobs of a kind that no environment of their queue runs: AWS Batch takes them, and they wait."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.aws_clients import client_of
from tests.batch_requests import EC2, FARGATE, ROLE, environment, queue, refusal, size, unique
from tests.conftest import eventually

SPOT = {**EC2, "type": "SPOT", "allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"}
IMAGE = {"image": "busybox", "command": ["true"], **size("1", "64")}
ON_FARGATE = {
    "image": "busybox",
    "command": ["true"],
    **size("1", "2048"),
    "executionRoleArn": ROLE,
}
SPLUNK = {**IMAGE, "logConfiguration": {"logDriver": "splunk"}}
WINDOWS = {**ON_FARGATE, "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}
UNDETERMINED = "UNDETERMINED - Batch job is blocked, root cause is undetermined."


def nodes(container: dict[str, Any]) -> dict[str, Any]:
    groups = [{"targetNodes": "0:", "container": container}]
    return {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": groups}


def register(batch: Any, container: dict[str, Any], platform: str = "EC2", **more: Any) -> str:
    kind = {"type": "container", "containerProperties": container}
    name = unique()
    batch.register_job_definition(
        jobDefinitionName=name, platformCapabilities=[platform], **(more or kind)
    )
    return name


def submit(batch: Any, name: str, *environments: str) -> str:
    to = queue(batch, *environments)
    job = batch.submit_job(jobName="job", jobQueue=to, jobDefinition=name)
    return str(job["jobId"])


def reason_of(batch: Any, job_id: str) -> str:
    """Return why a job waits; it is still RUNNABLE when the reason has come."""

    def waits() -> str | None:
        (job,) = batch.describe_jobs(jobs=[job_id])["jobs"]
        assert job["status"] in {"SUBMITTED", "PENDING", "RUNNABLE"}, job["status"]
        return job.get("statusReason")

    return eventually(waits, lambda: "it has no reason")


MULTINODE = {"type": "multinode", "nodeProperties": nodes(IMAGE)}
ODD_TYPE = nodes({**IMAGE, "instanceType": "c5.large"})
GPU = [*IMAGE["resourceRequirements"], {"type": "GPU", "value": "1"}]
PLAIN_GPU = {
    **EC2,
    "instanceTypes": ["g4dn.xlarge"],
    "ec2Configuration": [{"imageType": "ECS_AL2023"}],
}
ARM_TASK = {
    "type": "container",
    "containerProperties": {**IMAGE, "runtimePlatform": {"cpuArchitecture": "ARM64"}},
}

WAITING = {
    "several nodes on SPOT": (SPOT, "EC2", MULTINODE, UNDETERMINED),
    "nodes of a type that no instance has": (
        EC2,
        "EC2",
        {"type": "multinode", "nodeProperties": ODD_TYPE},
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    ),
    "Windows on FARGATE_SPOT": (
        {**FARGATE, "type": "FARGATE_SPOT"},
        "FARGATE",
        {"type": "container", "containerProperties": WINDOWS},
        UNDETERMINED,
    ),
    "Windows on instances": (
        EC2,
        "EC2",
        {
            "type": "container",
            "containerProperties": {**IMAGE, "runtimePlatform": WINDOWS["runtimePlatform"]},
        },
        UNDETERMINED,
    ),
    "arm64 on x86_64": (EC2, "EC2", ARM_TASK, UNDETERMINED),
    "a log driver that the agent has not": (
        EC2,
        "EC2",
        {"type": "container", "containerProperties": SPLUNK},
        UNDETERMINED,
    ),
    "a GPU that no image registers": (
        PLAIN_GPU,
        "EC2",
        {"type": "container", "containerProperties": {**IMAGE, "resourceRequirements": GPU}},
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    ),
}


@pytest.mark.parametrize("case", WAITING)
def test_what_a_queue_cannot_run_stays_runnable(case: str, cluster: Any) -> None:
    batch = cluster.batch
    resources, platform, properties, reason = WAITING[case]
    name = register(batch, {}, platform, **properties)
    job = submit(batch, name, environment(batch, resources))
    assert reason_of(batch, job).startswith(reason)


def test_a_windows_job_passes_over_fargate_spot(cluster: Any) -> None:
    batch = cluster.batch
    spot = environment(batch, {**FARGATE, "type": "FARGATE_SPOT"})
    on_demand = environment(batch, FARGATE)
    job_id = submit(batch, register(batch, WINDOWS, "FARGATE"), spot, on_demand)
    job = cluster.until(job_id, "SUCCEEDED")
    assert f"-{on_demand}-" in job["attempts"][0]["container"]["taskArn"]


@pytest.mark.parametrize("quotes", ["", "\\"])
def test_a_log_driver_that_the_launch_template_names_is_there(cluster: Any, local, quotes) -> None:
    batch = cluster.batch
    drivers = f'ECS_AVAILABLE_LOGGING_DRIVERS=[{quotes}"awslogs{quotes}",{quotes}"splunk{quotes}"]'
    script = f"#!/bin/sh\necho '{drivers}' >> /etc/ecs/ecs.config\n"
    template = client_of(local, "ec2").create_launch_template(
        LaunchTemplateName=unique(),
        LaunchTemplateData={"UserData": base64.b64encode(script.encode()).decode()},
    )["LaunchTemplate"]["LaunchTemplateId"]
    resources = {**EC2, "launchTemplate": {"launchTemplateId": template, "version": "$Latest"}}
    job = submit(batch, register(batch, SPLUNK), environment(batch, resources))
    cluster.until(job, "SUCCEEDED")


def test_an_image_of_another_architecture_makes_the_environment_invalid(
    cluster: Any, local
) -> None:
    ec2 = client_of(local, "ec2")
    (image,) = ec2.describe_images(Filters=[{"Name": "architecture", "Values": ["x86_64"]}])[
        "Images"
    ][:1]
    name = unique()
    own = [{"imageType": "ECS_AL2023", "imageIdOverride": image["ImageId"]}]
    cluster.batch.create_compute_environment(
        computeEnvironmentName=name,
        type="MANAGED",
        computeResources={**EC2, "instanceTypes": ["c6g.large"], "ec2Configuration": own},
    )

    def described() -> dict[str, Any]:
        answer = cluster.batch.describe_compute_environments(computeEnvironments=[name])
        return dict(answer["computeEnvironments"][0])

    eventually(lambda: described()["status"] == "INVALID" or None, lambda: str(described()))
    assert "'arm64' of the specified instance type does not match" in described()["statusReason"]
    matching = {**EC2, "ec2Configuration": own}
    assert environment(cluster.batch, matching)


def test_subnets_of_an_environment_are_of_one_vpc(cluster: Any, local) -> None:
    ec2 = client_of(local, "ec2")
    vpcs = [ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"] for _ in range(2)]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"] for vpc in vpcs
    ]
    assert "subnets must be within one VPC" in refusal(
        cluster.batch.create_compute_environment,
        computeEnvironmentName=unique(),
        type="MANAGED",
        computeResources={**EC2, "subnets": subnets},
    )


def test_a_fargate_environment_with_jobs_turns_invalid_when_it_is_deleted(cluster: Any) -> None:
    batch = cluster.batch
    name = environment(batch, FARGATE)
    definition = register(batch, {**ON_FARGATE, "command": ["sleep", "3600"]}, "FARGATE")
    to = queue(batch, name)
    job = batch.submit_job(jobName="job", jobQueue=to, jobDefinition=definition)["jobId"]
    cluster.until(job, "RUNNING")
    other = environment(batch, FARGATE)
    batch.update_job_queue(
        jobQueue=to, computeEnvironmentOrder=[{"order": 1, "computeEnvironment": other}]
    )
    batch.update_compute_environment(computeEnvironment=name, state="DISABLED")

    def status() -> str | None:
        found = batch.describe_compute_environments(computeEnvironments=[name])
        return next((each["status"] for each in found["computeEnvironments"]), None)

    eventually(lambda: status() == "VALID" or None, lambda: str(status()))
    batch.delete_compute_environment(computeEnvironment=name)
    eventually(lambda: status() == "INVALID" or None, lambda: str(status()))
    batch.terminate_job(jobId=job, reason="over")
    cluster.until(job, "FAILED")
    batch.delete_compute_environment(computeEnvironment=name)
    eventually(lambda: status() is None or None, lambda: str(status()))
