"""Recorded resources as a CloudFormation template, which is what `cfn-lint` and `cfn-guard` read.

Both providers speak to the same APIs: properties are the same with a capital letter, but for those
that :data:`TYPES` and :data:`NAMES` have. What one resource says of another becomes a reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.batch_platform.recorded_run import Registered
from tests.batch_platform.terraform_plan import with_real_arns


@dataclass(frozen=True)
class Kind:
    """A resource type of CloudFormation.

    Attributes:
        name: of the type.
        names: Pulumi's property to CloudFormation's; "" for what only the provider has.
        tags_are_a_map: whether tags are an object, else a list of keys and values.
    """

    name: str
    names: Mapping[str, str] = field(default_factory=dict)
    tags_are_a_map: bool = False


TYPES = {
    "aws:batch/computeEnvironment:ComputeEnvironment": Kind(
        "AWS::Batch::ComputeEnvironment", tags_are_a_map=True
    ),
    "aws:batch/jobDefinition:JobDefinition": Kind(
        "AWS::Batch::JobDefinition",
        {"name": "JobDefinitionName", "deregisterOnNewRevision": ""},
        tags_are_a_map=True,
    ),
    "aws:batch/jobQueue:JobQueue": Kind("AWS::Batch::JobQueue", tags_are_a_map=True),
    "aws:batch/schedulingPolicy:SchedulingPolicy": Kind(
        "AWS::Batch::SchedulingPolicy", {"fairSharePolicy": "FairsharePolicy"}, tags_are_a_map=True
    ),
    "aws:budgets/budget:Budget": Kind("AWS::Budgets::Budget", {"tags": ""}),
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": Kind(
        "AWS::Chatbot::SlackChannelConfiguration",
        {"slackTeamId": "SlackWorkspaceId", "guardrailPolicyArns": "GuardrailPolicies"},
    ),
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": Kind(
        "AWS::Chatbot::MicrosoftTeamsChannelConfiguration",
        {
            "channelId": "TeamsChannelId",
            "guardrailPolicyArns": "GuardrailPolicies",
            "tenantId": "TeamsTenantId",
        },
    ),
    "aws:cloudwatch/dashboard:Dashboard": Kind("AWS::CloudWatch::Dashboard"),
    "aws:cloudwatch/eventRule:EventRule": Kind("AWS::Events::Rule"),
    "aws:cloudwatch/logGroup:LogGroup": Kind("AWS::Logs::LogGroup", {"name": "LogGroupName"}),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Kind("AWS::CloudWatch::Alarm"),
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": Kind(
        "AWS::EC2::EgressOnlyInternetGateway"
    ),
    "aws:ec2/eip:Eip": Kind("AWS::EC2::EIP"),
    "aws:ec2/flowLog:FlowLog": Kind(
        "AWS::EC2::FlowLog", {"vpcId": "ResourceId", "iamRoleArn": "DeliverLogsPermissionArn"}
    ),
    "aws:ec2/internetGateway:InternetGateway": Kind("AWS::EC2::InternetGateway", {"vpcId": ""}),
    "aws:ec2/launchTemplate:LaunchTemplate": Kind("AWS::EC2::LaunchTemplate"),
    "aws:ec2/natGateway:NatGateway": Kind("AWS::EC2::NatGateway"),
    "aws:ec2/placementGroup:PlacementGroup": Kind("AWS::EC2::PlacementGroup"),
    "aws:ec2/route:Route": Kind("AWS::EC2::Route"),
    "aws:ec2/routeTable:RouteTable": Kind("AWS::EC2::RouteTable"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Kind(
        "AWS::EC2::SubnetRouteTableAssociation"
    ),
    "aws:ec2/securityGroup:SecurityGroup": Kind(
        "AWS::EC2::SecurityGroup", {"description": "GroupDescription"}
    ),
    "aws:ec2/subnet:Subnet": Kind("AWS::EC2::Subnet"),
    "aws:ec2/vpc:Vpc": Kind("AWS::EC2::VPC"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Kind("AWS::EC2::VPCEndpoint", {"policy": "PolicyDocument"}),
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": Kind(
        "AWS::EC2::VPCCidrBlock"
    ),
    "aws:ecr/repository:Repository": Kind(
        "AWS::ECR::Repository",
        {
            "encryptionConfigurations": "EncryptionConfiguration",
            "forceDelete": "EmptyOnDelete",
            "name": "RepositoryName",
        },
    ),
    "aws:iam/instanceProfile:InstanceProfile": Kind("AWS::IAM::InstanceProfile", {"tags": ""}),
    "aws:iam/policy:Policy": Kind(
        "AWS::IAM::ManagedPolicy", {"policy": "PolicyDocument", "tags": ""}
    ),
    "aws:iam/role:Role": Kind("AWS::IAM::Role", {"assumeRolePolicy": "AssumeRolePolicyDocument"}),
    "aws:iam/rolePolicy:RolePolicy": Kind(
        # Also AWS::IAM::RolePolicy, which fewer rules know.
        "AWS::IAM::Policy",
        {"policy": "PolicyDocument", "role": "Roles"},
    ),
    "aws:scheduler/schedule:Schedule": Kind("AWS::Scheduler::Schedule"),
    "aws:scheduler/scheduleGroup:ScheduleGroup": Kind("AWS::Scheduler::ScheduleGroup"),
    "aws:s3/bucket:Bucket": Kind("AWS::S3::Bucket", {"bucket": "BucketName", "forceDestroy": ""}),
    "aws:s3/bucketPolicy:BucketPolicy": Kind("AWS::S3::BucketPolicy", {"policy": "PolicyDocument"}),
    "aws:sns/topic:Topic": Kind("AWS::SNS::Topic"),
    "aws:sns/topicPolicy:TopicPolicy": Kind("AWS::SNS::TopicPolicy", {"policy": "PolicyDocument"}),
    "aws:sns/topicSubscription:TopicSubscription": Kind(
        "AWS::SNS::Subscription", {"topic": "TopicArn"}
    ),
    "aws:sqs/queue:Queue": Kind(
        "AWS::SQS::Queue", {"messageRetentionSeconds": "MessageRetentionPeriod"}
    ),
    "aws:sqs/queuePolicy:QueuePolicy": Kind("AWS::SQS::QueuePolicy", {"policy": "PolicyDocument"}),
    "aws:ssm/parameter:Parameter": Kind("AWS::SSM::Parameter", tags_are_a_map=True),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Kind(
        "AWS::EC2::SecurityGroupEgress",
        {
            "referencedSecurityGroupId": "DestinationSecurityGroupId",
            "prefixListId": "DestinationPrefixListId",
            "tags": "",
        },
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Kind(
        "AWS::EC2::SecurityGroupIngress",
        {"referencedSecurityGroupId": "SourceSecurityGroupId", "tags": ""},
    ),
}
"""Pulumi's type token to CloudFormation's type."""

OF_BUCKETS = {
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "LifecycleConfiguration",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "OwnershipControls",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "PublicAccessBlockConfiguration",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "BucketEncryption"
    ),
    "aws:s3/bucketVersioning:BucketVersioning": "VersioningConfiguration",
}
"""Types that are properties of a bucket in CloudFormation: that property."""

INSIDE_OTHERS = {
    *OF_BUCKETS,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
}
"""Types that are properties of another resource in CloudFormation."""

UNKNOWN = {"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"}
"""Types that only the provider has: CloudFormation cannot take over what AWS has made."""

NAMES = {
    "cidrIpv4": "CidrIp",
    "computeEnvironmentOrders": "ComputeEnvironmentOrder",
    "ec2Configurations": "Ec2Configuration",
    "evaluateOnExits": "EvaluateOnExit",
    "maxVcpus": "MaxvCpus",
    "minVcpus": "MinvCpus",
    "securityGroupId": "GroupId",
    "securityGroups": "Groups",
    "shareDistributions": "ShareDistribution",
    "targetId": "Id",
}
"""Properties that have another name wherever they are."""

DOCUMENTS = {"AssumeRolePolicyDocument", "EventPattern", "PolicyDocument", "RedrivePolicy"}
PROPERTIES = {"ContainerProperties", "EcsProperties", "NodeProperties"}
MAPS = {"options", "parameters", "tags"}
ARN_ATTRIBUTES = {
    "ComputeEnvironment": "ComputeEnvironmentArn",
    "EventRule": "Arn",
    "InstanceProfile": "Arn",
    "JobQueue": "JobQueueArn",
    "LogGroup": "Arn",
    "MetricAlarm": "Arn",
    "Queue": "Arn",
    "Role": "Arn",
    "SchedulingPolicy": "Arn",
}
"""Attribute that is the ARN, by Pulumi's kind of resource; of all others ``Ref`` is."""
ID_ATTRIBUTES = {"Eip": "AllocationId", "SecurityGroup": "GroupId"}
"""Attribute that is the id; of all others ``Ref`` is."""


