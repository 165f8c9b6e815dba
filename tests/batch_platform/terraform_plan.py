"""Recorded resources as a Terraform plan, which is what `checkov` reads.

The AWS provider of Pulumi is generated from Terraform's: types and properties are the same under
other names, and a block of which there may be one is an object in Pulumi, a list in Terraform.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.batch_platform.recorded_run import Registered

TYPES = {
    "aws:batch/computeEnvironment:ComputeEnvironment": "aws_batch_compute_environment",
    "aws:batch/jobDefinition:JobDefinition": "aws_batch_job_definition",
    "aws:batch/jobQueue:JobQueue": "aws_batch_job_queue",
    "aws:batch/schedulingPolicy:SchedulingPolicy": "aws_batch_scheduling_policy",
    "aws:budgets/budget:Budget": "aws_budgets_budget",
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": (
        "aws_chatbot_slack_channel_configuration"
    ),
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": (
        "aws_chatbot_teams_channel_configuration"
    ),
    "aws:cloudwatch/dashboard:Dashboard": "aws_cloudwatch_dashboard",
    "aws:cloudwatch/eventRule:EventRule": "aws_cloudwatch_event_rule",
    "aws:cloudwatch/eventTarget:EventTarget": "aws_cloudwatch_event_target",
    "aws:cloudwatch/logGroup:LogGroup": "aws_cloudwatch_log_group",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "aws_cloudwatch_metric_alarm",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "aws_default_security_group",
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": (
        "aws_egress_only_internet_gateway"
    ),
    "aws:ec2/eip:Eip": "aws_eip",
    "aws:ec2/flowLog:FlowLog": "aws_flow_log",
    "aws:ec2/internetGateway:InternetGateway": "aws_internet_gateway",
    "aws:ec2/launchTemplate:LaunchTemplate": "aws_launch_template",
    "aws:ec2/natGateway:NatGateway": "aws_nat_gateway",
    "aws:ec2/placementGroup:PlacementGroup": "aws_placement_group",
    "aws:ec2/route:Route": "aws_route",
    "aws:ec2/routeTable:RouteTable": "aws_route_table",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "aws_route_table_association",
    "aws:ec2/securityGroup:SecurityGroup": "aws_security_group",
    "aws:ec2/subnet:Subnet": "aws_subnet",
    "aws:ec2/vpc:Vpc": "aws_vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "aws_vpc_endpoint",
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": (
        "aws_vpc_ipv4_cidr_block_association"
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "aws_ecr_lifecycle_policy",
    "aws:ecr/repository:Repository": "aws_ecr_repository",
    "aws:iam/instanceProfile:InstanceProfile": "aws_iam_instance_profile",
    "aws:iam/policy:Policy": "aws_iam_policy",
    "aws:iam/role:Role": "aws_iam_role",
    "aws:iam/rolePolicy:RolePolicy": "aws_iam_role_policy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "aws_iam_role_policy_attachment",
    "aws:s3/bucket:Bucket": "aws_s3_bucket",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        "aws_s3_bucket_lifecycle_configuration"
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "aws_s3_bucket_ownership_controls",
    "aws:s3/bucketPolicy:BucketPolicy": "aws_s3_bucket_policy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "aws_s3_bucket_public_access_block",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "aws_s3_bucket_server_side_encryption_configuration"
    ),
    "aws:s3/bucketVersioning:BucketVersioning": "aws_s3_bucket_versioning",
    "aws:scheduler/schedule:Schedule": "aws_scheduler_schedule",
    "aws:scheduler/scheduleGroup:ScheduleGroup": "aws_scheduler_schedule_group",
    "aws:sns/topic:Topic": "aws_sns_topic",
    "aws:sns/topicPolicy:TopicPolicy": "aws_sns_topic_policy",
    "aws:sns/topicSubscription:TopicSubscription": "aws_sns_topic_subscription",
    "aws:sqs/queue:Queue": "aws_sqs_queue",
    "aws:sqs/queuePolicy:QueuePolicy": "aws_sqs_queue_policy",
    "aws:ssm/parameter:Parameter": "aws_ssm_parameter",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (
        "aws_vpc_security_group_egress_rule"
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        "aws_vpc_security_group_ingress_rule"
    ),
}
"""Pulumi's type token to Terraform's type."""

MAPS = {"tags", "parameters", "dimensions"}
"""Properties that are objects in Terraform too."""

SINGULAR = {
    "costFilters": "cost_filter",
    "notifications": "notification",
    "computeEnvironmentOrders": "compute_environment_order",
    "ec2Configurations": "ec2_configuration",
    "encryptionConfigurations": "encryption_configuration",
    "evaluateOnExits": "evaluate_on_exit",
    "instanceTypes": "instance_type",
    "jobStateTimeLimitActions": "job_state_time_limit_action",
    "rules": "rule",
    "shareDistributions": "share_distribution",
}
"""Blocks of which there may be several, where Pulumi's name has the plural."""


