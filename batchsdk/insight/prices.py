"""Estimates of costs, from a price table that the user gives.

A table is a TOML file::

    currency = "USD"
    source = "On-Demand m6i, ap-northeast-1, November 2026"

    [default]
    vcpuHour = 0.031
    gibHour = 0.0039
    gpuHour = 0

    [queues.spot]
    vcpuHour = 0.0095
    gibHour = 0.0012

``source`` says where the numbers come from, and stands beside every estimate. ``default`` is for
queues without a table of their own; those are named by their key in the stack's config or by name.
A price that is left out is 0.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchsdk.arguments import is_number
from batchsdk.errors import InvalidArgumentError, Problem
from batchsdk.insight.estimate import Estimate
from batchsdk.names import suggestion

if TYPE_CHECKING:
    from batchsdk.contract import StackOutputs
    from batchsdk.insight.usage import Usage
    from batchsdk.jobs.detail import JobDetail

_PRICES = {"vcpuHour": "vcpu_hours", "gibHour": "gib_hours", "gpuHour": "gpu_hours"}
"""Price -> what of :class:`Usage` it is for."""


@dataclass(frozen=True, kw_only=True)
class PriceTable:
    """Prices of an hour of one vCPU, GiB and GPU."""

    currency: str
    source: str
    default: Mapping[str, float]
    queues: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Prices by the physical names of queues."""

    @classmethod
    def load(cls, path: str | Path, outputs: StackOutputs) -> PriceTable:
        """Read a table from a TOML file.

        Args:
            path: of the file.
            outputs: of the stack, whose keys may name queues.

        Raises:
            InvalidArgumentError: the file cannot be read, or breaks a rule.
        """
        try:
            table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as fault:  # not TOML is a ValueError
            raise _refused(
                path, str(path), f"cannot be read: {fault}", "give a TOML file"
            ) from None
        return cls.of(table, outputs, source=str(path))

    @classmethod
    def of(
        cls, table: Mapping[str, Any], outputs: StackOutputs, *, source: str = "prices"
    ) -> PriceTable:
        """Take a table from a mapping of the same shape.

        Args:
            table: what the file has.
            outputs: of the stack, whose keys may name queues.
            source: what to call the table in errors.

        Raises:
            InvalidArgumentError: the table breaks a rule.
        """
        _known(table, {"currency", "source", "default", "queues"}, source, "")
        for name in ("currency", "source"):
            if not isinstance(table.get(name), str) or not table[name].strip():
                raise _refused(
                    source,
                    name,
                    "must be a string",
                    f'write {name} = "…": it is shown with each estimate',
                )
        queues = table.get("queues", {})
        if "default" not in table and not queues:
            raise _refused(source, "default", "no price is given", "add a table [default]")
        if not isinstance(queues, Mapping):
            raise _refused(source, "queues", "must be tables", "write [queues.<key>]")
        named = {key: known.name for key, known in outputs.job_queues.items()}
        _known(queues, [*named, *named.values()], source, "queues.")
        return cls(
            currency=table["currency"],
            source=table["source"],
            default=_prices(table.get("default", {}), source, "default"),
            queues={
                str(named.get(key, key)): _prices(prices, source, f"queues.{key}")
                for key, prices in queues.items()
            },
        )

    def estimate(self, usage: Usage, *, queue: str) -> Estimate:
        """Return what a usage may have cost.

        Args:
            usage: of one or several jobs.
            queue: name or ARN of their queue.
        """
        prices = self.queues.get(queue.rpartition("/")[2], self.default)
        amount = sum(price * getattr(usage, _PRICES[name]) for name, price in prices.items())
        return Estimate(amount=amount, currency=self.currency, source=self.source)

    def estimate_of(self, owner: JobDetail, _job: JobDetail, used: Usage) -> Estimate:
        """Return what a job may have cost, by the queue of the job that it belongs to."""
        return self.estimate(used, queue=owner.queue)

    @property
    def nothing(self) -> Estimate:
        """The estimate of no job at all."""
        return Estimate(amount=0.0, currency=self.currency, source=self.source)


def _prices(given: Any, source: str, where: str) -> dict[str, float]:
    if not isinstance(given, Mapping):
        raise _refused(source, where, "must be a table of prices", f"write [{where}]")
    _known(given, _PRICES, source, f"{where}.")
    for name, price in given.items():
        if not is_number(price) or not 0 <= price < float("inf"):
            raise _refused(
                source, f"{where}.{name}", f"{price!r} is not a price", "write a number, 0 or more"
            )
    return {name: float(price) for name, price in given.items()}


def _known(given: Mapping[str, Any], keys: Any, source: str, where: str) -> None:
    for name in given:
        if name not in keys:
            raise _refused(source, f"{where}{name}", "is no key", suggestion(name, keys))


def _refused(source: str | Path, where: str, rule: str, fix: str) -> InvalidArgumentError:
    return InvalidArgumentError(Problem(f"price table {source}: {where}", None, rule, fix))
