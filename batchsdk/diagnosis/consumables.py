"""Consumable resources that a job needs, such as licences (API: ConsumableResourceProperties)."""

from __future__ import annotations

from collections.abc import Iterator

from batchsdk.diagnosis.case import Case
from batchsdk.diagnosis.findings import Cause, Finding, Verdict


def check(case: Case) -> Iterator[Finding]:
    """Find consumable resources of which less is left than the job needs."""
    properties = (case.job.raw if case.job else {}).get("consumableResourceProperties") or {}
    for each in properties.get("consumableResourceList") or ():
        name, wanted = each["consumableResource"], each.get("quantity", 1)
        found = case.read("batch", "DescribeConsumableResource", consumableResource=name)
        available, total = found.get("availableQuantity"), found.get("totalQuantity")
        if available is None or available >= wanted:
            continue
        never = total is not None and total < wanted
        yield Finding(
            evidence=f"consumable resource {name.rpartition('/')[2]}: the job needs {wanted}, "
            f"{available} of {total} are free",
            fix="Raise its quantity (aws batch update-consumable-resource)."
            if never
            else "Wait until other jobs give some back, or raise its quantity (aws batch "
            "update-consumable-resource).",
            cause=Cause.CONSUMABLE_RESOURCE,
            verdict=Verdict.WILL_NEVER_FIT if never else Verdict.WAITING_ITS_TURN,
        )
