"""Fair-share scheduling: which share of a queue gets the next vCPUs.

Sources: API FairsharePolicy and ShareAttributes; user guide, "Scheduling policies". AWS does not
publish its formula. Here the share with the lowest (vCPUs that it holds + its average over the
time window) * weight factor goes first; the average forgets exponentially.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localaws.batch.models import Job, JobQueue

DEFAULT_WINDOW_SECONDS = 600
DEFAULT_WEIGHT = 1.0


@dataclass(slots=True, eq=False)
class Share:
    """What one share identifier of a queue waits for, holds and has held."""

    identifier: str
    vcpus: float = 0.0
    """Held by jobs that are STARTING or RUNNING."""
    average: float = 0.0
    """vCPUs over the time window, as of ``updated_at``."""
    updated_at: int = 0
    waiting: dict[int, OrderedDict[str, Job]] = field(default_factory=dict)
    """Scheduling priority -> RUNNABLE jobs, oldest first."""

    @property
    def is_active(self) -> bool:
        """Whether it has jobs that wait or run."""
        return bool(self.waiting) or self.vcpus > 0

    def add(self, job: Job) -> None:
        """Take a job in that has become RUNNABLE."""
        self.waiting.setdefault(job.scheduling_priority or 0, OrderedDict())[job.id] = job

    def remove(self, job: Job) -> None:
        """Take a job out that is RUNNABLE no longer."""
        priority = job.scheduling_priority or 0
        del self.waiting[priority][job.id]
        if not self.waiting[priority]:
            del self.waiting[priority]

    def head(self) -> Job:
        """Return the first of :meth:`in_order`; there must be one."""
        return next(iter(self.waiting[max(self.waiting)].values()))

    def in_order(self) -> Iterator[Job]:
        """Yield the waiting jobs: higher priority first, then the oldest."""
        for priority in sorted(self.waiting, reverse=True):
            yield from self.waiting[priority].values()

    def change(self, vcpus: float, now: int, window: float) -> None:
        """Hold so many vCPUs more (or less) from ``now`` on."""
        self.average = self.average_at(now, window)
        self.updated_at = now
        self.vcpus = max(0.0, self.vcpus + vcpus)

    def use_at(self, now: int, window: float) -> float:
        """Return what counts against the share: what it holds, and what it held on average.

        Rounded: what a long time ago has left in the average is nothing.
        """
        return round(self.vcpus + self.average_at(now, window), 6)

    def average_at(self, now: int, window: float) -> float:
        """Return the average at ``now`` (epoch ms) over ``window`` (seconds)."""
        kept = math.exp(-(now - self.updated_at) / 1000 / window)
        return self.vcpus + (self.average - self.vcpus) * kept


def window_seconds(policy: Mapping[str, Any]) -> float:
    """Return the time window; 0 stands for 600 s (API: FairsharePolicy.shareDecaySeconds)."""
    return float(policy.get("shareDecaySeconds") or DEFAULT_WINDOW_SECONDS)


def weight(policy: Mapping[str, Any], identifier: str) -> float:
    """Return a share's weight factor: the lower, the more it gets (API: ShareAttributes)."""
    for each in policy.get("shareDistribution", ()):
        name = each["shareIdentifier"]
        if name == identifier or (name.endswith("*") and identifier.startswith(name[:-1])):
            return float(each.get("weightFactor", DEFAULT_WEIGHT))
    return DEFAULT_WEIGHT


def head(queue: JobQueue, policy: Mapping[str, Any], now: int) -> Job:
    """Return the first of :func:`in_dispatch_order`; the queue must have RUNNABLE jobs."""
    window = window_seconds(policy)

    def rank(share: Share) -> tuple[float, int]:
        use = share.use_at(now, window) * weight(policy, share.identifier)
        return use, share.head().runnable_since or 0

    return min((share for share in queue.shares.values() if share.waiting), key=rank).head()


def in_dispatch_order(queue: JobQueue, policy: Mapping[str, Any], now: int) -> Iterator[Job]:
    """Yield the queue's RUNNABLE jobs as they would start if each got its vCPUs at once."""
    window = window_seconds(policy)
    waiting = {share.identifier: share.in_order() for share in queue.shares.values()}
    heads = {name: job for name, jobs in waiting.items() if (job := next(jobs, None)) is not None}
    used = {name: queue.shares[name].use_at(now, window) for name in heads}
    weights = {name: weight(policy, name) for name in heads}

    def rank(name: str) -> tuple[float, int]:
        return used[name] * weights[name], heads[name].runnable_since or 0

    while heads:
        name = min(heads, key=rank)
        yield heads[name]
        used[name] += heads[name].vcpus
        following = next(waiting[name], None)
        if following is None:
            del heads[name]
        else:
            heads[name] = following


def is_within_reservation(queue: JobQueue, policy: Mapping[str, Any], job: Job) -> bool:
    """Whether the job leaves what is kept for shares that are not active yet.

    Kept is (computeReservation / 100) ^ active shares of the queue's ``maxvCpus``
    (API: FairsharePolicy.computeReservation).
    """
    reservation = policy.get("computeReservation", 0) / 100
    if not reservation:
        return True
    active = sum(share.is_active for share in queue.shares.values())
    most = sum(
        each.compute_resources.get("maxvCpus", math.inf) for each in queue.compute_environments
    )
    held = sum(share.vcpus for share in queue.shares.values())
    free: float = most * (1 - reservation**active)
    return held + job.vcpus <= free
