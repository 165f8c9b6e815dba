"""The resource types and functions by their Pulumi tokens.

It imports pulumi-aws, which takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from localaws.resources import functions
from localaws.resources.auto_scaling_group import AUTO_SCALING_GROUP
from localaws.resources.budget import BUDGET
from localaws.resources.chat_channel import SLACK_CHANNEL, TEAMS_CHANNEL
from localaws.resources.clients import Clients
from localaws.resources.compute_environment import COMPUTE_ENVIRONMENT
from localaws.resources.default_security_group import DEFAULT_SECURITY_GROUP
from localaws.resources.ecr_repository import ECR_LIFECYCLE_POLICY, ECR_REPOSITORY
from localaws.resources.egress_only_internet_gateway import EGRESS_ONLY_INTERNET_GATEWAY
from localaws.resources.eip import EIP
from localaws.resources.event_rule import EVENT_RULE
from localaws.resources.event_target import EVENT_TARGET
from localaws.resources.flow_log import FLOW_LOG
from localaws.resources.instance_profile import INSTANCE_PROFILE
from localaws.resources.internet_gateway import INTERNET_GATEWAY
from localaws.resources.job_definition import JOB_DEFINITION
from localaws.resources.job_queue import JOB_QUEUE
from localaws.resources.launch_template import LAUNCH_TEMPLATE
from localaws.resources.log_group import LOG_GROUP
from localaws.resources.metric_alarm import DASHBOARD, METRIC_ALARM
from localaws.resources.nat_gateway import NAT_GATEWAY
from localaws.resources.parameter import PARAMETER
from localaws.resources.placement_group import PLACEMENT_GROUP
from localaws.resources.policy import POLICY
from localaws.resources.reading import Properties
from localaws.resources.resource_type import ResourceType
from localaws.resources.role import ROLE
from localaws.resources.role_policy import ROLE_POLICY, ROLE_POLICY_ATTACHMENT
from localaws.resources.route import ROUTE
from localaws.resources.route_table import ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION
from localaws.resources.s3_bucket import S3_BUCKET
from localaws.resources.s3_bucket_settings import (
    S3_BUCKET_ACCESS_BLOCK,
    S3_BUCKET_ENCRYPTION,
    S3_BUCKET_LIFE_CYCLE,
    S3_BUCKET_OWNERSHIP,
    S3_BUCKET_POLICY,
    S3_BUCKET_VERSIONING,
)
from localaws.resources.schedule import SCHEDULE, SCHEDULE_GROUP
from localaws.resources.scheduling_policy import SCHEDULING_POLICY
from localaws.resources.security_group import SECURITY_GROUP
from localaws.resources.security_group_rule import (
    SECURITY_GROUP_EGRESS_RULE,
    SECURITY_GROUP_INGRESS_RULE,
)
from localaws.resources.sns_topic import (
    SNS_TOPIC,
    SNS_TOPIC_POLICY,
    SNS_TOPIC_SUBSCRIPTION,
)
from localaws.resources.sqs_queue import SQS_QUEUE, SQS_QUEUE_POLICY
from localaws.resources.subnet import SUBNET
from localaws.resources.vpc import VPC
from localaws.resources.vpc_block import VPC_IPV4_BLOCK
from localaws.resources.vpc_endpoint import VPC_ENDPOINT

Call = Callable[[Clients, Properties], dict[str, Any]]

RESOURCE_TYPES: Mapping[str, ResourceType] = {
    "aws:autoscaling/group:Group": AUTO_SCALING_GROUP,
    "aws:batch/computeEnvironment:ComputeEnvironment": COMPUTE_ENVIRONMENT,
    "aws:batch/jobDefinition:JobDefinition": JOB_DEFINITION,
    "aws:batch/jobQueue:JobQueue": JOB_QUEUE,
    "aws:batch/schedulingPolicy:SchedulingPolicy": SCHEDULING_POLICY,
    "aws:budgets/budget:Budget": BUDGET,
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": SLACK_CHANNEL,
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": TEAMS_CHANNEL,
    "aws:cloudwatch/dashboard:Dashboard": DASHBOARD,
    "aws:cloudwatch/eventRule:EventRule": EVENT_RULE,
    "aws:cloudwatch/eventTarget:EventTarget": EVENT_TARGET,
    "aws:cloudwatch/logGroup:LogGroup": LOG_GROUP,
    "aws:cloudwatch/metricAlarm:MetricAlarm": METRIC_ALARM,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": DEFAULT_SECURITY_GROUP,
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": EGRESS_ONLY_INTERNET_GATEWAY,
    "aws:ec2/eip:Eip": EIP,
    "aws:ec2/flowLog:FlowLog": FLOW_LOG,
    "aws:ec2/internetGateway:InternetGateway": INTERNET_GATEWAY,
    "aws:ec2/launchTemplate:LaunchTemplate": LAUNCH_TEMPLATE,
    "aws:ec2/natGateway:NatGateway": NAT_GATEWAY,
    "aws:ec2/placementGroup:PlacementGroup": PLACEMENT_GROUP,
    "aws:ec2/route:Route": ROUTE,
    "aws:ec2/routeTable:RouteTable": ROUTE_TABLE,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ROUTE_TABLE_ASSOCIATION,
    "aws:ec2/securityGroup:SecurityGroup": SECURITY_GROUP,
    "aws:ec2/subnet:Subnet": SUBNET,
    "aws:ec2/vpc:Vpc": VPC,
    "aws:ec2/vpcEndpoint:VpcEndpoint": VPC_ENDPOINT,
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": VPC_IPV4_BLOCK,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": ECR_LIFECYCLE_POLICY,
    "aws:ecr/repository:Repository": ECR_REPOSITORY,
    "aws:iam/instanceProfile:InstanceProfile": INSTANCE_PROFILE,
    "aws:iam/policy:Policy": POLICY,
    "aws:iam/role:Role": ROLE,
    "aws:iam/rolePolicy:RolePolicy": ROLE_POLICY,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ROLE_POLICY_ATTACHMENT,
    "aws:s3/bucket:Bucket": S3_BUCKET,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": S3_BUCKET_LIFE_CYCLE,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": S3_BUCKET_OWNERSHIP,
    "aws:s3/bucketPolicy:BucketPolicy": S3_BUCKET_POLICY,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": S3_BUCKET_ACCESS_BLOCK,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        S3_BUCKET_ENCRYPTION
    ),
    "aws:s3/bucketVersioning:BucketVersioning": S3_BUCKET_VERSIONING,
    "aws:scheduler/schedule:Schedule": SCHEDULE,
    "aws:scheduler/scheduleGroup:ScheduleGroup": SCHEDULE_GROUP,
    "aws:sns/topic:Topic": SNS_TOPIC,
    "aws:sns/topicPolicy:TopicPolicy": SNS_TOPIC_POLICY,
    "aws:sns/topicSubscription:TopicSubscription": SNS_TOPIC_SUBSCRIPTION,
    "aws:sqs/queue:Queue": SQS_QUEUE,
    "aws:sqs/queuePolicy:QueuePolicy": SQS_QUEUE_POLICY,
    "aws:ssm/parameter:Parameter": PARAMETER,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": SECURITY_GROUP_EGRESS_RULE,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": SECURITY_GROUP_INGRESS_RULE,
}

FUNCTIONS: Mapping[str, Call] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": functions.get_availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": functions.get_caller_identity,
    "aws:ebs/getSnapshot:getSnapshot": functions.get_snapshot,
    "aws:ec2/getInstanceType:getInstanceType": functions.get_instance_type,
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": (
        functions.get_instance_type_offerings
    ),
    "aws:ec2/getInstanceTypes:getInstanceTypes": functions.get_instance_types,
    "aws:ec2/getLaunchTemplate:getLaunchTemplate": functions.get_launch_template,
    "aws:ec2/getRouteTable:getRouteTable": functions.get_route_table,
    "aws:ec2/getSecurityGroup:getSecurityGroup": functions.get_security_group,
    "aws:ec2/getSubnet:getSubnet": functions.get_subnet,
    "aws:ec2/getVpc:getVpc": functions.get_vpc,
    "aws:ec2/getSubnets:getSubnets": functions.get_subnets,
    "aws:ec2/getVpcEndpointService:getVpcEndpointService": functions.get_vpc_endpoint_service,
    "aws:ec2/getVpcEndpoint:getVpcEndpoint": functions.get_vpc_endpoint,
    "aws:resourcegroupstaggingapi/getResources:getResources": functions.get_resources,
    "aws:s3/getBucket:getBucket": functions.get_bucket,
    "aws:ssm/getParameter:getParameter": functions.get_parameter,
    "aws:vpc/getSecurityGroupRule:getSecurityGroupRule": functions.get_security_group_rule,
    "aws:vpc/getSecurityGroupRules:getSecurityGroupRules": functions.get_security_group_rules,
}
