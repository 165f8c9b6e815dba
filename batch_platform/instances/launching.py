"""What EC2 would refuse to launch, by what instance types have. No I/O.

AWS Batch creates an environment with such a launch template all the same, and no instance comes up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchsdk.contract.capacity import InstanceType

Fault = tuple[str, str]
"""What is wrong, and how to mend it."""

MOST_SHOWN = 3
"""Instance types of which a message tells the names."""


def is_one_type(names: Sequence[str]) -> bool:
    """Tell whether ``instanceTypes`` are a single type, with its size."""
    return len(names) == 1 and "." in names[0]


def threads_fault(names: Sequence[str], known: Sequence[InstanceType]) -> Fault | None:
    """Return why cores cannot be told to run one thread each, or None.

    "Both the core count and threads per core must be specified in the request" (EC2 API,
    LaunchTemplateCpuOptionsRequest); "You can't specify CPU options for bare metal instances" (EC2
    user guide, rules for CPU options).

    Args:
        names: ``instanceTypes`` of the environment.
        known: the types that they stand for; empty where they are not known.
    """
    if not is_one_type(names):
        return (
            (
                f"EC2 takes it with the number of cores, which differs among the types of "
                f"{', '.join(names)}"
            ),
            (
                "name one instance type with its size, e.g. `instanceTypes: [c5.4xlarge]`, and "
                "make an environment for each further one"
            ),
        )
    if known and not known[0].cores:
        return (
            f"{names[0]} is bare metal, or has one thread for each core anyway",
            "remove it, or use a type with two threads for each core, e.g. c5.4xlarge",
        )
    return None


def efa_fault(interfaces: int, known: Sequence[InstanceType]) -> Fault | None:
    """Return why not every type can have so many EFA interfaces, or None.

    EC2 API, DescribeInstanceTypes: ``EfaInfo.MaximumEfaInterfaces``.
    """
    lacking = [each for each in known if each.efa_interfaces < interfaces]
    if not lacking:
        return None
    most = max(each.efa_interfaces for each in lacking)
    return (
        (
            f"{interfaces} EFA interface(s), and {_listed(each.name for each in lacking)} can have "
            f"{f'{most} at most' if most else 'none'}, so EC2 would launch no such instance"
        ),
        "name types with their sizes that have them, e.g. c5n.18xlarge (1) or p4d.24xlarge (4)",
    )


def cluster_fault(known: Sequence[InstanceType]) -> Fault | None:
    """Return why not every type can be in a cluster placement group, or None.

    EC2 API, DescribeInstanceTypes: ``PlacementGroupInfo.SupportedStrategies``.
    """
    lacking = [each.name for each in known if not each.in_clusters]
    if not lacking:
        return None
    return (
        f"EC2 launches no {_listed(lacking)} in a cluster placement group",
        "use types that are not burstable and not flex, or another strategy",
    )


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = len(every) - MOST_SHOWN
    return ", ".join(every[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
