"""batchsdk: one sweep over all parameters."""

from __future__ import annotations

from collections.abc import Callable

import boto3  # noqa: F401  # every driver has it before the clock starts

import batchsdk
from batchsdk import JobStatus
from benchmarks.clients.measuring import Order, run_driver


def run(order: Order, submitted: Callable[[], None]) -> int:
    """Return how many have succeeded."""
    batch = batchsdk.connect()
    sweep = batch.sweep(order.definition, over=order.parameters(), queue=order.queue)
    submitted()
    return sum(each.status is JobStatus.SUCCEEDED for each in sweep.wait())


run_driver(run)
