"""IAM policy documents as plain dicts: who may assume a role, and what the role may do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchsdk.contract.ecr import ecr_image

if TYPE_CHECKING:
    from batch_platform.job_definitions.log_groups import LogGroup

Document = Mapping[str, Any]

SERVICE_POLICY = "service-role/AWSBatchServiceRole"
SPOT_FLEET_POLICY = "service-role/AmazonEC2SpotFleetTaggingRole"
"""AWS managed policies of the roles that AWS Batch asks for (user guide, IAM roles).

They are broader than one stack: their statements are on all resources. AWS extends them with what
AWS Batch comes to need, which a copy would lack. ``roles.permissionsBoundary`` narrows them. No job
can reach these roles, as it can the instances' (:func:`instance`).
"""

_PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


def managed_policy_arn(partition: str, policy: str) -> str:
    """Return the ARN of an AWS managed policy, e.g. of :data:`SERVICE_POLICY`."""
    return f"arn:{partition}:iam::aws:policy/{policy}"


def trust(service: str, account_id: str = "", source_arns: Sequence[str] = ()) -> Document:
    """Return a trust policy.

    Args:
        service: the principal, e.g. ``ecs-tasks.amazonaws.com``.
        account_id: only on behalf of this account (against the confused deputy); twelve digits.
        source_arns: only on behalf of these, with ``*`` as a wildcard. EC2 sends neither.
    """
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if account_id:
        statement["Condition"] = {
            "StringEquals": {"aws:SourceAccount": account_id},
            "ArnLike": {"aws:SourceArn": sorted(source_arns)},
        }
    return _document([statement])


def tasks_trust(partition: str, region: str, account_id: str) -> Document:
    """Return the trust of execution and job roles (ECS guide, task IAM role)."""
    source = f"arn:{partition}:ecs:{region}:{account_id}:*"
    return trust("ecs-tasks.amazonaws.com", account_id, [source])


def service_trust(partition: str, region: str, account_id: str, environment: str) -> Document:
    """Return the trust of a custom service role (Batch guide, confused deputy prevention)."""
    batch = f"arn:{partition}:batch:{region}:{account_id}"
    sources = [f"{batch}:compute-environment/{environment}-*", f"{batch}:job/*"]
    return trust("batch.amazonaws.com", account_id, sources)


def flow_logs_trust(partition: str, region: str, account_id: str) -> Document:
    """Return the trust of the role of flow logs (VPC guide, "Publish flow logs to CloudWatch")."""
    source = f"arn:{partition}:ec2:{region}:{account_id}:vpc-flow-log/*"
    return trust("vpc-flow-logs.amazonaws.com", account_id, [source])


def flow_logs(partition: str, region: str, account_id: str, log_group: str) -> Document:
    """Return what flow logs may do: write to their log group, which is there already."""
    group = f"arn:{partition}:logs:{region}:{account_id}:log-group:{log_group}:*"
    actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    statement = {"Sid": "WriteLogs", "Effect": "Allow", "Action": actions, "Resource": group}
    return _document([statement])


@dataclass(frozen=True)
class Place:
    """Where a stack is, as ARNs have it.

    Attributes:
        partition: e.g. ``aws``.
        region: AWS region.
        account_id: twelve digits.
    """

    partition: str
    region: str
    account_id: str

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"


def execution(
    where: Place,
    log_groups: Iterable[LogGroup],
    images: Iterable[str],
    *,
    caches: Sequence[str] = (),
    reads: Iterable[Mapping[str, Any]] = (),
) -> Document:
    """Return what the ECS agent may do for a job: write its log, pull its images, read secrets.

    AmazonECSTaskExecutionRolePolicy grants the same on every log group and repository.

    Args:
        where: the stack.
        log_groups: of the job definitions.
        images: every image of the job definitions; public ones need no permission.
        caches: prefixes of repositories that are pull-through caches.
        reads: statements for the secrets that it fills in, and for their keys.
    """
    return _document([*_logs(where, log_groups), *_pulls(where, images, caches), *reads])


def instance(
    where: Place,
    environment: str,
    log_groups: Iterable[LogGroup],
    images: Iterable[str],
    *,
    tags: bool = False,
    more: Iterable[Mapping[str, Any]] = (),
) -> Document:
    """Return what container instances may do: what the ECS agent needs in the stack's clusters.

    A job of one node runs in the network of its instance, and so reaches its role: hence not
    AmazonEC2ContainerServiceforEC2Role, which has the same and more on every resource of the
    account. The statements on clusters are those of the AWS CDK (aws-ecs, ``Cluster``).

    Clusters are named by AWS Batch after the environment. Their pattern has the stack and not the
    keys of the config: an environment that an edit has removed still ends its jobs.

    Args:
        where: the stack.
        environment: name of the stack.
        log_groups: of the job definitions, which ``awslogs`` writes to.
        images: of the job definitions; a job without an execution role pulls by this one.
        tags: whether the agent copies the tags of EC2.
        more: statements of the config.
    """
    names = [f"AWSBatch-{environment}-*", f"{environment}-*_Batch_*"]  # of today, and of old
    clusters = [where.arn("ecs", f"cluster/{name}") for name in names]
    members = [where.arn("ecs", f"container-instance/{name}/*") for name in names]
    tasks = [where.arn("ecs", f"task/{name}/*") for name in names]
    by_cluster = {"ArnLike": {"ecs:cluster": clusters}}
    created = {"StringEquals": {"ecs:CreateAction": "RegisterContainerInstance"}}
    everywhere = ["ecs:DiscoverPollEndpoint", *(["ec2:DescribeTags"] if tags else [])]
    return _document(
        [
            _allow("FindEndpoint", everywhere, "*"),  # the actions know no resources
            _allow(
                "JoinClusters",
                [
                    "ecs:DeregisterContainerInstance",
                    "ecs:RegisterContainerInstance",
                    "ecs:SubmitAttachmentStateChanges",
                    "ecs:SubmitContainerStateChange",
                    "ecs:SubmitTaskStateChange",
                ],
                clusters,
            ),
            _allow(
                "ServeClusters",
                ["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"],
                where.arn("ecs", "container-instance/*"),
            )
            | {"Condition": by_cluster},
            _allow("TagItself", ["ecs:TagResource"], members) | {"Condition": created},
            _allow("ReadTags", ["ecs:ListTagsForResource"], [*members, *tasks]),
            *_logs(where, log_groups),
            *_pulls(where, images, ()),
            *more,
        ]
    )


def service_tags(where: Place, environment: str) -> Document:
    """Return what a custom service role needs beside AWSBatchServiceRole: to tag its tasks.

    That policy allows it for ``task/*_Batch_*`` alone, and clusters are named ``AWSBatch-…`` now.
    """
    tasks = where.arn("ecs", f"task/AWSBatch-{environment}-*/*")
    return _document([_allow("TagTasks", ["ecs:TagResource"], tasks)])


