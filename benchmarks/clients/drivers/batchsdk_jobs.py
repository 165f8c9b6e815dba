"""batchsdk: a job for each point. Option: calls per second, else AWS's own limit."""

from __future__ import annotations

from collections.abc import Callable

import batchsdk.aws.gateway  # noqa: F401  # and boto3 with it: a driver imports before the clock starts
from batchsdk import Submission, connect
from benchmarks.clients.measuring import Order, run_driver


def run(order: Order, submitted: Callable[[], None]) -> int:
    """Return how many have succeeded."""
    per_second = float(order.options[0]) if order.options else None
    batch = connect(calls_per_second=per_second)
    jobs = batch.submit_many(
        Submission(job_definition=order.definition, queue=order.queue, parameters=each)
        for each in order.parameters()
    )
    submitted()
    return sum(each.succeeded for each in batch.wait(jobs))


run_driver(run)
