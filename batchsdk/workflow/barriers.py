"""Jobs that only wait, for a job that comes after more than 20 others. Pure.

A job may depend on 20 jobs (API: SubmitJob ``dependsOn``). A barrier is a job that depends on 20
and does nothing; whatever depends on it waits for all of them. A barrier may wait for barriers.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from batchsdk import limits

_PREFIX = "barrier"


@dataclass(frozen=True, kw_only=True)
class Barrier:
    """One job that only waits."""

    key: str
    """The same members give the same key: jobs that wait for the same ones share barriers."""
    members: tuple[str, ...]
    """Keys of 2 to 20 jobs, barriers among them."""


def reduce(keys: Sequence[str], budget: int) -> tuple[list[str], list[Barrier]]:
    """Bring what a job waits for down to ``budget``, with as few barriers as can be.

    Args:
        keys: of the jobs to wait for, each once.
        budget: how many entries of ``dependsOn`` are free, 1 to 20.

    Returns:
        What to depend on, at most ``budget`` keys; and the barriers, each after its members.
    """
    waiting = deque(keys)
    barriers: list[Barrier] = []
    while len(waiting) > budget:
        # Each barrier takes the place of its members: the last one need not be full.
        few = min(limits.DEPENDENCIES, len(waiting) - budget + 1)
        members = tuple(waiting.popleft() for _ in range(few))
        digest = hashlib.sha256("\n".join(members).encode()).hexdigest()[:12]
        barriers.append(Barrier(key=f"{_PREFIX}-{digest}", members=members))
        waiting.append(barriers[-1].key)
    return list(waiting), barriers
