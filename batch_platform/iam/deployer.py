"""The IAM policy of who runs ``pulumi up``, ``refresh`` and ``destroy`` on a stack.

The actions are those that the AWS provider and the program were seen to need, for the examples, and
those of further edits, which tests/batch_platform/real_provider/test_real_provider.py names. What
has a name that the program gives is limited to the stack's names; EC2 makes up its ids, so that
what changes the network is limited to the region alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from batch_platform.storage.place import bucket_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batch_platform.iam.policies import Document
    from batch_platform.plan import Plan

LONGEST_INLINE_POLICY = 10_240
"""Characters of all policies that a role has inline, white space apart (IAM quotas)."""

ANY_ACCOUNT = "000000000000"
"""Stands for the account in names whose length it decides."""

LOOKS = (
    "batch:DescribeComputeEnvironments",
    "batch:DescribeJobDefinitions",
    "batch:DescribeJobQueues",
    "batch:DescribeSchedulingPolicies",
    "cloudwatch:DescribeAlarms",
    "ec2:DescribeAddresses",
    "ec2:DescribeAddressesAttribute",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeEgressOnlyInternetGateways",
    "ec2:DescribeFlowLogs",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribePlacementGroups",
    "ec2:DescribePrefixLists",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroupRules",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSnapshots",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEndpointServices",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
    "logs:DescribeLogGroups",
    "ssm:DescribeParameters",
    "tag:GetResources",
)
"""What the provider reads; most of these actions know no resources."""

CHANGES_NETWORKS = (
    "ec2:AllocateAddress",
    "ec2:AssociateRouteTable",
    "ec2:AssociateSubnetCidrBlock",
    "ec2:AssociateVpcCidrBlock",
    "ec2:AttachInternetGateway",
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateEgressOnlyInternetGateway",
    "ec2:CreateFlowLogs",
    "ec2:CreateInternetGateway",
    "ec2:CreateLaunchTemplate",
    "ec2:CreateLaunchTemplateVersion",
    "ec2:CreateNatGateway",
    "ec2:CreatePlacementGroup",
    "ec2:CreateRoute",
    "ec2:CreateRouteTable",
    "ec2:CreateSecurityGroup",
    "ec2:CreateSubnet",
    "ec2:CreateTags",
    "ec2:CreateVpc",
    "ec2:CreateVpcEndpoint",
    "ec2:DeleteEgressOnlyInternetGateway",
    "ec2:DeleteFlowLogs",
    "ec2:DeleteInternetGateway",
    "ec2:DeleteLaunchTemplate",
    "ec2:DeleteNatGateway",
    "ec2:DeletePlacementGroup",
    "ec2:DeleteRoute",
    "ec2:DeleteRouteTable",
    "ec2:DeleteSecurityGroup",
    "ec2:DeleteSubnet",
    "ec2:DeleteTags",
    "ec2:DeleteVpc",
    "ec2:DeleteVpcEndpoints",
    "ec2:DetachInternetGateway",
    "ec2:DisassociateAddress",
    "ec2:DisassociateRouteTable",
    "ec2:DisassociateSubnetCidrBlock",
    "ec2:DisassociateVpcCidrBlock",
    "ec2:ModifyLaunchTemplate",
    "ec2:ModifySecurityGroupRules",
    "ec2:ModifySubnetAttribute",
    "ec2:ModifyVpcAttribute",
    "ec2:ModifyVpcEndpoint",
    "ec2:ReleaseAddress",
    "ec2:ReplaceRoute",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
)

CHANGES_BATCH = (
    "batch:CreateComputeEnvironment",
    "batch:CreateJobQueue",
    "batch:CreateSchedulingPolicy",
    "batch:DeleteComputeEnvironment",
    "batch:DeleteJobQueue",
    "batch:DeleteSchedulingPolicy",
    "batch:DeregisterJobDefinition",
    "batch:ListTagsForResource",
    "batch:RegisterJobDefinition",
    "batch:TagResource",
    "batch:UntagResource",
    "batch:UpdateComputeEnvironment",
    "batch:UpdateJobQueue",
    "batch:UpdateSchedulingPolicy",
)

CHANGES_ROLES = (
    "iam:AddRoleToInstanceProfile",
    "iam:AttachRolePolicy",
    "iam:CreateInstanceProfile",
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeleteInstanceProfile",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:GetInstanceProfile",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListInstanceProfilesForRole",
    "iam:ListPolicyVersions",
    "iam:ListRolePolicies",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:RemoveRoleFromInstanceProfile",
    "iam:TagInstanceProfile",
    "iam:TagPolicy",
    "iam:TagRole",
    "iam:UntagInstanceProfile",
    "iam:UntagPolicy",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)

CHANGES_LOGS = (
    "logs:AssociateKmsKey",
    "logs:CreateLogGroup",
    "logs:DeleteLogGroup",
    "logs:DeleteRetentionPolicy",
    "logs:DisassociateKmsKey",
    "logs:ListTagsForResource",
    "logs:PutRetentionPolicy",
    "logs:TagResource",
    "logs:UntagResource",
)

CHANGES_OUTPUTS = (
    "ssm:AddTagsToResource",
    "ssm:DeleteParameter",
    "ssm:GetParameter",
    "ssm:ListTagsForResource",
    "ssm:PutParameter",
    "ssm:RemoveTagsFromResource",
)

CHANGES_EVENTS = (
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DeleteDashboards",
    "cloudwatch:GetDashboard",
    "cloudwatch:ListTagsForResource",
    "cloudwatch:PutDashboard",
    "cloudwatch:PutMetricAlarm",
    "cloudwatch:TagResource",
    "cloudwatch:UntagResource",
    "events:DeleteRule",
    "events:DescribeRule",
    "events:ListTagsForResource",
    "events:ListTargetsByRule",
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
    "events:TagResource",
    "events:UntagResource",
    "sns:CreateTopic",
    "sns:DeleteTopic",
    "sns:GetSubscriptionAttributes",
    "sns:GetTopicAttributes",
    "sns:ListTagsForResource",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
    "sns:TagResource",
    "sns:Unsubscribe",
    "sns:UntagResource",
    "sqs:CreateQueue",
    "sqs:DeleteQueue",
    "sqs:GetQueueAttributes",
    "sqs:ListQueueTags",
    "sqs:SetQueueAttributes",
    "sqs:TagQueue",
    "sqs:UntagQueue",
)

CHANGES_SCHEDULES = (
    "scheduler:CreateSchedule",
    "scheduler:CreateScheduleGroup",
    "scheduler:DeleteSchedule",
    "scheduler:DeleteScheduleGroup",
    "scheduler:GetSchedule",
    "scheduler:GetScheduleGroup",
    "scheduler:ListTagsForResource",
    "scheduler:TagResource",
    "scheduler:UntagResource",
    "scheduler:UpdateSchedule",
)
"""Of stacks with schedules."""

CHANGES_REPOSITORIES = (
    "ecr:CreateRepository",
    "ecr:DeleteLifecyclePolicy",
    "ecr:DeleteRepository",
    "ecr:DescribeRepositories",
    "ecr:GetLifecyclePolicy",
    "ecr:ListTagsForResource",
    "ecr:PutImageScanningConfiguration",
    "ecr:PutImageTagMutability",
    "ecr:PutLifecyclePolicy",
    "ecr:TagResource",
    "ecr:UntagResource",
)
"""Of stacks with images of their own."""

CHANGES_BUDGETS = (
    "budgets:ListTagsForResource",
    "budgets:ModifyBudget",
    "budgets:TagResource",
    "budgets:UntagResource",
    "budgets:ViewBudget",
)
"""Of stacks with a budget."""

MAKES_CHANNELS = (
    "chatbot:CreateMicrosoftTeamsChannelConfiguration",
    "chatbot:CreateSlackChannelConfiguration",
    "chatbot:DescribeSlackChannelConfigurations",
    "chatbot:GetMicrosoftTeamsChannelConfiguration",
    "chatbot:ListMicrosoftTeamsChannelConfigurations",
    "chatbot:ListTagsForResource",
)
"""Of stacks with chat channels; the actions know no resources."""

CHANGES_CHANNELS = (
    "chatbot:DeleteMicrosoftTeamsChannelConfiguration",
    "chatbot:DeleteSlackChannelConfiguration",
    "chatbot:TagResource",
    "chatbot:UntagResource",
    "chatbot:UpdateMicrosoftTeamsChannelConfiguration",
    "chatbot:UpdateSlackChannelConfiguration",
)

CHANGES_STORAGE = (
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:GetAccelerateConfiguration",
    "s3:GetBucketAcl",
    "s3:GetBucketCORS",
    "s3:GetBucketLogging",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketRequestPayment",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:ListTagsForResource",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:TagResource",
    "s3:UntagResource",
)
"""Of stacks whose storage is a bucket that they make. The provider reads of a bucket all that can
be set of it."""

EMPTIES_STORAGE = ("s3:DeleteObject", "s3:DeleteObjectVersion")
"""With ``storage.forceDestroy`` alone."""

LOOKS_AT_BUCKETS = ("s3:ListBucket",)
"""Of a bucket that another team made: HeadBucket, which tells its region too."""

CHANGES_GROUPS = (
    "autoscaling:CreateAutoScalingGroup",
    "autoscaling:CreateOrUpdateTags",
    "autoscaling:DeleteAutoScalingGroup",
    "autoscaling:DeleteTags",
    "autoscaling:SetInstanceProtection",
    "autoscaling:UpdateAutoScalingGroup",
)
"""Of unmanaged compute environments whose instances the stack makes."""

LOOKS_AT_GROUPS = ("autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeScalingActivities")
RUNS_INSTANCES = ("ec2:RunInstances",)
"""An Auto Scaling group of a launch template needs it of whoever makes the group (EC2 Auto Scaling
user guide, "Launch template support")."""

PASSED_TO = (
    "batch.amazonaws.com",
    "chatbot.amazonaws.com",
    "ec2.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "events.amazonaws.com",
    "scheduler.amazonaws.com",
    "spotfleet.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
"""Services that get a role of the stack."""


def deployer(plan: Plan, *, account_id: str = "*", given: Iterable[str] = ()) -> Document:
    """Return the policy.

    Args:
        plan: of the stack; it gives names, region and partition.
        account_id: twelve digits, or ``*`` for any.
        given: ARNs of roles and instance profiles of others that the config names.
    """
    return {"Version": "2012-10-17", "Statement": list(_statements(plan, account_id, given))}


def given_roles(config: Any) -> Iterator[str]:
    """Yield the ARN of each role and instance profile that a config names, at any depth."""
    match config:
        case str():
            if re.fullmatch(r"arn:[a-z-]+:iam::[0-9]{12}:(role|instance-profile)/.+", config):
                yield config
        case dict():
            for value in config.values():
                yield from given_roles(value)
        case list():
            for value in config:
                yield from given_roles(value)


def _statements(plan: Plan, account_id: str, given: Iterable[str]) -> Iterator[dict[str, Any]]:
    region, partition, environment = plan.settings.region, plan.partition, plan.environment
    roles = plan.settings.roles
    named = plan.name("*")

    def arn(service: str, resource: str, *, where: str = region) -> str:
        return f"arn:{partition}:{service}:{where}:{account_id}:{resource}"

    def iam(*kinds: str) -> list[str]:
        return [arn("iam", f"{kind}{roles.path}{plan.iam_name('*')}", where="") for kind in kinds]

    within = {"StringEquals": {"aws:RequestedRegion": region}}
    yield _allow("Look", LOOKS, ["*"])
    images = f"arn:{partition}:ssm:{region}::parameter/aws/service/*"
    yield _allow("ReadImages", ["ssm:GetParameter"], [images])
    yield _allow("ChangeNetworks", CHANGES_NETWORKS, ["*"]) | {"Condition": within}
    kinds = ("compute-environment", "job-queue", "job-definition", "scheduling-policy")
    yield _allow("ChangeBatch", CHANGES_BATCH, [arn("batch", f"{each}/{named}") for each in kinds])
    yield _allow("ChangeRoles", CHANGES_ROLES, iam("role", "instance-profile", "policy"))
    create = _allow("CreateRoles", ["iam:CreateRole"], iam("role"))
    if roles.permissions_boundary:
        boundary = {"iam:PermissionsBoundary": roles.permissions_boundary}
        create["Condition"] = {"StringEquals": boundary}
    yield create
    passed = [*iam("role", "instance-profile"), *sorted(set(given))]
    yield _allow("PassRoles", ["iam:PassRole"], passed) | {
        "Condition": {"StringEquals": {"iam:PassedToService": list(PASSED_TO)}}
    }
    # AWS Batch makes it at the first compute environment without a service role of its own, in the
    # caller's name (Batch user guide, "Using service-linked roles").
    service_role = "role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch*"
    yield _allow(
        "CreateServiceLinkedRole",
        ["iam:CreateServiceLinkedRole"],
        [arn("iam", service_role, where="")],
    )
    groups = [arn("logs", f"log-group:{name}") for name in (
        plan.log_group_name, plan.flow_log_group_name)]  # fmt: skip
    yield _allow("ChangeLogGroups", CHANGES_LOGS, [f for g in groups for f in (g, f"{g}:*")])
    yield _allow("ChangeOutputs", CHANGES_OUTPUTS, [arn("ssm", f"parameter{plan.parameter_name}")])
    yield _allow(
        "ChangeEvents",
        CHANGES_EVENTS,
        [
            arn("cloudwatch", f"alarm:{named}"),
            arn("cloudwatch", f"dashboard/batch-{environment}", where=""),
            arn("events", f"rule/{named}"),
            arn("sns", named),
            arn("sqs", named),
        ],
    )
    if plan.settings.triggers:
        buckets = {each.bucket for each in plan.settings.triggers.values()}
        arns = [f"arn:{partition}:s3:::{bucket}" for bucket in sorted(buckets)]
        yield _allow("LookAtBuckets", ["s3:GetBucketNotification"], arns)
    if plan.settings.schedules:
        yield _allow(
            "ChangeSchedules",
            CHANGES_SCHEDULES,
            [
                arn("scheduler", f"schedule/{plan.name('schedules')}-*/{named}"),
                arn("scheduler", f"schedule-group/{plan.name('schedules')}-*"),
            ],
        )
    if plan.settings.images:
        yield _allow(
            "ChangeRepositories", CHANGES_REPOSITORIES, [arn("ecr", f"repository/{named}")]
        )
    yield from _storage(plan, account_id)
    if plan.settings.monitoring.chat is not None:
        yield _allow("MakeChannels", MAKES_CHANNELS, ["*"])
        channels = arn("chatbot", f"chat-configuration/*/{named}", where="")
        yield _allow("ChangeChannels", CHANGES_CHANNELS, [channels])
        # It is made at the first channel of an account (chatbot administrator guide, "Using
        # service-linked roles").
        linked = (
            "role/aws-service-role/management.chatbot.amazonaws.com/AWSServiceRoleForAWSChatbot*"
        )
        yield _allow(
            "CreateRoleOfChat", ["iam:CreateServiceLinkedRole"], [arn("iam", linked, where="")]
        )
    if plan.settings.monitoring.budget is not None:
        budget = arn("budgets", f"budget/{named}", where="")
        yield _allow("ChangeBudgets", CHANGES_BUDGETS, [budget])
    if any(
        getattr(each, "auto_scaling_group", None) is not None
        for each in plan.settings.compute_environments.values()
    ):
        group = f"autoScalingGroup:*:autoScalingGroupName/{named}"
        yield _allow("ChangeGroups", CHANGES_GROUPS, [arn("autoscaling", group)])
        yield _allow("LookAtGroups", LOOKS_AT_GROUPS, ["*"])
        yield _allow("RunInstances", RUNS_INSTANCES, ["*"]) | {"Condition": within}


def _storage(plan: Plan, account_id: str) -> Iterator[dict[str, Any]]:
    wanted = plan.settings.storage
    if not wanted.enabled:
        return
    start = f"arn:{plan.partition}:s3:::"
    if wanted.bucket is not None:
        yield _allow("LookAtStorage", LOOKS_AT_BUCKETS, [f"{start}{wanted.bucket}"])
        return
    name = bucket_name(plan.environment, ANY_ACCOUNT, plan.settings.region)
    bucket = start + name.replace(ANY_ACCOUNT, account_id)
    yield _allow("ChangeStorage", CHANGES_STORAGE, [bucket])
    if wanted.force_destroy:
        yield _allow("EmptyStorage", EMPTIES_STORAGE, [f"{bucket}/*"])


def _allow(sid: str, actions: Iterable[str], resources: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": resources}
