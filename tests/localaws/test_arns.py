"""ARNs of the local AWS Batch are of the partition that the region is in."""

from __future__ import annotations

import uuid

import boto3
import pytest


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_arns_are_of_the_regions_partition(local, region, partition):
    batch = boto3.client("batch", **(local.client_arguments | {"region_name": region}))
    name = f"policy-{uuid.uuid4().hex[:8]}"
    policy = batch.create_scheduling_policy(name=name)["arn"]
    assert policy.startswith(f"arn:{partition}:batch:{region}:")

    batch.create_compute_environment(
        computeEnvironmentName=name,
        type="MANAGED",
        computeResources={
            "type": "FARGATE",
            "maxvCpus": 1,
            "subnets": ["subnet-1"],
            "securityGroupIds": ["sg-1"],
        },
    )
    described = batch.describe_compute_environments(computeEnvironments=[name])
    (environment,) = described["computeEnvironments"]
    for key in ("computeEnvironmentArn", "ecsClusterArn", "serviceRole"):
        assert environment[key].startswith(f"arn:{partition}:"), key
