"""The stack file and the requests that rows of the table change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.batch_requests import EC2, FARGATE, ROLE, size

IMAGE = {"image": "busybox", **size("1", "64")}
ON_FARGATE = {"image": "busybox", **size("1", "2048")}

CONFIG: Mapping[str, Any] = {
    "network": {"mode": "nat"},
    "computeEnvironments": {
        "default": {"type": "EC2"},
        "spot": {"type": "SPOT"},
        "fargate": {"type": "FARGATE"},
        "arm": {"type": "EC2", "instanceTypes": ["default_arm64"]},
    },
    "jobQueues": {
        "default": {"computeEnvironments": ["default"]},
        "fargate": {"computeEnvironments": ["fargate"]},
    },
    "jobDefinitions": {
        "hello": {"image": "busybox", "memory": 64},
        "form": {"containerProperties": IMAGE},
        "task": {"ecsProperties": {"taskProperties": [{"containers": [IMAGE]}]}},
        "nodes": {
            "nodeProperties": {
                "numNodes": 2,
                "mainNode": 0,
                "nodeRangeProperties": [{"targetNodes": "0:", "container": IMAGE}],
            }
        },
        "fargate": {"platform": "FARGATE", "image": "busybox", "memory": 2048},
        "fargateForm": {"platform": "FARGATE", "containerProperties": ON_FARGATE},
        "fargateTask": {
            "platform": "FARGATE",
            "ecsProperties": {"taskProperties": [{"containers": [ON_FARGATE]}]},
        },
    },
}
"""A valid stack file with a definition of each form."""

CONTAINER = {
    "jobDefinitionName": "<new>",
    "type": "container",
    "containerProperties": IMAGE,
}
TASK = {
    "jobDefinitionName": "<new>",
    "type": "container",
    "ecsProperties": {"taskProperties": [{"containers": [{"name": "main", **IMAGE}]}]},
}
NODES = {
    "jobDefinitionName": "<new>",
    "type": "multinode",
    "nodeProperties": CONFIG["jobDefinitions"]["nodes"]["nodeProperties"],
}
CLOSED_NODES = {
    **NODES,
    "nodeProperties": {
        **NODES["nodeProperties"],
        "nodeRangeProperties": [{"targetNodes": "0:1", "container": IMAGE}],
    },
}
LATE_NODES = {
    **NODES,
    "nodeProperties": {
        "numNodes": 2,
        "mainNode": 1,
        "nodeRangeProperties": [
            {"targetNodes": "0:0", "container": IMAGE},
            {"targetNodes": "1:", "container": IMAGE},
        ],
    },
}
FARGATE_CONTAINER = {
    **CONTAINER,
    "platformCapabilities": ["FARGATE"],
    "containerProperties": {**ON_FARGATE, "executionRoleArn": ROLE},
}
FARGATE_TASK = {
    **TASK,
    "platformCapabilities": ["FARGATE"],
    "ecsProperties": {
        "taskProperties": [
            {"executionRoleArn": ROLE, "containers": [{"name": "main", **ON_FARGATE}]}
        ]
    },
}
DEFINITIONS = {
    "container": CONTAINER,
    "task": TASK,
    "nodes": NODES,
    "closed nodes": CLOSED_NODES,
    "late nodes": LATE_NODES,
    "Fargate container": FARGATE_CONTAINER,
    "Fargate task": FARGATE_TASK,
}


def _environment(resources: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "computeEnvironmentName": "<new>",
        "type": "MANAGED",
        "computeResources": dict(resources),
    }


def _job(definition: str, queue: str = "queue") -> dict[str, Any]:
    return {"jobName": "job", "jobQueue": f"<{queue}>", "jobDefinition": f"<{definition}>"}


SPOT = {**EC2, "type": "SPOT", "allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"}

BASES: Mapping[str, tuple[str, dict[str, Any]]] = {
    "environment": ("CreateComputeEnvironment", _environment(EC2)),
    "Spot environment": ("CreateComputeEnvironment", _environment(SPOT)),
    "Fargate environment": ("CreateComputeEnvironment", _environment(FARGATE)),
    "unmanaged environment": (
        "CreateComputeEnvironment",
        {"computeEnvironmentName": "<new>", "type": "UNMANAGED", "serviceRole": ROLE},
    ),
    "update": ("UpdateComputeEnvironment", {"computeEnvironment": "<updatable>"}),
    "Fargate update": (
        "UpdateComputeEnvironment",
        {"computeEnvironment": "<fargate environment>"},
    ),
    "queue": (
        "CreateJobQueue",
        {
            "jobQueueName": "<new>",
            "priority": 1,
            "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": "<environment>"}],
        },
    ),
    "queue update": ("UpdateJobQueue", {"jobQueue": "<queue>"}),
    "shares queue update": ("UpdateJobQueue", {"jobQueue": "<shares queue>"}),
    "policy": ("CreateSchedulingPolicy", {"name": "<new>", "fairsharePolicy": {}}),
    "policy update": ("UpdateSchedulingPolicy", {"arn": "<policy>"}),
    **{name: ("RegisterJobDefinition", request) for name, request in DEFINITIONS.items()},
    "job": ("SubmitJob", _job("container")),
    "task job": ("SubmitJob", _job("task")),
    "nodes job": ("SubmitJob", _job("nodes")),
    "closed nodes job": ("SubmitJob", _job("closed nodes")),
    "late nodes job": ("SubmitJob", _job("late nodes")),
    "Fargate job": ("SubmitJob", _job("Fargate container", "fargate queue")),
    "shares job": (
        "SubmitJob",
        {**_job("container", "shares queue"), "shareIdentifier": "a"},
    ),
    "CancelJob": ("CancelJob", {"jobId": "x", "reason": "x"}),
    "TerminateJob": ("TerminateJob", {"jobId": "x", "reason": "x"}),
    "CancelJobs": ("CancelJobs", {"jobs": ["x"], "reason": "x"}),
    "TerminateJobs": ("TerminateJobs", {"jobs": ["x"], "reason": "x"}),
    "ListJobs": ("ListJobs", {"jobQueue": "<queue>"}),
    "CreateConsumableResource": (
        "CreateConsumableResource",
        {"consumableResourceName": "<new>", "totalQuantity": 1},
    ),
    "UpdateConsumableResource": (
        "UpdateConsumableResource",
        {"consumableResource": "<resource>", "operation": "ADD", "quantity": 1},
    ),
    "ListJobsByConsumableResource": (
        "ListJobsByConsumableResource",
        {"consumableResource": "<resource>"},
    ),
    **{
        name: (name, {})
        for name in (
            "DescribeComputeEnvironments",
            "DescribeJobDefinitions",
            "DescribeJobQueues",
            "DescribeJobs",
            "DescribeSchedulingPolicies",
            "ListConsumableResources",
            "ListSchedulingPolicies",
            "ListTagsForResource",
            "TagResource",
            "UntagResource",
        )
    },
}
"""Name to an operation and a request that it takes; ``<…>`` stands for what the test has made."""
