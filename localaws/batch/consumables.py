"""Consumable resources: what jobs need of them, what is left, and who holds it.

Source: user guide, "Resource-aware scheduling". A job holds what it needs from STARTING on until it
has SUCCEEDED or FAILED; one that is retried lets go and must get it again, or the head of its queue
could wait for what a job behind it holds. A resource that is deleted and made again with its name
is the same one to jobs that wait for it, and another to those that hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from batchsdk.contract.nodes import for_node
from localaws.batch import multinode
from localaws.batch.models import ConsumableResource, Job
from localaws.batch.state import BatchState

NON_REPLENISHABLE = "NON_REPLENISHABLE"

Requirements = Sequence[Mapping[str, Any]]
"""API: ConsumableResourceList."""


def name_of(reference: str) -> str:
    """Return the name of a resource that is given by name or ARN."""
    return reference.rpartition("/")[2]


def listed(properties: Mapping[str, Any] | None) -> Requirements:
    """Return the list in ``consumableResourceProperties``; an empty one where there is none."""
    found: Requirements = (properties or {}).get("consumableResourceList", ())
    return found


def quantities(requirements: Requirements) -> Counter[str]:
    """Return how much is needed of each resource, by its name."""
    return Counter(
        {name_of(each["consumableResource"]): each.get("quantity", 1) for each in requirements}
    )


def overridden(own: Requirements, overrides: Requirements) -> list[dict[str, Any]]:
    """Return a definition's list with the quantities of a submission."""
    changed = {name_of(each["consumableResource"]): each for each in overrides}
    kept = [changed.pop(name_of(each["consumableResource"]), each) for each in own]
    return [dict(each) for each in (*kept, *changed.values())]


def needed_by_nodes(properties: Mapping[str, Any], overrides: Mapping[str, Any]) -> Counter[str]:
    """Return what all nodes of a job need together.

    Args:
        properties: ``nodeProperties`` of the definition.
        overrides: ``nodeOverrides`` of the submission.
    """
    count = multinode.node_count(properties, overrides)
    needed: Counter[str] = Counter()
    for index in range(count):
        own = for_node(properties["nodeRangeProperties"], index, count) or {}
        over = for_node(overrides.get("nodePropertyOverrides", []), index, count) or {}
        needed += quantities(
            overridden(
                listed(own.get("consumableResourceProperties")),
                listed(over.get("consumableResourcePropertiesOverride")),
            )
        )
    return needed


def are_available(state: BatchState, job: Job) -> bool:
    """Whether a job can be given now what it needs."""
    known = state.consumable_resources
    return all(
        name in known and known[name].available >= quantity
        for name, quantity in job.needed_resources.items()
    )


def hold(state: BatchState, job: Job) -> None:
    """Give a job that becomes STARTING what it needs."""
    for name, quantity in job.needed_resources.items():
        resource = state.consumable_resources[name]
        resource.in_use += quantity
        job.held_resources.append((resource, quantity))


def let_go(job: Job) -> None:
    """Take back what a job held whose attempt has ended; what is not replenishable is used up."""
    for resource, quantity in job.held_resources:
        resource.in_use -= quantity
        if resource.type == NON_REPLENISHABLE:
            resource.quantity = max(0, resource.quantity - quantity)
    job.held_resources.clear()


def holders(jobs: Iterable[Job], resource: ConsumableResource) -> list[Job]:
    """Return those jobs that need a resource, newest first; children, but not their array."""
    found = [
        each for each in jobs if resource.name in each.needed_resources and each.array_size is None
    ]
    return sorted(found, key=lambda each: each.created_at, reverse=True)
