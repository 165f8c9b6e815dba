"""redun: its own scheduler and AWSBatchExecutor, a task for each point.

The local Batch runs nothing here, so nothing writes what a task returns. This process plays the
containers: it reads, past the proxy, where redun expects each output, and puts it there.
"""

from __future__ import annotations

import json
import os
import pickle
import threading
from collections.abc import Callable

import boto3
from redun import Scheduler, task
from redun.config import Config

from benchmarks.clients.measuring import Order, run_driver

BUCKET = "redun-scratch"
DIRECT = os.environ["BENCHMARK_DIRECT_ENDPOINT"]


@task(executor="batch", namespace="benchmark", version="1")  # type: ignore[untyped-decorator]
def transform(day: str, model: str) -> str:
    """Stand for the work."""
    return f"{day} {model}"


@task(namespace="benchmark", version="1")  # type: ignore[untyped-decorator]
def everything(points: list[dict[str, str]]) -> list[str]:
    """Run it for each point."""
    return [transform(**point) for point in points]


def play_containers(ended: threading.Event) -> None:
    """Write the output of every child of every array, once redun has said where."""
    s3 = boto3.client("s3", endpoint_url=DIRECT)
    seen: set[str] = set()
    while not ended.wait(0.2):
        found = s3.list_objects_v2(Bucket=BUCKET, Prefix="array_jobs/").get("Contents", [])
        for key in {each["Key"] for each in found} - seen:
            if not key.endswith("/output"):
                continue
            seen.add(key)
            for path in json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()):
                where = path.removeprefix(f"s3://{BUCKET}/")
                s3.put_object(Bucket=BUCKET, Key=where, Body=pickle.dumps("done", protocol=3))


def run(order: Order, _submitted: Callable[[], None]) -> int:
    """Return how many have succeeded."""
    boto3.client("s3", endpoint_url=DIRECT).create_bucket(Bucket=BUCKET)
    ended = threading.Event()
    containers = threading.Thread(target=play_containers, args=[ended])
    containers.start()
    settings = {
        "type": "aws_batch",
        "image": "busybox",
        "queue": order.queue,
        "s3_scratch": f"s3://{BUCKET}",
        "job_def_name": order.definition,
        "autocreate_job_def": "False",
        "code_package": "False",
        "aws_region": os.environ["AWS_DEFAULT_REGION"],
    }
    try:
        scheduler = Scheduler(config=Config({"executors.batch": settings}))
        scheduler.load()
        results: list[str] = scheduler.run(everything(order.parameters()))
        return results.count("done")
    finally:
        ended.set()
        containers.join()


run_driver(run)
