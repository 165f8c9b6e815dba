"""The text that an editor shows when the mouse is over a key of a stack file."""

from __future__ import annotations

from collections.abc import Iterable

from batch_platform.settings import schema_texts
from batch_platform.settings.api_schema import REFERENCE
from batch_platform.settings.schema_texts import Schema

_AWS = "https://docs.aws.amazon.com"
_EC2 = f"{_AWS}/AWSEC2/latest/APIReference"
_CHATBOT = f"{_AWS}/chatbot/latest/APIReference"
_IAM = f"{_AWS}/IAM/latest/APIReference"
_SCHEDULER = f"{_AWS}/scheduler/latest/APIReference"
_CONTAINER_INSTANCES = f"{_AWS}/batch/latest/userguide/launch-templates.html"

LINKS = {
    "AutoScalingGroup": f"{_AWS}/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html",
    "Budget": f"{_AWS}/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html",
    "CapacityReservation": f"{_EC2}/API_LaunchTemplateCapacityReservationSpecificationRequest.html",
    "Chat": f"{_CHATBOT}/Welcome.html",
    "Consumers": f"{_IAM}/API_CreatePolicy.html",
    "DataVolume": f"{_EC2}/API_LaunchTemplateEbsBlockDeviceRequest.html",
    "Device": f"{REFERENCE}Device.html",
    "Ec2Environment": f"{REFERENCE}ComputeResource.html",
    "Efs": f"{REFERENCE}EFSVolumeConfiguration.html",
    "EfsMount": _CONTAINER_INSTANCES,
    "EgressRule": f"{_EC2}/API_AuthorizeSecurityGroupEgress.html",
    "EndpointsNetwork": f"{_EC2}/API_CreateVpcEndpoint.html",
    "EvaluateOnExit": f"{REFERENCE}EvaluateOnExit.html",
    "ExecutionRole": f"{_IAM}/API_CreateRole.html",
    "ExistingNetwork": f"{REFERENCE}ComputeResource.html",
    "FailedJobs": f"{_AWS}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    "FairsharePolicy": f"{REFERENCE}FairsharePolicy.html",
    "Fargate": f"{REFERENCE}FargatePlatformConfiguration.html",
    "FargateEnvironment": f"{REFERENCE}ComputeResource.html",
    "FlexibleTimeWindow": f"{_SCHEDULER}/API_FlexibleTimeWindow.html",
    "FlowLogs": f"{_EC2}/API_CreateFlowLogs.html",
    "Image": f"{_AWS}/AmazonECR/latest/APIReference/API_CreateRepository.html",
    "InstanceRole": f"{_IAM}/API_CreateRole.html",
    "InstanceStore": _CONTAINER_INSTANCES,
    "JobDefaults": f"{REFERENCE}ContainerProperties.html",
    "JobDefinition": f"{REFERENCE}RegisterJobDefinition.html",
    "JobEvents": f"{_AWS}/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    "JobQueue": f"{REFERENCE}CreateJobQueue.html",
    "JobStateTimeLimitAction": f"{REFERENCE}JobStateTimeLimitAction.html",
    "LaunchTemplate": f"{_EC2}/API_RequestLaunchTemplateData.html",
    "LinuxParameters": f"{REFERENCE}LinuxParameters.html",
    "LogConfiguration": f"{REFERENCE}LogConfiguration.html",
    "LogGroup": f"{_AWS}/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
    "Monitoring": f"{_AWS}/sns/latest/api/API_CreateTopic.html",
    "NatNetwork": f"{_EC2}/API_CreateNatGateway.html",
    "Outputs": f"{_AWS}/systems-manager/latest/APIReference/API_PutParameter.html",
    "Permissions": f"{_IAM}/API_PutRolePolicy.html",
    "Placement": f"{_EC2}/API_CreatePlacementGroup.html",
    "PolicyHolder": f"{_IAM}/API_AttachRolePolicy.html",
    "PublicNetwork": f"{_EC2}/API_CreateVpc.html",
    "Replacement": f"{REFERENCE}DeleteComputeEnvironment.html",
    "Retry": f"{REFERENCE}RetryStrategy.html",
    "RetryPolicy": f"{_SCHEDULER}/API_RetryPolicy.html",
    "RetryStrategy": f"{REFERENCE}RetryStrategy.html",
    "Roles": f"{_IAM}/API_CreateRole.html",
    "RootVolume": f"{_EC2}/API_LaunchTemplateEbsBlockDeviceRequest.html",
    "Schedule": f"{_SCHEDULER}/API_CreateSchedule.html",
    "Share": f"{REFERENCE}ShareAttributes.html",
    "Slack": f"{_CHATBOT}/API_CreateSlackChannelConfiguration.html",
    "SpotEnvironment": f"{REFERENCE}ComputeResource.html",
    "Storage": f"{_AWS}/AmazonS3/latest/API/API_CreateBucket.html",
    "Statement": f"{_AWS}/IAM/latest/UserGuide/reference_policies_elements.html",
    "Submitters": f"{_IAM}/API_CreatePolicy.html",
    "Teams": f"{_CHATBOT}/API_CreateMicrosoftTeamsChannelConfiguration.html",
    "Timeout": f"{REFERENCE}JobTimeout.html",
    "Tmpfs": f"{REFERENCE}Tmpfs.html",
    "Ulimit": f"{REFERENCE}Ulimit.html",
    "Trigger": f"{_AWS}/eventbridge/latest/APIReference/API_PutRule.html",
    "UnmanagedEnvironment": f"{REFERENCE}CreateComputeEnvironment.html",
    "UpdatePolicy": f"{REFERENCE}UpdatePolicy.html",
    "UserDataPart": _CONTAINER_INSTANCES,
    "Volume": f"{REFERENCE}Volume.html",
}
"""Blocks of the config to the page of AWS about what they become."""


def hover(value: Schema, block: str, *, required: bool) -> str:
    """Return the text of a key, in Markdown.

    Args:
        value: schema of the key.
        block: name of the type that has the key, of :data:`LINKS`.
        required: whether the key must be there.
    """
    page = LINKS[block]
    name = page.rpartition("/")[2].removesuffix(".html").removeprefix("API_")
    return "\n\n".join(_parts(value, required=required)) + f"\n\n[AWS: {name}]({page})"


def _parts(value: Schema, *, required: bool) -> Iterable[str]:
    if text := value.get("description"):
        yield text if text[1:2].isupper() else text[:1].upper() + text[1:]  # vCPUs stay so
    default = schema_texts.default(value, required=required)
    told = [schema_texts.kind(value), *schema_texts.limits(value), schema_texts.unit(value)]
    told.append(default if required or not default else f"default {default}")
    yield "; ".join(filter(None, told))
