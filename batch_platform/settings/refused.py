"""What AWS Batch has and a stack file has not: refused by name, with the reason and a way.

One table, by the block of the config. A test walks botocore's model of AWS Batch: each member is a
key of the config or is in this table, so that a newer model with a further member fails it.
"""

from __future__ import annotations

from collections.abc import Mapping

Refused = tuple[str, str]
"""Why there is no such key, and what to write instead."""

EKS: Refused = (
    (
        "AWS Batch on EKS is not supported: pulumi-aws 7 has only a part of its job definitions "
        "(no persistent volume claims, annotations or namespaces of pods)"
    ),
    "use EC2, SPOT, FARGATE or FARGATE_SPOT, which run on ECS",
)

_DESIRED_VCPUS: Refused = (
    "AWS Batch moves it with the load, so a fixed value would differ in every preview",
    "remove it; minVcpus keeps vCPUs running",
)

NO_INSTANCES: Refused = (
    "Fargate has no instances of yours, and AWS Batch refuses it there",
    "remove it, or use type EC2 or SPOT",
)

ONLY_SPOT: Refused = (
    "a bid is for Spot instances alone, and AWS Batch refuses it for On-Demand ones",
    "remove it, or use type SPOT",
)

_MANAGED_INSTANCES: Refused = (
    "ECS Managed Instances are not supported: pulumi-aws 7 has no managedInstancesProvider",
    "use EC2 or SPOT",
)

_UNMANAGED_VCPUS: Refused = (
    "it is for unmanaged compute environments alone, and pulumi-aws 7 does not have it",
    "remove it; in a managed environment computeReservation keeps a share of maxVcpus free",
)

OF_UNMANAGED: Refused = (
    "AWS Batch launches the instances of every type but UNMANAGED",
    "remove it, or use type UNMANAGED",
)

GROUP_INSTANCES: Refused = (
    "AWS Batch launches no instances for an unmanaged compute environment",
    (
        "write what the instances are in autoScalingGroup (instanceTypes, minSize, maxSize, "
        "desiredCapacity, …), or use type EC2 or SPOT"
    ),
)

_SCALE_DOWN_DELAY: Refused = (
    "a delay before idle instances go is not supported: pulumi-aws 7 has no scalingPolicy",
    "remove it; minVcpus keeps vCPUs running, also without jobs",
)

_CONSUMABLE_RESOURCES: Refused = (
    (
        "consumable resources are not supported: pulumi-aws 7 has neither the resources themselves "
        "nor this key of a job definition"
    ),
    (
        "make them outside of the stack (aws batch create-consumable-resource), and submit jobs "
        "with consumable_resources; or give the jobs a compute environment of their own, whose "
        "maxVcpus is how many may run at a time, times their vcpus"
    ),
)

_SERVICE_JOBS: Refused = (
    "service environments (SageMaker training) are not supported: pulumi-aws 7 does not have them",
    "use compute environments, or make the service environment and its queue outside of the stack",
)

_QUOTA_SHARES: Refused = (
    "quota shares are not supported: pulumi-aws 7 has neither them nor quotaSharePolicy",
    (
        "use fairsharePolicy of a queue, or a queue with a compute environment of its own, whose "
        "maxVcpus is the quota"
    ),
)

_NETWORK: Refused = (
    "the block network decides it, for all compute environments of the stack",
    "write it in network, with mode: existing",
)

_TAGS: Refused = (
    "the stack's tags are on every resource that can have them",
    "write it in the block tags",
)

_NAME: Refused = (
    "the name is made of the stack's name and the key of the entry",
    "remove it, and rename the entry",
)

_ONE_IMAGE: Refused = (
    "the stack chooses the AMI by imageType and pins it",
    "write imageType, or imageIdOverride for an AMI of your own",
)

_VOLUMES: Refused = (
    "the stack has a key for the root volume and one for the others",
    "write rootVolume and dataVolumes",
)

_ENCRYPTED: Refused = (
    "every volume is encrypted",
    "remove it; kmsKeyId chooses the key",
)

_DELETED: Refused = (
    "every volume is deleted with its instance",
    "remove it, and keep what must stay in S3 or EFS",
)

DEDICATED_HOSTS: Refused = (
    (
        "Dedicated Hosts are not supported: they are allocated outside of AWS Batch, which does "
        "not document launching on them"
    ),
    "write tenancy: dedicated, for hardware that no other account uses",
)

_PLACED: Refused = (
    "the environment has keys for what a launch template says of the place",
    "write placement or placementGroup of the environment, and launchTemplate.tenancy",
)

_INTERFACES: Refused = (
    "subnets and security groups are the network's, and AWS Batch ignores a template's subnets",
    "write efa for Elastic Fabric Adapters; network mode existing for other groups and subnets",
)

_MARKET: Refused = (
    "AWS Batch decides between On-Demand and Spot by type",
    "write type: SPOT; capacityReservation.marketType for a Capacity Block",
)

_THREADS: Refused = (
    "the number of cores is that of the instance type",
    "write threadsPerCore: 1",
)

