"""Whether instances of a compute environment can come up, once AWS has told of their types.

What the table of instance types tells, the config itself is refused for
(``batch_platform/settings/launching.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batch_platform.settings import Problem
from batch_platform.settings.compute_environments import Ec2Environment
from batch_platform.settings.ec2_capacity import Ec2Capacity
from batch_platform.settings.launching import launch_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batch_platform.plan import Plan
    from batch_platform.settings import Settings


def unlaunchable(plan: Plan) -> Iterator[Problem]:
    """Find launch templates that ask for what the instance types have not, or are not known to."""
    for key, environment in plan.settings.compute_environments.items():
        if not isinstance(environment, Ec2Capacity):
            continue
        path = ("batch-platform:computeEnvironments", key)
        known = list(plan.instance_types.get(key, ()))
        for each in launch_faults(environment, known):
            yield Problem((*path, *each.path), each.fault, each.fix)
        yield from _elsewhere(plan, key, environment)
        if environment.launch_template.threads_per_core is not None and not known:
            yield Problem(
                (*path, "launchTemplate", "threadsPerCore"),
                f"{environment.instance_types[0]} is not among the instance types known here, and "
                f"EC2 wants its number of cores",
                "allow ec2:DescribeInstanceTypes and let `pulumi up` ask AWS, or remove the key",
            )


def _elsewhere(plan: Plan, key: str, environment: Ec2Capacity) -> Iterator[Problem]:
    """Find instances that are all in the first zone, where the region has none of their types."""
    if not environment.in_one_zone or not plan.instance_subnets:
        return
    zone = plan.instance_subnets[0].zone
    if key not in plan.offers.environments_not_in(zone):
        return
    having = [each for each in plan.zones if key not in plan.offers.environments_not_in(each)]
    better = having[0] if having else "a zone that has them"
    yield Problem(
        ("batch-platform:computeEnvironments", key, "instanceTypes"),
        f"all its instances are in {zone}, the first zone, as those of a cluster, and {zone} has "
        f"no {', '.join(environment.instance_types)}",
        f"name {better} first in network.availabilityZones",
    )


def untried_blocks(settings: Settings) -> Iterator[str]:
    """Yield a warning for each Capacity Block with a strategy that AWS shows no example of.

    AWS's examples of AWS Batch with Capacity Blocks (aws-samples, "Capacity Block for ML with AWS
    Batch") give the environment no strategy, which is BEST_FIT. The user guide does not name them.
    """
    for key, environment in settings.compute_environments.items():
        if not isinstance(environment, Ec2Environment):
            continue
        reserved = environment.launch_template.capacity_reservation
        if reserved and reserved.market_type and environment.allocation_strategy != "BEST_FIT":
            yield (
                f"computeEnvironments.{key}.allocationStrategy: "
                f"{environment.allocation_strategy}, and AWS's examples of AWS Batch with a "
                f"Capacity Block have BEST_FIT alone; write BEST_FIT"
            )
