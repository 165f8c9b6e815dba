"""Which resources of AWS the killed update has left, by the inputs of their creation.

A resource type that the program registers needs its line in ``ORPHAN_TYPES``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from batch_platform.recovery import (
    auto_scaling,
    batch,
    ec2,
    ec2_rules,
    events,
    iam,
    named,
    schedules,
    storage,
)
from batch_platform.recovery.interrupted import PendingOperation, Resource, State
from batch_platform.recovery.orphan_type import Aws, Found, OrphanType

ORPHAN_TYPES: Mapping[str, OrphanType] = {
    "aws:autoscaling/group:Group": auto_scaling.AUTO_SCALING_GROUP,
    "aws:batch/computeEnvironment:ComputeEnvironment": batch.COMPUTE_ENVIRONMENT,
    "aws:batch/jobDefinition:JobDefinition": batch.JOB_DEFINITION,
    "aws:batch/jobQueue:JobQueue": batch.JOB_QUEUE,
    "aws:batch/schedulingPolicy:SchedulingPolicy": batch.SCHEDULING_POLICY,
    "aws:budgets/budget:Budget": events.BUDGET,
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": events.SLACK_CHANNEL,
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": events.TEAMS_CHANNEL,
    "aws:cloudwatch/dashboard:Dashboard": events.DASHBOARD,
    "aws:cloudwatch/eventRule:EventRule": events.EVENT_RULE,
    "aws:cloudwatch/eventTarget:EventTarget": events.EVENT_TARGET,
    "aws:cloudwatch/logGroup:LogGroup": named.LOG_GROUP,
    "aws:cloudwatch/metricAlarm:MetricAlarm": events.METRIC_ALARM,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ec2.DEFAULT_SECURITY_GROUP,
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": (
        ec2.EGRESS_ONLY_INTERNET_GATEWAY
    ),
    "aws:ec2/eip:Eip": ec2.EIP,
    "aws:ec2/flowLog:FlowLog": ec2.FLOW_LOG,
    "aws:ec2/internetGateway:InternetGateway": ec2.INTERNET_GATEWAY,
    "aws:ec2/launchTemplate:LaunchTemplate": ec2.LAUNCH_TEMPLATE,
    "aws:ec2/natGateway:NatGateway": ec2.NAT_GATEWAY,
    "aws:ec2/placementGroup:PlacementGroup": ec2.PLACEMENT_GROUP,
    "aws:ec2/route:Route": ec2_rules.ROUTE,
    "aws:ec2/routeTable:RouteTable": ec2.ROUTE_TABLE,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ec2_rules.ROUTE_TABLE_ASSOCIATION,
    "aws:ec2/securityGroup:SecurityGroup": ec2.SECURITY_GROUP,
    "aws:ec2/subnet:Subnet": ec2.SUBNET,
    "aws:ec2/vpc:Vpc": ec2.VPC,
    "aws:ec2/vpcEndpoint:VpcEndpoint": ec2.VPC_ENDPOINT,
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": ec2_rules.VPC_IPV4_BLOCK,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": named.LIFECYCLE_POLICY,
    "aws:ecr/repository:Repository": named.REPOSITORY,
    "aws:iam/instanceProfile:InstanceProfile": iam.INSTANCE_PROFILE,
    "aws:iam/policy:Policy": iam.POLICY,
    "aws:iam/role:Role": iam.ROLE,
    "aws:iam/rolePolicy:RolePolicy": iam.ROLE_POLICY,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": iam.ROLE_POLICY_ATTACHMENT,
    "aws:s3/bucket:Bucket": storage.BUCKET,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": storage.BUCKET_LIFE_CYCLE,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": storage.BUCKET_OWNERSHIP,
    "aws:s3/bucketPolicy:BucketPolicy": storage.BUCKET_POLICY,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": storage.BUCKET_ACCESS_BLOCK,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        storage.BUCKET_ENCRYPTION
    ),
    "aws:s3/bucketVersioning:BucketVersioning": storage.BUCKET_VERSIONING,
    "aws:scheduler/schedule:Schedule": schedules.SCHEDULE,
    "aws:scheduler/scheduleGroup:ScheduleGroup": schedules.SCHEDULE_GROUP,
    "aws:sns/topic:Topic": events.SNS_TOPIC,
    "aws:sns/topicPolicy:TopicPolicy": events.SNS_TOPIC_POLICY,
    "aws:sns/topicSubscription:TopicSubscription": events.SNS_TOPIC_SUBSCRIPTION,
    "aws:sqs/queue:Queue": events.SQS_QUEUE,
    "aws:sqs/queuePolicy:QueuePolicy": events.SQS_QUEUE_POLICY,
    "aws:ssm/parameter:Parameter": named.PARAMETER,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (
        ec2_rules.SECURITY_GROUP_EGRESS_RULE
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        ec2_rules.SECURITY_GROUP_INGRESS_RULE
    ),
}
FORGET = (
    "then `pulumi refresh --clear-pending-creates` makes the engine forget the cut-off creation"
)


class OrphanError(Exception):
    """What a cut-off creation has left cannot be told or taken away: a person must look."""


@dataclass(frozen=True)
class Orphan:
    """A resource in AWS that the state does not know.

    Attributes:
        operation: the creation that was cut off.
        found: the resource.
    """

    operation: PendingOperation
    found: Found

    def delete(self, aws: Aws) -> None:
        """Delete it and return when it is gone.

        Raises:
            OrphanError: AWS refuses; names the URN and what to do by hand.
        """
        resource = self.operation.resource
        delete = ORPHAN_TYPES[resource.type].delete
        assert delete is not None  # noqa: S101 - its find marks all as kept
        try:
            delete(aws, self.found.id, resource.inputs)
        except Exception as error:
            raise OrphanError(
                f"{resource.urn}: {self.found.id} could not be deleted "
                f"({type(error).__name__}: {error}). Delete it by hand and run this again"
            ) from error


def find_orphans(aws: Aws, state: State) -> Iterator[tuple[PendingOperation, tuple[Orphan, ...]]]:
    """Yield each cut-off creation with what it has left in AWS; mostly one resource or none.

    Raises:
        OrphanError: the type is unknown, or AWS has more than the creations can have left.
    """
    by_urn: dict[str, list[PendingOperation]] = {}
    for each in state.creating:
        by_urn.setdefault(each.resource.urn, []).append(each)
    for urn, operations in by_urn.items():
        kind = ORPHAN_TYPES.get(operations[0].resource.type)
        if kind is None:
            raise OrphanError(
                f"{urn}: recovery does not know the type {operations[0].resource.type}. Look for "
                f"the resource by hand and delete it; {FORGET}"
            )
        orphans: dict[str, Orphan] = {}
        for operation in operations:
            for orphan in _left_by(aws, state, operation, kind):
                orphans.setdefault(orphan.found.id, orphan)
        if len(orphans) > len(operations):
            raise OrphanError(
                f"{urn}: AWS has {', '.join(sorted(orphans))} with its tags, and the state knows "
                f"none of them; {len(operations)} can be from a cut-off update. Delete the "
                f"unused ones by hand and run this again"
            )
        for operation in operations:
            own = tuple(each for each in orphans.values() if each.operation is operation)
            yield operation, own


def _left_by(
    aws: Aws, state: State, operation: PendingOperation, kind: OrphanType
) -> Iterator[Orphan]:
    resource = operation.resource
    known = [each for each in state.resources if each.type == resource.type]
    own_key = _key(resource, kind)
    # What is secret is in no inputs: two resources that lack it are not the same by that.
    if kind.key and None not in own_key and any(_key(each, kind) == own_key for each in known):
        return
    ids = {each.id for each in known}
    try:
        candidates = tuple(kind.find(aws, resource.inputs))
    except KeyError as error:
        raise OrphanError(
            f"{resource.urn}: its input {error} is a secret or missing, so AWS cannot be asked "
            f"for the resource. Look for it by hand and delete it; {FORGET}"
        ) from error
    except Exception as error:
        raise OrphanError(
            f"{resource.urn}: AWS cannot be asked for it ({type(error).__name__}: {error}). Fix "
            f"that and run this again"
        ) from error
    yield from (Orphan(operation, found) for found in candidates if found.id not in ids)


def _key(resource: Resource, kind: OrphanType) -> tuple[object, ...]:
    return tuple(
        next((resource.inputs[each] for each in names if each in resource.inputs), None)
        for names in ((name,) if isinstance(name, str) else name for name in kind.key)
    )
