"""Configs that together have every key of every block, each where it matters.

No value is the default of its key, so that another value is another wish.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from batch_platform.settings.network import NEEDED_ENDPOINTS
from tests.batch_platform.program_config import ECR

Config = dict[str, Any]

ACCOUNT = "123456789012"
KMS_KEY = f"arn:aws:kms:ap-northeast-1:{ACCOUNT}:key/1234abcd"
SECRET = f"arn:aws:secretsmanager:ap-northeast-1:{ACCOUNT}:secret:db-AbCdEf"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/own"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/own"

ROOM: Config = {"type": "EC2", "instanceTypes": ["x99"], "maxVcpus": 100_000}
"""Of a family that is newer than the table of sizes, so that any job may fit."""

SMALL: Config = {
    "aws:region": "ap-northeast-1",
    "network": {
        "mode": "existing",
        "vpcId": "vpc-1",
        "subnetIds": ["subnet-1", "subnet-2"],
        "securityGroupIds": ["sg-1"],
    },
    "computeEnvironments": {
        "default": {"type": "EC2"},
        "second": {"type": "EC2"},
        "fargate": {"type": "FARGATE"},
        "room": ROOM,
    },
    "jobQueues": {
        "default": {"computeEnvironments": ["default"]},
        "fargate": {"computeEnvironments": ["fargate"]},
        "room": {"computeEnvironments": ["room"]},
    },
    "outputs": {"ssmParameter": False},
}
"""What the entries below are put into: few resources, and both platforms."""

# --- blocks that a stack has once

FLOW_LOGS = {
    "enabled": True,
    "trafficType": "ALL",
    "retentionInDays": 7,
    "kmsKeyId": KMS_KEY,
}
EGRESS = {
    "protocol": "udp",
    "fromPort": 53,
    "toPort": 54,
    "cidr": "10.9.0.0/16",
    "description": "Names",
}
TO_GROUP = {"protocol": "all", "securityGroupId": "sg-5"}
TO_IPV6 = {"protocol": "icmp", "cidrIpv6": "2001:db8::/32"}
VPC = {
    "cidr": "10.3.0.0/16",
    "availabilityZones": 2,
    "secondaryCidrs": ["100.64.0.0/20"],
    "flowLogs": FLOW_LOGS,
    "egress": [EGRESS, TO_GROUP],
    "securityGroupIds": ["sg-6"],
}
EXISTING = SMALL["network"]

NETWORKS: dict[str, Config] = {
    "public": {
        "mode": "public",
        **VPC,
        "ipv6": True,
        "mapPublicIpOnLaunch": True,
    },
    "nat": {
        "mode": "nat",
        **VPC,
        "ipv6": True,
        "natGateways": "perZone",
    },
    "endpoints": {
        "mode": "endpoints",
        **VPC,
        "endpoints": [*NEEDED_ENDPOINTS, "ssm"],
        "endpointPolicies": "account",
        "s3Buckets": ["of-others"],
    },
    "ipv6-egress": {"mode": "public", "ipv6": True, "egress": [TO_IPV6]},
    "endpoints-open": {"mode": "endpoints", "endpointPolicies": "open"},
    "flow-logs-alone": {"mode": "public", "flowLogs": {"enabled": True}},
    "existing": EXISTING,
}
"""The block ``network`` in every mode."""

UNREACHABLE: Config = {**EXISTING, "reachability": "assumed"}
"""A network that is taken only because of its ``reachability``."""

BLOCKS: Config = {
    "jobDefaults": {"user": "1000", "readonlyRootFilesystem": False},
    "roles": {
        "serviceRole": "custom",
        "permissionsBoundary": POLICY,
        "path": "/batch/",
        "namePrefix": "acme-",
        "executionRole": {
            "managedPolicyArns": [POLICY],
            "kms": [KMS_KEY],
            "pullThroughCaches": ["docker-hub", "quay"],
        },
        "jobRole": {"managedPolicyArns": [POLICY]},
        "instanceRole": {
            "managedPolicies": [POLICY],
            "statements": [
                {
                    "effect": "Deny",
                    "actions": ["s3:GetObject"],
                    "resources": [f"arn:aws:s3:::{ACCOUNT}/*"],
                    "condition": {"StringEquals": {"aws:RequestedRegion": ["eu-west-1"]}},
                }
            ],
        },
    },
    "logGroup": {"retentionInDays": 7, "kmsKeyId": KMS_KEY},
    "consumers": {
        "managedPolicies": True,
        "submitters": {
            "team": {
                "jobQueues": ["default", "fair"],
                "jobDefinitions": ["hello", "other"],
            },
            "share": {"jobQueues": ["fair"], "shareIdentifiers": ["research"]},
        },
    },
    "jobEvents": {"enabled": True, "kmsKeyId": KMS_KEY},
    "storage": {
        "enabled": True,
        "expireDays": 60,
        "kmsKeyId": KMS_KEY,
        "forceDestroy": True,
    },
    "monitoring": {
        "enabled": True,
        "notify": ["jobFailed"],
        "email": ["a@example.com"],
        "https": ["https://example.com/hook"],
        "kmsKeyId": KMS_KEY,
        "failedJobs": {"threshold": 3, "period": 600},
        "budget": {
            "monthlyLimit": 200.5,
            "actual": [50],
            "forecasted": [90, 110],
            "email": ["b@example.com"],
        },
        "chat": {
            "slack": {"workspaceId": "T0AB", "channelId": "C0AB"},
            "teams": {
                "tenantId": "0a1b2c3d-4e5f-6789-abcd-ef0123456789",
                "teamId": "1a1b2c3d-4e5f-6789-abcd-ef0123456789",
                "channelId": "19%3Aab%40thread.tacv2",
            },
            "managedPolicyArns": [POLICY],
        },
        "dashboard": False,
    },
    "outputs": {"ssmParameter": True},
    "replacement": {"detachTimeout": 60},
    "tags": {"team": "data"},
}
AROUND: Config = {
    "jobDefinitions": {
        "hello": {"image": "busybox", "memory": 100},
        "other": {"image": ECR.replace("busybox", "docker-hub/a"), "memory": 100},
        "third": {"image": ECR.replace("busybox", "quay/b"), "memory": 100},
    },
    "jobQueues": {
        **SMALL["jobQueues"],
        "fair": {"computeEnvironments": ["default"], "fairsharePolicy": {}},
    },
}
"""Entries that these blocks name."""
GIVEN: Config = {
    "network": NETWORKS["flow-logs-alone"],
    "computeEnvironments": {
        **SMALL["computeEnvironments"],
        "fleet": {"type": "SPOT", "allocationStrategy": "BEST_FIT"},
    },
    "roles": {
        "serviceRoleArn": ROLE,
        "executionRoleArn": ROLE,
        "jobRoleArn": ROLE,
        "instanceProfileArn": f"arn:aws:iam::{ACCOUNT}:instance-profile/own",
        "spotFleetRoleArn": ROLE,
        "flowLogsRoleArn": ROLE,
    },
    "storage": {"enabled": True, "bucket": "of-another-team", "prefix": "batch/"},
}
"""Roles, and a bucket, of another team."""
OFF: Config = {
    "jobEvents": {"enabled": True},
    "storage": {"enabled": True},
    "monitoring": {"enabled": True},
}
"""Blocks that can be turned off, without the keys that want them on."""

# --- compute environments

INSTANCES = {
    "instanceTypes": ["c5.large", "c5.xlarge"],
    "minVcpus": 2,
    "maxVcpus": 64,
    "imageType": "ECS_AL2023_NVIDIA",
    "launchTemplate": {
        "rootVolume": {
            "deviceName": "/dev/sda1",
            "volumeSize": 100,
            "volumeType": "gp3",
            "iops": 4000,
            "throughput": 200,
            "kmsKeyId": KMS_KEY,
        },
        "tenancy": "dedicated",
        "blockImds": True,
        "ecsAgent": {"ECS_POLL_METRICS": "true"},
        "instanceStore": {"mountPath": "/scratch"},
        "dataVolumes": [
            {
                "deviceName": "/dev/sdf",
                "volumeSize": 200,
                "volumeType": "gp3",
                "iops": 4000,
                "throughput": 200,
                "kmsKeyId": KMS_KEY,
                "mountPath": "/data",
            },
            {
                "deviceName": "/dev/sdg",
                "volumeType": "gp3",
                "snapshotId": "snap-0123abcd",
                "mountPath": "/reference",
            },
        ],
        "efsMounts": [
            {
                "fileSystemId": "fs-0123abcd",
                "mountPath": "/mnt/efs",
                "accessPointId": "fsap-0123abcd",
            }
        ],
        "userData": [{"contentType": "text/x-shellscript", "content": "#!/bin/bash\ntrue\n"}],
    },
    "state": "DISABLED",
    "placementGroup": "near",
    "ec2KeyPair": "ops",
    "updatePolicy": {"terminateJobsOnUpdate": True, "jobExecutionTimeoutMinutes": 60},
}
PROVISIONED = {"rootVolume": {"volumeType": "io1", "volumeSize": 100, "iops": 3000}}
SPOT = {"type": "SPOT", "allocationStrategy": "SPOT_CAPACITY_OPTIMIZED", "bidPercentage": 60}

ENVIRONMENTS: dict[str, Config] = {
    "ec2": {"type": "EC2", "allocationStrategy": "BEST_FIT_PROGRESSIVE", **INSTANCES,
            "imageIdOverride": "ami-0123"},
    "ec2-any": {"type": "EC2", "allocationStrategy": "BEST_FIT", "imageRefresh": "1",
                "launchTemplate": PROVISIONED},
    "spot": {**SPOT, **INSTANCES, "imageIdOverride": "ami-0123"},
    "spot-any": {**SPOT, "imageRefresh": "1", "launchTemplate": PROVISIONED},
    "ec2-cores": {"type": "EC2", "instanceTypes": ["c5.4xlarge"],
                  "launchTemplate": {"threadsPerCore": 1}},
    "spot-near": {**SPOT, "placement": {"strategy": "spread"}},
    "ec2-near": {"type": "EC2", "placement": {"strategy": "cluster"}},
    "ec2-parts": {"type": "EC2", "placement": {"strategy": "partition", "partitionCount": 3}},
    "ec2-adapters": {"type": "EC2", "instanceTypes": ["c6in.32xlarge"],
                     "placement": {"strategy": "cluster"}, "launchTemplate": {"efa": 2}},
    "ec2-block": {"type": "EC2", "instanceTypes": ["c6in.32xlarge"],
                  "launchTemplate": {"capacityReservation": {"id": "cr-0a1b",
                                                             "marketType": "capacity-block"}}},
    "ec2-reserved": {"type": "EC2", "launchTemplate": {"capacityReservation": {
        "resourceGroupArn": f"arn:aws:resource-groups:ap-northeast-1:{ACCOUNT}:group/own"}}},
    "ec2-unreserved": {"type": "EC2", "launchTemplate": {
        "capacityReservation": {"preference": "none"}}},
    "ec2-given": {"type": "EC2", "launchTemplate": {"launchTemplateId": "lt-0a1b", "version": 1}},
    "spot-given": {**SPOT, "launchTemplate": {"launchTemplateName": "own", "version": 1}},
    "unmanaged": {"type": "UNMANAGED", "state": "DISABLED", "autoScalingGroup": {
        **{key: INSTANCES[key] for key in ("instanceTypes", "imageType", "launchTemplate",
                                           "ec2KeyPair")},
        "imageIdOverride": "ami-0123", "minSize": 2, "maxSize": 4, "desiredCapacity": 3}},
    "unmanaged-any": {"type": "UNMANAGED", "autoScalingGroup": {
        "instanceTypes": ["c5.large"], "imageRefresh": "1", "launchTemplate": PROVISIONED}},
    "fargate": {"type": "FARGATE", "maxVcpus": 16, "state": "DISABLED"},
}  # fmt: skip

# --- job queues

QUEUES: dict[str, Config] = {
    "queue": {
        "priority": 7,
        "computeEnvironments": ["default"],
        "state": "DISABLED",
        "fairsharePolicy": {
            "shareDecaySeconds": 900,
            "computeReservation": 10,
            "shareDistribution": [{"shareIdentifier": "research", "weightFactor": 0.5}],
        },
        "jobStateTimeLimitActions": [
            {
                "reason": "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
                "maxTimeSeconds": 900,
                "state": "RUNNABLE",
                "action": "CANCEL",
            }
        ],
    }
}

# --- job definitions, by short keys

OF_EVERY_FORM: Config = {
    "parameters": {"day": "1"},
    "retry": {"attempts": 2, "on": ["spotReclaimed", 137]},
    "timeout": {"attemptDurationSeconds": 600},
    "propagateTags": False,
    "schedulingPriority": 3,
    "tags": {"owner": "data"},
    "keepRevisions": 2,
    "permissions": {
        "s3Read": ["s3://incoming/raw"],
        "s3Write": ["s3://outgoing/day"],
        "s3Delete": ["s3://outgoing/old"],
        "secrets": ["/app/code"],
        "kms": [KMS_KEY],
        "managedPolicyArns": [POLICY],
    },
}
EFS = {"fileSystemId": "fs-0123abcd"}
VOLUMES: Config = {
    "root": {"containerPath": "/root", "efs": {**EFS, "rootDirectory": "/a"}},
    "point": {
        "containerPath": "/point",
        "readOnly": True,
        "efs": {**EFS, "accessPointId": "fsap-0123abcd", "iam": True},
    },
    "plain": {"containerPath": "/plain", "efs": {**EFS, "transitEncryption": "DISABLED"}},
    "task": {"containerPath": "/task"},
}
SHORT: Config = {
    "image": ECR,
    "command": ["echo", "Ref::day"],
    "vcpus": 2,
    "memory": 4096,
    "environment": {"A": "1"},
    "secrets": {"B": "/app/api"},
    "user": "1000",
    "readonlyRootFilesystem": False,
    **OF_EVERY_FORM,
}
LOGS = {
    "logDriver": "awslogs",
    "options": {"mode": "non-blocking"},
    "secretOptions": {"token": "/app/token"},
}
LINUX = {
    "initProcessEnabled": True,
    "sharedMemorySize": 64,
    "maxSwap": 100,
    "swappiness": 10,
    "tmpfs": [{"containerPath": "/run", "size": 16, "mountOptions": ["noexec"]}],
    "devices": [
        {"hostPath": "/dev/fuse", "containerPath": "/dev/inner", "permissions": ["READ", "WRITE"]}
    ],
}

# --- job definitions in the API's own form

API_VOLUMES = [
    {"name": "host", "host": {"sourcePath": "/v"}},
    {
        "name": "efs",
        "efsVolumeConfiguration": {
            "fileSystemId": "fs-0123abcd",
            "rootDirectory": "/",
            "transitEncryption": "ENABLED",
            "transitEncryptionPort": 2999,
            "authorizationConfig": {"accessPointId": "fsap-0123abcd", "iam": "ENABLED"},
        },
    },
    {
        "name": "open",
        "efsVolumeConfiguration": {
            "fileSystemId": "fs-0123abcd",
            "rootDirectory": "/a",
            "transitEncryption": "DISABLED",
        },
    },
    {
        "name": "s3",
        "s3filesVolumeConfiguration": {
            "fileSystemArn": "arn:aws:s3files:::file-system/a",
            "rootDirectory": "/",
            "transitEncryptionPort": 2998,
            "accessPointArn": "arn:aws:s3files:::access-point/a",
        },
    },
]
EFS_VOLUME = API_VOLUMES[1]
SIZE = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
ANYWHERE: Config = {
    "command": ["true"],
    "image": ECR,
    "environment": [{"name": "A", "value": "1"}],
    "logConfiguration": {**LOGS, "secretOptions": [{"name": "token", "valueFrom": "/app/token"}]},
    "mountPoints": [{"sourceVolume": "efs", "containerPath": "/v", "readOnly": True}],
    "readonlyRootFilesystem": False,
    "repositoryCredentials": {"credentialsParameter": SECRET},
    "resourceRequirements": SIZE,
    "secrets": [{"name": "B", "valueFrom": "/app/api"}],
    "user": "1000",
}
ON_EC2: Config = {
    **ANYWHERE,
    "linuxParameters": LINUX,
    "privileged": True,
    "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}],
}
ON_FARGATE: Config = {**ANYWHERE, "linuxParameters": {"initProcessEnabled": True}}
CONTAINER: Config = {
    "executionRoleArn": ROLE,
    "enableExecuteCommand": True,
}
OF_FARGATE: Config = {
    "networkConfiguration": {"assignPublicIp": "ENABLED"},
    "ephemeralStorage": {"sizeInGiB": 30},
    "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "ARM64"},
}


def task(container: Config, volumes: list[Config], **more: Any) -> Config:
    """Return ``ecsProperties`` with three containers, of which the first says all it can."""
    full = {
        **container,
        "name": "first",
        "essential": True,
        "dependsOn": [{"containerName": "second", "condition": "START"}],
        "firelensConfiguration": {"type": "fluentbit", "options": {"a": "b"}},
        "startTimeout": 30,
        "stopTimeout": 20,
    }
    plain = {"image": ECR, "resourceRequirements": SIZE, "essential": False}
    others = [{**plain, "name": name} for name in ("second", "third", "fourth")]
    properties = {
        "containers": [full, *others],
        "volumes": volumes,
        "executionRoleArn": ROLE,
        "enableExecuteCommand": True,
        "pidMode": "task",
        **more,
    }
    return {"taskProperties": [properties]}


NODES: Config = {
    "numNodes": 3,
    "mainNode": 0,
    "nodeRangeProperties": [
        {
            "targetNodes": "0:",
            "container": {
                **ON_EC2,
                **CONTAINER,
                "jobRoleArn": ROLE,
                "instanceType": "c5n.large",
                "volumes": API_VOLUMES,
            },
            "instanceTypes": ["c5n.large"],
        },
        {"targetNodes": "1:", "ecsProperties": task(ON_EC2, API_VOLUMES, ipcMode="task")},
    ],
}
API_STRATEGY = {
    "attempts": 2,
    "evaluateOnExit": [
        {"onExitCode": "1*", "onReason": "Out*", "onStatusReason": "Host*", "action": "RETRY"}
    ],
}
FARGATE = {"platform": "FARGATE"}

DEFINITIONS: dict[str, Config] = {
    "tiny": {"platform": "EC2", "image": ECR, "vcpus": 2, "memory": 4096},
    "short": {
        **SHORT,
        "gpus": 1,
        "volumes": {**VOLUMES, "host": {"containerPath": "/host", "host": "/mnt"}},
        "ulimits": {"nofile": {"softLimit": 1024, "hardLimit": 4096}},
        "linuxParameters": LINUX,
        "logConfiguration": LOGS,
        "privileged": True,
    },
    "short-fargate": {
        **FARGATE,
        **SHORT,
        "volumes": VOLUMES,
        "linuxParameters": {"initProcessEnabled": True},
        "logConfiguration": LOGS,
        "fargate": {
            "platformVersion": "1.4.0",
            "assignPublicIp": True,
            "ephemeralStorage": 30,
            "cpuArchitecture": "ARM64",
        },
    },
    "container": {
        "containerProperties": {
            **ON_EC2, **CONTAINER, "jobRoleArn": ROLE, "volumes": API_VOLUMES
        },
        "retryStrategy": API_STRATEGY,
    },
    "container-size": {
        "image": ECR,
        "memory": 2048,
        "containerProperties": {"resourceRequirements": [{"type": "GPU", "value": "2"}]},
    },
    "container-fargate": {
        **FARGATE,
        **OF_EVERY_FORM,
        "containerProperties": {
            **ON_FARGATE,
            **CONTAINER,
            **OF_FARGATE,
            "volumes": [EFS_VOLUME],
            "fargatePlatformConfiguration": {"platformVersion": "1.4.0"},
        },
    },
    "windows": {
        **FARGATE,
        "containerProperties": {
            "image": ECR,
            "resourceRequirements": SIZE,
            "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
        },
    },
    "task": {**OF_EVERY_FORM, "ecsProperties": task(ON_EC2, API_VOLUMES, ipcMode="task")},
    "task-role": {"ecsProperties": task(ON_EC2, API_VOLUMES, ipcMode="task", taskRoleArn=ROLE)},
    "task-fargate": {
        **FARGATE,
        **OF_EVERY_FORM,
        "ecsProperties": task(
            ON_FARGATE, [EFS_VOLUME], **OF_FARGATE, platformVersion="1.4.0", taskRoleArn=ROLE
        ),
    },
    "nodes": {**OF_EVERY_FORM, "nodeProperties": NODES},
}  # fmt: skip
del DEFINITIONS["task-fargate"]["permissions"]  # its task has a role of its own

IMAGES: dict[str, Config] = {
    "every": {
        "context": "./trainer",
        "dockerfile": "gpu.Dockerfile",
        "target": "runtime",
        "buildArgs": {"RELEASE": "7"},
        "platform": "linux/arm64",
        "keep": 30,
        "kmsKeyId": KMS_KEY,
        "forceDelete": True,
    },
}

SCHEDULES: dict[str, Config] = {
    "cron": {
        "cron": "0 2 * * ? *",
        "timezone": "Asia/Tokyo",
        "jobDefinition": "echo",
        "jobQueue": "room",
        "jobName": "report",
        "parameters": {"day": "<aws.scheduler.scheduled-time>"},
        "arraySize": 10,
        "retryPolicy": {"maximumRetryAttempts": 5, "maximumEventAgeInSeconds": 600},
        "state": "DISABLED",
        "description": "Every night",
        "startDate": "2100-01-01T00:00:00Z",
        "endDate": "2101-01-01T00:00:00Z",
        "flexibleTimeWindow": {"maximumWindowInMinutes": 15},
        "command": ["date", "Ref::day"],
        "vcpus": 2,
        "memory": 2048,
        "gpus": 1,
        "environment": {"LEVEL": "debug"},
        "retry": {"attempts": 4, "on": ["spot", 75]},
        "timeout": {"attemptDurationSeconds": 120},
        "propagateTags": False,
        "tags": {"team": "reports"},
    },
    "rate": {
        "rate": "15 minutes",
        "jobDefinition": "echo",
        "jobQueue": "fair",
        "shareIdentifier": "research",
        "schedulingPriority": 7,
        "retryStrategy": API_STRATEGY,
    },
    "at": {"at": "2100-01-01T00:00:00", "jobDefinition": "echo", "jobQueue": "room"},
    "workflow": {
        "cron": "0 3 * * ? *",
        "workflow": str(Path(__file__).parent / "workflows" / "nightly.yaml"),
        "jobDefinition": "echo",
        "jobQueue": "room",
        "parameters": {"day": "<aws.scheduler.scheduled-time>"},
    },
}

TRIGGERS: dict[str, Config] = {
    "every": {
        "bucket": "uploads",
        "prefix": "in/",
        "suffix": ".csv",
        "jobDefinition": "echo",
        "jobQueue": "room",
        "jobName": "load",
        "parameters": {"day": "s3://{bucket}/{key}"},
        "arraySize": 10,
        "attempts": 4,
        "retryPolicy": {"maximumRetryAttempts": 5, "maximumEventAgeInSeconds": 600},
        "state": "DISABLED",
        "description": "Every upload",
    },
    "bare": {"bucket": "uploads", "jobDefinition": "echo", "jobQueue": "room"},
}

STARTED: Config = {
    "outputs": {"ssmParameter": True},
    "storage": {"enabled": True},
    "jobDefinitions": {
        "echo": {
            "image": "busybox",
            "memory": 100,
            "command": ["echo", "Ref::day"],
            "parameters": {"day": "today"},
        },
        "echo2": {
            "image": "busybox",
            "memory": 100,
            "command": ["echo", "Ref::day"],
            "parameters": {"day": "tomorrow"},
        },
    },
    "jobQueues": {
        **SMALL["jobQueues"],
        "room": {"computeEnvironments": ["room"]},
        "room2": {"computeEnvironments": ["room"]},
        "fair": {"computeEnvironments": ["room"], "fairsharePolicy": {}},
        "fair2": {"computeEnvironments": ["room"], "fairsharePolicy": {}},
    },
}
BESIDE: dict[str, Config] = {"schedules": STARTED, "triggers": STARTED}
"""What the entries of a block name, which are then of other blocks."""

ENTRIES = {
    "schedules": SCHEDULES,
    "triggers": TRIGGERS,
    "computeEnvironments": ENVIRONMENTS,
    "jobQueues": QUEUES,
    "jobDefinitions": DEFINITIONS,
    "images": IMAGES,
}
"""Entries by the block that they are of."""
