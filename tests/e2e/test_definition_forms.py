"""Every form of job definition on the local AWS, seen through the AWS APIs."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
import yaml

from tests.aws_clients import client_of

pytestmark = pytest.mark.deployments

PROJECT = Path(__file__).parent.parent.parent
SIZE = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
CONFIG = {
    "aws:region": "us-east-1",
    "batch-platform:network": {"mode": "nat"},
    "batch-platform:computeEnvironments": {
        "default": {"type": "EC2"},
        "fargate": {"type": "FARGATE"},
    },
    "batch-platform:jobQueues": {
        "default": {"computeEnvironments": ["default"]},
        "fargate": {"computeEnvironments": ["fargate"]},
    },
    "batch-platform:jobDefinitions": {
        "etl": {
            "image": "busybox",
            "memory": 64,
            "user": "1000",
            "readonlyRootFilesystem": True,
            "secrets": {"TOKEN": "/app/token"},
            "volumes": {"tmp": {"containerPath": "/tmp"}},
            "permissions": {"s3Read": ["s3://incoming/raw"]},
            "retry": {"on": ["spot"]},
        },
        "small": {"image": "busybox", "platform": "FARGATE", "vcpus": 0.25, "memory": 512},
        "pair": {
            "ecsProperties": {
                "taskProperties": [
                    {"containers": [{"name": "a", "image": "b", "resourceRequirements": SIZE}]}
                ]
            }
        },
        "mpi": {
            "nodeProperties": {
                "numNodes": 2,
                "mainNode": 0,
                "nodeRangeProperties": [
                    {"targetNodes": "0:", "container": {"image": "b", "resourceRequirements": SIZE}}
                ],
            }
        },
    },
}


@pytest.fixture
def deployed(run_deploy, tmp_path):
    """Return the prefix of the names of a stack that is there, by ``localaws deploy``."""
    stack = f"test-{uuid.uuid4().hex[:6]}"
    (tmp_path / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": CONFIG}))
    answer = run_deploy(stack, tmp_path)
    assert answer.returncode == 0, answer.stderr
    return stack


def test_aws_batch_takes_every_form_and_iam_has_the_roles(deployed, local):
    batch = client_of(local, "batch")
    iam = client_of(local, "iam")

    def described(key):
        (found,) = batch.describe_job_definitions(jobDefinitionName=f"{deployed}-{key}")[
            "jobDefinitions"
        ]
        return found

    etl = described("etl")
    container = etl["containerProperties"]
    assert container["readonlyRootFilesystem"] is True
    assert container["secrets"] == [{"name": "TOKEN", "valueFrom": "/app/token"}]
    assert etl["retryStrategy"]["attempts"] == 3
    role = container["jobRoleArn"].rpartition("/")[2]
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    assert [each["Action"] for each in document["Statement"]] == [
        ["s3:ListBucket"],
        ["s3:GetObject"],
    ]
    agent = container["executionRoleArn"].rpartition("/")[2]
    (name,) = iam.list_role_policies(RoleName=agent)["PolicyNames"]
    reads = json.dumps(iam.get_role_policy(RoleName=agent, PolicyName=name)["PolicyDocument"])
    assert ":parameter/app/token" in reads

    small = described("small")
    assert small["platformCapabilities"] == ["FARGATE"]
    assert small["containerProperties"]["networkConfiguration"] == {"assignPublicIp": "DISABLED"}
    (task,) = described("pair")["ecsProperties"]["taskProperties"]
    assert task["executionRoleArn"] == container["executionRoleArn"]
    mpi = described("mpi")
    assert (mpi["type"], mpi["nodeProperties"]["numNodes"]) == ("multinode", 2)
