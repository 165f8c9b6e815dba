"""Consumable resources that a job needs, such as licences (API: ConsumableResourceProperties)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from batchsdk.contract.nodes import for_node
from batchsdk.diagnosis.case import Case
from batchsdk.diagnosis.findings import Cause, Finding, Verdict
from batchsdk.errors import RequestRefusedError


def check(case: Case) -> Iterator[Finding]:
    """Find consumable resources of which less is left than the job needs."""
    for reference, wanted in _needed(case.job.raw if case.job else {}).items():
        name = reference.rpartition("/")[2]
        try:
            found = case.read("batch", "DescribeConsumableResource", consumableResource=reference)
        except RequestRefusedError as fault:
            yield _gone(name, wanted, fault)
            continue
        available, total = found.get("availableQuantity"), found.get("totalQuantity")
        if available is None or available >= wanted:
            continue
        never = total is not None and total < wanted
        yield Finding(
            evidence=f"consumable resource {name}: the job needs {wanted}, "
            f"{available} of {total} are free",
            fix="Raise its quantity (aws batch update-consumable-resource)."
            if never
            else "Wait until other jobs give some back, or raise its quantity (aws batch "
            "update-consumable-resource).",
            cause=Cause.CONSUMABLE_RESOURCE,
            verdict=Verdict.WILL_NEVER_FIT if never else Verdict.WAITING_ITS_TURN,
        )


def _gone(name: str, wanted: int, fault: RequestRefusedError) -> Finding:
    return Finding(
        evidence=f"consumable resource {name}: the job needs {wanted}, and AWS Batch does not "
        f"describe it ({fault.code})",
        fix="Create it again under its name (aws batch create-consumable-resource), or cancel the "
        "job.",
        cause=Cause.CONSUMABLE_RESOURCE,
        verdict=Verdict.MISCONFIGURED,
    )


def _needed(job: Mapping[str, Any]) -> Counter[str]:
    """Return how much a job needs of each resource, for all of its nodes together.

    Args:
        job: as DescribeJobs shows it.
    """
    needed = _listed(job)
    nodes = job.get("nodeProperties") or {}
    groups, count = nodes.get("nodeRangeProperties") or (), nodes.get("numNodes") or 0
    for index in range(count):
        needed += _listed(for_node(groups, index, count) or {})
    return needed


def _listed(owner: Mapping[str, Any]) -> Counter[str]:
    properties = owner.get("consumableResourceProperties") or {}
    return Counter(
        {
            each["consumableResource"]: each.get("quantity", 1)
            for each in properties.get("consumableResourceList") or ()
        }
    )
