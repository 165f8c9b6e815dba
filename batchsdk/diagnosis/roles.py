"""The IAM roles that Batch and its instances need (user guide: IAM policies, roles)."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

from batchsdk.diagnosis import config_keys
from batchsdk.diagnosis.case import Case, Environment
from batchsdk.diagnosis.findings import Cause, Finding, Verdict

_LINKED = "AWSServiceRoleForBatch"
"""The service-linked role: its rights are AWS's business."""
_SERVICE_POLICY = "AWSBatchServiceRole"
_INSTANCE_POLICY = "AmazonEC2ContainerServiceforEC2Role"
_FLEET_POLICY = "AmazonEC2SpotFleetTaggingRole"
"""The managed policies that allow all that is needed, unless a permissions boundary denies it."""
_SERVICE_ACTIONS = (
    "autoscaling:CreateAutoScalingGroup",
    "autoscaling:UpdateAutoScalingGroup",
    "ec2:CreateLaunchTemplate",
    "ec2:DescribeInstances",
    "ec2:RunInstances",
    "ecs:DescribeContainerInstances",
    "ecs:ListContainerInstances",
    "ecs:RunTask",
    "iam:PassRole",
)
"""Some of what the first allows, without which nothing runs."""
_INSTANCE_ACTIONS = (
    "ecs:DiscoverPollEndpoint",
    "ecs:Poll",
    "ecs:RegisterContainerInstance",
    "ecs:SubmitTaskStateChange",
)
"""Of the second: what the ECS agent needs to join a cluster."""
_FLEET_ACTIONS = ("ec2:RequestSpotInstances", "ec2:RunInstances", "ec2:TerminateInstances")
"""Of the third."""
_ON_CLUSTERS = frozenset({"ecs:RegisterContainerInstance", "ecs:SubmitTaskStateChange"})
_ON_INSTANCES = frozenset({"ecs:Poll"})
"""Actions of the second that know a cluster, or an instance in it (Service Authorization
Reference, Amazon ECS): a role may be limited to them."""
_PASSES = "iam:PassRole"
_PASSED_TO = "ec2.amazonaws.com"
"""Batch passes the instance role to EC2: AWSBatchServiceRole allows it for that service and that of
the tasks alone (``iam:PassedToService``), and another policy may do so for that role alone."""


def service_role(case: Case) -> Iterator[Finding]:
    """Find custom service roles that cannot do their work."""
    for environment in case.environments:
        role = str(environment.raw.get("serviceRole") or _LINKED)
        if _LINKED not in role:
            yield from _role(
                case,
                environment,
                what=f"service role {_name(role)}",
                name=_name(role),
                managed=_SERVICE_POLICY,
                actions=_SERVICE_ACTIONS,
                cause=Cause.SERVICE_ROLE,
                fix="Attach service-role/AWSBatchServiceRole, or use the service-linked role "
                f"({config_keys.role_key('serviceRole')}: linked).",
            )


def instance_role(case: Case) -> Iterator[Finding]:
    """Find instance profiles with which no instance can join its cluster."""
    again = functools.partial(config_keys.make_again, case.session.stack_outputs)
    profile = config_keys.role_key("instanceProfileArn")
    for environment in case.environments:
        given = environment.resources.get("instanceRole")
        if not given or not environment.has_instances:
            continue
        found = case.find("iam", "GetInstanceProfile", InstanceProfileName=_name(given))
        if found is None:
            yield _finding(
                environment,
                f"instance profile {_name(given)} does not exist",
                f"{again('Create it')}; or name another ({profile}).",
                Cause.NOT_IN_CLUSTER,
            )
            continue
        roles = (found.get("InstanceProfile") or {}).get("Roles") or ()
        if not roles:
            yield _finding(
                environment,
                f"instance profile {_name(given)} has no role, so instances join no cluster",
                f"{again('Add one')}; or name another ({profile}).",
                Cause.NOT_IN_CLUSTER,
            )
        for role in roles:
            yield from _role(
                case,
                environment,
                what=f"instance role {role['RoleName']}",
                name=role["RoleName"],
                managed=_INSTANCE_POLICY,
                actions=_INSTANCE_ACTIONS,
                cause=Cause.NOT_IN_CLUSTER,
                fix=f"{again('Attach the policy')}; a role of another team ({profile}) needs what "
                "service-role/AmazonEC2ContainerServiceforEC2Role has.",
            )


