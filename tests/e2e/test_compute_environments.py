"""Kinds of compute environments from config to the AWS APIs."""

from __future__ import annotations

import base64
import time
import uuid

import pytest

from batchsdk.states import JobStatus
from tests.e2e.test_deploy import Deployed, client_of

pytestmark = pytest.mark.deployments


@pytest.fixture
def deploy(local, tmp_path):
    """Deploys a stack with one environment of these keys."""

    def call(environment):
        text = f"""\
config:
  aws:region: us-east-1
  batch-platform:network: {{mode: public}}
  batch-platform:computeEnvironments:
    default: {environment}
  batch-platform:jobQueues:
    default: {{computeEnvironments: [default]}}
"""
        return Deployed(local, tmp_path, text, f"test-{uuid.uuid4().hex[:6]}")

    return call


def environment_of(deployed):
    arn = deployed.outputs.compute_environments["default"].arn
    found = deployed.batch.describe_compute_environments(computeEnvironments=[arn])
    return found["computeEnvironments"][0]


@pytest.mark.parametrize("kind", ["FARGATE", "FARGATE_SPOT"])
def test_a_job_runs_on_fargate(deploy, kind):
    deployed = deploy(f"{{type: {kind}, maxVcpus: 4}}")
    outputs, batch = deployed.outputs, deployed.batch
    resources = environment_of(deployed)["computeResources"]
    assert (resources["type"], resources["maxvCpus"]) == (kind, 4)
    assert "tags" not in resources

    queue = outputs.job_queues["default"].name
    definition = batch.register_job_definition(
        jobDefinitionName=f"{outputs.environment}-hello",
        type="container",
        platformCapabilities=["FARGATE"],
        containerProperties={
            "image": "busybox",
            "command": ["true"],
            "executionRoleArn": outputs.roles.execution.arn,
            "resourceRequirements": [
                {"type": "VCPU", "value": "0.25"},
                {"type": "MEMORY", "value": "512"},
            ],
        },
    )
    job = batch.submit_job(
        jobName="hello", jobQueue=queue, jobDefinition=definition["jobDefinitionArn"]
    )
    assert _end(batch, job["jobId"]) == JobStatus.SUCCEEDED


def test_the_launch_template_of_instances_in_the_apis(deploy):
    keys = """{type: EC2, ec2KeyPair: ops, updatePolicy: {jobExecutionTimeoutMinutes: 60},
      launchTemplate: {rootVolume: {volumeSize: 80}, ecsAgent: {ECS_RESERVED_MEMORY: '256'}}}"""
    deployed = deploy(keys)
    environment = environment_of(deployed)
    named = environment["computeResources"]["launchTemplate"]
    assert named["version"] == "1"
    assert environment["computeResources"]["ec2KeyPair"] == "ops"
    assert environment["updatePolicy"] == {
        "terminateJobsOnUpdate": False,
        "jobExecutionTimeoutMinutes": 60,
    }

    (version,) = deployed.ec2.describe_launch_template_versions(
        LaunchTemplateId=named["launchTemplateId"], Versions=[named["version"]]
    )["LaunchTemplateVersions"]
    data = version["LaunchTemplateData"]
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    assert data["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    (root,) = data["BlockDeviceMappings"]
    assert root["DeviceName"] == "/dev/xvda"
    assert root["Ebs"]["Encrypted"] is True
    assert root["Ebs"]["VolumeSize"] == 80
    assert b"ECS_RESERVED_MEMORY=256" in base64.b64decode(data["UserData"])


def test_a_given_launch_template_is_used_by_the_number_of_its_version(local, deploy):
    ec2, data = client_of(local, "ec2"), {"MetadataOptions": {"HttpTokens": "required"}}
    made = ec2.create_launch_template(LaunchTemplateName="golden", LaunchTemplateData=data)
    template = made["LaunchTemplate"]["LaunchTemplateId"]
    ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData=data)
    deployed = deploy(
        f"{{type: EC2, launchTemplate: {{launchTemplateId: {template}, version: $Latest}}}}"
    )
    used = environment_of(deployed)["computeResources"]["launchTemplate"]
    assert used == {"launchTemplateId": template, "version": "2"}

    refused = deploy("{type: EC2, launchTemplate: {launchTemplateName: silver}}").answer
    assert refused.returncode != 0
    assert "launchTemplateName: silver does not exist in us-east-1" in refused.stderr


def _end(batch, job_id):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        state = batch.describe_jobs(jobs=[job_id])["jobs"][0]["status"]
        if JobStatus(state).is_terminal:
            return state
        time.sleep(0.05)
    return "still running"
