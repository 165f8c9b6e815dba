"""Compute environments that take no jobs: DISABLED, INVALID, without access to EKS."""

from __future__ import annotations

from collections.abc import Iterator

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
    if case.queue.get("status") == "DELETED":
        yield Finding(
            evidence=f"the queue {case.queue_arn} does not exist in this account and region",
            fix="Read the outputs of the stack anew, if it was deployed again since; else deploy "
            "it, or submit to another queue.",
            cause=Cause.ENVIRONMENTS_UNUSABLE,
            verdict=Verdict.MISCONFIGURED,
        )
    elif not case.environments:
        yield Finding(
            evidence="its queue has no compute environment",
            fix="Add one to the queue (computeEnvironments).",
            cause=Cause.ENVIRONMENTS_UNUSABLE,
            verdict=Verdict.MISCONFIGURED,
        )
    for environment in case.environments:
        if environment.raw.get("state") == "DISABLED":
            yield _unusable(
                environment,
                f"compute environment {environment.name} is DISABLED",
                f"Write ENABLED for {case.environment_key(environment, 'state')}, or deploy again "
                f"where it says so already: then it was disabled outside of the stack.",
            )
        elif environment.raw.get("status") == "INVALID":
            reason = environment.raw.get("statusReason") or "no reason given"
            yield _unusable(
                environment,
                f"compute environment {environment.name} is INVALID: {reason}",
                _mend(environment, reason),
            )


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


def _mend(environment: Environment, reason: str) -> str:
    if environment.raw.get("eksConfiguration"):
        namespace = environment.raw["eksConfiguration"].get("kubernetesNamespace", "its namespace")
        return (
            f"Let Batch into the EKS cluster: the RBAC roles of namespace {namespace}, and "
            "AWSServiceRoleForBatch in aws-auth or as an access entry."
        )
    if _NO_ROLE in reason:
        return (
            "Let batch.amazonaws.com assume the service role, or use the service-linked one "
            "(batch-platform:roles.serviceRole: linked in the stack's config)."
        )
    if _NO_RIGHT in reason:
        return (
            "Attach service-role/AWSBatchServiceRole to the service role, or use the "
            f"service-linked one ({config_keys.role_key('serviceRole')}: linked); then update the "
            "environment, so that Batch looks at it again."
        )
    if _NO_FLEET_ROLE in reason:
        return (
            "Create the spot fleet role again, or take another allocationStrategy than BEST_FIT, "
            "which alone needs it; then update the environment."
        )
    if _NO_PROFILE in reason:
        return (
            "Deploy the stack again, which creates it, or name another "
            f"({config_keys.role_key('instanceProfileArn')})."
        )
    if _NEVER_JOINED in reason:
        return (
            "Fix the instances' route to ECS (batch-platform:network.mode in the stack's config) "
            "or their role, then deploy again."
        )
    return "Fix what the reason names, then deploy again."
