"""batchsdk and its peers: ``python -m benchmarks.clients.compare``; about six minutes.

Prints what each client calls and how fast it is, then the project's targets; exits with 1 if one
is missed. ``--quick`` leaves out the peers that are installed from PyPI.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks import start_up
from benchmarks.clients.environments import (
    JOBS,
    JOBS_UNLIMITED,
    LOOP,
    PEERS,
    POOL,
    SWEEP,
    Client,
    UnavailableError,
)
from benchmarks.clients.stack import Run, Stack, running_stack
from localaws.batch.delays import StateDelays

FEW, MANY = 200, 1000
ROUNDS = 8
THROTTLED_ROUNDS = 3
LASTING = StateDelays(starting=10)
"""1,000 jobs on 256 vCPUs are four waves of ten seconds."""


@dataclass(frozen=True)
class Target:
    """One figure, and what it should be, if that is laid down."""

    name: str
    value: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether it is as good as it should be."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return self.at_most is None or self.value <= self.at_most

    def __str__(self) -> str:
        if self.at_most is None and self.at_least is None:
            return f"{self.name:<66}{self.value:>8.2f}"
        bound = f"<= {self.at_most:g}" if self.at_most is not None else f">= {self.at_least:g}"
        verdict = "ok" if self.is_met else "MISSED"
        return f"{self.name:<66}{self.value:>8.2f}  target {bound:<8}{verdict}"


def show(run: Run) -> None:
    """Print what a run of a client took."""
    batch = sum(count for (service, _), count in run.calls.items() if service == "batch")
    others = run.total_calls - batch
    print(
        f"{run.client.name:<26}{run.count:>6,}{batch:>8,}{others:>8,}"
        f"{run.result.seconds:>10.1f}{1000 * run.result.cpu / run.count:>12.2f}",
        flush=True,
    )
    calls = sorted(run.calls.items(), key=lambda item: -item[1])
    print("    " + ", ".join(f"{each[1]} {count:,}" for each, count in calls), flush=True)


def compare_calls(stack: Stack, *, with_peers: bool) -> Iterator[Target]:
    """Run every client; nothing is throttled, and jobs end at once."""
    print(f"{'':<26}{'jobs':>6}{'Batch':>8}{'others':>8}{'seconds':>10}{'CPU ms/job':>12}")
    for client in (SWEEP, JOBS_UNLIMITED, POOL, LOOP):
        for count in (FEW, MANY):
            run = stack.run(client, count)
            show(run)
            if client is SWEEP and count == MANY:
                yield Target(f"{MANY:,} jobs as a sweep, calls", run.total_calls, at_most=25)
    for client in PEERS if with_peers else ():
        try:
            show(stack.run(client, FEW))
        except (UnavailableError, RuntimeError) as error:
            print(f"{client.name:<26}left out: {error}", flush=True)


def compare_rates() -> Iterator[Target]:
    """Compare separate jobs with the thread pool, in turns: the machine is not always as fast.

    Each round has a local AWS of its own, which does not remember the jobs of those before.
    """
    mine, theirs = _rounds(JOBS, THROTTLED_ROUNDS, FEW * 2, throttles=True)
    name = f"{FEW * 2} separate jobs, AWS throttles at 50/s: share of the pool's"
    rates, calls = _ratios(mine, theirs, "rate"), _ratios(mine, theirs, "total_calls")
    yield Target(f"{name} rate", statistics.median(rates), at_least=0.95)
    yield Target(f"{name} calls", statistics.median(calls), at_most=1.05)
    mine, theirs = _rounds(JOBS_UNLIMITED, ROUNDS, MANY, throttles=False)
    name = f"{MANY:,} separate jobs, without a limit: share of the pool's"
    rates, calls = _ratios(mine, theirs, "rate"), _ratios(mine, theirs, "total_calls")
    # Not a target: the local AWS answers on the same cores, and its share varies more.
    yield Target(f"{name} rate", statistics.median(rates))
    yield Target(f"{name} CPU", statistics.median(_ratios(mine, theirs, "cpu")))
    yield Target(f"{name} calls", statistics.median(calls), at_most=1.05)


def _rounds(
    ours: Client, rounds: int, count: int, *, throttles: bool
) -> tuple[list[Run], list[Run]]:
    how = "AWS throttles at 50/s" if throttles else "without a limit"
    print(f"{count:,} separate jobs, {how}: batchsdk, and the thread pool", flush=True)
    pairs = []
    for turn in range(rounds):
        with running_stack() as stack:
            stack.run(POOL, FEW)  # the first jobs of a local AWS take longer than the rest
            order = (ours, POOL) if turn % 2 else (POOL, ours)
            runs = {each: stack.run(each, count, throttles=throttles) for each in order}
        pairs.append((runs[ours], runs[POOL]))
        print(
            "    "
            + "    ".join(
                f"{each.rate:5.1f} jobs/s, {each.total_calls:,} calls" for each in pairs[-1]
            ),
            flush=True,
        )
    return [mine for mine, _ in pairs], [theirs for _, theirs in pairs]


def _ratios(mine: list[Run], theirs: list[Run], figure: str) -> list[float]:
    pairs = zip(mine, theirs, strict=True)
    return [getattr(one, figure) / getattr(other, figure) for one, other in pairs]


def main() -> int:
    """Measure, print, and return 1 if a target is missed."""
    targets: list[Target] = []
    with running_stack() as stack:
        targets += compare_calls(stack, with_peers="--quick" not in sys.argv[1:])
    targets += compare_rates()
    with running_stack(LASTING) as stack:
        run = stack.run(SWEEP, MANY)
        show(run)
        name = f"{MANY:,} jobs as a sweep that takes {run.result.seconds:.0f} s, calls"
        targets.append(Target(name, run.total_calls, at_most=25))
    print()
    for target in targets:
        print(target)
    return max(start_up.main(), not all(target.is_met for target in targets))


if __name__ == "__main__":
    sys.exit(main())
