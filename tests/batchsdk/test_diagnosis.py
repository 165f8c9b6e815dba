from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from batchsdk import AccessDeniedError, Verdict
from batchsdk.contract.capacity import name_patterns
from batchsdk.contract.reachability import ECS_ENDPOINTS
from tests.batchsdk.fakes import (
    QUEUE_ARN,
    START,
    FakeClock,
    FakeTransport,
    connect,
    job,
    queue,
    stack_outputs,
)

ENVIRONMENT_ARN = stack_outputs().compute_environments["default"].arn
C4_LARGE = {
    "InstanceType": "c4.large",
    "VCpuInfo": {"DefaultVCpus": 2},
    "MemoryInfo": {"SizeInMiB": 3840},
}


def environment(name: str = "default-1a2b", **more: Any) -> dict[str, Any]:
    return {
        "computeEnvironmentName": name,
        "computeEnvironmentArn": ENVIRONMENT_ARN,
        "state": "ENABLED",
        "status": "VALID",
        "computeResources": {"type": "EC2", "maxvCpus": 256, "instanceTypes": ["c4.large"]},
    } | more


def cluster(*environments: Mapping[str, Any]) -> FakeTransport:
    transport = FakeTransport()
    names = [each["computeEnvironmentName"] for each in environments]
    transport.queue = {"computeEnvironmentOrder": [{"computeEnvironment": name} for name in names]}
    transport.environments = list(environments)
    transport.instance_types = [C4_LARGE]
    return transport


def waiting(memory: int = 100, vcpus: int = 1, gpus: int = 0, **more: Any) -> dict[str, Any]:
    requirements = [
        {"type": "VCPU", "value": str(vcpus)},
        {"type": "MEMORY", "value": str(memory)},
        *([{"type": "GPU", "value": str(gpus)}] if gpus else []),
    ]
    return job("RUNNABLE", container={"resourceRequirements": requirements}, **more)


def verdict(transport: FakeTransport, described: Mapping[str, Any]) -> tuple[Verdict, str]:
    transport.script("job-1", described)
    diagnosis = connect(transport).job("job-1").diagnose()
    return diagnosis.verdict, diagnosis.text


def test_a_job_larger_than_every_instance_will_never_fit() -> None:
    found, text = verdict(cluster(environment()), waiting(memory=5000))
    assert found is Verdict.WILL_NEVER_FIT
    assert "memory: asked 5000 MiB, at most 3808 MiB can be had" in text
    assert "c4.large (2 vCPU(s), 3840 MiB)" in text
    assert "batch-platform:computeEnvironments.default.instanceTypes" in text


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (waiting(memory=3808), True),
        (waiting(memory=3809), False),
        (waiting(vcpus=2), True),
        (waiting(vcpus=3), False),
        (waiting(gpus=1), False),
    ],
)
def test_a_job_fits_up_to_what_the_agent_leaves(wanted: Mapping[str, Any], fits: bool) -> None:
    found, _ = verdict(cluster(environment()), wanted)
    assert found is (Verdict.WAITING_ITS_TURN if fits else Verdict.WILL_NEVER_FIT)


def test_a_job_with_more_vcpus_than_the_environment_may_have_will_never_fit() -> None:
    small = environment(computeResources={"type": "FARGATE", "maxvCpus": 4})
    found, text = verdict(cluster(small), waiting(vcpus=8))
    assert found is Verdict.WILL_NEVER_FIT
    assert "8 vCPU(s)" in text
    assert "4 at most" in text
    assert "computeEnvironments.default.maxVcpus" in text


def test_one_environment_that_fits_is_enough() -> None:
    large = environment("large", computeResources={"maxvCpus": 256, "instanceTypes": []})
    found, _ = verdict(cluster(environment(), large), waiting(memory=5000))
    assert found is Verdict.WAITING_ITS_TURN


def test_without_leave_to_ask_ec2_the_other_causes_still_count() -> None:
    transport = cluster(environment(state="DISABLED"))
    transport.instance_types = AccessDeniedError("no", operation="DescribeInstanceTypes")
    found, text = verdict(transport, waiting(memory=5000))
    assert found is Verdict.MISCONFIGURED
    assert "DISABLED" in text


def test_an_unmanaged_environment_without_instances_is_told() -> None:
    cluster_arn = "arn:aws:ecs:us-east-1:123456789012:cluster/AWSBatch-own"
    own = environment(type="UNMANAGED", ecsClusterArn=cluster_arn)
    del own["computeResources"]
    found, text = verdict(cluster(own), waiting(vcpus=500))
    assert found is Verdict.MISCONFIGURED
    assert f"no instance is registered in the ECS cluster {cluster_arn}" in text
    assert "batch-platform:computeEnvironments.default.autoScalingGroup" in text


