"""A config with job definitions that say all they can in the API's own form."""

from __future__ import annotations

from typing import Any

SIZE = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
SECOND: dict[str, Any] = {"image": "b", "name": "c", "resourceRequirements": SIZE}
PLAIN: dict[str, Any] = {
    "image": "b",
    "resourceRequirements": SIZE,
    "command": ["x"],
    "environment": [{"name": "A", "value": "1"}],
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {"mode": "non-blocking"},
        "secretOptions": [{"name": "a", "valueFrom": "/b"}],
    },
    "secrets": [{"name": "a", "valueFrom": "/b"}],
    "mountPoints": [{"sourceVolume": "v", "containerPath": "/v"}],
    "user": "1",
}
OF_EC2: dict[str, Any] = {
    **PLAIN,
    "linuxParameters": {
        "initProcessEnabled": True,
        "tmpfs": [{"containerPath": "/x", "size": 1, "mountOptions": ["noexec"]}],
        "devices": [{"hostPath": "/dev/x"}],
    },
    "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
}
OF_FARGATE: dict[str, Any] = {**PLAIN, "linuxParameters": {"initProcessEnabled": True}}
ON_HOST = [{"name": "v", "host": {"sourcePath": "/v"}}]
ON_EFS = [
    {
        "name": "v",
        "efsVolumeConfiguration": {
            "fileSystemId": "fs-1",
            "transitEncryption": "ENABLED",
            "authorizationConfig": {"iam": "ENABLED"},
        },
    }
]
AFTER_THE_SECOND = {"name": "a", "dependsOn": [{"containerName": "c", "condition": "START"}]}

API_FORMS: dict[str, Any] = {
    "aws:region": "ap-northeast-1",
    "network": {"mode": "nat"},
    "computeEnvironments": {"default": {"type": "EC2"}, "fargate": {"type": "FARGATE"}},
    "jobQueues": {
        "default": {"computeEnvironments": ["default"]},
        "fargate": {"computeEnvironments": ["fargate"]},
    },
    "jobDefinitions": {
        "container": {"containerProperties": {**OF_EC2, "volumes": ON_HOST, "jobRoleArn": "arn:x"}},
        "on-fargate": {
            "platform": "FARGATE",
            "containerProperties": {
                **OF_FARGATE,
                "volumes": ON_EFS,
                "networkConfiguration": {"assignPublicIp": "ENABLED"},
                "ephemeralStorage": {"sizeInGiB": 30},
                "runtimePlatform": {"cpuArchitecture": "ARM64"},
                "fargatePlatformConfiguration": {"platformVersion": "LATEST"},
            },
        },
        "pair": {
            "ecsProperties": {
                "taskProperties": [
                    {
                        "containers": [{**OF_EC2, **AFTER_THE_SECOND}, SECOND],
                        "volumes": ON_HOST,
                        "taskRoleArn": "arn:x",
                    }
                ]
            }
        },
        "pair-on-fargate": {
            "platform": "FARGATE",
            "ecsProperties": {
                "taskProperties": [
                    {
                        "containers": [{**OF_FARGATE, **AFTER_THE_SECOND}, SECOND],
                        "ephemeralStorage": {"sizeInGiB": 30},
                        "networkConfiguration": {"assignPublicIp": "ENABLED"},
                        "platformVersion": "LATEST",
                    }
                ]
            },
        },
        "nodes": {
            "nodeProperties": {
                "numNodes": 2,
                "mainNode": 0,
                "nodeRangeProperties": [
                    {"targetNodes": "0", "container": OF_EC2},
                    {
                        "targetNodes": "1:",
                        "ecsProperties": {"taskProperties": [{"containers": [SECOND]}]},
                    },
                ],
            }
        },
    },
}