REFUSED: Mapping[str, Mapping[str, Refused]] = {
    "config": {
        "consumableResources": _CONSUMABLE_RESOURCES,
        "quotaShares": _QUOTA_SHARES,
        "schedulingPolicies": (
            "a scheduling policy belongs to one queue",
            "write fairsharePolicy in the queue's entry of jobQueues",
        ),
        "serviceEnvironments": _SERVICE_JOBS,
    },
    "computeEnvironments": {
        "capacityTags": _MANAGED_INSTANCES,
        "computeEnvironment": _NAME,
        "computeEnvironmentName": _NAME,
        "computeResources": (
            "its keys are keys of the entry itself",
            "write them there, without computeResources",
        ),
        "context": ("AWS reserves it for itself", "remove it"),
        "desiredVcpus": _DESIRED_VCPUS,
        "desiredvCpus": _DESIRED_VCPUS,
        "ec2Configuration": _ONE_IMAGE,
        "ecsSettings": (
            (
                "settings of the environment's ECS cluster are not supported: pulumi-aws 7 has no "
                "ecsSettings"
            ),
            "remove it; `aws ecs update-cluster-settings` turns Container Insights on by hand",
        ),
        "eksConfiguration": EKS,
        "imageId": _ONE_IMAGE,
        "instanceRole": (
            "the instances of all compute environments of the stack have one role",
            "write instanceRole or instanceProfileArn in the block roles",
        ),
        "managedInstancesProvider": _MANAGED_INSTANCES,
        "maxvCpus": ("the API's spelling", "write maxVcpus"),
        "minScaleDownDelayMinutes": _SCALE_DOWN_DELAY,
        "minvCpus": ("the API's spelling", "write minVcpus"),
        "scalingPolicy": _SCALE_DOWN_DELAY,
        "securityGroupIds": _NETWORK,
        "serviceRole": (
            "AWS Batch has one service role for all compute environments of the stack",
            "write serviceRole or serviceRoleArn in the block roles",
        ),
        "spotIamFleetRole": (
            "the stack makes the role of the spot fleet where BEST_FIT needs one",
            "remove it",
        ),
        "subnets": _NETWORK,
        "tags": _TAGS,
        "unmanagedvCpus": _UNMANAGED_VCPUS,
        "updateToLatestImageVersion": (
            "the AMI is pinned, so that nothing changes it by itself",
            "write imageRefresh with another text, which takes the newest AMI once",
        ),
    },
    "launchTemplate": {
        "blockDeviceMappings": _VOLUMES,
        "cpuOptions": _THREADS,
        "capacityReservationSpecification": (
            "its keys are those of capacityReservation",
            "write capacityReservation: {id: cr-…}, or one of its other keys",
        ),
        "instanceMarketOptions": _MARKET,
        "networkInterfaces": _INTERFACES,
        "placement": _PLACED,
        "overrides": (
            "one launch template is for all instance types of a compute environment",
            "make a compute environment for the types that need another one",
        ),
        "userdataType": EKS,
    },
    "rootVolume": {
        "deleteOnTermination": _DELETED,
        "encrypted": _ENCRYPTED,
        "mountPath": ("the root is mounted by the AMI, at /", "remove it, or write dataVolumes"),
        "snapshotId": ("the root is that of the AMI", "write imageIdOverride"),
    },
    "capacityReservation": {
        "capacityReservationId": ("the API's name", "write id"),
        "capacityReservationPreference": ("the API's name", "write preference"),
        "capacityReservationResourceGroupArn": ("the API's name", "write resourceGroupArn"),
        "capacityReservationTarget": ("its keys are those of the block", "write id: cr-…"),
    },
    "dataVolumes": {
        "deleteOnTermination": _DELETED,
        "encrypted": _ENCRYPTED,
    },
    "jobQueues": {
        "computeEnvironmentOrder": (
            "the order is that of a list of keys",
            "write computeEnvironments: [first, second]",
        ),
        "jobQueue": _NAME,
        "jobQueueName": _NAME,
        "jobQueueType": (
            "the compute environments decide it, and pulumi-aws 7 has no jobQueueType",
            "remove it",
        ),
        "quotaSharePolicy": _QUOTA_SHARES,
        "schedulingPolicyArn": (
            "a queue has a scheduling policy of its own",
            "write its shares in fairsharePolicy",
        ),
        "serviceEnvironmentOrder": _SERVICE_JOBS,
        "tags": _TAGS,
    },
    "fairsharePolicy": {
        "name": _NAME,
        "quotaSharePolicy": _QUOTA_SHARES,
        "tags": _TAGS,
    },
    "jobDefinitions": {
        "consumableResourceProperties": _CONSUMABLE_RESOURCES,
        "eksProperties": EKS,
        "jobDefinitionName": _NAME,
        "platformCapabilities": (
            "a job definition is for one platform",
            "write platform: EC2, or platform: FARGATE",
        ),
        "type": (
            "containerProperties, ecsProperties or nodeProperties decide it",
            "remove it",
        ),
    },
}
"""What the API has, and what launch templates of EC2 have that is asked for.

Block of the config (``config`` is the file itself) to its keys, each with reason and way."""

REFUSED_TYPES: Mapping[str, Refused] = {
    "ECS_MANAGED_INSTANCES": _MANAGED_INSTANCES,
    "EKS": EKS,
    "MANAGED": (
        "type says what a managed compute environment consists of",
        "choose one of EC2, SPOT, FARGATE, FARGATE_SPOT",
    ),
}
"""Values of a compute environment's ``type``, each with reason and way."""
