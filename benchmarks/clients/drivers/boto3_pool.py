"""boto3 as well as it goes by hand: a thread pool that submits, 100 ids a DescribeJobs."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

from benchmarks.clients.measuring import Order, run_driver

THREADS = 16
POLL_SECONDS = 0.5
# Throttled submissions come back; ten attempts are what a careful user sets.
CONFIG = Config(max_pool_connections=THREADS, retries={"mode": "standard", "max_attempts": 10})


def run(order: Order, submitted: Callable[[], None]) -> int:
    """Return how many have succeeded."""
    client = boto3.client("batch", config=CONFIG)

    def submit(item: tuple[int, dict[str, str]]) -> str:
        answer = client.submit_job(
            jobName=f"job-{item[0]}",
            jobQueue=order.queue,
            jobDefinition=order.definition,
            parameters=item[1],
        )
        return answer["jobId"]

    with ThreadPoolExecutor(THREADS) as pool:
        left = list(pool.map(submit, enumerate(order.parameters())))
    submitted()
    succeeded = 0
    while True:
        going = []
        for start in range(0, len(left), 100):
            for job in client.describe_jobs(jobs=left[start : start + 100])["jobs"]:
                if job["status"] not in ("SUCCEEDED", "FAILED"):
                    going.append(job["jobId"])
                succeeded += job["status"] == "SUCCEEDED"
        left = going
        if not left:
            return succeeded
        time.sleep(POLL_SECONDS)


run_driver(run)