ACCOUNT_AND_REGION = "ap-northeast-1:123456789012"
ARNS = {
    "EventRule": "arn:aws:events:{0}:rule/{1}",
    "InstanceProfile": "arn:aws:iam::123456789012:instance-profile/{1}",
    "JobQueue": "arn:aws:batch:{0}:job-queue/{1}",
    "MetricAlarm": "arn:aws:cloudwatch:{0}:alarm:{1}",
    "Policy": "arn:aws:iam::123456789012:policy/{1}",
    "Queue": "arn:aws:sqs:{0}:{1}",
    "Role": "arn:aws:iam::123456789012:role/{1}",
    "ScheduleGroup": "arn:aws:scheduler:{0}:schedule-group/{1}",
    "Topic": "arn:aws:sns:{0}:{1}",
}
"""Form of the ARNs that policies name, by Pulumi's kind of resource."""
_RECORDED_ARN = re.compile(r"arn:([A-Z][A-Za-z]+)/([A-Za-z0-9-]+)")


def with_real_arns(text: str) -> str:
    """Return a text with ARNs of AWS's form in place of those that a recorded run invents."""

    def real(match: re.Match[str]) -> str:
        form = ARNS.get(match[1])
        return form.format(ACCOUNT_AND_REGION, match[2]) if form else match[0]

    return _RECORDED_ARN.sub(real, text)


def plan(resources: Iterable[Registered]) -> dict[str, Any]:
    """Return the plan that would make these resources.

    Raises:
        KeyError: a resource's type has no row in :data:`TYPES`.
    """
    made = [each for each in resources if each.typ.startswith("aws:")]
    targets = {target: _address(each) for each in made for target in _names(each)}
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [_planned(each) for each in made]}},
        "resource_changes": [
            {
                **_planned(each),
                "change": {
                    "actions": ["create"],
                    "before": None,
                    "after": _values(each.inputs),
                    "after_unknown": {},
                },
            }
            for each in made
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    {
                        "address": _address(each),
                        "mode": "managed",
                        "type": TYPES[each.typ],
                        "name": _label(each),
                        "expressions": _expressions(each, targets),
                    }
                    for each in made
                ]
            }
        },
    }


def snake(name: str) -> str:
    """Return Terraform's name of a property: ``cidrIpv4`` is ``cidr_ipv4``."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _planned(resource: Registered) -> dict[str, Any]:
    return {
        "address": _address(resource),
        "mode": "managed",
        "type": TYPES[resource.typ],
        "name": _label(resource),
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "values": _values(resource.inputs),
    }


def _label(resource: Registered) -> str:
    """Return a name that Terraform allows."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", resource.name)


def _address(resource: Registered) -> str:
    return f"{TYPES[resource.typ]}.{_label(resource)}"


def _names(resource: Registered) -> Iterator[str]:
    """Yield what other resources call this one: the id and the ARN of a recorded run."""
    kind = resource.typ.rpartition(":")[2]
    yield f"{kind}/{resource.name}"
    yield f"arn:{kind}/{resource.name}-1a2b3c4"


def _values(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {SINGULAR.get(key, snake(key)): _value(key, each) for key, each in inputs.items()}


def _value(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return value if key in MAPS else [_values(value)]
    if isinstance(value, list):
        return [_values(each) if isinstance(each, dict) else each for each in value]
    if isinstance(value, str):
        return with_real_arns(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _expressions(resource: Registered, targets: Mapping[str, str]) -> dict[str, Any]:
    """Return what each property refers to, so that checkov sees what is attached to what."""
    found: dict[str, Any] = {}
    for key, value in resource.inputs.items():
        addresses = [targets[text] for text in _texts(value) if text in targets]
        if addresses:
            references = [form for each in addresses for form in (f"{each}.id", each)]
            found[snake(key)] = {"references": references}
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _texts(each)