def template(resources: Iterable[Registered]) -> dict[str, Any]:
    """Return the template that would make these resources.

    Raises:
        KeyError: a resource's type has no row in :data:`TYPES`.
    """
    made = [each for each in resources if each.typ.startswith("aws:") and each.typ not in UNKNOWN]
    references = _references(made)
    found: dict[str, Any] = {}
    for each in made:
        if each.typ not in INSIDE_OTHERS:
            found[_label(each)] = {
                "Type": TYPES[each.typ].name,
                "Properties": _properties(each, references),
            }
    for each in made:
        _put_inside(each, found, references)
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": found}


def _label(resource: Registered) -> str:
    """Return a logical id, which has letters and digits alone."""
    kind = resource.typ.rpartition(":")[2]
    return kind + "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]", resource.name))


def _references(made: Iterable[Registered]) -> dict[str, Any]:
    """Return what stands for another resource: its id, name or ARN to the reference."""
    found: dict[str, Any] = {}
    for each in made:
        if each.typ in INSIDE_OTHERS:
            continue
        kind, label = each.typ.rpartition(":")[2], _label(each)
        name = each.inputs.get("name", f"{each.name}-1a2b3c4")
        by_ref = {"Ref": label}
        for text, attribute in (
            (f"{kind}/{each.name}", ID_ATTRIBUTES.get(kind)),
            (f"arn:{kind}/{name}", ARN_ATTRIBUTES.get(kind)),
        ):
            found[text] = {"Fn::GetAtt": [label, attribute]} if attribute else by_ref
        if kind in {"Role", "EventRule"}:
            found[name] = by_ref
    return found


