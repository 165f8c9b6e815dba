"""A valid request for each operation of AWS Batch, with names of what the fuzzed server has."""

from __future__ import annotations

from typing import Any

from tests.batch_requests import EC2

ENVIRONMENT, QUEUE, DEFINITION, POLICY = "environment", "queue", "definition", "policy"
ARN = "arn:aws:batch:us-east-1:123456789012"
SMALL = {
    "image": "busybox",
    "command": ["echo", "Ref::Target"],
    "resourceRequirements": [
        {"type": "VCPU", "value": "1"},
        {"type": "MEMORY", "value": "100"},
    ],
}
CONTAINER = {
    **SMALL,
    "environment": [{"name": "A", "value": "b"}],
    "mountPoints": [{"sourceVolume": "v", "containerPath": "/v", "readOnly": True}],
    "volumes": [{"name": "v", "host": {"sourcePath": "/tmp"}}],
    "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
    "linuxParameters": {"tmpfs": [{"containerPath": "/t", "size": 1}], "initProcessEnabled": True},
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/batch"}},
    "secrets": [{"name": "S", "valueFrom": f"{ARN.replace('batch', 'ssm')}:parameter/s"}],
}
RETRY = {
    "attempts": 3,
    "evaluateOnExit": [
        {"onExitCode": "1*", "action": "RETRY"},
        {"onReason": "*", "action": "EXIT"},
    ],
}
FARGATE_CONTAINER = {
    "image": "busybox",
    "executionRoleArn": "arn:aws:iam::123456789012:role/role",
    "resourceRequirements": [
        {"type": "VCPU", "value": "0.25"},
        {"type": "MEMORY", "value": "512"},
    ],
    "networkConfiguration": {"assignPublicIp": "ENABLED"},
    "ephemeralStorage": {"sizeInGiB": 30},
    "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
}
TASK_CONTAINER = {
    "name": "main",
    "image": "busybox",
    "command": ["true"],
    "essential": True,
    "dependsOn": [{"containerName": "side", "condition": "START"}],
    "resourceRequirements": CONTAINER["resourceRequirements"],
}

