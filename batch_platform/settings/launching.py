"""What goes together in an environment of instances, so that EC2 launches any. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batch_platform.instances.launching import cluster_fault, efa_fault, is_one_type, threads_fault
from batch_platform.settings.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batch_platform.settings.ec2_capacity import Ec2Capacity
    from batchsdk.contract.capacity import InstanceType

MOST_DEDICATED_PARTITIONS = 2
"""EC2 user guide, rules of partition placement groups."""


def launch_faults(capacity: Ec2Capacity, known: Sequence[InstanceType]) -> Iterator[Problem]:
    """Yield what keeps instances of a compute environment from being launched, with paths below it.

    Args:
        capacity: the environment.
        known: what it may launch; empty where that is not known.
    """
    names, template = capacity.instance_types, capacity.launch_template
    if template.threads_per_core is not None and (fault := threads_fault(names, known)):
        yield Problem(("launchTemplate", "threadsPerCore"), *fault)
    if template.efa is not None and (fault := efa_fault(template.efa, known)):
        yield Problem(("launchTemplate", "efa"), *fault)
    yield from _placement(capacity, known)
    yield from _apart(capacity)
    yield from _reservation(capacity)


def _placement(capacity: Ec2Capacity, known: Sequence[InstanceType]) -> Iterator[Problem]:
    made = capacity.placement
    if made is None:
        return
    if capacity.placement_group is not None:
        yield Problem(
            ("placement",),
            f"an instance is in one placement group, and placementGroup names "
            f"{capacity.placement_group}",
            "keep one of the two",
        )
    if made.strategy == "cluster" and (fault := cluster_fault(known)):
        yield Problem(("placement", "strategy"), *fault)
    if capacity.launch_template.tenancy != "dedicated":
        return
    if made.strategy == "spread":
        yield Problem(
            ("placement", "strategy"),
            "EC2 has no spread placement group for Dedicated Instances (launchTemplate.tenancy)",
            "use partition or cluster, or tenancy: default",
        )
    if (made.partition_count or 0) > MOST_DEDICATED_PARTITIONS:
        yield Problem(
            ("placement", "partitionCount"),
            f"{made.partition_count} is above {MOST_DEDICATED_PARTITIONS}, the most with Dedicated "
            f"Instances (launchTemplate.tenancy)",
            f"write {MOST_DEDICATED_PARTITIONS}, or tenancy: default",
        )


def _apart(capacity: Ec2Capacity) -> Iterator[Problem]:
    """Find EFA without what brings the instances together.

    "All instances that use an EFA must be in the same cluster placement group" (AWS Batch user
    guide, Elastic Fabric Adapter). A Capacity Block has its instances close together by itself.
    """
    reserved, made = capacity.launch_template.capacity_reservation, capacity.placement
    if capacity.launch_template.efa is None or (reserved and reserved.market_type):
        return
    if made is not None and made.strategy != "cluster":
        yield Problem(
            ("placement", "strategy"),
            f"instances with EFA (launchTemplate.efa) want a cluster, and it is {made.strategy}",
            "write strategy: cluster",
        )
    elif made is None and capacity.placement_group is None:
        yield Problem(
            ("launchTemplate", "efa"),
            "all instances with EFA must be in one cluster placement group, and there is none",
            "add `placement: {strategy: cluster}`, or name yours in placementGroup",
        )


def _reservation(capacity: Ec2Capacity) -> Iterator[Problem]:
    reserved = capacity.launch_template.capacity_reservation
    if reserved is None:
        return
    path = ("launchTemplate", "capacityReservation")
    if capacity.type == "SPOT":
        yield Problem(path, "Spot Instances use no reserved capacity", "use type EC2, or remove it")
    elif reserved.id is not None and not is_one_type(capacity.instance_types):
        yield Problem(
            (*path, "id"),
            f"{reserved.id} is of one instance type, and instances of "
            f"{', '.join(capacity.instance_types)} may be of others, which EC2 would not launch",
            "name its type in instanceTypes, e.g. [p5.48xlarge], or a group by resourceGroupArn",
        )
