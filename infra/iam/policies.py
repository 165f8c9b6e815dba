"""IAM policy documents as plain dicts: who may assume a role, and what the role may do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]

INSTANCE_POLICY = "service-role/AmazonEC2ContainerServiceforEC2Role"
SERVICE_POLICY = "service-role/AWSBatchServiceRole"
SPOT_FLEET_POLICY = "service-role/AmazonEC2SpotFleetTaggingRole"
"""AWS managed policies of the roles that AWS Batch asks for (user guide, IAM roles).

They are broader than one stack: their statements are on all resources. AWS extends them with what
a newer ECS agent or AWS Batch needs, which a copy would lack. ``roles.permissionsBoundary`` narrows
them.
"""  # AwsSolutions-IAM4 Policy

_PRIVATE_IMAGE = re.compile(
    r"(?P<account>[0-9]{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/"
    r"(?P<repository>[^:@]+)"
)


def managed_policy_arn(partition: str, policy: str) -> str:
    """Return the ARN of an AWS managed policy, e.g. of :data:`INSTANCE_POLICY`."""
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


def execution(
    partition: str,
    region: str,
    account_id: str,
    log_group: str,
    images: Iterable[str],
    *,
    reads: Iterable[Mapping[str, Any]] = (),
) -> Document:
    """Return what the ECS agent may do for a job: write its log, pull its images, read secrets.

    AmazonECSTaskExecutionRolePolicy grants the same on every log group and repository.

    Args:
        partition: of the ARNs, e.g. ``aws``.
        region: AWS region of the log group.
        account_id: twelve digits.
        log_group: name of the one log group.
        images: every image of the job definitions; public ones need no permission.
        reads: statements for the secrets that it fills in, and for their keys.
    """
    statements: list[dict[str, Any]] = [
        {
            "Sid": "WriteLogs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"arn:{partition}:logs:{region}:{account_id}:log-group:{log_group}:*",
        }
    ]
    if repositories := sorted(set(_repositories(partition, images))):
        statements += [
            {
                "Sid": "LogInToRegistry",
                "Effect": "Allow",
                "Action": "ecr:GetAuthorizationToken",  # CREDENTIALS_EXPOSURE: it is the way in
                # AwsSolutions-IAM5 Resource: the action takes no resource; streams and objects
                # below have names that nobody knows before.
                "Resource": "*",  # the action knows no resources
            },
            {
                "Sid": "PullImages",
                "Effect": "Allow",
                "Action": [
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:GetDownloadUrlForLayer",
                ],
                "Resource": repositories,
            },
        ]
    return _document([*statements, *reads])


def fed_queue(queue_arn: str, rule_arns: Sequence[str]) -> Document:
    """Return the policy of an SQS queue: these EventBridge rules may send, by TLS alone."""
    return _document(
        [
            _from_rules("sqs:SendMessage", queue_arn, rule_arns),
            _tls_alone("sqs:*", queue_arn),
        ]
    )


def told_topic(topic: str, rules: Sequence[str], alarms: Sequence[str]) -> Document:
    """Return the policy of an SNS topic: these rules and alarms may publish, by TLS alone."""
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
    return _document(statements)


def _from_rules(action: str, resource: str, rule_arns: Sequence[str]) -> dict[str, Any]:
    return {
        "Sid": "FromRules",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": action,
        "Resource": resource,
        "Condition": {"ArnEquals": {"aws:SourceArn": sorted(rule_arns)}},
    }


def _tls_alone(action: str, resource: str) -> dict[str, Any]:
    return {
        "Sid": "TlsAlone",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": action,
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _repositories(partition: str, images: Iterable[str]) -> Iterable[str]:
    for image in images:
        if match := _PRIVATE_IMAGE.match(image):
            account, region = match["account"], match["region"]
            yield f"arn:{partition}:ecr:{region}:{account}:repository/{match['repository']}"


def _document(statements: Sequence[Mapping[str, Any]]) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}