REQUESTS: list[tuple[str, dict[str, Any]]] = [
    (
        "createcomputeenvironment",
        {
            "computeEnvironmentName": "another",
            "type": "MANAGED",
            "state": "ENABLED",
            "computeResources": {
                **EC2,
                "allocationStrategy": "BEST_FIT_PROGRESSIVE",
                "launchTemplate": {"launchTemplateId": "lt-1", "version": "$Latest"},
                "ec2Configuration": [{"imageType": "ECS_AL2023"}],
                "tags": {"a": "b"},
            },
            "tags": {"a": "b"},
        },
    ),
    (
        "updatecomputeenvironment",
        {
            "computeEnvironment": ENVIRONMENT,
            "computeResources": {"maxvCpus": 256, "minvCpus": 0},
            "updatePolicy": {"terminateJobsOnUpdate": True, "jobExecutionTimeoutMinutes": 5},
        },
    ),
    ("describecomputeenvironments", {"computeEnvironments": [ENVIRONMENT], "maxResults": 5}),
    ("deletecomputeenvironment", {"computeEnvironment": "another"}),
    (
        "createjobqueue",
        {
            "jobQueueName": "another",
            "priority": 1,
            "state": "ENABLED",
            "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": ENVIRONMENT}],
            "schedulingPolicyArn": f"{ARN}:scheduling-policy/{POLICY}",
            "jobStateTimeLimitActions": [
                {
                    "reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
                    "state": "RUNNABLE",
                    "maxTimeSeconds": 600,
                    "action": "CANCEL",
                }
            ],
        },
    ),
    ("updatejobqueue", {"jobQueue": QUEUE, "priority": 2, "state": "ENABLED"}),
    ("describejobqueues", {"jobQueues": [QUEUE], "maxResults": 5}),
    ("deletejobqueue", {"jobQueue": "another"}),
    ("getjobqueuesnapshot", {"jobQueue": QUEUE}),
    (
        "registerjobdefinition",
        {
            "jobDefinitionName": DEFINITION,
            "type": "container",
            "parameters": {"Target": "x"},
            "containerProperties": CONTAINER,
            "retryStrategy": RETRY,
            "timeout": {"attemptDurationSeconds": 60},
            "propagateTags": True,
            "schedulingPriority": 5,
            "tags": {"a": "b"},
        },
    ),
    (
        "registerjobdefinition",
        {
            "jobDefinitionName": "on-fargate",
            "type": "container",
            "platformCapabilities": ["FARGATE"],
            "containerProperties": FARGATE_CONTAINER,
        },
    ),
    (
        "registerjobdefinition",
        {
            "jobDefinitionName": "of-nodes",
            "type": "multinode",
            "nodeProperties": {
                "numNodes": 2,
                "mainNode": 0,
                "nodeRangeProperties": [{"targetNodes": "0:", "container": CONTAINER}],
            },
        },
    ),
    (
        "registerjobdefinition",
        {
            "jobDefinitionName": "of-containers",
            "type": "container",
            "ecsProperties": {
                "taskProperties": [
                    {
                        "containers": [
                            TASK_CONTAINER,
                            {**TASK_CONTAINER, "name": "side", "dependsOn": []},
                        ],
                        "volumes": [],
                    }
                ]
            },
        },
    ),
    ("describejobdefinitions", {"jobDefinitionName": DEFINITION, "status": "ACTIVE"}),
    ("deregisterjobdefinition", {"jobDefinition": f"{DEFINITION}:2"}),
    *(
        (
            "submitjob",
            {
                "jobName": "job",
                "jobQueue": QUEUE,
                "jobDefinition": DEFINITION,
                "parameters": {"Target": "y"},
                "containerOverrides": {
                    "command": ["echo", "x"],
                    "environment": [{"name": "B", "value": "c"}],
                    "resourceRequirements": [{"type": "MEMORY", "value": "200"}],
                },
                "retryStrategy": RETRY,
                "timeout": {"attemptDurationSeconds": 60},
                "tags": {"a": "b"},
                **more,
            },
        )
        for more in (
            {},
            {"arrayProperties": {"size": 3}},
            {"arrayProperties": {"size": 3}, "dependsOn": [{"type": "SEQUENTIAL"}]},
            {"dependsOn": [{"jobId": "JOB"}]},
            {"arrayProperties": {"size": 2}, "dependsOn": [{"jobId": "ARRAY", "type": "N_TO_N"}]},
        )
    ),
    (
        "submitjob",
        {
            "jobName": "nodes",
            "jobQueue": QUEUE,
            "jobDefinition": "of-nodes",
            "nodeOverrides": {
                "numNodes": 2,
                "nodePropertyOverrides": [
                    {"targetNodes": "0:", "containerOverrides": {"command": ["true"]}}
                ],
            },
        },
    ),
    (
        "submitjob",
        {
            "jobName": "containers",
            "jobQueue": QUEUE,
            "jobDefinition": "of-containers",
            "ecsPropertiesOverride": {
                "taskProperties": [{"containers": [{"name": "main", "command": ["false"]}]}]
            },
        },
    ),
    ("describejobs", {"jobs": ["JOB", "ARRAY", "ARRAY:0"]}),
    ("listjobs", {"jobQueue": QUEUE, "jobStatus": "SUCCEEDED", "maxResults": 2}),
    ("listjobs", {"jobQueue": QUEUE, "filters": [{"name": "JOB_NAME", "values": ["j*"]}]}),
    (
        "listjobs",
        {"jobQueue": QUEUE, "filters": [{"name": "AFTER_CREATED_AT", "values": ["1700000000000"]}]},
    ),
    ("listjobs", {"arrayJobId": "ARRAY", "jobStatus": "SUCCEEDED"}),
    ("canceljob", {"jobId": "JOB", "reason": "r"}),
    ("terminatejob", {"jobId": "ARRAY", "reason": "r"}),
    ("canceljobs", {"jobs": ["JOB"], "reason": "r"}),
    ("terminatejobs", {"jobs": ["JOB"], "reason": "r"}),
    (
        "createschedulingpolicy",
        {
            "name": "another",
            "fairsharePolicy": {
                "shareDecaySeconds": 60,
                "computeReservation": 10,
                "shareDistribution": [{"shareIdentifier": "a*", "weightFactor": 0.5}],
            },
        },
    ),
    (
        "updateschedulingpolicy",
        {
            "arn": f"{ARN}:scheduling-policy/{POLICY}",
            "fairsharePolicy": {"shareDecaySeconds": 60, "shareDistribution": []},
        },
    ),
    ("describeschedulingpolicies", {"arns": [f"{ARN}:scheduling-policy/{POLICY}"]}),
    ("listschedulingpolicies", {"maxResults": 2}),
    ("deleteschedulingpolicy", {"arn": f"{ARN}:scheduling-policy/another"}),
]
TAGS = {"tags": {"a": "b"}}
TAGGED = [f"{ARN}:job-queue/{QUEUE}", f"{ARN}:job-definition/{DEFINITION}:1", "x", "%00", "a/b", ""]
CONTROL: list[tuple[str, dict[str, Any]]] = [
    ("account-key", {"account": "210987654321"}),
    (
        "faults",
        {
            "kind": "throttling",
            "service": "batch",
            "operation": "SubmitJob",
            "job_name": "*",
            "times": 1,
            "probability": 0.5,
            "seed": 1,
        },
    ),
    ("faults", {"kind": "slow", "seconds": 0.01, "service": "batch", "times": 1}),
    ("faults/clear", {"id": "1"}),
    ("nothing", {}),
]
