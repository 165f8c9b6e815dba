"""What jobs may have cost by the prices that AWS published, and by what they ran on. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from statistics import fmean
from typing import TYPE_CHECKING

from batchsdk.contract.capacity import name_patterns
from batchsdk.insight.attempts import Asked, Ran, asked_of, attempts_of
from batchsdk.insight.estimate import Estimate
from batchsdk.insight.placements import Placement, Placements
from batchsdk.insight.price_list import FargatePrice, InstancePrice, PriceList
from batchsdk.jobs.detail import JobDetail, container_of

if TYPE_CHECKING:
    from batchsdk.insight.usage import Usage

ON_DEMAND, SPOT, FARGATE, FARGATE_SPOT = "On-Demand", "Spot", "Fargate", "Fargate Spot"
PARTS = {"EC2": ON_DEMAND, "SPOT": SPOT, "FARGATE": FARGATE, "FARGATE_SPOT": FARGATE_SPOT}
"""Type of a compute environment (API: ComputeResource) -> the part of an estimate."""


@dataclass(frozen=True, kw_only=True)
class JobCosts:
    """The costs of jobs, by a price list and by where their attempts ran."""

    prices: PriceList
    placements: Placements
    now: datetime
    """Until when an attempt that has not ended is counted."""

    def estimate_of(self, _owner: JobDetail, job: JobDetail, _used: Usage) -> Estimate:
        """Return what a job may have cost over all its attempts."""
        attempts = attempts_of(job, self.now)
        return sum((self._of_attempt(job, each) for each in attempts), self.nothing)

    @property
    def nothing(self) -> Estimate:
        """The estimate of no job at all, with what is to be said of the prices."""
        return self._estimate(warnings=(*self.prices.warnings(self.now), *self.placements.warnings))

    def _estimate(self, amount: float = 0.0, **more: object) -> Estimate:
        prices = self.prices
        return Estimate(amount=amount, currency=prices.currency, source=prices.source, **more)  # type: ignore[arg-type]

    def _of_attempt(self, job: JobDetail, attempt: Ran) -> Estimate:
        asked, placement = asked_of(job), self.placements.of(attempt)
        if asked is None:
            return self._without_price("jobs whose resources AWS Batch does not tell")
        if placement is None:
            return self._without_price("compute environments that are not there any more")
        part = PARTS.get(placement.kind)
        if part is None:
            # UNMANAGED: its Auto Scaling group may mix the two.
            what = f"{placement.environment}, which does not say whether it is Spot"
            return self._without_price(what)
        if part in (FARGATE, FARGATE_SPOT):
            return self._on_fargate(job, asked, attempt, part)
        return self._on_instance(placement, asked, attempt, part)

    def _on_fargate(self, job: JobDetail, asked: Asked, attempt: Ran, part: str) -> Estimate:
        platform = container_of(job.raw).get("runtimePlatform") or {}
        family = str(platform.get("operatingSystemFamily") or "LINUX")
        processor = "arm64" if platform.get("cpuArchitecture") == "ARM64" else "x86_64"
        if family != "LINUX":
            return self._without_price(f"{part} with {family}")
        price = self.prices.fargate.get(f"{'spot ' * (part == FARGATE_SPOT)}{processor}")
        if price is None:
            return self._without_price(f"{part} {processor}")
        hour = _fargate_hour(price, asked)
        return self._priced(part, hour * attempt.hours)

    def _on_instance(self, placement: Placement, asked: Asked, attempt: Ran, part: str) -> Estimate:
        name = placement.instance_type
        if name is None:
            return self._on_forgotten_instance(placement, asked, attempt, part)
        hour = self._hour(self.prices.instances.get(name), asked, part)
        if hour is None:
            return self._without_price(f"{name} {part}")
        return self._priced(part, hour * attempt.hours)

    def _on_forgotten_instance(
        self, placement: Placement, asked: Asked, attempt: Ran, part: str
    ) -> Estimate:
        """Take the mean of what the job would have cost on each type that it may have run on.

        Within a family the share of a job costs nearly the same on every size.
        """
        patterns = name_patterns(placement.allowed)
        hours = [
            hour
            for name, each in self.prices.instances.items()
            if each.has_room_for(asked.vcpus, asked.gib, asked.gpus)
            and any(fnmatchcase(name, pattern) for pattern in patterns)
            and (hour := self._hour(each, asked, part)) is not None
        ]
        types = _names(placement.allowed)
        if not hours:
            return self._without_price(f"{types} {part}")
        what = f"the mean of {types} of {placement.environment}"
        estimate = self._priced(part, fmean(hours) * attempt.hours)
        return estimate + self._estimate(assumed={what: 1})

    def _hour(self, price: InstancePrice | None, asked: Asked, part: str) -> float | None:
        """Return what an hour of the job's share costs; ``None`` where that is not known."""
        whole = None if price is None else price.spot if part == SPOT else price.on_demand
        if price is None or whole is None:
            return None
        return whole * price.share(asked.vcpus, asked.gib, asked.gpus)

    def _priced(self, part: str, amount: float) -> Estimate:
        return self._estimate(amount, parts={part: amount})

    def _without_price(self, what: str) -> Estimate:
        return self._estimate(unpriced={what: 1})


def _fargate_hour(price: FargatePrice, asked: Asked) -> float:
    return price.vcpu_hour * asked.vcpus + price.gib_hour * asked.gib


_MOST_NAMED = 4


def _names(types: Iterable[str]) -> str:
    named = list(types)
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return ", ".join(named[:_MOST_NAMED]) + more


def attempts_in(jobs: Iterable[tuple[JobDetail, JobDetail]], now: datetime) -> list[Ran]:
    """Return the attempts of jobs, to ask where they ran."""
    return [attempt for _, job in jobs for attempt in attempts_of(job, now)]