def _properties(resource: Registered, references: Mapping[str, Any]) -> dict[str, Any]:
    kind = TYPES[resource.typ]
    inputs = dict(resource.inputs)
    if kind.name == "AWS::EC2::LaunchTemplate":
        tags = inputs.pop("tags")
        data = {key: inputs.pop(key) for key in [*inputs] if key not in {"description", "name"}}
        inputs = {
            "launchTemplateData": data,
            "versionDescription": inputs["description"],
            "tagSpecifications": [{"resourceType": "launch-template", "tags": tags}],
        }
    if "computeResources" in inputs:  # whose tags are an object
        resources = dict(inputs.pop("computeResources"))
        tags = {"Tags": resources.pop("tags", {})}
        inputs["computeResources"] = resources
    else:
        tags = {}
    found: dict[str, Any] = {}
    for key, value in inputs.items():
        name = kind.names.get(key, _name(key))
        if name:
            if key == "tags" and kind.tags_are_a_map:
                found[name] = value
            else:
                found[name] = _value(key, name, value, references)
    if tags:
        found["ComputeResources"] |= tags
    if kind.name == "AWS::Budgets::Budget":
        return _budget(found)
    return _corrected(kind.name, found)


LISTS_OF_ONE = {
    "AWS::IAM::InstanceProfile": ("Role", "Roles"),
    "AWS::SNS::TopicPolicy": ("Arn", "Topics"),
    "AWS::SQS::QueuePolicy": ("QueueUrl", "Queues"),
}
"""Type -> what is one thing to the provider, and a list of CloudFormation's."""


def _corrected(kind: str, found: dict[str, Any]) -> dict[str, Any]:
    """Return the properties in the shape that a few types of CloudFormation have."""
    if kind in LISTS_OF_ONE:
        one, several = LISTS_OF_ONE[kind]
        found[several] = [found.pop(one)]
    elif kind == "AWS::EC2::FlowLog":
        found["ResourceType"] = "VPC"
    elif kind == "AWS::S3::BucketPolicy":  # which names the bucket as its statements do
        statement = found["PolicyDocument"]["Statement"][0]
        found["Bucket"] = statement["Resource"][0].rpartition(":")[2]
    elif kind == "AWS::CloudWatch::Alarm":
        found["Dimensions"] = [
            {"Name": name, "Value": value} for name, value in found.get("Dimensions", {}).items()
        ]
    elif kind == "AWS::ECR::Repository":
        (found["EncryptionConfiguration"],) = found["EncryptionConfiguration"]
    elif kind == "AWS::IAM::Policy":
        found |= {"PolicyName": "policy", "Roles": [found["Roles"]]}
    elif kind == "AWS::SSM::Parameter" and isinstance(found["Value"], dict):
        found["Value"] = found["Value"]["Value"]  # Pulumi's mark of a secret
    return found


