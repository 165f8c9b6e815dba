"""Kinds of compute environments from config to the AWS APIs."""

from __future__ import annotations

import base64
import time

import pytest

import batchsdk
from batchsdk.states import JobStatus
from tests.conftest import eventually
from tests.e2e.test_deploy import Deployed, client_of

pytestmark = pytest.mark.deployments


@pytest.fixture
def deploy(local, run_deploy, tmp_path):
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
        return Deployed(local, run_deploy, tmp_path, text)

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
            "networkConfiguration": {"assignPublicIp": "ENABLED"},
            "logConfiguration": own_log(outputs),
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


def test_an_adapter_in_a_cluster_of_the_stack_in_the_apis(deploy):
    deployed = deploy("""{type: EC2, instanceTypes: [c5n.18xlarge], placement: {strategy: cluster},
      launchTemplate: {efa: 1, threadsPerCore: 1, tenancy: dedicated,
        dataVolumes: [{deviceName: /dev/sdf, volumeSize: 100, mountPath: /data}],
        capacityReservation: {id: cr-0a1b}}}""")
    resources = environment_of(deployed)["computeResources"]
    assert not resources.get("securityGroupIds")
    assert len(resources["subnets"]) == 1
    groups = deployed.ec2.describe_placement_groups(GroupNames=[resources["placementGroup"]])
    assert [each["Strategy"] for each in groups["PlacementGroups"]] == ["cluster"]

    named = resources["launchTemplate"]
    (version,) = deployed.ec2.describe_launch_template_versions(
        LaunchTemplateId=named["launchTemplateId"], Versions=[named["version"]]
    )["LaunchTemplateVersions"]
    data = version["LaunchTemplateData"]
    (interface,) = data["NetworkInterfaces"]
    assert (interface["InterfaceType"], interface["DeviceIndex"]) == ("efa", 0)
    assert len(interface["Groups"]) == 1
    assert data["CpuOptions"] == {"CoreCount": 36, "ThreadsPerCore": 1}
    assert data["Placement"] == {"Tenancy": "dedicated"}
    reserved = data["CapacityReservationSpecification"]["CapacityReservationTarget"]
    assert reserved == {"CapacityReservationId": "cr-0a1b"}
    assert [each["DeviceName"] for each in data["BlockDeviceMappings"]] == ["/dev/xvda", "/dev/sdf"]
    assert deployed.outputs.compute_environments["default"].largest_instance.vcpus == 36


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


def test_jobs_of_an_unmanaged_environment_run_on_the_instances_of_its_group(
    local, deploy, monkeypatch
):
    deployed = deploy("{type: UNMANAGED, autoScalingGroup: {instanceTypes: [c5.large]}}")
    outputs, batch = deployed.outputs, deployed.batch
    environment = environment_of(deployed)
    assert environment["type"] == "UNMANAGED"
    assert "computeResources" not in environment
    exported = outputs.compute_environments["default"]
    assert exported.ecs_cluster_arn == environment["ecsClusterArn"]

    scaling = client_of(local, "autoscaling")
    (group,) = [
        each
        for each in scaling.describe_auto_scaling_groups()["AutoScalingGroups"]
        if each["AutoScalingGroupName"].startswith(f"{outputs.environment}-default")
    ]
    (instance,) = group["Instances"]
    definition = batch.register_job_definition(
        jobDefinitionName=f"{outputs.environment}-hello",
        type="container",
        containerProperties={
            "image": "busybox",
            "command": ["true"],
            "vcpus": 1,
            "memory": 100,
            "logConfiguration": own_log(outputs),
        },
    )["jobDefinitionArn"]
    submitted = {"jobQueue": outputs.job_queues["default"].name, "jobDefinition": definition}
    job = batch.submit_job(jobName="hello", **submitted)["jobId"]
    assert _end(batch, job) == JobStatus.SUCCEEDED
    ran_on = batch.describe_jobs(jobs=[job])["jobs"][0]["container"]["containerInstanceArn"]
    (registered,) = client_of(local, "ecs").describe_container_instances(
        cluster=environment["ecsClusterArn"], containerInstances=[ran_on]
    )["containerInstances"]
    assert registered["ec2InstanceId"] == instance["InstanceId"]

    name = group["AutoScalingGroupName"]
    scaling.update_auto_scaling_group(AutoScalingGroupName=name, MinSize=0, DesiredCapacity=0)
    waiting = batch.submit_job(jobName="waits", **submitted)["jobId"]
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    connected = batchsdk.connect(ssm=f"/batch/{outputs.environment}")
    eventually(
        lambda: "no instance is registered" in connected.job(waiting).diagnose().text or None,
        lambda: connected.job(waiting).diagnose().text,
    )


def own_log(outputs):
    """Return where the roles of the stack may write; AWS Batch's usual group is another."""
    return {"logDriver": "awslogs", "options": {"awslogs-group": outputs.log_group.name}}


def _end(batch, job_id):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        state = batch.describe_jobs(jobs=[job_id])["jobs"][0]["status"]
        if JobStatus(state).is_terminal:
            return state
        time.sleep(0.05)
    return "still running"
