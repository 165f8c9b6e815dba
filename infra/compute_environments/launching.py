"""Whether instances of a compute environment can come up, once AWS has told of their types.

What the table of instance types tells, the config itself is refused for
(``infra/settings/launching.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.settings import Problem
from infra.settings.compute_environments import Ec2Environment
from infra.settings.ec2_capacity import Ec2Capacity
from infra.settings.launching import launch_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.plan import Plan
    from infra.settings import Settings


def unlaunchable(plan: Plan) -> Iterator[Problem]:
    """Find launch templates that ask for what the instance types have not, or are not known to."""
    for key, environment in plan.settings.compute_environments.items():
        if not isinstance(environment, Ec2Capacity):
            continue
        path = ("batch-platform:computeEnvironments", key)
        known = list(plan.instance_types.get(key, ()))
        for each in launch_faults(environment, known):
            yield Problem((*path, *each.path), each.fault, each.fix)
        if environment.launch_template.threads_per_core is not None and not known:
            yield Problem(
                (*path, "launchTemplate", "threadsPerCore"),
                f"{environment.instance_types[0]} is not among the instance types known here, and "
                f"EC2 wants its number of cores",
                "allow ec2:DescribeInstanceTypes and let `pulumi up` ask AWS, or remove the key",
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
