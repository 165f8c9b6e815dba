"""How long batchsdk holds up an event loop: ``python -m benchmarks.event_loop``; half a minute.

Prints, for each way of using batchsdk in asyncio, the longest time between two turns of a task that
only gives way: the CPU that the loop's thread took meanwhile, and the time that passed, in which
the other threads of batchsdk and the rest of the machine have had their share. Exits with 1 if a
target is missed. AWS is an answer at once in the same process, so that as much as possible comes at
a time. Each figure is the least of five rounds.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import batchsdk
from benchmarks.waiting import outputs

ROUNDS = 5
MILLISECONDS = 20
FEW, MANY, LINES = 200, 10_000, 20_000


class Answers:
    """Takes every job, which has SUCCEEDED at once, and has a log for each."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._sizes: dict[str, int] = {}

    def submit_job(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer SubmitJob."""
        job_id = f"job-{next(self._numbers)}"
        if "arrayProperties" in request:
            self._sizes[job_id] = request["arrayProperties"]["size"]
        return {"jobId": job_id}

    def describe_jobs(self, job_ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Answer DescribeJobs."""
        return [self._described(each) for each in job_ids]

    def _described(self, job_id: str) -> Mapping[str, Any]:
        found = {
            "jobId": job_id,
            "jobName": job_id,
            "status": "SUCCEEDED",
            "jobDefinition": "dev-work:1",
            "container": {"logStreamName": f"work/default/{job_id}"},
        }
        if size := self._sizes.get(job_id):
            found["arrayProperties"] = {"size": size, "statusSummary": {"SUCCEEDED": size}}
        return found

    def list_jobs(self, _request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer ListJobs: a run looks whether another has been before it."""
        return {"jobSummaryList": []}

    def get_log_events(
        self, request: Mapping[str, Any], _region: str | None = None
    ) -> Mapping[str, Any]:
        """Answer GetLogEvents: pages of a thousand lines."""
        page = int(request.get("nextToken") or 0)
        first = page * 1000
        lines = range(first, min(first + 1000, LINES))
        events = [{"timestamp": each, "message": f"line {each}"} for each in lines]
        return {"events": events, "nextForwardToken": str(page + 1 if events else page)}

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(name)


async def submit_one_by_one(batch: batchsdk.Batch, _folder: Path) -> None:
    """Submit jobs at a time, and await each of them."""
    jobs = await asyncio.gather(*(batch.submit_async("work") for _ in range(FEW)))
    await asyncio.gather(*jobs)


async def wait_for_many(batch: batchsdk.Batch, _folder: Path) -> None:
    """Wait for many jobs, by their ids."""
    assert len(await batch.wait_async([f"job-{each}" for each in range(MANY)])) == MANY


async def await_a_sweep(batch: batchsdk.Batch, _folder: Path) -> None:
    """Await a sweep and its results."""
    sweep = await asyncio.to_thread(batch.sweep, "work", over={"n": range(MANY)}, through="shell")
    assert len(await sweep) == MANY


async def await_a_run(batch: batchsdk.Batch, folder: Path) -> None:
    """Submit jobs under keys, which are written to the disk, and await the run."""
    run = await asyncio.to_thread(batch.run, "nightly", ledger=folder / "ledger")
    for each in range(FEW):
        await run.submit_async(f"key-{each}", "work")
    assert len(await run) == FEW


async def read_a_log(batch: batchsdk.Batch, _folder: Path) -> None:
    """Read a log."""
    assert len([each async for each in batch.job("job-1").logs()]) == LINES


CASES: Mapping[str, Callable[[batchsdk.Batch, Path], Awaitable[None]]] = {
    f"{FEW} x submit_async, then await job": submit_one_by_one,
    f"wait_async of {MANY:,} jobs": wait_for_many,
    f"await sweep of {MANY:,} points": await_a_sweep,
    f"{FEW} x run.submit_async, then await run": await_a_run,
    f"async for over {LINES:,} lines of a log": read_a_log,
}


async def longest(
    case: Callable[[batchsdk.Batch, Path], Awaitable[None]], folder: Path
) -> tuple[float, float]:
    """Return the most milliseconds, of CPU and by the clock, between two turns of a task."""
    answers = Answers()
    batch = batchsdk.connect(
        outputs=outputs(),
        transport=lambda _region: answers,
        calls_per_second=None,
    )
    await asyncio.to_thread(lambda: batch.submit("work").wait())  # modules and threads are there
    of_cpu = by_clock = 0.0

    async def give_way() -> None:
        nonlocal of_cpu, by_clock
        while True:
            cpu, clock = time.thread_time(), time.perf_counter()
            await asyncio.sleep(0)
            of_cpu = max(of_cpu, time.thread_time() - cpu)
            by_clock = max(by_clock, time.perf_counter() - clock)

    watching = asyncio.create_task(give_way())
    await case(batch, folder)
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    return 1000 * of_cpu, 1000 * by_clock


def main() -> int:
    """Measure every case; return the exit code."""
    missed = False
    print(f"{'':<44}{'CPU':>8}{'':24}{'clock':>8}")
    for name, case in CASES.items():
        found = []
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                found.append(asyncio.run(longest(case, Path(folder))))
        of_cpu, by_clock = (min(each) for each in zip(*found, strict=True))
        missed |= of_cpu > MILLISECONDS
        verdict = "MISSED" if of_cpu > MILLISECONDS else "ok"
        target = f"target <= {MILLISECONDS}  {verdict:<6}"
        print(f"{name:<44}{of_cpu:>8.1f} ms  {target:<19}{by_clock:>8.1f} ms", flush=True)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
