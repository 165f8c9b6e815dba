"""Compute environments, job queues and job definitions (aws:batch).

pulumi-aws writes ``minVcpus`` where the API has ``minvCpus``, and pluralises lists; everything
else has the API's own name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localaws.resources.clients import Clients, settle

API_NAMES = {
    "desiredVcpus": "desiredvCpus",
    "ec2Configurations": "ec2Configuration",
    "evaluateOnExits": "evaluateOnExit",
    "maxVcpus": "maxvCpus",
    "minVcpus": "minvCpus",
}


def create_compute_environment(
    clients: Clients, inputs: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Create a compute environment and wait until it is VALID."""
    batch = clients("batch")
    optional = {
        "computeResources": _api_names(inputs.get("computeResources")),
        "serviceRole": inputs.get("serviceRole"),
        "tags": inputs.get("tags"),
    }
    created = batch.create_compute_environment(
        computeEnvironmentName=inputs["name"],
        type=inputs["type"],
        state=inputs.get("state", "ENABLED"),
        **{key: value for key, value in optional.items() if value},
    )
    name = created["computeEnvironmentName"]
    detail: dict[str, Any] = {}

    def is_valid() -> bool:
        answer = batch.describe_compute_environments(computeEnvironments=[name])
        detail.update(answer["computeEnvironments"][0])
        if detail["status"] == "INVALID":
            raise RuntimeError(f"compute environment {name} is INVALID: {detail['statusReason']}")
        return bool(detail["status"] == "VALID")

    settle(f"compute environment {name}", is_valid)
    return name, {
        "arn": created["computeEnvironmentArn"],
        "ecsClusterArn": detail["ecsClusterArn"],
        "serviceRole": detail["serviceRole"],
        "status": detail["status"],
        "statusReason": detail["statusReason"],
    }


def create_job_queue(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Create a job queue and wait until it is VALID."""
    batch = clients("batch")
    optional = {
        "schedulingPolicyArn": inputs.get("schedulingPolicyArn"),
        "jobStateTimeLimitActions": inputs.get("jobStateTimeLimitActions"),
        "tags": inputs.get("tags"),
    }
    created = batch.create_job_queue(
        jobQueueName=inputs["name"],
        state=inputs["state"],
        priority=inputs["priority"],
        computeEnvironmentOrder=inputs["computeEnvironmentOrders"],
        **{key: value for key, value in optional.items() if value},
    )
    name = created["jobQueueName"]
    settle(
        f"job queue {name}",
        lambda: batch.describe_job_queues(jobQueues=[name])["jobQueues"][0]["status"] == "VALID",
    )
    return created["jobQueueArn"], {"arn": created["jobQueueArn"]}


def create_job_definition(
    clients: Clients, inputs: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Register a revision of a job definition."""
    optional = {
        "parameters": inputs.get("parameters"),
        "platformCapabilities": inputs.get("platformCapabilities"),
        "propagateTags": inputs.get("propagateTags"),
        "retryStrategy": _api_names(inputs.get("retryStrategy")),
        "schedulingPriority": inputs.get("schedulingPriority"),
        "tags": inputs.get("tags"),
        "timeout": inputs.get("timeout"),
    }
    created = clients("batch").register_job_definition(
        jobDefinitionName=inputs["name"],
        type=inputs["type"],
        containerProperties=json.loads(inputs["containerProperties"]),
        **{key: value for key, value in optional.items() if value is not None},
    )
    arn: str = created["jobDefinitionArn"]
    return arn, {
        "arn": arn,
        "arnPrefix": arn.rsplit(":", 1)[0],
        "revision": created["revision"],
    }


def _api_names(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {API_NAMES.get(key, key): _api_names(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_api_names(inner) for inner in value]
    return value
