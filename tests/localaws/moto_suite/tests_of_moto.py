"""A pytest plugin that moto's own tests run with: the AWS that they speak to is the local one.

moto's server mode takes a fixed endpoint and made-up keys, and resets the server between tests;
here every file of tests gets a local AWS of its own, and the key of it. Compute environments and
queues are made, changed and deleted asynchronously, as on AWS; moto's tests expect it done at once,
so the client waits for them as any careful caller of AWS would. It also launches the instance that
an UNMANAGED environment has on AWS only if its owner does so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto.core.config import default_user_config

from localaws import LocalAws
from localaws.credentials.connection import Connection

SETTLING = {"CREATING", "UPDATING", "DELETING"}
DEADLINE_SECONDS = 60


class _Endpoint:
    """Makes boto3's clients speak to the local AWS that runs now."""

    def __init__(self) -> None:
        self._make: Callable[..., Any] = boto3.client
        self.connection: Connection | None = None

    def client(self, *args: Any, **kwargs: Any) -> Any:
        assert self.connection is not None
        kwargs |= {
            "endpoint_url": self.connection.endpoint_url,
            "aws_access_key_id": self.connection.access_key_id,
            "aws_secret_access_key": self.connection.secret_access_key,
        }
        client = self._make(*args, **kwargs)
        if client.meta.service_model.service_name == "batch":
            for operation in ("ComputeEnvironment", "JobQueue"):
                for verb in ("Create", "Update", "Delete"):
                    client.meta.events.register(
                        f"after-call.batch.{verb}{operation}", lambda **_: _settle(client)
                    )
        return client


def _settle(client: Any) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        environments = client.describe_compute_environments()["computeEnvironments"]
        queues = client.describe_job_queues()["jobQueues"]
        if not any(each["status"] in SETTLING for each in [*environments, *queues]):
            for each in environments:
                if each["type"] == "UNMANAGED":
                    _join(each["ecsClusterArn"].rpartition("/")[2], client.meta.region_name)
            return
        time.sleep(0.01)


_joined: set[str] = set()
"""Clusters that have an instance."""


def _join(cluster: str, region: str) -> None:
    if cluster not in _joined:
        _joined.add(cluster)
        _endpoint.client("ec2", region_name=region).run_instances(
            ImageId="ami-12c6146b",
            InstanceType="m5.24xlarge",
            MinCount=1,
            MaxCount=1,
            UserData=f"#!/bin/bash\necho ECS_CLUSTER={cluster} >> /etc/ecs/ecs.config\n",
        )


_endpoint = _Endpoint()
boto3.client = _endpoint.client


@pytest.fixture(autouse=True, scope="module")
def served() -> Iterator[None]:
    lenient = {"reachability": False, "role_checks": False}
    with LocalAws(executor="process", stop_timeout=1, **lenient) as local:
        # 1,400 managed policies, loaded at the first call of IAM, are of no use here.
        default_user_config["iam"]["load_aws_managed_policies"] = False
        _endpoint.connection = local.connection
        yield


@pytest.fixture(autouse=True)
def no_scheduling_policies(served: None) -> Iterator[None]:
    """moto's tests of them all take the same name."""
    yield
    batch = _endpoint.client("batch", region_name="us-east-2")
    for policy in batch.list_scheduling_policies()["schedulingPolicies"]:
        batch.delete_scheduling_policy(arn=policy["arn"])
