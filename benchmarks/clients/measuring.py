"""What every driver shares: its order from the command line, its result as a line of JSON.

A driver is started as ``python -m benchmarks.clients.drivers.NAME COUNT QUEUE DEFINITION [OPTION]``
in the environment of its client, so this module needs the standard library alone.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

MARK = "result: "
"""What the line begins with: some clients print more."""


@dataclass(frozen=True)
class Order:
    """What to run."""

    count: int
    queue: str
    definition: str
    options: tuple[str, ...] = ()

    def parameters(self) -> list[dict[str, str]]:
        """Return the parameters of each job: a day and a model, as a pipeline has them."""
        return [{"day": f"day-{i // 10}", "model": f"model-{i % 10}"} for i in range(self.count)]


@dataclass(frozen=True)
class Result:
    """How it went."""

    succeeded: int
    """Jobs that the client says have succeeded."""
    submitted: float | None
    """Seconds until all were submitted; ``None`` where a client does both at once."""
    seconds: float
    """Until every result was known."""
    cpu: float
    """Seconds of CPU that the client's process, and those it started, took meanwhile."""


def run_driver(run: Callable[[Order, Callable[[], None]], int]) -> None:
    """Run a driver: ``run`` takes the order and what to call when all are submitted."""
    count, queue, definition, *options = sys.argv[1:]
    order = Order(int(count), queue, definition, tuple(options))
    submitted: list[float] = []
    start, cpu = time.perf_counter(), sum(os.times()[:4])
    succeeded = run(order, lambda: submitted.append(time.perf_counter() - start))
    result = Result(
        succeeded=succeeded,
        submitted=submitted[0] if submitted else None,
        seconds=time.perf_counter() - start,
        cpu=sum(os.times()[:4]) - cpu,
    )
    print(MARK + json.dumps(asdict(result)), flush=True)
