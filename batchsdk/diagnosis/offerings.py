"""Whether the zones of an environment's subnets offer its instance types."""

from __future__ import annotations

from collections.abc import Iterator

from batchsdk.contract.capacity import Requirement, name_patterns
from batchsdk.diagnosis import config_keys
from batchsdk.diagnosis.case import Case, Environment
from batchsdk.diagnosis.findings import Cause, Finding, Verdict
from batchsdk.diagnosis.fit import instance_types, requirement_of


def check(case: Case) -> Iterator[Finding]:
    """Find environments none of whose fitting types exists in their zones."""
    for environment in case.environments:
        if environment.has_instances and environment.subnets:
            yield from _check(case, environment)


def _check(case: Case, environment: Environment) -> Iterator[Finding]:
    wanted = requirement_of(case.job) if case.job else Requirement(vcpus=0, memory=0)
    fitting = {each.name for each in instance_types(case, environment) if each.fits(wanted)}
    answer = case.find("ec2", "DescribeSubnets", SubnetIds=list(environment.subnets))
    zones = sorted({each["AvailabilityZone"] for each in (answer or {}).get("Subnets") or ()})
    if not fitting or not zones:
        return
    offered = case.read(
        "ec2",
        "DescribeInstanceTypeOfferings",
        LocationType="availability-zone",
        Filters=[
            {"Name": "location", "Values": zones},
            {
                "Name": "instance-type",
                "Values": name_patterns(environment.resources["instanceTypes"]),
            },
        ],
    )
    if fitting & {each["InstanceType"] for each in offered.get("InstanceTypeOfferings") or ()}:
        return
    some = ", ".join(sorted(fitting)[:3])
    yield Finding(
        evidence=f"none of the {len(fitting)} type(s) of compute environment {environment.name} "
        f"that the job fits on ({some}) is offered in {', '.join(zones)}",
        fix=f"Use other types ({case.environment_key(environment, 'instanceTypes')}) or zones "
        f"({config_keys.network_key('availabilityZones')}).",
        cause=Cause.INSTANCE_CONFIGURATION,
        verdict=Verdict.MISCONFIGURED,
        environment=environment.name,
    )
