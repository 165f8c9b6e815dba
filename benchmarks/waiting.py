"""How late the end of a job is known, and by how many calls: the client alone, on a virtual clock.

::

    .venv/bin/python -m benchmarks.waiting               # half a minute; exit code 1 if missed
    .venv/bin/python -m benchmarks.waiting --against DIR # beside another checkout's batchsdk

Jobs run 2, 10, 60 and 600 seconds, alone and in sweeps, on a transport that answers from memory
and a clock whose sleeping only moves its hands.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import statistics
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import batchsdk

START = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
SECONDS = (2.0, 10.0, 60.0, 600.0)
ROUNDS = 15
POINTS = 100
WAVES = 4
SPREAD = 0.02
"""Part by which jobs of one definition differ in how long they run."""


class Clock:
    """Sleeping only moves its hands, up to the next event at most."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.events: list[tuple[float, str, str]] = []
        """When, job, status: what an SQS queue would tell, in order."""
        self.tell: Callable[[str, str], None] = lambda _job, _status: None

    def now(self) -> datetime:
        """Return the time of day."""
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        """Return the seconds so far."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.seconds += seconds

    def wait(self, event: threading.Event, seconds: float) -> None:
        """Let the time pass until ``event`` is set."""
        until = self.seconds + seconds
        while not event.is_set():
            if not self.events or self.events[0][0] > until:
                self.seconds = until
                return
            moment, job, status = self.events.pop(0)
            self.seconds = max(self.seconds, moment)
            self.tell(job, status)


@dataclass
class FakeJob:
    """One job, or the children of an array: when each began to start and to run, and ended."""

    created: float
    runnable: float
    children: Sequence[tuple[float, float, float]]
    is_array: bool
    definition: str
    seen_at: float | None = None

    @property
    def ended(self) -> float:
        """When the last child ended."""
        return max(end for _, _, end in self.children)

    def status(self, child: tuple[float, float, float], now: float) -> str:
        """Return the status of a child."""
        starting, running, ended = child
        for since, status in (
            (ended, "SUCCEEDED"),
            (running, "RUNNING"),
            (starting, "STARTING"),
            (self.runnable, "RUNNABLE"),
        ):
            if now >= since:
                return status
        return "SUBMITTED"

    def described(self, job_id: str, now: float) -> Mapping[str, Any]:
        """Return what DescribeJobs tells."""
        counts: dict[str, int] = {}
        for child in self.children:
            status = self.status(child, now)
            counts[status] = counts.get(status, 0) + 1
        status = self.status(self.children[0], now)
        found: dict[str, Any] = {
            "jobId": job_id,
            "jobName": job_id,
            "jobQueue": QUEUE,
            "jobDefinition": self.definition,
            "createdAt": _moment(self.created),
        }
        if self.is_array:
            status = "PENDING" if now >= self.runnable else "SUBMITTED"
            status = "SUCCEEDED" if now >= self.ended else status
            found["arrayProperties"] = {"size": len(self.children), "statusSummary": counts}
        elif now >= self.children[0][1]:
            found["startedAt"] = _moment(self.children[0][1])
        if status == "SUCCEEDED":
            found["stoppedAt"] = _moment(self.ended)
            self.seen_at = now if self.seen_at is None else self.seen_at
        return found | {"status": status}


def _moment(seconds: float) -> int:
    return int((START + timedelta(seconds=seconds)).timestamp() * 1000)


@dataclass
class Transport:
    """Answers from memory, and counts the calls."""

    clock: Clock
    make: Callable[[Mapping[str, Any], float], FakeJob]
    jobs: dict[str, FakeJob] = field(default_factory=dict)
    calls: int = 0

    def submit_job(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make a job."""
        self.calls += 1
        job_id = f"job-{len(self.jobs)}"
        self.jobs[job_id] = self.make(request, self.clock.seconds)
        return {"jobId": job_id}

    def describe_jobs(self, job_ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Describe jobs as they are now."""
        self.calls += 1
        return [self.jobs[each].described(each, self.clock.seconds) for each in job_ids]

    def describe_job_queue(self, _queue: str) -> None:
        """Refuse: a diagnosis of what waits for minutes is not measured."""
        raise batchsdk.AccessDeniedError("no", operation="DescribeJobQueues")

    def read(self, _service: str, operation: str, _request: Mapping[str, Any]) -> None:
        """Refuse, too."""
        raise batchsdk.AccessDeniedError("no", operation=operation)


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:batch:us-east-1:123456789012:{kind}/{name}"


QUEUE = _arn("job-queue", "default")


def outputs() -> dict[str, Any]:
    """Return the outputs of a stack with one queue and one definition."""
    role = {"name": "role", "arn": "arn:aws:iam::123456789012:role/role"}
    name = "dev-work"
    return {
        "schemaVersion": "1.2",
        "environment": "dev",
        "region": "us-east-1",
        "accountId": "123456789012",
        "network": {
            "mode": "endpoints",
            "vpcId": "vpc-1",
            "subnetIds": ["subnet-1"],
            "securityGroupIds": ["sg-1"],
        },
        "roles": {"execution": role, "job": role},
        "computeEnvironments": {
            "default": {
                "name": "default",
                "arn": _arn("compute-environment", "default"),
                "type": "EC2",
                "maxVcpus": 256,
            }
        },
        "jobQueues": {
            "default": {
                "name": "default",
                "arn": QUEUE,
                "priority": 1,
                "computeEnvironments": ["default"],
            }
        },
        "jobDefinitions": {
            "work": {
                "name": name,
                "arn": _arn("job-definition", f"{name}:1"),
                "revision": 1,
                "command": ["sh", "-c", "work $n"],
                "parameters": {},
                "vcpus": 1,
                "memory": 100,
            }
        },
        "logGroup": {"name": "/aws/batch/job", "arn": "arn:aws:logs:::"},
    }


@dataclass(frozen=True)
class Case:
    """What is measured."""

    name: str
    known: bool = False
    """Jobs like these have ended before, in this connection."""
    events: bool = False
    sweep: bool = False
    separate: bool = False
    waves: int = 1


CASES = (
    Case("a job"),
    Case("a job, known", known=True),
    Case("a job, events", events=True),
    Case("array", sweep=True),
    Case("array, known", sweep=True, known=True),
    Case("array, events", sweep=True, events=True),
    Case("array of 4 waves", sweep=True, waves=WAVES),
    Case("separate jobs", sweep=True, separate=True),
    Case("separate jobs, known", sweep=True, separate=True, known=True),
    Case("separate jobs in 4 waves", sweep=True, separate=True, waves=WAVES),
)


def measure(case: Case, seconds: float, seed: int) -> tuple[float, int, float]:
    """Return how late the end was known, by how many calls, and how long the work took."""
    chance = random.Random(seed)
    clock = Clock()
    counter = iter(range(10**6))

    def make(request: Mapping[str, Any], now: float) -> FakeJob:
        size = request.get("arrayProperties", {}).get("size", 1)
        runnable = now + chance.uniform(0.1, 0.5)
        children = []
        for number in range(size):
            place = number if size > 1 else next(counter) % POINTS if case.separate else 0
            wave = place * case.waves // POINTS if case.sweep else 0
            starting = runnable + ready + wave * (seconds + 1)
            running = starting + pulled + chance.uniform(0, 0.2)
            children.append((starting, running, running + seconds * chance.uniform(*around)))
        return FakeJob(now, runnable, children, size > 1, request["jobDefinition"])

    around = (1 - SPREAD, 1 + SPREAD)
    ready, pulled = chance.uniform(0.3, 3), chance.uniform(0.3, 2)
    transport = Transport(clock, make)
    batch = batchsdk.connect(
        outputs=outputs(),
        transport=lambda _region: transport,  # type: ignore[arg-type,return-value]
        clock=clock,
        randomness=random.Random(seed),
        calls_per_second=None,
    )
    for _ in range(2 if case.known else 0):
        _work(batch, case, clock, transport)
    before, known = transport.calls, len(transport.jobs)
    _work(batch, case, clock, transport)
    jobs = list(transport.jobs.values())[known:]
    ended = max(each.ended for each in jobs)
    began = min(each.children[0][1] for each in jobs)
    seen = max(each.seen_at or 0 for each in jobs)
    return seen - ended, transport.calls - before, ended - began


def _work(batch: batchsdk.Batch, case: Case, clock: Clock, transport: Transport) -> None:
    if case.sweep:
        over = {"n": [str(each) for each in range(POINTS)]}
        sweep = batch.sweep(
            "work", over=over, through="shell", as_separate_jobs=case.separate, concurrency=1
        )
        jobs = sweep.jobs
    else:
        jobs = (batch.submit("work"),)
    if case.events:
        clock.events = sorted(
            (moment, job_id, status)
            for job_id, each in transport.jobs.items()
            for child in each.children
            for moment, status in zip((*child, each.ended), _STATUSES, strict=True)
        )
        clock.tell = lambda job_id, status: _hint(batch, job_id, status)
    batch.wait(jobs)


_STATUSES = ("STARTING", "RUNNING", "", "SUCCEEDED")


def _hint(batch: batchsdk.Batch, job_id: str, status: str) -> None:
    """Do what the reader of the events does."""
    ended = {job_id} if status == "SUCCEEDED" else set()
    batch._session.watcher.hint({job_id}, ended=ended)  # no second thread here


def table(rounds: int) -> dict[str, list[float]]:
    """Return, for each case and duration: the worst lateness, its share, the mean calls."""
    found = {}
    for case in CASES:
        for seconds in SECONDS:
            rows = [measure(case, seconds, seed) for seed in range(rounds)]
            worst = max(late for late, _, _ in rows)
            allowed = max(late - bound(case, lasted) for late, _, lasted in rows)
            calls = statistics.mean(calls for _, calls, _ in rows)
            found[f"{case.name}, {seconds:g} s"] = [worst, allowed, calls]
    return found


def bound(case: Case, lasted: float) -> float:
    """Return the seconds that the end of work that took ``lasted`` seconds may be known late."""
    if case.events:
        return 1.0
    return min(30.0, (0.05 if case.known else 0.2) * lasted + 0.5)


def main() -> int:
    """Print the table; 1 if a bound is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--against", type=Path, help="a checkout whose batchsdk is measured, too")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true", help="only this batchsdk's numbers")
    given = parser.parse_args()
    logging.disable(logging.WARNING)  # of jobs that wait for minutes, as here they do
    ours = table(given.rounds)
    if given.json:
        print(json.dumps(ours))
        return 0
    theirs = _other(given.against, given.rounds) if given.against else {}
    print(f"{'':34}{'late, at most':>14}{'bound':>7}{'calls':>8}", end="")
    print(f"{'before: late':>15}{'calls':>8}{'share':>7}" if theirs else "")
    missed = False
    for name, (late, over, calls) in ours.items():
        good = over <= 0
        line = f"{name:34}{late:>12.1f} s{'ok' if good else 'MISSED':>7}{calls:>8.1f}"
        if name in theirs:
            before, _, many = theirs[name]
            most = 1.0 if "known" in name else 1.5
            few = calls <= most * many
            good = good and few
            line += f"{before:>13.1f} s{many:>8.1f}{calls / many:>7.2f}{'' if few else '  MISSED'}"
        missed |= not good
        print(line)
    return int(missed)


def _other(checkout: Path, rounds: int) -> dict[str, list[float]]:
    done = subprocess.run(
        [sys.executable, __file__, "--json", "--rounds", str(rounds)],
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.exit(main())
