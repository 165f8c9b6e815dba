"""Launches of instances that failed: quotas, spot prices, addresses, capacity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from batchsdk.diagnosis import config_keys
from batchsdk.diagnosis.case import Case, Environment
from batchsdk.diagnosis.findings import Cause, Finding, Verdict

_RECENT = timedelta(hours=1)
_FLEETS = ("active", "modifying", "submitted")


@dataclass(frozen=True)
class _Message:
    """How a failed launch reads (EC2 API: error codes; Auto Scaling guide: troubleshooting)."""

    texts: Sequence[str]
    cause: Cause
    verdict: Verdict
    fix: str


_MESSAGES: Sequence[_Message] = (
    _Message(
        (
            "vcpulimitexceeded",
            "vcpu capacity than your current",
            "maxspotinstancecount",
            "instancelimitexceeded",
            "quota",
        ),
        Cause.LAUNCHES_FAIL,
        Verdict.MISCONFIGURED,
        "Ask for a higher EC2 quota (Service Quotas, by On-Demand or Spot and instance family).",
    ),
    _Message(
        ("insufficientfreeaddressesinsubnet", "free addresses"),
        Cause.LAUNCHES_FAIL,
        Verdict.MISCONFIGURED,
        "The subnets have no free addresses: use a larger network ({cidr}) or more zones.",
    ),
    _Message(
        ("spot price", "spotmaxpricetoolow", "price is too low", "pricetoolow", "below the spot"),
        Cause.LAUNCHES_FAIL,
        Verdict.NO_CAPACITY,
        "The spot price is above the bid: raise it ({bid}), or allow more types ({types}).",
    ),
    _Message(
        ("insufficientinstancecapacity", "have sufficient", "no spot capacity"),
        Cause.NO_CAPACITY,
        Verdict.NO_CAPACITY,
        "Wait, or allow more instance types ({types}) or zones ({zones}).",
    ),
    _Message(
        ("iamfleetrole", "fleet role"),
        Cause.LAUNCHES_FAIL,
        Verdict.MISCONFIGURED,
        "Fix the spot fleet role, or use a strategy that needs none ({strategy}).",
    ),
)


def check(case: Case) -> Iterator[Finding]:
    """Find launches of the last hour that failed, by Auto Scaling or a spot fleet."""
    for environment in case.environments:
        if environment.has_instances:
            for text in dict.fromkeys(
                [*_failed_activities(case, environment), *_fleet_errors(case, environment)]
            ):
                yield _finding(case, environment, text)


def addresses(case: Case) -> Iterator[Finding]:
    """Find environments none of whose subnets has a free address."""
    for environment in case.environments:
        if not environment.subnets:
            continue
        answer = case.find("ec2", "DescribeSubnets", SubnetIds=list(environment.subnets))
        subnets = (answer or {}).get("Subnets") or ()
        if subnets and all(each.get("AvailableIpAddressCount", 1) < 1 for each in subnets):
            yield Finding(
                evidence=f"no subnet of compute environment {environment.name} has a free address "
                f"({', '.join(environment.subnets)})",
                fix=f"Use a larger network ({config_keys.network_key('cidr')}) or more zones "
                f"({config_keys.network_key('availabilityZones')}).",
                cause=Cause.LAUNCHES_FAIL,
                verdict=Verdict.MISCONFIGURED,
                environment=environment.name,
            )


def _failed_activities(case: Case, environment: Environment) -> list[str]:
    groups = case.read("autoscaling", "DescribeAutoScalingGroups").get("AutoScalingGroups") or ()
    since = case.moment - _RECENT
    texts: list[str] = []
    for group in groups:
        name = group["AutoScalingGroupName"]
        if environment.name not in name:  # Batch names its groups after the environment
            continue
        activities = case.read(
            "autoscaling", "DescribeScalingActivities", AutoScalingGroupName=name
        ).get("Activities")
        texts += [
            str(each.get("StatusMessage") or each.get("Description"))
            for each in activities or ()
            if each.get("StatusCode") in ("Failed", "Cancelled") and each["StartTime"] >= since
        ]
    return texts


def _fleet_errors(case: Case, environment: Environment) -> list[str]:
    role = environment.resources.get("spotIamFleetRole")
    if environment.resources.get("type") != "SPOT" or not role:
        return []
    fleets = case.read("ec2", "DescribeSpotFleetRequests").get("SpotFleetRequestConfigs") or ()
    texts: list[str] = []
    for fleet in fleets:
        config = fleet.get("SpotFleetRequestConfig") or {}
        if config.get("IamFleetRole") != role or fleet.get("SpotFleetRequestState") not in _FLEETS:
            continue
        history = case.read(
            "ec2",
            "DescribeSpotFleetRequestHistory",
            SpotFleetRequestId=fleet["SpotFleetRequestId"],
            StartTime=case.moment - _RECENT,
        ).get("HistoryRecords")
        texts += [
            str((each.get("EventInformation") or {}).get("EventDescription"))
            for each in history or ()
            if each.get("EventType") == "error"
        ]
    return texts


def _finding(case: Case, environment: Environment, text: str) -> Finding:
    known = next((each for each in _MESSAGES if any(it in text.lower() for it in each.texts)), None)
    fix = known.fix if known else "Fix what the message names in {whole}."
    return Finding(
        evidence=f"a launch for compute environment {environment.name} failed: {text}",
        fix=fix.format(
            whole=case.environment_key(environment, ""),
            types=case.environment_key(environment, "instanceTypes"),
            bid=case.environment_key(environment, "bidPercentage"),
            strategy=case.environment_key(environment, "allocationStrategy"),
            cidr=config_keys.network_key("cidr"),
            zones=config_keys.network_key("availabilityZones"),
        ),
        cause=known.cause if known else Cause.LAUNCHES_FAIL,
        verdict=known.verdict if known else Verdict.MISCONFIGURED,
        environment=environment.name,
    )