def _logs(where: Place, groups: Iterable[LogGroup]) -> Iterator[dict[str, Any]]:
    every = sorted(set(groups))
    arns = list(dict.fromkeys(each.arn(where.partition, where.account_id) for each in every))
    if arns:
        streams = [f"{arn}:*" for arn in arns]
        yield _allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], streams)
    if made := [each.arn(where.partition, where.account_id) for each in every if each.is_created]:
        forms = [form for arn in made for form in (arn, f"{arn}:*")]
        yield _allow("CreateLogGroups", ["logs:CreateLogGroup"], forms)


def _pulls(where: Place, images: Iterable[str], caches: Sequence[str]) -> Iterator[dict[str, Any]]:
    found = [each for each in map(ecr_image, images) if each is not None]
    if not found:
        return
    # CREDENTIALS_EXPOSURE: it is the way in. AwsSolutions-IAM5 Resource: the action takes no
    # resource; streams and objects have names that nobody knows before.
    yield _allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], "*")
    repositories = sorted({each.arn(where.partition) for each in found})
    yield _allow("PullImages", _PULL, repositories)
    cached = sorted(
        {
            each.arn(where.partition)
            for each in found
            if any(each.repository.startswith(f"{cache}/") for cache in caches)
        }
    )
    if cached:
        # ECR guide, "IAM permissions required to sync an upstream registry": the first pull.
        first = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
        yield _allow("FillCaches", first, cached)


def scheduler_trust(where: Place, group_arn: str) -> Document:
    """Return the trust of the roles of schedules: EventBridge Scheduler, for the stack's group.

    AWS names the group, and no single schedule, as the source (EventBridge Scheduler user guide,
    "Confused deputy prevention").
    """
    return trust("scheduler.amazonaws.com", where.account_id, [group_arn])


