"""Which inputs need a new resource: types whose rules depend on values have tests of their own.

Rules of terraform-provider-aws, in the file of each type; the modules name it.
"""

from __future__ import annotations

import json

import pytest

from localaws.resources.parameter import ADVANCED, INTELLIGENT, PARAMETER, STANDARD
from localaws.resources.security_group_rule import SECURITY_GROUP_EGRESS_RULE
from localaws.resources.table import RESOURCE_TYPES
from localaws.resources.vpc import VPC
from localaws.resources.vpc_endpoint import VPC_ENDPOINT

# token -> inputs that the schema has as ForceNew (plugin framework: RequiresReplace)
FORCE_NEW = {
    "aws:autoscaling/group:Group": {"name", "namePrefix"},
    "aws:batch/computeEnvironment:ComputeEnvironment": {
        "eksConfiguration",
        "name",
        "namePrefix",
        "type",
    },
    "aws:batch/jobDefinition:JobDefinition": {"name"},
    "aws:batch/jobQueue:JobQueue": {"name"},
    "aws:batch/schedulingPolicy:SchedulingPolicy": {"name"},
    "aws:budgets/budget:Budget": {"accountId", "name"},
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": {
        "configurationName",
        "slackTeamId",
    },
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": {
        "configurationName",
        "teamId",
        "teamName",
        "tenantId",
    },
    "aws:cloudwatch/dashboard:Dashboard": {"dashboardName"},
    "aws:cloudwatch/eventRule:EventRule": {"eventBusName", "name"},
    "aws:cloudwatch/eventTarget:EventTarget": {"eventBusName", "rule", "targetId"},
    "aws:cloudwatch/logGroup:LogGroup": {"name"},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {"name"},
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {"vpcId"},
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": {"vpcId"},
    "aws:ec2/eip:Eip": {"domain"},
    "aws:ec2/flowLog:FlowLog": {
        "iamRoleArn",
        "logDestination",
        "logDestinationType",
        "logFormat",
        "maxAggregationInterval",
        "trafficType",
        "vpcId",
    },
    "aws:ec2/internetGateway:InternetGateway": set(),
    "aws:ec2/launchTemplate:LaunchTemplate": {"name", "namePrefix"},
    "aws:ec2/natGateway:NatGateway": {"allocationId", "connectivityType", "subnetId"},
    "aws:ec2/placementGroup:PlacementGroup": {"name", "partitionCount", "spreadLevel", "strategy"},
    "aws:ec2/route:Route": {"destinationCidrBlock", "destinationIpv6CidrBlock", "routeTableId"},
    "aws:ec2/routeTable:RouteTable": {"vpcId"},
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {"subnetId"},
    "aws:ec2/securityGroup:SecurityGroup": {"description", "name", "vpcId"},
    "aws:ec2/subnet:Subnet": {"availabilityZone", "availabilityZoneId", "cidrBlock", "vpcId"},
    "aws:ec2/vpc:Vpc": {"cidrBlock"},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"serviceName", "vpcEndpointType", "vpcId"},
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": {"cidrBlock", "vpcId"},
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": {"policy", "repository"},
    "aws:ecr/repository:Repository": {"encryptionConfigurations", "name"},
    "aws:iam/instanceProfile:InstanceProfile": {"name", "path"},
    "aws:iam/policy:Policy": {"description", "name", "path"},
    "aws:iam/role:Role": {"name", "path"},
    "aws:iam/rolePolicy:RolePolicy": {"name", "role"},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {"policyArn", "role"},
    "aws:s3/bucket:Bucket": {"bucket"},
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {"bucket"},
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {"bucket"},
    "aws:s3/bucketPolicy:BucketPolicy": {"bucket"},
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {"bucket"},
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        "bucket"
    },
    "aws:s3/bucketVersioning:BucketVersioning": {"bucket"},
    "aws:scheduler/schedule:Schedule": {"groupName", "name"},
    "aws:scheduler/scheduleGroup:ScheduleGroup": {"name"},
    "aws:sns/topic:Topic": {"name"},
    "aws:sns/topicPolicy:TopicPolicy": {"arn"},
    "aws:sns/topicSubscription:TopicSubscription": {"endpoint", "protocol", "topic"},
    "aws:sqs/queue:Queue": {"name"},
    "aws:sqs/queuePolicy:QueuePolicy": {"queueUrl"},
    "aws:ssm/parameter:Parameter": {"dataType", "name"},
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {"securityGroupId"},
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {"securityGroupId"},
}
CIDR = {"cidrIpv4": "0.0.0.0/0"}
GATEWAY, INTERFACE = {"vpcEndpointType": "Gateway"}, {"vpcEndpointType": "Interface"}


def test_what_the_schemas_force():
    assert {token: set(each.replace_on) for token, each in RESOURCE_TYPES.items()} == FORCE_NEW


