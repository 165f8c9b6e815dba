"""What tests ask of Batch beyond a cluster, and what it says where it refuses."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import wait_valid

ROLE = "arn:aws:iam::123456789012:role/batch"
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


def refusal(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    assert refused.value.response["Error"]["Code"] == "ClientException"
    return refused.value.response["Error"]["Message"]


FARGATE = {
    "type": "FARGATE",
    "maxvCpus": 4,
    "subnets": ["subnet-12345678"],
    "securityGroupIds": ["sg-12345678"],
}
"""The resources of an environment of Fargate, in a subnet that nobody looks at."""


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
