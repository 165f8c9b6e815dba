"""Whether instances of a compute environment can come up, once AWS has told of their types.

What the table of instance types tells, the config itself is refused for
(``infra/settings/ec2_capacity.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.instances.launching import threads_fault
from infra.settings import Problem
from infra.settings.ec2_capacity import Ec2Capacity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.plan import Plan


def unlaunchable(plan: Plan) -> Iterator[Problem]:
    """Find launch templates that ask for what the instance types have not, or are not known to."""
    for key, environment in plan.settings.compute_environments.items():
        if not isinstance(environment, Ec2Capacity):
            continue
        path = ("batch-platform:computeEnvironments", key, "launchTemplate")
        names, known = environment.instance_types, list(plan.instance_types.get(key, ()))
        if environment.launch_template.threads_per_core is not None:
            fault = threads_fault(names, known) or (None if known else _unknown(names[0]))
            if fault:
                yield Problem((*path, "threadsPerCore"), *fault)


def _unknown(name: str) -> tuple[str, str]:
    return (
        f"{name} is not among the instance types known here, and EC2 wants its number of cores",
        "allow ec2:DescribeInstanceTypes and let `pulumi up` ask AWS, or remove the key",
    )
