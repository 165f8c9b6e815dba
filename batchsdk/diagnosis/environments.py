"""Compute environments that take no jobs: DISABLED, INVALID, without access to EKS."""

from __future__ import annotations

from collections.abc import Iterator

from batchsdk.contract import StackOutputs
from batchsdk.diagnosis import config_keys
from batchsdk.diagnosis.case import Case, Environment
from batchsdk.diagnosis.findings import Cause, Finding, Verdict

# How the reason of an INVALID environment reads (user guide: Troubleshooting, INVALID).
_NO_ROLE = "Not authorized to perform sts:AssumeRole"
_NO_RIGHT = "is not authorized to perform"
_NO_FLEET_ROLE = "IamFleetRole is invalid"
_NO_PROFILE = "Instance profile"
_NEVER_JOINED = "none of the instances joined"


def check(case: Case) -> Iterator[Finding]:
    """Find environments of the queue that take no jobs."""
    outputs = case.session.stack_outputs
    if case.queue.get("status") == "DELETED":
        yield Finding(
            evidence=f"the queue {case.queue_arn} does not exist in this account and region",
            fix=_without_queue(case.session.stack_outputs),
            cause=Cause.ENVIRONMENTS_UNUSABLE,
            verdict=Verdict.MISCONFIGURED,
        )
    elif not case.environments:
        yield Finding(
            evidence="its queue has no compute environment",
            fix=f"Name one in {_environments_of(case)}{config_keys.deploy(outputs)}.",
            cause=Cause.ENVIRONMENTS_UNUSABLE,
            verdict=Verdict.MISCONFIGURED,
        )
    for environment in case.environments:
        if environment.raw.get("state") == "DISABLED":
            yield _unusable(
                environment,
                f"compute environment {environment.name} is DISABLED",
                _enable(case, environment),
            )
        elif environment.raw.get("status") == "INVALID":
            reason = environment.raw.get("statusReason") or "no reason given"
            yield _unusable(
                environment,
                f"compute environment {environment.name} is INVALID: {reason}",
                _mend(case, environment, reason),
            )


def _without_queue(outputs: StackOutputs | None) -> str:
    if outputs is None:
        return "Name another one (aws batch describe-job-queues lists them)."
    stack = outputs.environment
    return (
        f"Take the outputs of now, if the stack has changed since (pulumi stack output --json "
        f"--stack {stack}); if the queue was deleted outside of the stack, run pulumi up "
        f"--refresh --stack {stack}, which makes it again."
    )


def _enable(case: Case, environment: Environment) -> str:
    outputs = case.session.stack_outputs
    command = (
        f"aws batch update-compute-environment --compute-environment {environment.name} "
        "--state ENABLED"
    )
    if outputs is None:
        return f"Enable it: {command}."
    return (
        f"Write ENABLED for {case.environment_key(environment, 'state')}"
        f"{config_keys.deploy(outputs)}; where it says so already, it was disabled outside of the "
        f"stack: {command}."
    )


def _environments_of(case: Case) -> str:
    return config_keys.queue_key(case.session.stack_outputs, case.queue_arn, "computeEnvironments")


def _unusable(environment: Environment, evidence: str, fix: str) -> Finding:
    is_eks = bool(environment.raw.get("eksConfiguration"))
    cause = Cause.EKS_ACCESS if is_eks and not environment.is_usable else None
    if environment.raw.get("state") == "DISABLED":
        cause = None
    return Finding(
        evidence=evidence,
        fix=fix,
        cause=cause or Cause.ENVIRONMENTS_UNUSABLE,
        verdict=Verdict.MISCONFIGURED,
        environment=environment.name,
    )


def _mend(case: Case, environment: Environment, reason: str) -> str:
    again = config_keys.look_again(environment.name)
    outputs = case.session.stack_outputs
    if environment.raw.get("eksConfiguration"):
        namespace = environment.raw["eksConfiguration"].get("kubernetesNamespace", "its namespace")
        return (
            f"Let Batch into the EKS cluster: the RBAC roles of namespace {namespace}, and "
            f"AWSServiceRoleForBatch in aws-auth or as an access entry. Then {again}."
        )
    if _NO_ROLE in reason:
        return (
            "Let batch.amazonaws.com assume the service role, or use the service-linked one "
            f"({config_keys.role_key('serviceRole')}: linked). Then {again}."
        )
    if _NO_RIGHT in reason:
        return (
            "Attach service-role/AWSBatchServiceRole to the service role, or use the "
            f"service-linked one ({config_keys.role_key('serviceRole')}: linked). Then {again}."
        )
    if _NO_FLEET_ROLE in reason:
        strategy = case.environment_key(environment, "allocationStrategy")
        return (
            "Create the spot fleet role again, or take another strategy than BEST_FIT, which alone "
            f"needs it ({strategy}). Then {again}."
        )
    if _NO_PROFILE in reason:
        made = config_keys.make_again(outputs, "Create the instance profile")
        return f"{made}; or name another ({config_keys.role_key('instanceProfileArn')})."
    if _NEVER_JOINED in reason:
        return (
            f"Fix the instances' route to ECS ({config_keys.network_key('mode')}) or their role "
            f"({config_keys.role_key('instanceProfileArn')}){config_keys.deploy(outputs)}. Then "
            f"{again}."
        )
    return (
        f"Fix what the reason names in {case.environment_key(environment, '')}"
        f"{config_keys.deploy(outputs)}. Then {again}."
    )