@pytest.mark.parametrize(
    ("rule", "resource_type", "old", "new", "replacing"),
    [
        (
            "ec2/vpc_.go resourceVPCCustomizeDiff",
            VPC,
            {"instanceTenancy": "dedicated"},
            {"instanceTenancy": "default"},
            [],
        ),
        (
            "ec2/vpc_.go resourceVPCCustomizeDiff",
            VPC,
            {},
            {"instanceTenancy": "dedicated"},
            ["instanceTenancy"],
        ),
        (
            "ec2/vpc_endpoint.go CustomizeDiff",
            VPC_ENDPOINT,
            INTERFACE,
            {**INTERFACE, "privateDnsEnabled": True},
            [],
        ),
        (
            "ec2/vpc_endpoint.go CustomizeDiff",
            VPC_ENDPOINT,
            GATEWAY,
            {**GATEWAY, "privateDnsEnabled": True},
            ["privateDnsEnabled"],
        ),
        (
            "ec2/vpc_security_group_ingress_rule.go ModifyPlan",
            SECURITY_GROUP_EGRESS_RULE,
            CIDR,
            {"cidrIpv4": "10.0.0.0/8"},
            [],
        ),
        (
            "ec2/vpc_security_group_ingress_rule.go ModifyPlan",
            SECURITY_GROUP_EGRESS_RULE,
            CIDR,
            {"prefixListId": "pl-1"},
            ["cidrIpv4", "prefixListId"],
        ),
        (
            "ssm/parameter.go ForceNewIfChange",
            PARAMETER,
            {"tier": STANDARD},
            {"tier": ADVANCED},
            [],
        ),
        (
            "ssm/parameter.go ForceNewIfChange",
            PARAMETER,
            {"tier": ADVANCED},
            {"tier": STANDARD},
            ["tier"],
        ),
    ],
)
def test_what_depends_on_values(rule, resource_type, old, new, replacing):
    assert list(resource_type.replaces(old, new)) == replacing, rule


def test_a_tier_that_the_service_picked_is_no_change():
    assert PARAMETER.unchanged("tier", STANDARD, INTELLIGENT)
    assert not PARAMETER.unchanged("tier", STANDARD, ADVANCED)


def test_a_parameters_value_is_secret():
    assert PARAMETER.secrets == {"value"}


def test_names_are_as_long_as_pulumi_aws_makes_them():
    named = {token: each.longest_name for token, each in RESOURCE_TYPES.items() if each.autonamed}
    assert named.pop("aws:iam/role:Role") == 64
    assert named.pop("aws:cloudwatch/eventRule:EventRule") == 64
    assert named.pop("aws:iam/policy:Policy") == 128
    assert named.pop("aws:sqs/queue:Queue") == 80
    assert named.pop("aws:budgets/budget:Budget") == 100
    assert set(named.values()) == {255}


@pytest.mark.parametrize(
    ("token", "inputs", "refused"),
    [
        (
            "aws:batch/computeEnvironment:ComputeEnvironment",
            {"type": "UNMANAGED", "computeResources": {"type": "EC2"}},
            "computeResources",
        ),
        (
            "aws:batch/computeEnvironment:ComputeEnvironment",
            {"computeResources": {"allocationStrategy": "WORST_FIT"}},
            "computeResources.allocationStrategy",
        ),
        (
            "aws:batch/computeEnvironment:ComputeEnvironment",
            {"updatePolicy": {"jobExecutionTimeoutMinutes": 361}},
            "updatePolicy.jobExecutionTimeoutMinutes",
        ),
        ("aws:batch/jobQueue:JobQueue", {"name": "-x"}, "name"),
        (
            "aws:batch/jobQueue:JobQueue",
            {"jobStateTimeLimitActions": [{"maxTimeSeconds": 599}]},
            "jobStateTimeLimitActions[0].maxTimeSeconds",
        ),
        (
            "aws:batch/schedulingPolicy:SchedulingPolicy",
            {"fairSharePolicy": {"computeReservation": 100}},
            "fairSharePolicy.computeReservation",
        ),
        (
            "aws:batch/jobDefinition:JobDefinition",
            {"containerProperties": "{"},
            "containerProperties",
        ),
        (
            "aws:batch/jobDefinition:JobDefinition",
            {"timeout": {"attemptDurationSeconds": 59}},
            "timeout.attemptDurationSeconds",
        ),
        (
            "aws:batch/jobDefinition:JobDefinition",
            {"retryStrategy": {"evaluateOnExits": [{"onExitCode": "1*2"}]}},
            "retryStrategy.evaluateOnExits[0].onExitCode",
        ),
        ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 8}, "retentionInDays"),
        ("aws:ec2/route:Route", {"gatewayId": "igw-1", "natGatewayId": "nat-1"}, "natGatewayId"),
        ("aws:iam/policy:Policy", {"policy": json.dumps("x" * 6143)}, "policy"),
        ("aws:iam/role:Role", {"maxSessionDuration": 60}, "maxSessionDuration"),
        ("aws:ssm/parameter:Parameter", {"type": "Number"}, "type"),
    ],
)
def test_what_is_refused_before_it_is_sent(token, inputs, refused):
    assert [each.property for each in RESOURCE_TYPES[token].check(inputs)] == [refused]
