"""The causes of a stuck RUNNABLE job that the local AWS cannot show, in answers as AWS gives them.

It carries no EKS, knows no quotas, launches no instances by Auto Scaling or spot fleets, and blocks
a queue only for reasons that it has.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import batchsdk
from batchsdk import AccessDeniedError, Cause, Diagnosis, ServiceFailureError, Verdict
from batchsdk.contract import LargestInstance
from tests.batchsdk.fakes import QUEUE_ARN, START, FakeClock, FakeTransport, connect, stack_outputs
from tests.batchsdk.test_diagnosis import cluster, environment, waiting

ROOT = Path(__file__).parents[2]
NAME = "default-1a2b"
PROFILE = "arn:aws:iam::123456789012:instance-profile/profile"


def diagnosed(transport: FakeTransport, described: dict[str, Any]) -> Diagnosis:
    transport.script("job-1", described)
    return connect(transport).job("job-1").diagnose()


def ec2(**resources: Any) -> dict[str, Any]:
    base = {"type": "EC2", "maxvCpus": 256, "instanceTypes": ["c4.large"], "subnets": ["subnet-1"]}
    return environment(computeResources=base | resources)


@pytest.mark.parametrize(
    ("reason", "cause", "verdict", "fix"),
    [
        (
            "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED - launch template",
            Cause.INSTANCE_CONFIGURATION,
            Verdict.MISCONFIGURED,
            "launch template must not set",
        ),
        (
            "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS – denied",  # noqa: RUF001  # as AWS writes it
            Cause.SERVICE_ROLE,
            Verdict.MISCONFIGURED,
            "batch-platform:roles.serviceRole",
        ),
        (
            "UNDETERMINED - Batch job is blocked, root cause is undetermined.",
            Cause.UNDETERMINED,
            Verdict.UNDETERMINED,
            "reach ECS",
        ),
    ],
)
def test_batchs_own_words(reason, cause, verdict, fix):
    found = diagnosed(cluster(environment()), waiting(statusReason=reason))
    assert found.verdict is verdict
    (finding,) = found.findings
    assert finding.cause is cause
    assert reason in finding.evidence
    assert fix in finding.fix


def test_half_of_the_vcpus_where_the_stack_runs_one_thread_for_each_core():
    whole = stack_outputs()
    (key,) = whole.compute_environments
    transport = cluster(ec2(instanceTypes=["c5.xlarge"]))
    transport.instance_types = [
        {
            "InstanceType": "c5.xlarge",
            "VCpuInfo": {"DefaultVCpus": 4, "DefaultCores": 2, "ValidThreadsPerCore": [1, 2]},
            "MemoryInfo": {"SizeInMiB": 8192},
        }
    ]
    transport.script("job-1", waiting(vcpus=4))

    def verdict(vcpus: int) -> Verdict:
        known = replace(
            whole.compute_environments[key],
            arn=transport.environments[0]["computeEnvironmentArn"],
            largest_instance=LargestInstance(vcpus=vcpus, memory=8192),
        )
        outputs = replace(whole, compute_environments={key: known})
        return connect(transport, outputs=outputs).job("job-1").diagnose().verdict

    assert verdict(2) is Verdict.WILL_NEVER_FIT
    assert verdict(4) is not Verdict.WILL_NEVER_FIT


def test_what_lies_below_explains_an_undetermined_reason():
    transport = cluster(ec2())
    transport.reads["DescribeSubnets"] = {
        "Subnets": [
            {
                "SubnetId": "subnet-1",
                "VpcId": "vpc-1",
                "AvailabilityZone": "us-east-1a",
                "MapPublicIpOnLaunch": False,
                "AvailableIpAddressCount": 0,
            }
        ]
    }
    transport.reads["DescribeInstanceTypeOfferings"] = {
        "InstanceTypeOfferings": [{"InstanceType": "c4.large"}]
    }
    found = diagnosed(transport, waiting(statusReason="UNDETERMINED - Batch job is blocked"))
    assert found.verdict is Verdict.MISCONFIGURED
    assert {each.cause for each in found.findings} == {
        Cause.UNDETERMINED,
        Cause.LAUNCHES_FAIL,
        Cause.NOT_IN_CLUSTER,
    }


def failed_launch(message: str) -> FakeTransport:
    transport = cluster(ec2())
    transport.reads |= {
        "DescribeAutoScalingGroups": {
            "AutoScalingGroups": [{"AutoScalingGroupName": f"AWSBatch-{NAME}-asg-1"}]
        },
        "DescribeScalingActivities": {
            "Activities": [
                {"StatusCode": "Failed", "StatusMessage": message, "StartTime": START},
                {"StatusCode": "Successful", "StartTime": START},
            ]
        },
    }
    return transport


@pytest.mark.parametrize(
    ("message", "cause", "verdict", "fix"),
    [
        (
            "You have requested more vCPU capacity than your current vCPU limit of 32 allows",
            Cause.LAUNCHES_FAIL,
            Verdict.MISCONFIGURED,
            "EC2 quota",
        ),
        (
            "There are insufficient free addresses in that subnet.",
            Cause.LAUNCHES_FAIL,
            Verdict.MISCONFIGURED,
            "batch-platform:network.cidr",
        ),
        (
            "Your Spot request price of 0.01 is lower than the minimum: price is too low",
            Cause.LAUNCHES_FAIL,
            Verdict.NO_CAPACITY,
            "batch-platform:computeEnvironments.default.bidPercentage",
        ),
        (
            "We currently do not have sufficient c4.large capacity in the Availability Zone",
            Cause.NO_CAPACITY,
            Verdict.NO_CAPACITY,
            "batch-platform:computeEnvironments.default.instanceTypes",
        ),
    ],
)
def test_a_launch_that_failed(message, cause, verdict, fix):
    found = diagnosed(failed_launch(message), waiting())
    assert found.verdict is verdict
    (finding,) = found.findings
    assert finding.cause is cause
    assert message in finding.evidence
    assert fix in finding.fix


def test_one_environment_whose_launches_work_is_enough():
    transport = failed_launch("VcpuLimitExceeded")
    other = environment("other-9z", computeEnvironmentArn="arn:other")
    transport.environments = [*transport.environments, other]
    found = diagnosed(transport, waiting())
    assert found.verdict is Verdict.WAITING_ITS_TURN
    assert "VcpuLimitExceeded" in found.text


@pytest.mark.parametrize(
    ("quota", "verdict", "told"),
    [
        (6.0, Verdict.MISCONFIGURED, True),
        (100.0, Verdict.WAITING_ITS_TURN, True),
        (256.0, Verdict.WAITING_ITS_TURN, False),
    ],
)
def test_a_quota_of_fargate(quota, verdict, told):
    transport = cluster(environment(computeResources={"type": "FARGATE_SPOT", "maxvCpus": 256}))
    transport.reads["GetServiceQuota"] = lambda request: {
        "Quota": {"Value": quota if request["QuotaCode"] == "L-36FBB829" else 0}
    }
    found = diagnosed(transport, waiting(vcpus=8))
    assert found.verdict is verdict
    assert (f"may run {quota:g} vCPUs on FARGATE_SPOT" in found.text) is told


def test_an_error_of_a_spot_fleet():
    role = "arn:aws:iam::123456789012:role/fleet"
    transport = cluster(ec2(type="SPOT", spotIamFleetRole=role))
    transport.reads |= {
        "GetRole": {"Role": {"Arn": role}},
        "DescribeSpotFleetRequests": {
            "SpotFleetRequestConfigs": [
                {
                    "SpotFleetRequestId": "sfr-1",
                    "SpotFleetRequestState": "active",
                    "SpotFleetRequestConfig": {"IamFleetRole": role},
                }
            ]
        },
        "DescribeSpotFleetRequestHistory": {
            "HistoryRecords": [
                {
                    "EventType": "error",
                    "EventInformation": {"EventDescription": "iamFleetRoleInvalid"},
                }
            ]
        },
    }
    found = diagnosed(transport, waiting())
    assert found.verdict is Verdict.MISCONFIGURED
    assert found.findings[0].cause is Cause.LAUNCHES_FAIL
    assert "batch-platform:computeEnvironments.default.allocationStrategy" in found.text


@pytest.mark.parametrize(
    ("available", "total", "verdict"),
    [(0, 5, Verdict.WAITING_ITS_TURN), (1, 1, Verdict.WILL_NEVER_FIT)],
)
def test_a_consumable_resource_that_is_used_up(available, total, verdict):
    transport = cluster(environment())
    transport.reads["DescribeConsumableResource"] = {
        "availableQuantity": available,
        "totalQuantity": total,
    }
    licences = {"consumableResource": "arn:aws:batch:::consumable-resource/seat", "quantity": 2}
    wanted = {"consumableResourceList": [licences]}
    found = diagnosed(transport, waiting(consumableResourceProperties=wanted))
    assert found.verdict is verdict
    assert found.findings[0].cause is Cause.CONSUMABLE_RESOURCE
    assert f"seat: the job needs 2, {available} of {total} are free" in found.text


def test_an_eks_cluster_that_does_not_let_batch_in():
    eks = {"kubernetesNamespace": "batch", "eksClusterArn": "arn:aws:eks:::cluster/one"}
    reason = "CLIENT_ERROR - Unauthorized: namespaces is forbidden"
    found = diagnosed(
        cluster(environment(eksConfiguration=eks, status="INVALID", statusReason=reason)),
        waiting(),
    )
    assert found.verdict is Verdict.MISCONFIGURED
    assert found.findings[0].cause is Cause.EKS_ACCESS
    assert reason in found.text
    assert "RBAC roles of namespace batch" in found.text


def test_an_environment_whose_instances_never_joined():
    reason = "CLIENT_ERROR - Your compute environment has been INVALIDATED and scaled down because "
    reason += "none of the instances joined the underlying ECS Cluster."
    found = diagnosed(cluster(environment(status="INVALID", statusReason=reason)), waiting())
    assert found.findings[0].cause is Cause.ENVIRONMENTS_UNUSABLE
    assert "batch-platform:network.mode" in found.text


LOOK_AGAIN = f"update-compute-environment --compute-environment {NAME} --state ENABLED"
IN_CONFIG = "batch-platform:computeEnvironments.default"


@pytest.mark.parametrize(
    ("of_environment", "reads", "fixes"),
    [
        (
            {"state": "DISABLED"},
            {},
            [f"ENABLED for {IN_CONFIG}.state", "run pulumi up --stack dev", LOOK_AGAIN],
        ),
        (
            {"status": "INVALID", "statusReason": "CLIENT_ERROR - Something new."},
            {},
            [f"names in {IN_CONFIG} in the stack's config", "up --stack dev", LOOK_AGAIN],
        ),
        (
            {"status": "INVALID", "statusReason": "Not authorized to perform sts:AssumeRole"},
            {},
            ["batch-platform:roles.serviceRole", LOOK_AGAIN],
        ),
        (
            {"status": "INVALID", "statusReason": "CLIENT_ERROR - IamFleetRole is invalid"},
            {},
            [f"{IN_CONFIG}.allocationStrategy", LOOK_AGAIN],
        ),
        (
            {"status": "INVALID", "statusReason": "Instance profile profile does not exist"},
            {},
            ["pulumi up --refresh --stack dev", "batch-platform:roles.instanceProfileArn"],
        ),
        (
            {"status": "INVALID", "statusReason": "none of the instances joined the cluster"},
            {},
            ["batch-platform:network.mode", "up --stack dev", LOOK_AGAIN],
        ),
        (
            {"computeResources": {"type": "EC2", "maxvCpus": 256, "instanceRole": PROFILE}},
            {"GetInstanceProfile": {"InstanceProfile": {"Roles": []}}},
            ["pulumi up --refresh --stack dev", "batch-platform:roles.instanceProfileArn"],
        ),
    ],
)
def test_every_fix_names_a_key_or_a_command(of_environment, reads, fixes):
    transport = cluster(environment(**of_environment))
    transport.reads |= reads
    found = diagnosed(transport, waiting())
    (fix,) = [each.fix for each in found.findings if each.cause]
    assert [each for each in fixes if each not in fix] == []
    # Of a queue that no stack made there is neither a config nor a deployment.
    alone = batchsdk.connect(queue=QUEUE_ARN, transport=lambda _: transport, clock=FakeClock())
    found = alone.job("job-1").diagnose()
    (fix,) = [each.fix for each in found.findings if each.cause]
    assert "pulumi" not in fix
    assert "batch-platform:" not in fix


def test_a_queue_that_was_deleted_is_told_how_to_get_back():
    transport = FakeTransport()
    (found,) = connect(transport).diagnose()
    assert "pulumi up --refresh --stack dev" in found.text
    alone = batchsdk.connect(queue=QUEUE_ARN, transport=lambda _: transport, clock=FakeClock())
    (found,) = alone.diagnose()
    assert "pulumi" not in found.text
    assert "aws batch describe-job-queues" in found.text


class Closed(FakeTransport):
    """Lets the caller describe jobs, and nothing else."""

    def __init__(self, *, fault: type[Exception] = AccessDeniedError) -> None:
        super().__init__()
        self.fault = fault

    def _refuse(self, operation: str) -> Any:
        raise self.fault(f"{operation}: not authorized", operation=operation)

    def list_jobs(self, *_: Any) -> Any:
        return self._refuse("ListJobs")

    def describe_job_queue(self, *_: Any) -> Any:
        return self._refuse("DescribeJobQueues")

    def describe_compute_environments(self, *_: Any) -> Any:
        return self._refuse("DescribeComputeEnvironments")

    def describe_instance_types(self, *_: Any) -> Any:
        return self._refuse("DescribeInstanceTypes")

    def read(self, _service: str, operation: str, *_: Any) -> Any:
        return self._refuse(operation)


def test_a_caller_who_may_ask_nothing_still_gets_a_diagnosis():
    found = diagnosed(Closed(), waiting(statusReason="CAPACITY:INSUFFICIENT - none"))
    assert found.verdict is Verdict.NO_CAPACITY
    assert [each.check for each in found.unchecked] == ["the queue and its compute environments"]
    assert "Could not be checked: the queue and its compute environments" in found.text
    quiet = diagnosed(Closed(), waiting())
    assert quiet.verdict is Verdict.UNDETERMINED
    assert "GetJobQueueSnapshot: not authorized" in quiet.text


@pytest.mark.parametrize("fault", [AccessDeniedError, ServiceFailureError])
def test_each_check_that_is_refused_says_so_and_the_others_are_made(fault):
    class HalfClosed(Closed):
        """Lets the caller ask Batch, and no other service."""

        describe_job_queue = FakeTransport.describe_job_queue
        describe_compute_environments = FakeTransport.describe_compute_environments
        list_jobs = FakeTransport.list_jobs

    transport = HalfClosed(fault=fault)
    open_one = cluster(ec2(instanceRole=PROFILE, securityGroupIds=["sg-1"]))
    transport.queue, transport.environments = open_one.queue, open_one.environments
    found = diagnosed(transport, waiting(memory=5000))
    refused = {each.check for each in found.unchecked}
    assert refused == {
        "the instance types of default-1a2b",
        "the place in the queue",
        "the capacity in use",
        "the free addresses of the subnets",
        "failed launches of instances",
        "whether the zones offer the instance types",
        "the instances' route to ECS",
        "the instance role",
    }
    assert found.verdict is Verdict.WAITING_ITS_TURN


def test_a_queue_that_may_not_be_seen():
    (found,) = connect(Closed()).diagnose()
    assert {each.check for each in found.unchecked} >= {"the queue and its compute environments"}


def test_the_whole_of_a_queue_that_does_not_exist():
    transport = FakeTransport()
    (found,) = connect(transport).diagnose(QUEUE_ARN)
    assert not found.is_healthy
    assert "does not exist in this account" in found.text


def test_each_key_that_a_fix_names_is_one_of_the_config():
    known = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    code = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "batchsdk/diagnosis").glob("*.py")
    )
    named = set(re.findall(r"_key\(\s*(?:[\w.]+,\s*)*\"(\w+)\"\s*\)", code))
    named |= set(re.findall(r"batch-platform:(?:roles|network|jobQueues)\.(\w+)", code))
    assert len(named) > 10
    for key in named:
        assert f"`{key}`" in known or f".{key}`" in known, key
