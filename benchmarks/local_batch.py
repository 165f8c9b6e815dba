"""What the local Batch costs: ``python -m benchmarks.local_batch``; about a minute.

Prints a line per figure, with the target of the project beside it, and exits with 1 if one is
missed.
"""

from __future__ import annotations

import gc
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from localaws import LocalAws
from localaws.batch.engine import Engine
from localaws.batch.executors import Executor
from localaws.batch.executors.noop import NoopExecutor
from localaws.batch.operations import OPERATIONS
from localaws.batch.operations.context import Context

SINGLE_JOBS = 10_000
ARRAY_SIZE = 10_000
QUEUED_JOBS = 100_000
PAGE = 100
ACCOUNT, REGION = "123456789012", "us-east-1"
PROCESS_JOBS = 50


@dataclass(frozen=True)
class Figure:
    """One measured value and what it should be."""

    name: str
    value: float
    unit: str
    at_least: float | None = None
    below: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether it is as good as it should be."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return self.below is None or self.value < self.below

    def __str__(self) -> str:
        target = ""
        if self.at_least is not None:
            target = f"target >= {self.at_least:g}"
        elif self.below is not None:
            target = f"target < {self.below:g}"
        verdict = "" if not target else ("   ok" if self.is_met else "   MISSED")
        return f"{self.name:<58}{self.value:>10.1f} {self.unit:<8}{target:<16}{verdict}"


class Batch:
    """The Batch API of one region, called without HTTP, and a queue in it."""

    def __init__(self, engine: Engine, *, max_vcpus: int) -> None:
        self.engine = engine
        resources = {
            "type": "EC2",
            "minvCpus": 0,
            "maxvCpus": max_vcpus,
            "instanceTypes": ["optimal"],
            "instanceRole": "profile",
            "subnets": ["subnet-1"],
            "securityGroupIds": ["sg-1"],
        }
        self.call(
            "CreateComputeEnvironment",
            computeEnvironmentName="environment",
            type="MANAGED",
            computeResources=resources,
        )
        wait(lambda: self._is_valid("DescribeComputeEnvironments", "computeEnvironments"))
        order = [{"order": 1, "computeEnvironment": "environment"}]
        self.call("CreateJobQueue", jobQueueName="queue", priority=1, computeEnvironmentOrder=order)
        wait(lambda: self._is_valid("DescribeJobQueues", "jobQueues"))
        container = {"image": "busybox", "command": ["true"], "vcpus": 1, "memory": 100}
        self.call(
            "RegisterJobDefinition",
            jobDefinitionName="definition",
            type="container",
            containerProperties=container,
        )

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Perform one operation."""
        with self.engine.lock:
            state, scheduler = self.engine.region(ACCOUNT, REGION)
            answer = OPERATIONS[operation](Context(state, scheduler, self.engine.now()), request)
        self.engine.wake()
        return answer

    def submit(self, **more: Any) -> str:
        """Submit a job of 1 vCPU; return its id."""
        job_id: str = self.call(
            "SubmitJob", jobName="job", jobQueue="queue", jobDefinition="definition", **more
        )["jobId"]
        return job_id

    def status(self, job_id: str) -> str:
        """Return a job's status."""
        status: str = self.call("DescribeJobs", jobs=[job_id])["jobs"][0]["status"]
        return status

    def require_success(self, ids: Sequence[str]) -> None:
        """Make sure that the jobs were run, all of them, before their rate is shown."""
        for start in range(0, len(ids), PAGE):
            page = list(ids[start : start + PAGE])
            jobs = self.call("DescribeJobs", jobs=page)["jobs"]
            if [job["status"] for job in jobs] != ["SUCCEEDED"] * len(page):
                raise RuntimeError("not all jobs have succeeded")

    def _is_valid(self, operation: str, kind: str) -> bool:
        return bool(self.call(operation)[kind][0]["status"] == "VALID")


def wait(is_done: Callable[[], bool]) -> None:
    """Poll, without hurry, until it is done."""
    while not is_done():
        time.sleep(0.01)


@contextmanager
def batch(executor: Executor, *, max_vcpus: int = 256) -> Iterator[Batch]:
    """Give a Batch of its own, without HTTP; log streams are made in moto."""
    engine = Engine(executor, job_environment={})
    try:
        yield Batch(engine, max_vcpus=max_vcpus)
    finally:
        engine.close()


def single_jobs() -> Iterator[Figure]:
    """Submit single jobs and wait until the last has ended."""
    with batch(NoopExecutor()) as api:
        start = time.perf_counter()
        ids = [api.submit() for _ in range(SINGLE_JOBS)]
        wait(lambda: api.status(ids[-1]) == "SUCCEEDED")
        rate = SINGLE_JOBS / (time.perf_counter() - start)
        api.require_success(ids)
    yield Figure(f"{SINGLE_JOBS:,} jobs, submitted to finished", rate, "jobs/s", at_least=500)


def array_job() -> Iterator[Figure]:
    """Submit one array and wait until it has ended."""
    with batch(NoopExecutor()) as api:
        start = time.perf_counter()
        parent = api.submit(arrayProperties={"size": ARRAY_SIZE})
        wait(lambda: api.status(parent) in ("SUCCEEDED", "FAILED"))
        rate = ARRAY_SIZE / (time.perf_counter() - start)
        api.require_success([f"{parent}:{index}" for index in range(ARRAY_SIZE)])
    yield Figure(
        f"{ARRAY_SIZE:,} children of one array, submitted to finished",
        rate,
        "jobs/s",
        at_least=500,
    )


