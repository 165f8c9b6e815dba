"""metaflow: its own BatchClient, a job for each point, and the waiting loop around it.

A whole flow would also store code, artifacts and logs in S3 for each task; only the calls of its
Batch client are made here. As in metaflow, each job is waited for by a process, 16 at a time; its
client lets a process describe one job a second. The loop is that of ``Batch.wait``, without logs.
"""

from __future__ import annotations

import functools
import select
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from metaflow.plugins.aws.batch.batch_client import BatchClient

from benchmarks.clients.measuring import Order, run_driver

WORKERS = 16  # metaflow's own --max-workers
ROLE = "arn:aws:iam::123456789012:role/job"
# What metaflow's decorator leaves at its defaults.
UNUSED = dict.fromkeys(
    (
        *("memory", "host_volumes", "efs_volumes", "use_tmpfs", "tmpfs_tempdir", "tmpfs_size"),
        *("tmpfs_path", "ephemeral_storage", "log_driver", "log_options", "privileged"),
    )
) | {"num_parallel": 0}


def execute(order: Order, place: int, parameters: dict[str, str]) -> bool:
    """Run one job; return whether it has succeeded."""
    job = _client().job()
    job.job_name(f"job-{place}").job_queue(order.queue).command(["true"])
    job.image("busybox").iam_role(ROLE).cpu(1).memory(100)
    job.job_def("busybox", ROLE, order.queue, None, None, None, None, None, None, **UNUSED)
    for name, value in parameters.items():
        job.parameter(name, value)
    running = job.execute()
    while not (running.is_running or running.is_done or running.is_crashed):
        select.poll().poll(200)
    while not running.is_done:
        select.poll().poll(200)
    return bool(running.is_successful)


@functools.cache
def _client() -> BatchClient:
    return BatchClient()


def run(order: Order, _submitted: Callable[[], None]) -> int:
    """Return how many have succeeded."""
    points = order.parameters()
    with ProcessPoolExecutor(WORKERS) as pool:
        return sum(pool.map(execute, [order] * order.count, range(order.count), points))


run_driver(run)