def starts_triggered_job(where: Place, queue_arn: str, definition: str) -> Document:
    """Return what it takes to submit one definition to one queue, without tags."""
    named = where.arn("batch", f"job-definition/{definition}")
    resources = [queue_arn, named, f"{named}:*", where.arn("batch", "job/*")]
    return _document([_allow("Submit", ["batch:SubmitJob"], resources)])


def starts_job(
    where: Place, queue_arn: str, definition: str, dead_letters: str, share: str | None = None
) -> Document:
    """Return what it takes to submit one definition to one queue, and to tell of what failed.

    A job with tags is judged as TagResource too (see :mod:`batch_platform.iam.consumers`).

    Args:
        where: the stack.
        queue_arn: of the job queue.
        definition: name of the job definition; every revision of it, since the newest is meant.
        dead_letters: ARN of the SQS queue.
        share: the only share that may be named; None for a queue without fair share.
    """
    named = where.arn("batch", f"job-definition/{definition}")
    # AwsSolutions-IAM5 Resource: revisions and jobs get their names later.
    resources = [queue_arn, named, f"{named}:*", where.arn("batch", "job/*")]
    submit = _allow("Submit", ["batch:SubmitJob"], resources)
    if share is not None:
        submit["Condition"] = {"StringEqualsIfExists": {"batch:ShareIdentifier": share}}
    return _document(
        [
            submit,
            _allow("TagJobs", ["batch:TagResource"], resources),
            _allow("TellOfFailures", ["sqs:SendMessage"], dead_letters),
        ]
    )


def rule_trust(where: Place, rule_arn: str) -> Document:
    """Return the trust of the role of a trigger: EventBridge, for its rule."""
    return trust("events.amazonaws.com", where.account_id, [rule_arn])


def dead_letter_queue(queue_arn: str, rule_arns: Sequence[str]) -> Document:
    """Return the policy of the queue of jobs that were not started.

    Rules send to it for themselves, schedules by their roles; all of them by TLS alone.
    """
    rules = [_from_rules("sqs:SendMessage", queue_arn, rule_arns)] if rule_arns else []
    return _document([*rules, _tls_alone("sqs:*", queue_arn)])


def fed_queue(queue_arn: str, rule_arns: Sequence[str]) -> Document:
    """Return the policy of an SQS queue: these EventBridge rules may send, by TLS alone."""
    return _document(
        [
            _from_rules("sqs:SendMessage", queue_arn, rule_arns),
            _tls_alone("sqs:*", queue_arn),
        ]
    )


def told_topic(
    topic: str, rules: Sequence[str], alarms: Sequence[str], budgets_of: str | None = None
) -> Document:
    """Return the policy of an SNS topic: these rules and alarms may publish, by TLS alone.

    Args:
        topic: its ARN.
        rules: ARNs of EventBridge rules.
        alarms: ARNs of CloudWatch alarms.
        budgets_of: account whose budgets may publish too; twelve digits.
    """
    statements = [_tls_alone("sns:Publish", topic)]
    if rules:
        statements.append(_from_rules("sns:Publish", topic, rules))
    if alarms:
        statements.append(
            {
                "Sid": "FromAlarms",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": topic,
                "Condition": {"ArnEquals": {"aws:SourceArn": sorted(alarms)}},
            }
        )
    if budgets_of is not None:
        statements.append(
            {
                "Sid": "FromBudgets",
                "Effect": "Allow",
                "Principal": {"Service": "budgets.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": topic,
                "Condition": {"StringEquals": {"aws:SourceAccount": budgets_of}},
            }
        )
    return _document(statements)


def used_bucket(bucket_arn: str) -> Document:
    """Return the policy of a bucket: by TLS alone. Who may use it, their own policies say."""
    return _document([_tls_alone("s3:*", [bucket_arn, f"{bucket_arn}/*"])])


def _from_rules(action: str, resource: str, rule_arns: Sequence[str]) -> dict[str, Any]:
    return {
        "Sid": "FromRules",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": action,
        "Resource": resource,
        "Condition": {"ArnEquals": {"aws:SourceArn": sorted(rule_arns)}},
    }


def _tls_alone(action: str, resource: str | list[str]) -> dict[str, Any]:
    return {
        "Sid": "TlsAlone",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": action,
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _allow(sid: str, actions: Sequence[str], resources: str | Sequence[str]) -> dict[str, Any]:
    found = resources if isinstance(resources, str) else list(resources)
    if not isinstance(found, str) and len(found) == 1:
        (found,) = found
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": found}


def _document(statements: Sequence[Mapping[str, Any]]) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}