def _budget(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of a budget, in CloudFormation's shape."""
    subscribers = {"SubscriberSnsTopicArns": "SNS", "SubscriberEmailAddresses": "EMAIL"}
    told = [
        {
            "Notification": {k: v for k, v in each.items() if k not in subscribers},
            "Subscribers": [
                {"SubscriptionType": kind, "Address": address}
                for key, kind in subscribers.items()
                for address in each.get(key, ())
            ],
        }
        for each in found["Notifications"]
    ]
    budget = {
        "BudgetType": found["BudgetType"],
        "TimeUnit": found["TimeUnit"],
        "BudgetLimit": {"Amount": float(found["LimitAmount"]), "Unit": found["LimitUnit"]},
        "CostFilters": {each["Name"]: each["Values"] for each in found["CostFilters"]},
    }
    return {"Budget": budget, "NotificationsWithSubscribers": told}


def _name(key: str) -> str:
    return NAMES.get(key, key[:1].upper() + key[1:])


def _value(key: str, name: str, value: Any, references: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and name in DOCUMENTS:
        return json.loads(with_real_arns(value))
    if isinstance(value, str) and name in PROPERTIES:
        return _value(key, "", json.loads(value), references)
    if key == "dimensions" or (isinstance(value, dict) and key in {"options", "parameters"}):
        return value
    if isinstance(value, dict) and key == "tags":
        return [{"Key": each, "Value": text} for each, text in value.items()]
    if isinstance(value, dict):
        return {
            _name(inner): _value(inner, _name(inner), each, references)
            for inner, each in value.items()
        }
    if isinstance(value, list):
        return [_value("", "", each, references) for each in value]
    if key in {"encrypted", "deleteOnTermination"}:
        return str(value).lower() == "true"  # text to the provider, since they may be left out
    if isinstance(value, str):
        return references.get(value, references.get(value.removesuffix(":1"), _real(value)))
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _real(text: str) -> str:
    return with_real_arns(text).replace("pl-s3", "pl-0123456789abcdef0")


def _of_bucket(kind: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return a property of a bucket, in CloudFormation's shape."""
    if kind.endswith(":BucketVersioning"):
        return {"Status": inputs["versioningConfiguration"]["status"]}
    if kind.endswith(":BucketPublicAccessBlock"):
        return {_name(key): value for key, value in inputs.items() if key != "bucket"}
    if kind.endswith(":BucketOwnershipControls"):
        return {"Rules": [{"ObjectOwnership": inputs["rule"]["objectOwnership"]}]}
    if kind.endswith(":BucketServerSideEncryptionConfiguration"):
        (rule,) = inputs["rules"]
        how = rule["applyServerSideEncryptionByDefault"]
        by_default = {"SSEAlgorithm": how["sseAlgorithm"]}
        if "kmsMasterKeyId" in how:
            by_default["KMSMasterKeyID"] = how["kmsMasterKeyId"]
        encryption = {
            "ServerSideEncryptionByDefault": by_default,
            "BucketKeyEnabled": rule["bucketKeyEnabled"],
        }
        return {"ServerSideEncryptionConfiguration": [encryption]}
    return {"Rules": [_life_cycle_rule(each) for each in inputs["rules"]]}


def _life_cycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule of S3 Lifecycle, in CloudFormation's shape."""
    days = {
        "ExpirationInDays": rule.get("expiration", {}).get("days"),
        "NoncurrentVersionExpiration": {
            "NoncurrentDays": rule.get("noncurrentVersionExpiration", {}).get("noncurrentDays")
        },
        "AbortIncompleteMultipartUpload": {
            "DaysAfterInitiation": rule.get("abortIncompleteMultipartUpload", {}).get(
                "daysAfterInitiation"
            )
        },
    }
    wanted = {
        key: _whole(value)
        for key, value in days.items()
        if value is not None
        and value not in ({"NoncurrentDays": None}, {"DaysAfterInitiation": None})
    }
    prefix = {"Prefix": rule["filter"]["prefix"]} if rule["filter"]["prefix"] else {}
    return {"Id": rule["id"], "Status": rule["status"], **prefix, **wanted}


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    return int(value)


def _put_inside(resource: Registered, found: dict[str, Any], references: Mapping[str, Any]) -> None:
    """Add what is a resource in Pulumi and a property of another in CloudFormation."""
    inputs = resource.inputs
    if resource.typ.endswith(":EventTarget"):
        rule = found[references[inputs["rule"]]["Ref"]]["Properties"]
        target = {key: value for key, value in inputs.items() if key != "rule"}
        rule.setdefault("Targets", []).append(_value("", "", target, references))
    elif resource.typ in OF_BUCKETS:
        bucket = found[references[inputs["bucket"]]["Ref"]]["Properties"]
        bucket[OF_BUCKETS[resource.typ]] = _of_bucket(resource.typ, inputs)
    elif resource.typ.endswith(":LifecyclePolicy"):
        # Of the same logical name; the repository's own name would refer to itself.
        label = f"Repository{_label(resource).removeprefix('LifecyclePolicy')}"
        found[label]["Properties"]["LifecyclePolicy"] = {"LifecyclePolicyText": inputs["policy"]}
    elif resource.typ.endswith(":RolePolicyAttachment"):
        role = found[references[inputs["role"]]["Ref"]]["Properties"]
        arn = _value("", "", inputs["policyArn"], references)
        role.setdefault("ManagedPolicyArns", []).append(arn)
    elif resource.typ.endswith(":InternetGateway"):
        found[f"{_label(resource)}Attachment"] = {
            "Type": "AWS::EC2::VPCGatewayAttachment",
            "Properties": {
                "VpcId": references[inputs["vpcId"]],
                "InternetGatewayId": {"Ref": _label(resource)},
            },
        }
