"""What Batch itself says of a job that blocks its queue (user guide: jobs stuck in RUNNABLE)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from batchsdk.diagnosis import config_keys
from batchsdk.diagnosis.case import Case
from batchsdk.diagnosis.findings import Cause, Finding, Verdict


@dataclass(frozen=True)
class _Reason:
    prefix: str
    """How ``statusReason`` of the blocked job starts."""
    cause: Cause
    verdict: Verdict
    fix: str
    """With ``{key}`` for where the config has it."""
    setting: str = ""
    """Of the compute environments, in the config; empty: none of theirs."""


_REASONS: Sequence[_Reason] = (
    _Reason(
        "CAPACITY:",
        Cause.NO_CAPACITY,
        Verdict.NO_CAPACITY,
        "Wait, or allow more instance types ({key}) or zones ({zones}).",
        "instanceTypes",
    ),
    _Reason(
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
        Cause.NO_TYPE_FITS,
        Verdict.WILL_NEVER_FIT,
        "Ask for less, or allow larger instance types ({key}).",
        "instanceTypes",
    ),
    _Reason(
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        Cause.MAX_VCPUS,
        Verdict.WILL_NEVER_FIT,
        "Ask for less, or raise maxvCpus ({key}).",
        "maxVcpus",
    ),
    _Reason(
        "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED",
        Cause.INSTANCE_CONFIGURATION,
        Verdict.MISCONFIGURED,
        "Use instance types that the zones offer ({key}), or other zones ({zones}); a launch "
        "template must not set type, subnet, role or market.",
        "instanceTypes",
    ),
    _Reason(
        "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS",
        Cause.SERVICE_ROLE,
        Verdict.MISCONFIGURED,
        "Give the service role the missing permissions ({role}).",
    ),
    _Reason(
        "MISCONFIGURATION:",
        Cause.INSTANCE_CONFIGURATION,
        Verdict.MISCONFIGURED,
        "Fix what the reason names in {key}.",
    ),
    _Reason(
        "ACTION_REQUIRED",
        Cause.ENVIRONMENTS_UNUSABLE,
        Verdict.MISCONFIGURED,
        "Write ENABLED for {key}, or fix what the reason names there.",
        "state",
    ),
    _Reason(
        "UNDETERMINED",
        Cause.UNDETERMINED,
        Verdict.UNDETERMINED,
        "Check that the instances reach ECS ({mode}) and join the cluster ({profile}).",
    ),
)


def is_blocked(status_reason: str | None) -> bool:
    """Tell whether a ``statusReason`` says that the job blocks its queue."""
    return any((status_reason or "").startswith(each.prefix) for each in _REASONS)


def check(case: Case) -> Iterator[Finding]:
    """Find what Batch says of the job itself."""
    reason = (case.job.status_reason if case.job else None) or ""
    known = next((each for each in _REASONS if reason.startswith(each.prefix)), None)
    if known is None:
        return
    keys = [case.environment_key(each, known.setting) for each in case.environments]
    yield Finding(
        evidence=f"Batch says: {reason}",
        fix=known.fix.format(
            key=" or ".join(keys),
            zones=config_keys.network_key("availabilityZones"),
            role=config_keys.role_key("serviceRole"),
            mode=config_keys.network_key("mode"),
            profile=config_keys.role_key("instanceProfileArn"),
        ),
        cause=known.cause,
        verdict=known.verdict,
    )