def test_an_invalid_environment_is_named_with_its_reason() -> None:
    transport = cluster(environment(status="INVALID", statusReason="CLIENT_ERROR - no role"))
    found, text = verdict(transport, waiting())
    assert found is Verdict.MISCONFIGURED
    assert "CLIENT_ERROR - no role" in text


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - none", Verdict.NO_CAPACITY),
        ("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - too big", Verdict.WILL_NEVER_FIT),
        ("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - x", Verdict.WILL_NEVER_FIT),
        ("MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS – x", Verdict.MISCONFIGURED),  # noqa: RUF001  # as AWS writes it
        ("MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED - x", Verdict.MISCONFIGURED),
        ("ACTION_REQUIRED - CE(s) are invalid.", Verdict.MISCONFIGURED),
        ("UNDETERMINED - Batch job is blocked", Verdict.UNDETERMINED),
    ],
)
def test_what_batch_itself_says_is_passed_on(reason: str, expected: Verdict) -> None:
    found, text = verdict(cluster(environment()), waiting(statusReason=reason))
    assert found is expected
    assert reason in text


def test_waiting_its_turn_counts_what_is_ahead_and_what_runs() -> None:
    transport = cluster(environment())
    listed = {
        "RUNNABLE": [{"jobId": "older", "createdAt": 1}, {"jobId": "job-1", "createdAt": 2}],
        "RUNNING": [{"jobId": "busy", "createdAt": 1}],
    }
    transport.pages = lambda request: {
        "jobSummaryList": [
            {**each, "status": request["jobStatus"]}
            for each in listed.get(request["jobStatus"], ())
        ]
    }
    found, text = verdict(transport, waiting())
    assert found is Verdict.WAITING_ITS_TURN
    assert "1 job(s) are ahead of it in the queue and 1 run" in text


def test_a_queue_that_is_gone_is_told() -> None:
    found, text = verdict(FakeTransport(), waiting())
    assert found is Verdict.MISCONFIGURED
    assert "does not exist in this account" in text


def test_a_pending_job_names_the_jobs_it_waits_for() -> None:
    transport = FakeTransport()
    transport.script("job-0", job("RUNNING", job_id="job-0", jobName="extract"))
    transport.script("job-9", job("SUCCEEDED", job_id="job-9"))
    depends_on = [{"jobId": "job-0"}, {"jobId": "job-9"}]
    found, text = verdict(transport, job("PENDING", dependsOn=depends_on))
    assert found is Verdict.WAITING_FOR_JOBS
    assert "it waits for job extract (job-0), which is RUNNING" in text
    assert "job-9" not in text


def test_the_parent_of_an_array_counts_its_children() -> None:
    array = {"size": 3, "statusSummary": {"RUNNABLE": 2, "RUNNING": 1, "FAILED": 0}}
    found, text = verdict(FakeTransport(), job("PENDING", arrayProperties=array))
    assert found is Verdict.WAITING_FOR_JOBS
    assert "its 3 children are 2 RUNNABLE, 1 RUNNING" in text


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("STARTING", Verdict.STARTING),
        ("RUNNING", Verdict.RUNNING),
        ("SUCCEEDED", Verdict.ENDED),
        ("FAILED", Verdict.ENDED),
    ],
)
def test_a_job_that_does_not_wait_needs_no_further_calls(status: str, expected: Verdict) -> None:
    transport = FakeTransport()
    found, _ = verdict(transport, job(status))
    assert found is expected
    assert [name for name, _ in transport.calls] == ["DescribeJobs"]


def test_families_and_bundles_become_patterns() -> None:
    assert name_patterns(["c4.large", "g5", "c4.large"]) == ["c4.large", "g5.*"]
    assert name_patterns(["optimal"]) == name_patterns(["default_x86_64"])
    assert "c7g.*" in name_patterns(["default_arm64"])


ROLE = "arn:aws:iam::123456789012:role/"
PROFILE = "arn:aws:iam::123456789012:instance-profile/instances"