def over_http(count: int = 1000) -> Iterator[Figure]:
    """Submit with boto3 over HTTP, one client, one call after another, as a pipeline does."""
    with LocalAws(executor="process", role_checks=False) as local:
        client = boto3.client("batch", **local.client_arguments)
        client.describe_jobs(jobs=["none"])
        start = time.perf_counter()
        for _ in range(count):
            client.describe_jobs(jobs=["none"])
        yield Figure(
            "one call with boto3 over HTTP, client's share included",
            (time.perf_counter() - start) / count * 1000,
            "ms",
        )


def queued_jobs() -> Iterator[Figure]:
    """Queue jobs behind one that is too large; then list and describe some."""
    with batch(NoopExecutor()) as api:
        blocker = api.submit(containerOverrides={"vcpus": 257})
        before = resident_mib()
        start = time.perf_counter()
        ids = [api.submit() for _ in range(QUEUED_JOBS)]
        wait(lambda: api.status(ids[-1]) == "RUNNABLE")
        rate = QUEUED_JOBS / (time.perf_counter() - start)
        gc.collect()
        yield Figure(
            f"{QUEUED_JOBS:,} queued jobs, memory", resident_mib() - before, "MiB", below=1000
        )
        yield Figure("  queued per second", rate, "jobs/s")
        page = ids[-PAGE:]
        yield Figure(
            f"  DescribeJobs of {PAGE} of them, median",
            median_ms(lambda: api.call("DescribeJobs", jobs=page)),
            "ms",
            below=20,
        )
        yield Figure(
            f"  ListJobs, a page of {PAGE} of them, median",
            median_ms(
                lambda: api.call(
                    "ListJobs", jobQueue="queue", jobStatus="RUNNABLE", maxResults=PAGE
                )
            ),
            "ms",
        )
        yield Figure("  threads of this process", threading.active_count(), "")
        start = time.perf_counter()
        api.call("TerminateJob", jobId=blocker, reason="make way")
        wait(lambda: api.status(ids[-1]) == "SUCCEEDED")
        rate = QUEUED_JOBS / (time.perf_counter() - start)
        api.require_success(ids)
        yield Figure("  all of them run to their end", rate, "jobs/s", at_least=500)


def process_overhead() -> Iterator[Figure]:
    """Run ``true`` as a process, one job after another, from submission to its end."""
    with LocalAws(executor="process", role_checks=False) as local:
        client = boto3.client("batch", **local.client_arguments)
        queue, definition = http_queue(client, local)
        took = []
        for _ in range(PROCESS_JOBS):
            job_id = client.submit_job(jobName="job", jobQueue=queue, jobDefinition=definition)[
                "jobId"
            ]
            while (job := client.describe_jobs(jobs=[job_id])["jobs"][0])["status"] not in (
                "SUCCEEDED",
                "FAILED",
            ):
                time.sleep(0.002)
            took.append(job["stoppedAt"] - job["createdAt"])
    yield Figure(
        "a process job that runs `true`, createdAt to stoppedAt, median",
        statistics.median(took),
        "ms",
        below=50,
    )


def http_queue(client: Any, local: LocalAws) -> tuple[str, str]:
    """Make an environment, a queue and a definition over HTTP; return the latter two's names."""
    ec2 = boto3.client("ec2", **local.client_arguments)
    name = f"benchmark-{uuid.uuid4().hex[:8]}"
    client.create_compute_environment(
        computeEnvironmentName=name,
        type="MANAGED",
        computeResources={
            "type": "EC2",
            "minvCpus": 0,
            "maxvCpus": 256,
            "instanceTypes": ["optimal"],
            "instanceRole": "arn:aws:iam::123456789012:instance-profile/any",
            "subnets": [ec2.describe_subnets()["Subnets"][0]["SubnetId"]],
            "securityGroupIds": ["sg-12345678"],
        },
    )
    wait(
        lambda: (
            client.describe_compute_environments(computeEnvironments=[name])["computeEnvironments"][
                0
            ]["status"]
            == "VALID"
        )
    )
    client.create_job_queue(
        jobQueueName=name,
        priority=1,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": name}],
    )
    wait(lambda: client.describe_job_queues(jobQueues=[name])["jobQueues"][0]["status"] == "VALID")
    client.register_job_definition(
        jobDefinitionName=name,
        type="container",
        containerProperties={"image": "busybox", "command": ["true"], "vcpus": 1, "memory": 100},
    )
    return name, name


def median_ms(call: Callable[[], object], repetitions: int = 25) -> float:
    """Return how long a call takes (milliseconds)."""
    took = []
    for _ in range(repetitions):
        start = time.perf_counter()
        call()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took)


def resident_mib() -> float:
    """Return the memory that this process holds (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("/proc/self/status has no VmRSS: this benchmark needs Linux")


def main() -> int:
    """Measure everything; return the exit code."""
    figures = []
    # Memory first: what earlier benchmarks have freed would hide a part of it.
    for benchmark in (queued_jobs, single_jobs, array_job, process_overhead, over_http):
        for figure in benchmark():
            print(figure, flush=True)
            figures.append(figure)
    return 0 if all(figure.is_met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
