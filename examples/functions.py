"""Python functions as jobs: a map with progress, and the same pool for joblib and for dask.

``python -m examples.functions python s3://bucket/prefix``: a job definition whose image has this
version of Python, batchsdk, cloudpickle, joblib and dask. Without the second argument the storage
is the stack's.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future, as_completed
from typing import Any

import joblib
from dask import config
from dask.base import compute
from dask.delayed import delayed
from joblib.parallel import ParallelBackendBase

import batchsdk


def primes_below(limit: int) -> int:
    """Count the primes below a number."""
    return sum(all(n % d for d in range(2, math.isqrt(n) + 1)) for n in range(2, limit))


def with_futures(pool: Executor, limits: list[int]) -> dict[int, int]:
    """Call a function for each of some numbers, and print the results as they come."""
    futures = {pool.submit(primes_below, each): each for each in limits}
    found: dict[int, int] = {}
    for future in as_completed(futures):
        found[futures[future]] = future.result()
        print(f"{len(found)} of {len(futures)}: {futures[future]} has {future.result()}")
    return found


class BatchBackend(ParallelBackendBase):  # type: ignore[misc]  # joblib has no types
    """A backend of joblib whose workers are jobs."""

    supports_retrieve_callback = True

    def __init__(self, pool: Executor) -> None:
        super().__init__()
        self._pool = pool
        self._futures: list[Future[Any]] = []

    def effective_n_jobs(self, n_jobs: int) -> int:
        """Tell how many tasks joblib may hand over at a time: an array of jobs for ``-1``."""
        return 10_000 if n_jobs == -1 else n_jobs

    def submit(
        self, func: Callable[[], Any], callback: Callable[[Future[Any]], None] | None = None
    ) -> Future[Any]:
        """Call a batch of tasks in a job."""
        future = self._pool.submit(func)
        self._futures.append(future)
        if callback is not None:
            future.add_done_callback(callback)
        return future

    def retrieve_result_callback(self, out: Future[Any]) -> Any:
        """Return what a batch returned, or raise what it raised."""
        return out.result()

    def abort_everything(self, ensure_ready: bool = True) -> None:  # noqa: ARG002
        """Terminate the jobs of what is not wanted any more."""
        for each in self._futures:
            each.cancel()
        self._futures.clear()


def with_joblib(pool: Executor, limits: list[int]) -> list[int]:
    """Do the same with joblib."""
    with joblib.parallel_config(backend=BatchBackend(pool), n_jobs=-1):
        found: list[int] = joblib.Parallel()(joblib.delayed(primes_below)(each) for each in limits)
    return found


def with_dask(pool: Executor, limits: list[int]) -> int:
    """Add the counts up in dask: it takes any executor as its scheduler."""
    total = delayed(sum)([delayed(primes_below)(each) for each in limits])
    with config.set(num_workers=100):  # tasks that dask hands over at a time
        (found,) = compute(total, scheduler=pool)  # type: ignore[no-untyped-call]
    return int(found)


def main(job_definition: str, storage: str | None = None, python: str = "python") -> None:
    """Run all three."""
    numbers = [10, 100, 1000]
    batch = batchsdk.connect()
    with batch.executor(job_definition, storage=storage, python=python) as pool:
        print(sorted(with_futures(pool, numbers).items()))
        print("joblib", with_joblib(pool, numbers))
        print("dask", with_dask(pool, numbers))


if __name__ == "__main__":
    main(*sys.argv[1:])
