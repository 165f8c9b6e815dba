"""The account's quota of Fargate vCPUs. Quotas of EC2 show in the launches that they refuse."""

from __future__ import annotations

from collections.abc import Iterator

from batchsdk.diagnosis.case import Case
from batchsdk.diagnosis.findings import Cause, Finding, Verdict

_QUOTAS = {"FARGATE": "L-3032A538", "FARGATE_SPOT": "L-36FBB829"}
"""Type of a compute environment -> Service Quotas' code of its "vCPU resource count"."""


def check(case: Case) -> Iterator[Finding]:
    """Find Fargate environments whose account may not run so large a job, or as much as asked."""
    wanted = (case.job.vcpus if case.job else None) or 0
    for environment in case.environments:
        code = _QUOTAS.get(str(environment.resources.get("type")))
        if code is None:
            continue
        answer = case.read(
            "service-quotas", "GetServiceQuota", ServiceCode="fargate", QuotaCode=code
        )
        quota = (answer.get("Quota") or {}).get("Value")
        limit = environment.max_vcpus or 0
        if quota is None or (quota >= wanted and quota >= limit):
            continue
        yield Finding(
            evidence=f"the account may run {quota:g} vCPUs on {environment.resources['type']} "
            f"(quota {code}); the job asks for {wanted:g}, and compute environment "
            f"{environment.name} for {limit} at most",
            fix="Ask for a higher quota (Service Quotas, AWS Fargate), or lower maxvCpus "
            f"({case.environment_key(environment, 'maxVcpus')}) to what the quota allows.",
            cause=Cause.LAUNCHES_FAIL,
            verdict=Verdict.MISCONFIGURED if wanted > quota else None,
            environment=environment.name,
        )
