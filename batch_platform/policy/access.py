"""Who may do what: roles, IAM policies, policies of queues, topics and buckets."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator

from pulumi_policy import PolicyResource, ResourceValidationArgs

from batch_platform.policy.documents import (
    Statement,
    allowed,
    as_list,
    conditions,
    principals,
    statements,
)
from batch_platform.policy.rule import resource_rule, stack_rule

ROLE = "aws:iam/role:Role"
IDENTITY_POLICIES = ("aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy")
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"

KNOW_NO_RESOURCES = (
    "autoscaling:Describe*",
    "batch:Describe*",
    "batch:ListJobs",
    "cloudwatch:PutMetricData",
    "ec2:Describe*",
    "ecr:GetAuthorizationToken",
    "ecs:DiscoverPollEndpoint",
    "ssmmessages:*Channel",
)
"""Actions that can be allowed for all resources alone (Service Authorization Reference)."""
WITH_SOURCE_ACCOUNT = {
    "batch.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "events.amazonaws.com",
    "scheduler.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
}
"""Services that say on whose behalf they assume a role; EC2 and Spot Fleet do not."""
WHOSE_BEHALF = {"aws:SourceAccount", "aws:SourceArn"}


@resource_rule(
    "no-wildcard-actions", IDENTITY_POLICIES, fix="name the actions that are needed, one by one"
)
def no_wildcard_actions(args: ResourceValidationArgs) -> Iterator[str]:
    """No policy allows all actions, not even all of one service."""
    for statement in allowed(args.props.get("policy")):
        if "NotAction" in statement:
            yield f"NotAction allows all but {statement['NotAction']}"
        for action in as_list(statement.get("Action", [])):
            if action == "*" or action.endswith(":*"):
                yield f"the action {action!r} is allowed"


@resource_rule("no-wildcard-resources", IDENTITY_POLICIES, fix="name the resources by their ARNs")
def no_wildcard_resources(args: ResourceValidationArgs) -> Iterator[str]:
    """Only actions without resource-level permissions are allowed on all resources."""
    for statement in allowed(args.props.get("policy")):
        if "NotResource" in statement:
            yield f"NotResource allows all but {statement['NotResource']}"
        if "*" not in as_list(statement.get("Resource", [])):
            continue
        for action in as_list(statement.get("Action", [])):
            if not any(fnmatch.fnmatchcase(action, known) for known in KNOW_NO_RESOURCES):
                yield f"{action} is allowed for every resource"


@resource_rule(
    "trust-own-account",
    [ROLE],
    fix="name one service, with a condition on aws:SourceAccount where the service sends it",
)
def trust_own_account(args: ResourceValidationArgs) -> Iterator[str]:
    """Only a service may assume a role, on behalf of this account (confused deputy)."""
    for statement in allowed(args.props.get("assumeRolePolicy")):
        keys = {key for _, key, _ in conditions(statement)}
        for kind, name in principals(statement):
            if kind != "Service":
                yield f"{kind} {name!r} may assume it"
            elif name in WITH_SOURCE_ACCOUNT and "aws:SourceAccount" not in keys:
                yield f"{name} may assume the role on behalf of any account"


@stack_rule("one-boundary", fix="give every role the same permissionsBoundary")
def one_boundary(resources: list[PolicyResource]) -> Iterator[tuple[PolicyResource, str]]:
    """Where a permissions boundary limits one role, it limits all."""
    roles = [each for each in resources if each.resource_type == ROLE]
    boundaries = {each.props.get("permissionsBoundary") or "" for each in roles} - {""}
    for each in roles if boundaries else ():
        if (each.props.get("permissionsBoundary") or "") != min(boundaries):
            yield each, f"{each.name} is not limited by {min(boundaries)}"


@resource_rule(
    "tls-alone",
    [BUCKET_POLICY, QUEUE_POLICY, TOPIC_POLICY],
    fix="add a statement that denies everybody where aws:SecureTransport is false",
)
def tls_alone(args: ResourceValidationArgs) -> Iterator[str]:
    """Queues, topics and buckets are reached over TLS only."""
    if not any(_denies_without_tls(each) for each in statements(args.props.get("policy"))):
        yield "the policy does not deny requests without TLS"


@resource_rule(
    "senders-named",
    [QUEUE_POLICY, TOPIC_POLICY],
    fix="name the service, with a condition on aws:SourceArn",
)
def senders_named(args: ResourceValidationArgs) -> Iterator[str]:
    """Only services may send to queues and topics, for named resources of this stack."""
    for statement in allowed(args.props.get("policy")):
        named = {key for _, key, values in conditions(statement) if "*" not in values}
        for kind, name in principals(statement):
            if name == "*":
                yield "everybody is allowed"
            elif kind == "Service" and not named & WHOSE_BEHALF:
                yield f"{name} is allowed on behalf of anybody"


def _denies_without_tls(statement: Statement) -> bool:
    return (
        statement.get("Effect") == "Deny"
        and ("AWS", "*") in principals(statement)
        and ("Bool", "aws:SecureTransport", ["false"]) in conditions(statement)
    )
