"""The IAM roles that Batch and its instances need (user guide: IAM policies, roles)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from batchsdk.diagnosis import config_keys
from batchsdk.diagnosis.case import Case, Environment
from batchsdk.diagnosis.findings import Cause, Finding, Verdict

_LINKED = "AWSServiceRoleForBatch"
"""The service-linked role: its rights are AWS's business."""
_SERVICE_POLICY = "AWSBatchServiceRole"
_INSTANCE_POLICY = "AmazonEC2ContainerServiceforEC2Role"
"""The managed policies that allow all that is needed."""
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
    for environment in case.environments:
        given = environment.resources.get("instanceRole")
        if not given or not environment.has_instances:
            continue
        found = case.find("iam", "GetInstanceProfile", InstanceProfileName=_name(given))
        if found is None:
            yield _finding(
                environment,
                f"instance profile {_name(given)} does not exist",
                "Deploy the stack again, which creates it (roles need no key in its config).",
                Cause.NOT_IN_CLUSTER,
            )
            continue
        for role in (found.get("InstanceProfile") or {}).get("Roles") or ():
            yield from _role(
                case,
                environment,
                what=f"instance role {role['RoleName']}",
                name=role["RoleName"],
                managed=_INSTANCE_POLICY,
                actions=_INSTANCE_ACTIONS,
                cause=Cause.NOT_IN_CLUSTER,
                fix="Attach service-role/AmazonEC2ContainerServiceforEC2Role; deploying the stack "
                "again does so.",
            )


def spot_fleet_role(case: Case) -> Iterator[Finding]:
    """Find spot fleet roles that do not exist."""
    for environment in case.environments:
        role = environment.resources.get("spotIamFleetRole")
        if role and case.find("iam", "GetRole", RoleName=_name(role)) is None:
            key = case.environment_key(environment, "allocationStrategy")
            yield _finding(
                environment,
                f"spot fleet role {_name(role)} does not exist",
                "Create it, with the policy AmazonEC2SpotFleetTaggingRole, or use a strategy that "
                f"needs none, such as SPOT_PRICE_CAPACITY_OPTIMIZED ({key}).",
                Cause.LAUNCHES_FAIL,
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
    role = case.find("iam", "GetRole", RoleName=name)
    if role is None:
        yield _finding(environment, f"{what} does not exist", fix, cause)
        return
    attached = case.read("iam", "ListAttachedRolePolicies", RoleName=name)
    if managed in {each["PolicyName"] for each in attached.get("AttachedPolicies") or ()}:
        return
    inline = case.read("iam", "ListRolePolicies", RoleName=name)
    if "AttachedPolicies" not in attached and "PolicyNames" not in inline:
        return
    if not attached.get("AttachedPolicies") and not inline.get("PolicyNames"):
        yield _finding(environment, f"{what} has no policy at all", fix, cause)
        return
    arn = (role.get("Role") or {}).get("Arn")
    if not arn:
        return
    results = case.read(
        "iam", "SimulatePrincipalPolicy", PolicySourceArn=arn, ActionNames=list(actions)
    ).get("EvaluationResults")
    denied = [
        each["EvalActionName"] for each in results or () if each.get("EvalDecision") != "allowed"
    ]
    if denied:
        yield _finding(environment, f"{what} may not do {', '.join(denied)}", fix, cause)


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