def troubled(*names: str) -> FakeTransport:
    """Return environments of SPOT instances about which every question has to be asked."""
    resources = {
        "type": "SPOT",
        "maxvCpus": 256,
        "instanceTypes": ["c4.large"],
        "subnets": ["subnet-1"],
        "securityGroupIds": ["sg-1"],
        "instanceRole": PROFILE,
        "spotIamFleetRole": f"{ROLE}fleet",
    }
    transport = cluster(
        *[
            environment(
                each,
                computeEnvironmentArn=ENVIRONMENT_ARN.replace("default-1a2b", each),
                computeResources=resources,
                serviceRole=f"{ROLE}service",
                ecsClusterArn=f"arn:aws:ecs:us-east-1:123456789012:cluster/{each}",
            )
            for each in names
        ]
    )
    assert transport.queue is not None
    transport.queue = {**transport.queue, "jobQueueArn": QUEUE_ARN, "jobQueueName": "default-1a2b"}
    subnet = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "AvailabilityZone": "us-east-1a"}
    fleet = {
        "SpotFleetRequestId": "sfr-1",
        "SpotFleetRequestState": "active",
        "SpotFleetRequestConfig": {"IamFleetRole": f"{ROLE}fleet"},
    }
    endpoints = [
        {"ServiceName": each, "State": "available", "VpcEndpointType": "Interface"}
        for each in ECS_ENDPOINTS
    ]
    instance = {
        "InstanceId": "i-1",
        "IamInstanceProfile": {"Arn": PROFILE},
        "LaunchTime": START,
    }
    transport.reads |= {
        "GetJobQueueSnapshot": {
            "frontOfQueue": {"jobs": [{"jobArn": f"{QUEUE_ARN.partition('job-')[0]}job/job-1"}]}
        },
        "DescribeJobQueues": {"jobQueues": [transport.queue]},
        "DescribeComputeEnvironments": {"computeEnvironments": transport.environments},
        "DescribeSubnets": {"Subnets": [subnet]},
        "DescribeInstanceTypeOfferings": {"InstanceTypeOfferings": [{"InstanceType": "c4.large"}]},
        "DescribeInstances": {"Reservations": [{"Instances": [instance]}]},
        "DescribeVpcEndpoints": {"VpcEndpoints": endpoints},
        "DescribeSecurityGroups": {"SecurityGroups": [{"GroupId": "sg-1"}]},
        "DescribeAutoScalingGroups": {
            "AutoScalingGroups": [{"AutoScalingGroupName": f"{each}-asg"} for each in names]
        },
        "DescribeSpotFleetRequests": {"SpotFleetRequestConfigs": [fleet]},
        "GetRole": lambda request: {"Role": {"Arn": f"{ROLE}{request['RoleName']}"}},
        "GetInstanceProfile": {
            "InstanceProfile": {"Roles": [{"RoleName": "instances", "Arn": f"{ROLE}instances"}]}
        },
        "ListAttachedRolePolicies": {"AttachedPolicies": [{"PolicyName": "mine"}]},
        "SimulatePrincipalPolicy": {"EvaluationResults": []},
    }
    transport.script("job-1", waiting())
    return transport


class PassingClock(FakeClock):
    """Each look at it takes a second."""

    def now(self) -> datetime:
        self.seconds += 1
        return super().now()


def asked(transport: FakeTransport) -> list[str]:
    return [f"{name} {request}" for name, request in transport.calls]


def test_the_diagnosis_of_a_queue_and_its_head_asks_each_question_once() -> None:
    transport = troubled("blue", "green")
    (found,) = connect(transport, PassingClock()).diagnose("default")
    assert found.head is not None
    assert found.unchecked == found.head.unchecked == ()
    questions = asked(transport)
    assert sorted(questions) == sorted(set(questions))
    # The order in which Batch comes first; what both environments share is asked once, too.
    assert [(name, transport.count(name)) for name in dict(transport.calls)] == [
        ("DescribeJobQueues", 2),  # this one; then all, to find those that share its environments
        ("DescribeComputeEnvironments", 2),  # its own; then all, to find other clusters
        ("DescribeInstanceTypes", 1),
        ("DescribeSubnets", 1),
        ("DescribeInstanceTypeOfferings", 1),
        ("GetRole", 3),
        ("ListAttachedRolePolicies", 3),
        ("ListRolePolicies", 3),
        ("GetInstanceProfile", 1),
        # The instance role on the cluster of each environment, and the service role passing it.
        ("SimulatePrincipalPolicy", 8),
        ("DescribeAutoScalingGroups", 1),
        ("DescribeScalingActivities", 2),
        ("DescribeSpotFleetRequests", 1),
        ("DescribeSpotFleetRequestHistory", 1),
        ("ListContainerInstances", 2),
        ("DescribeInstances", 1),
        ("DescribeSecurityGroups", 1),
        ("DescribeVpcEndpoints", 1),
        ("DescribeVpcAttribute", 2),
        ("DescribeRouteTables", 1),
        ("DescribeNetworkAcls", 1),
        ("GetJobQueueSnapshot", 1),
        ("DescribeJobs", 1),
        ("ListJobs", 2),
    ]


def test_what_two_queues_share_is_asked_once() -> None:
    transport = troubled("blue")
    outputs = stack_outputs(
        job_queues={each: queue(f"{each}-1a2b", "default") for each in ("default", "second")}
    )
    found = connect(transport, PassingClock(), outputs).diagnose()
    assert [each.queue for each in found] == ["default-1a2b", "second-1a2b"]
    assert sorted(asked(transport)) == sorted(set(asked(transport)))


def test_what_may_not_be_asked_is_not_asked_twice_and_is_told_of_queue_and_head() -> None:
    transport = troubled("blue", "green")
    denied = AccessDeniedError("no", operation="DescribeAutoScalingGroups")
    transport.reads["DescribeAutoScalingGroups"] = denied
    (found,) = connect(transport).diagnose("default")
    assert transport.count("DescribeAutoScalingGroups") == 1
    assert found.head is not None
    assert found.unchecked == found.head.unchecked
    assert len(found.unchecked) == 1
