"""GetJobQueueSnapshot: what waits at the front of a queue, and what the queue uses now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from localaws.batch import dispatch
from localaws.batch.models import PLACED, JobQueue
from localaws.batch.operations.context import Context

FRONT_JOBS = 100
TOP_SHARES = 20
CAPACITY_UNIT = "VCPU"
"""API: QueueSnapshotCapacityUsage.capacityUnit, for compute environments of EC2."""


def snapshot(context: Context, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first 100 RUNNABLE jobs in dispatch order and the vCPUs that are held."""
    queue = context.state.job_queue(request["jobQueue"])
    front = dispatch.front(context.state, queue, context.now, FRONT_JOBS)
    return {
        "frontOfQueue": {
            "jobs": [
                {"jobArn": job.arn, "earliestTimeAtPosition": job.runnable_since} for job in front
            ],
            "lastUpdatedAt": context.now,
        },
        "queueUtilization": _utilization(context, queue),
    }


def _utilization(context: Context, queue: JobQueue) -> dict[str, Any]:
    vcpus_by_share: defaultdict[str | None, float] = defaultdict(float)
    for job in context.state.jobs_in(queue, PLACED):
        vcpus_by_share[job.share_identifier] += job.vcpus
    utilization: dict[str, Any] = {
        "totalCapacityUsage": _usage(sum(vcpus_by_share.values())),
        "lastUpdatedAt": context.now,
    }
    if queue.scheduling_policy_arn is not None:
        shares = {share: vcpus for share, vcpus in vcpus_by_share.items() if share is not None}
        top = sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:TOP_SHARES]
        utilization["fairshareUtilization"] = {
            "activeShareCount": len(shares),
            "topCapacityUtilization": [
                {"shareIdentifier": share, "capacityUsage": _usage(vcpus)} for share, vcpus in top
            ],
        }
    return utilization


def _usage(vcpus: float) -> list[dict[str, Any]]:
    return [{"capacityUnit": CAPACITY_UNIT, "quantity": vcpus}]
