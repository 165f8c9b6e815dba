"""The prices of one region as AWS published them on one day, kept in the user's folder.

A file for each region, written by ``batchsdk prices update``. This library ships no prices.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from batchsdk.arguments import is_number
from batchsdk.errors import InvalidArgumentError, Problem

OLD_DAYS = 30
"""After so many days On-Demand and Fargate prices are called old; AWS changes them seldom."""
OLD_SPOT_DAYS = 7
"""Likewise Spot prices, which follow supply and demand over days (EC2 user guide: Spot)."""
_FORMAT = 1
_CURRENCY = re.compile("[A-Z]{3}")

# AWS's split cost allocation data: a vCPU weighs nine times a GiB of memory, and a GPU nine times
# the two together (AWS Data Exports user guide, "Example of split cost allocation data", and the
# same "for accelerated instances").
_VCPU_WEIGHT, _GIB_WEIGHT, _GPU_WEIGHT = 0.9, 0.1, 9.0


def _weight(vcpus: float, gib: float, gpus: float) -> float:
    return _VCPU_WEIGHT * vcpus + _GIB_WEIGHT * gib + _GPU_WEIGHT * gpus


@dataclass(frozen=True, kw_only=True)
class InstancePrice:
    """What an hour of one instance type costs, with Linux and shared tenancy."""

    vcpus: float
    gib: float
    gpus: float = 0.0
    on_demand: float | None = None
    spot: float | None = None
    """Mean over the zones of the region; ``None`` where AWS names no Spot price."""

    def has_room_for(self, vcpus: float, gib: float, gpus: float) -> bool:
        """Tell whether an instance of the type has so much."""
        return vcpus <= self.vcpus and gib <= self.gib and gpus <= self.gpus

    def share(self, vcpus: float, gib: float, gpus: float) -> float:
        """Return which part of the instance so much of it is, from 0 to 1.

        By the weights of AWS's split cost allocation data. What of an instance no job asked for
        is nobody's.
        """
        return _weight(vcpus, gib, gpus) / _weight(self.vcpus, self.gib, self.gpus)


@dataclass(frozen=True, kw_only=True)
class FargatePrice:
    """What an hour of Fargate costs, on Linux."""

    vcpu_hour: float
    gib_hour: float


@dataclass(frozen=True, kw_only=True)
class PriceList:
    """Prices of one region."""

    region: str
    currency: str
    fetched_at: datetime
    """When AWS was asked; Spot prices are of that moment."""
    published_at: str
    """The newest publication date in AWS's answers, as AWS wrote it."""
    instances: Mapping[str, InstancePrice]
    """By EC2 instance type."""
    fargate: Mapping[str, FargatePrice]
    """By processor, ``x86_64`` or ``arm64``; of Fargate Spot behind ``spot ``."""

    @property
    def source(self) -> str:
        """Where the prices come from, and of which day they are."""
        return f"AWS Price List API, {self.region}, {self.fetched_at:%Y-%m-%d}"

    def warnings(self, now: datetime) -> tuple[str, ...]:
        """Say which prices are old."""
        age = (now - self.fetched_at) / timedelta(days=1)
        if age > OLD_DAYS:
            return (f"The prices are {age:.0f} days old: renew them by `batchsdk prices update`.",)
        if age > OLD_SPOT_DAYS:
            text = f"Spot prices are {age:.0f} days old: renew them by `batchsdk prices update`."
            return (text,)
        return ()

    def keep(self, folder: Path) -> Path:
        """Write the prices in the place of those of before.

        Raises:
            InvalidArgumentError: the folder cannot be written.
        """
        path = file_of(folder, "prices", self.region)
        try:
            replace_file(path, json.dumps(self.to_mapping(), indent=1))
        except OSError as fault:
            rule = f"cannot be written: {fault.strerror}"
            raise InvalidArgumentError(
                Problem("prices", str(path), rule, "make the folder writable")
            ) from None
        return path

    @classmethod
    def kept(cls, folder: Path, region: str) -> Self | None:
        """Read the prices of a region; ``None`` where none were kept.

        Raises:
            InvalidArgumentError: the file is not what :meth:`keep` writes.
        """
        path = file_of(folder, "prices", region)
        try:
            return cls.from_mapping(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            rule = "is not a price list that this version keeps"
            fix = "write it anew: batchsdk prices update"
            raise InvalidArgumentError(Problem("prices", str(path), rule, fix)) from None

    def to_mapping(self) -> dict[str, Any]:
        """Return the prices as JSON-ready data."""
        return {
            "format": _FORMAT,
            "region": self.region,
            "currency": self.currency,
            "fetchedAt": self.fetched_at.isoformat(),
            "publishedAt": self.published_at,
            "instances": {
                name: {
                    "vcpus": each.vcpus,
                    "gib": each.gib,
                    "gpus": each.gpus,
                    "onDemand": each.on_demand,
                    "spot": each.spot,
                }
                for name, each in self.instances.items()
            },
            "fargate": {
                name: {"vcpuHour": each.vcpu_hour, "gibHour": each.gib_hour}
                for name, each in self.fargate.items()
            },
        }

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_mapping` returned.

        Raises:
            ValueError, KeyError, TypeError, AttributeError: it is something else.
        """
        if given["format"] != _FORMAT or not _CURRENCY.fullmatch(given["currency"]):
            raise ValueError("another format")
        fetched_at = datetime.fromisoformat(given["fetchedAt"])
        if fetched_at.tzinfo is None:
            raise ValueError("a time without its zone")
        return cls(
            region=str(given["region"]),
            currency=given["currency"],
            fetched_at=fetched_at,
            published_at=str(given["publishedAt"]),
            instances={
                name: InstancePrice(
                    vcpus=_price(each["vcpus"], above=0),
                    gib=_price(each["gib"], above=0),
                    gpus=_price(each["gpus"]),
                    on_demand=_price_or_none(each["onDemand"]),
                    spot=_price_or_none(each["spot"]),
                )
                for name, each in given["instances"].items()
            },
            fargate={
                name: FargatePrice(
                    vcpu_hour=_price(each["vcpuHour"]), gib_hour=_price(each["gibHour"])
                )
                for name, each in given["fargate"].items()
            },
        )


def file_of(folder: Path, kind: str, region: str) -> Path:
    """Return the path of a file of this library about a region."""
    # A region comes from outputs, which anybody may have written.
    return folder / f"{kind}-{re.sub('[^a-z0-9-]', '_', region)}.json"


def replace_file(path: Path, text: str) -> None:
    """Write a file in the place of the one of before, at once.

    Raises:
        OSError: it cannot be written.
    """
    new = path.with_suffix(f".{os.getpid()}.new")
    path.parent.mkdir(parents=True, exist_ok=True)
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _price(given: Any, *, above: float = -1) -> float:
    if not is_number(given) or not above < given < float("inf") or given < 0:
        raise ValueError(f"{given!r} is not a price")
    return float(given)


def _price_or_none(given: Any) -> float | None:
    return None if given is None else _price(given)
