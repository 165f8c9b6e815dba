"""Instances that run, and what the ECS cluster of their compute environment knows of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from batchsdk.diagnosis import config_keys
from batchsdk.diagnosis.case import Case, Environment
from batchsdk.diagnosis.findings import Cause, Finding, Verdict

JOIN_MINUTES = 10
"""An instance that has not joined its cluster after so long does not join any more."""
_DESCRIBED = 100
"""ARNs of one DescribeContainerInstances call (API: ECS)."""
_DRIVER = "com.amazonaws.ecs.capability.logging-driver."
"""Attribute of a container instance for each log driver that its agent knows (ECS guide)."""


def check(case: Case) -> Iterator[Finding]:
    """Find instances that did not join, went silent, or lack the job's log driver."""
    for environment in case.environments:
        cluster = environment.raw.get("ecsClusterArn")
        if (environment.has_instances or environment.is_unmanaged) and cluster:
            registered = _registered(case, str(cluster))
            yield from _nothing_registered(case, environment, registered)
            yield from _not_joined(case, environment, registered)
            yield from _disconnected(environment, registered)
            yield from _without_driver(case, environment, registered)


def _registered(case: Case, cluster: str) -> list[Mapping[str, Any]]:
    listed = case.read("ecs", "ListContainerInstances", cluster=cluster)
    arns: Sequence[str] = listed.get("containerInstanceArns") or ()
    found: list[Mapping[str, Any]] = []
    for start in range(0, len(arns), _DESCRIBED):
        answer = case.read(
            "ecs",
            "DescribeContainerInstances",
            cluster=cluster,
            containerInstances=list(arns[start : start + _DESCRIBED]),
        )
        found += answer.get("containerInstances") or ()
    return found


def _nothing_registered(
    case: Case, environment: Environment, registered: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    """Find an UNMANAGED environment without instances, for which Batch launches none."""
    if environment.is_unmanaged and not registered:
        key = case.environment_key(environment, "autoScalingGroup")
        yield Finding(
            evidence=f"no instance is registered in the ECS cluster "
            f"{environment.raw['ecsClusterArn']} of the UNMANAGED compute environment "
            f"{environment.name}, and Batch launches none",
            fix=f"Raise minSize or desiredCapacity ({key}), or launch instances whose user data "
            "writes ECS_CLUSTER=<that cluster> to /etc/ecs/ecs.config. Instances that run and are "
            "not there cannot reach ECS, or their role may not register.",
            cause=Cause.NOT_IN_CLUSTER,
            verdict=Verdict.MISCONFIGURED,
            environment=environment.name,
        )


def _not_joined(
    case: Case, environment: Environment, registered: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    profile = str(environment.resources.get("instanceRole") or "")
    if not profile or not environment.subnets:
        return
    answer = case.read(
        "ec2",
        "DescribeInstances",
        Filters=[
            {"Name": "instance-state-name", "Values": ["running"]},
            {"Name": "subnet-id", "Values": list(environment.subnets)},
        ],
    )
    running = [
        each
        for reservation in answer.get("Reservations") or ()
        for each in reservation["Instances"]
        if _same_name((each.get("IamInstanceProfile") or {}).get("Arn"), profile)
    ]
    joined = {each.get("ec2InstanceId") for each in registered}
    if not {each["InstanceId"] for each in running} - joined:
        return
    # Environments may share a profile and subnets: an instance of another one is in its cluster.
    joined |= _joined_elsewhere(case, environment, profile)
    limit = case.moment - timedelta(minutes=JOIN_MINUTES)
    lost = [
        each for each in running if each["InstanceId"] not in joined and _launched(each) < limit
    ]
    if not lost:
        return
    oldest = min(_launched(each) for each in lost)
    some = ", ".join(sorted(each["InstanceId"] for each in lost)[:3])
    yield Finding(
        evidence=f"{len(lost)} instance(s) with the profile of compute environment "
        f"{environment.name} run ({some}, since {oldest:%Y-%m-%d %H:%M} UTC) and are not in its "
        f"ECS cluster, which has {len(registered)}",
        fix="They must reach ECS (see the findings about the network and the instance role, and "
        f"{config_keys.network_key('mode')}); their image must have the ECS agent, and user data "
        "must not stop it.",
        cause=Cause.NOT_IN_CLUSTER,
        verdict=Verdict.MISCONFIGURED,
        environment=environment.name,
    )


def _joined_elsewhere(case: Case, environment: Environment, profile: str) -> set[str | None]:
    answer = case.read("batch", "DescribeComputeEnvironments")
    clusters = {
        str(each["ecsClusterArn"])
        for each in answer.get("computeEnvironments") or ()
        if each.get("ecsClusterArn")
        and each["computeEnvironmentArn"] != environment.arn
        and _same_name((each.get("computeResources") or {}).get("instanceRole"), profile)
    }
    return {each.get("ec2InstanceId") for one in clusters for each in _registered(case, one)}


def _disconnected(
    environment: Environment, registered: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    silent = [each for each in registered if not each.get("agentConnected", True)]
    if not silent:
        return
    some = ", ".join(sorted(str(each.get("ec2InstanceId")) for each in silent)[:3])
    yield Finding(
        evidence=f"the ECS agent of {len(silent)} of {len(registered)} instance(s) of compute "
        f"environment {environment.name} is not connected ({some})",
        fix="Terminate those instances: others are launched. If their agents disconnect again, "
        f"check their route to ECS ({config_keys.network_key('mode')}) and the agent's log.",
        cause=Cause.AGENT_DISCONNECTED,
        verdict=Verdict.MISCONFIGURED if len(silent) == len(registered) else None,
        environment=environment.name,
    )


def _without_driver(
    case: Case, environment: Environment, registered: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    driver = case.job.log_driver if case.job else "awslogs"
    lacking = [
        each
        for each in registered
        if f"{_DRIVER}{driver}" not in {it["name"] for it in each.get("attributes") or ()}
    ]
    if not lacking or len(lacking) < len(registered):
        return
    key = case.environment_key(environment, "imageType")
    yield Finding(
        evidence=f"none of the {len(registered)} instance(s) of compute environment "
        f"{environment.name} has registered the log driver {driver}",
        fix=f"Use an AWS image ({key}), or add the driver to ECS_AVAILABLE_LOGGING_DRIVERS "
        "of the agent in your own image.",
        cause=Cause.LOG_DRIVER,
        verdict=Verdict.MISCONFIGURED,
        environment=environment.name,
    )


def _launched(instance: Mapping[str, Any]) -> datetime:
    launched: datetime = instance["LaunchTime"]
    return launched


def _same_name(one: str | None, other: str) -> bool:
    return bool(one) and str(one).rpartition("/")[2] == other.rpartition("/")[2]