def spot_fleet_role(case: Case) -> Iterator[Finding]:
    """Find spot fleet roles that do not exist, or whose boundary denies what they need."""
    for environment in case.environments:
        role = environment.resources.get("spotIamFleetRole")
        if role:
            key = case.environment_key(environment, "allocationStrategy")
            yield from _role(
                case,
                environment,
                what=f"spot fleet role {_name(role)}",
                name=_name(role),
                managed=_FLEET_POLICY,
                actions=_FLEET_ACTIONS,
                cause=Cause.LAUNCHES_FAIL,
                fix="Create it, with the policy AmazonEC2SpotFleetTaggingRole, or use a strategy "
                f"that needs none, such as SPOT_PRICE_CAPACITY_OPTIMIZED ({key}).",
            )


def _role(
    case: Case,
    environment: Environment,
    *,
    what: str,
    name: str,
    managed: str,
    actions: Sequence[str],
    cause: Cause,
    fix: str,
) -> Iterator[Finding]:
    found = case.find("iam", "GetRole", RoleName=name)
    if found is None:
        yield _finding(environment, f"{what} does not exist", fix, cause)
        return
    role = found.get("Role") or {}
    boundary = (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    attached = case.read("iam", "ListAttachedRolePolicies", RoleName=name)
    names = {each["PolicyName"] for each in attached.get("AttachedPolicies") or ()}
    if managed in names and not boundary:
        return
    inline = case.read("iam", "ListRolePolicies", RoleName=name)
    if "AttachedPolicies" not in attached and "PolicyNames" not in inline:
        return
    if not names and not inline.get("PolicyNames"):
        yield _finding(environment, f"{what} has no policy at all", fix, cause)
        return
    if not role.get("Arn"):
        return
    by_boundary, others = _denied(case, environment, str(role["Arn"]), actions)
    if by_boundary:
        yield _finding(
            environment,
            f"the permissions boundary {_name(str(boundary))} of {what} does not allow "
            f"{', '.join(by_boundary)}",
            "Let the boundary allow it: docs/configuration.md, permissions boundary, has all that "
            f"the stack's roles need ({config_keys.role_key('permissionsBoundary')}).",
            cause,
        )
    if others:
        yield _finding(environment, f"{what} may not do {', '.join(others)}", fix, cause)


def _denied(
    case: Case, environment: Environment, role_arn: str, actions: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the actions that a role's boundary does not allow, and those that else are denied."""
    by_boundary: list[str] = []
    others: list[str] = []
    for request in _simulations(case, environment, actions):
        results = case.read(
            "iam", "SimulatePrincipalPolicy", PolicySourceArn=role_arn, **request
        ).get("EvaluationResults")
        for each in results or ():
            if each.get("EvalDecision") != "allowed":
                detail = each.get("PermissionsBoundaryDecisionDetail") or {}
                limited = detail.get("AllowedByPermissionsBoundary") is False
                (by_boundary if limited else others).append(each["EvalActionName"])
    return by_boundary, others


def _simulations(
    case: Case, environment: Environment, actions: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield actions together with the resource and the context in which they are judged.

    Without a resource AWS judges them on ``*``, which a role that is limited to its clusters lacks.
    Passing a role is not judged where that role is not known.
    """
    cluster = _cluster(environment)
    passed = _instance_role(case, environment) if _PASSES in actions else None
    limited: list[tuple[frozenset[str], str, str, str]] = []
    if cluster:
        instance = cluster.replace(":cluster/", ":container-instance/") + "/any"
        limited += [
            (_ON_CLUSTERS, cluster, "ecs:cluster", cluster),
            (_ON_INSTANCES, instance, "ecs:cluster", cluster),
        ]
    if passed:
        limited.append((frozenset({_PASSES}), passed, "iam:PassedToService", _PASSED_TO))
    others = [each for each in actions if each != _PASSES]
    for names, resource, key, value in limited:
        others = [each for each in others if each not in names]
        if group := [each for each in actions if each in names]:
            context = {"ContextKeyName": key, "ContextKeyType": "string"}
            yield {
                "ActionNames": group,
                "ResourceArns": [resource],
                "ContextEntries": [{**context, "ContextKeyValues": [value]}],
            }
    if others:
        yield {"ActionNames": others}


def _instance_role(case: Case, environment: Environment) -> str | None:
    """Return the ARN of the role that instances of an environment have."""
    given = environment.resources.get("instanceRole")
    if not given or not environment.has_instances:
        return None
    found = case.find("iam", "GetInstanceProfile", InstanceProfileName=_name(given)) or {}
    roles = (found.get("InstanceProfile") or {}).get("Roles") or ()
    return next((str(each["Arn"]) for each in roles if each.get("Arn")), None)


def _cluster(environment: Environment) -> str:
    return str(environment.raw.get("ecsClusterArn") or "")


def _finding(environment: Environment, evidence: str, fix: str, cause: Cause) -> Finding:
    return Finding(
        evidence=f"{evidence} (compute environment {environment.name})",
        fix=fix,
        cause=cause,
        verdict=Verdict.MISCONFIGURED,
        environment=environment.name,
    )


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]
