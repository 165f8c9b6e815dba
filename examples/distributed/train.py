"""Fit a line on all nodes at once, as a training job fits its model.

Usage: ``train.py STEPS``, started by ``launch.py``. Every worker has its share of the data. In each
step it computes the gradient of its share, the gradients of all workers are summed (an all-reduce),
and every worker moves its copy of the model by the same amount. The first worker prints the model.

Standard library only, so that it runs in any image with Python. With PyTorch,
``torch.distributed.init_process_group()`` and ``all_reduce()`` take the place of :class:`Group`,
and read the same variables.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Sequence

PATIENCE = 60.0
"""Seconds to wait for another worker: nodes pull their images at different speeds."""

POINTS = [(x / 50, 3 * (x / 50) + 2) for x in range(-100, 100)]
"""The data: y = 3x + 2."""


class Group:
    """All workers of the job, connected to the first of them."""

    def __init__(self, rank: int, size: int, address: tuple[str, int]) -> None:
        self.rank, self.size = rank, size
        connections = _accept(size - 1, address) if rank == 0 else [_connect(address)]
        for each in connections:
            each.settimeout(PATIENCE)
        self._files = [each.makefile("rw", encoding="utf-8") for each in connections]

    def sum(self, values: Sequence[float]) -> list[float]:
        """Return the sums of the values that all workers bring, to each of them."""
        if self.rank > 0:
            self._send(values)
            return self._received()[0]
        totals = [sum(each) for each in zip(values, *self._received(), strict=True)]
        self._send(totals)
        return totals

    def _send(self, values: Sequence[float]) -> None:
        for each in self._files:
            each.write(json.dumps(list(values)) + "\n")
            each.flush()

    def _received(self) -> list[list[float]]:
        lines = [each.readline() for each in self._files]
        if not all(lines):
            raise ConnectionError("another worker has ended")
        return [json.loads(line) for line in lines]


def _accept(count: int, address: tuple[str, int]) -> list[socket.socket]:
    with socket.create_server(("", address[1]), backlog=count or 1) as server:
        server.settimeout(PATIENCE)
        return [server.accept()[0] for _ in range(count)]


def _connect(address: tuple[str, int]) -> socket.socket:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(address, timeout=PATIENCE)
        except ConnectionRefusedError:  # the first worker is not there yet
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def main(steps: int) -> None:
    """Fit the line, and let the first worker tell it."""
    rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    group = Group(rank, size, (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])))
    mine = POINTS[rank::size]
    slope = intercept = 0.0
    for _ in range(steps):
        errors = [(x, slope * x + intercept - y) for x, y in mine]
        by_slope, by_intercept = group.sum(
            [sum(error * x for x, error in errors), sum(error for _, error in errors)]
        )
        slope -= by_slope / len(POINTS)
        intercept -= by_intercept / len(POINTS)
    if rank == 0:
        print(f"{size} workers, {steps} steps: y = {slope:.3f} x + {intercept:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
