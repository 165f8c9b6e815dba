"""boto3 as most begin: submit one after another, then ask for one after another."""

from __future__ import annotations

import time
from collections.abc import Callable

import boto3

from benchmarks.clients.measuring import Order, run_driver

POLL_SECONDS = 0.5


def run(order: Order, submitted: Callable[[], None]) -> int:
    """Return how many have succeeded."""
    client = boto3.client("batch")
    ids = [
        client.submit_job(
            jobName=f"job-{place}",
            jobQueue=order.queue,
            jobDefinition=order.definition,
            parameters=parameters,
        )["jobId"]
        for place, parameters in enumerate(order.parameters())
    ]
    submitted()
    succeeded = 0
    for job_id in ids:
        while (status := client.describe_jobs(jobs=[job_id])["jobs"][0]["status"]) not in (
            "SUCCEEDED",
            "FAILED",
        ):
            time.sleep(POLL_SECONDS)
        succeeded += status == "SUCCEEDED"
    return succeeded


run_driver(run)
