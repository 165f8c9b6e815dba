"""Logs, queues of events, topics, and the tag that says whose a resource is."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import PolicyResource, ResourceValidationArgs

from batch_platform.policy.instances import COMPUTE_ENVIRONMENT, GROUP, LAUNCH_TEMPLATE
from batch_platform.policy.rule import Properties, resource_rule, stack_rule

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"
SCHEDULE = "aws:scheduler/schedule:Schedule"

EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget"

KEEPS_DEAD_LETTERS = {
    QUEUE: "redrivePolicy",
    SCHEDULE: "target",
    EVENT_TARGET: "deadLetterConfig",
}
"""Types whose dead letters a queue keeps, and the property that names it."""

ENVIRONMENT_TAG = "batch-platform:environment"
WITHOUT_TAGS = {
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:ec2/route:Route",
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:scheduler/schedule:Schedule",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:sqs/queuePolicy:QueuePolicy",
}
"""Types of the program that can have no tags."""


@resource_rule("logs-expire", [LOG_GROUP], fix="set logGroup.retentionInDays to above 0")
def logs_expire(args: ResourceValidationArgs) -> Iterator[str]:
    """Logs are not kept, and paid for, forever."""
    if not args.props.get("retentionInDays"):
        yield "retentionInDays is 0 or left out"


@resource_rule("queues-encrypted", [QUEUE], fix="set sqsManagedSseEnabled or kmsMasterKeyId")
def queues_encrypted(args: ResourceValidationArgs) -> Iterator[str]:
    """Messages in SQS queues are encrypted."""
    if not args.props.get("kmsMasterKeyId") and not args.props.get("sqsManagedSseEnabled"):
        yield "neither SQS's own key nor one of KMS encrypts the queue"


@stack_rule("queues-have-dead-letters", fix="give the queue a redrivePolicy")
def queues_have_dead_letters(
    resources: list[PolicyResource],
) -> Iterator[tuple[PolicyResource, str]]:
    """Messages that a queue cannot deliver are kept in a dead-letter queue."""
    queues = [each for each in resources if each.resource_type == QUEUE]
    # What the policy says may not be known yet; what it depends on is.
    keepers = {
        keeper.urn
        for each in resources
        if each.resource_type in KEEPS_DEAD_LETTERS
        for keeper in each.property_dependencies.get(KEEPS_DEAD_LETTERS[each.resource_type], ())
    }
    for each in queues:
        if not each.property_dependencies.get("redrivePolicy") and each.urn not in keepers:
            yield each, f"{each.name} has no dead-letter queue"


@resource_rule(
    "started-jobs-have-dead-letters",
    [SCHEDULE, EVENT_TARGET],
    fix="give its target a deadLetterConfig",
)
def started_jobs_have_dead_letters(args: ResourceValidationArgs) -> Iterator[str]:
    """What a schedule or a trigger could not start is kept in a dead-letter queue."""
    is_trigger = args.resource_type == EVENT_TARGET
    if is_trigger and not args.props.get("batchTarget"):
        return  # of events that start no job
    target = args.props if is_trigger else args.props.get("target") or {}
    if not target.get("deadLetterConfig"):
        yield "its target has no dead-letter queue"


@resource_rule(
    "topics-encrypted", [TOPIC], fix="name a key under monitoring.kmsKeyId", advisory=True
)
def topics_encrypted(args: ResourceValidationArgs) -> Iterator[str]:
    """Messages of SNS topics are encrypted with a KMS key."""
    if not args.props.get("kmsMasterKeyId"):
        yield "no key encrypts the topic"


@resource_rule(
    "environment-tag", None, fix=f"give it the tag {ENVIRONMENT_TAG}, with the stack's name"
)
def environment_tag(args: ResourceValidationArgs) -> Iterator[str]:
    """Everything taggable, including instances and volumes, carries the environment's tag."""
    if not args.resource_type.startswith("aws:") or args.resource_type in WITHOUT_TAGS:
        return
    stack = args.urn.split("::")[0].removeprefix("urn:pulumi:")
    for where, tags in _tags(args):
        if (found := tags.get(ENVIRONMENT_TAG)) != stack:
            yield f"{where}: {ENVIRONMENT_TAG} is {found!r}, not {stack!r}"


def _tags(args: ResourceValidationArgs) -> Iterator[tuple[str, Properties]]:
    tags = args.props.get("tags") or {}
    if args.resource_type == GROUP:  # those that its instances get
        tags = {each["key"]: each["value"] for each in tags if each.get("propagateAtLaunch")}
    yield "tags", tags
    if args.resource_type == LAUNCH_TEMPLATE:
        for each in args.props.get("tagSpecifications") or ():
            yield f"tagSpecifications of {each['resourceType']}", each.get("tags") or {}
    if args.resource_type == COMPUTE_ENVIRONMENT:
        compute = args.props.get("computeResources") or {}
        if compute.get("type") in {"EC2", "SPOT"}:
            yield "computeResources.tags", compute.get("tags") or {}
