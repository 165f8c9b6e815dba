"""batchsdk: one sweep over all parameters."""

from __future__ import annotations

from collections.abc import Callable

import batchsdk.aws.gateway  # noqa: F401  # and boto3 with it: a driver imports before the clock starts
from batchsdk import JobStatus, connect
from benchmarks.clients.measuring import Order, run_driver


def run(order: Order, submitted: Callable[[], None]) -> int:
    """Return how many have succeeded."""
    batch = connect()
    sweep = batch.sweep(order.definition, over=order.parameters(), queue=order.queue)
    submitted()
    return sum(each.status is JobStatus.SUCCEEDED for each in sweep.wait())


run_driver(run)
