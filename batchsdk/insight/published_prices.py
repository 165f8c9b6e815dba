"""Ask AWS what an hour of its capacity costs in one region.

On-Demand and Fargate prices come from the Price List API (GetProducts), Spot prices from EC2
(DescribeSpotPriceHistory: the present price of each type in each zone). Shapes: AWS Price List API
reference, "Product"; usage types of Fargate: AWS Fargate pricing, Cost and Usage Reports.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from statistics import fmean
from typing import Any

from batchsdk.aws.transport import Transport
from batchsdk.errors import ServiceFailureError, UsageError
from batchsdk.insight.price_list import FargatePrice, InstancePrice, PriceList

_OPERATION = "GetProducts"
_ENDPOINTS = (
    ("us-gov-", None),
    ("cn-", "cn-northwest-1"),
    ("eu-", "eu-central-1"),
    ("ap-", "ap-south-1"),
    ("", "us-east-1"),
)
"""The Price List API is in a few regions alone, each of which knows the prices of all regions of
its partition; GovCloud has none (General Reference: Price List endpoints)."""
_LINUX = {
    "operatingSystem": "Linux",
    "preInstalledSw": "NA",
    "tenancy": "Shared",
    "capacitystatus": "Used",
    "locationType": "AWS Region",
}
"""What an instance of a compute environment is, of all that has a price: not that of a reservation
that is not used, and no instance of a local zone."""
_FARGATE = re.compile(
    r"(?:^|-)(?P<spot>SpotUsage-)?Fargate-(?P<arm>ARM-)?(?P<what>vCPU|GB)-Hours(?::perCPU)?$"
)
_SPOT_PRODUCT = "Linux/UNIX"
"""What EC2 calls it for accounts without EC2-Classic, too (API: SpotPrice)."""


def fetch(transport: Transport, region: str, now: datetime) -> PriceList:
    """Return the prices of a region: about ten calls of GetProducts, and those of Spot.

    Args:
        transport: the way to AWS.
        region: whose prices.
        now: the moment of the Spot prices.

    Raises:
        UsageError: the partition of the region has no Price List API.
        ServiceError: AWS refused a call, did not answer, or has no prices for the region.
    """
    endpoint = next(endpoint for prefix, endpoint in _ENDPOINTS if region.startswith(prefix))
    if endpoint is None:
        raise UsageError(
            f"the AWS Price List API is not in the partition of {region}",
            hint="Write a price table of your own, and give it with --prices (prices=).",
        )
    products = _Products(transport, endpoint, region)
    spot = _spot_prices(transport, now)
    instances = {
        name: InstancePrice(**size, on_demand=price, spot=spot.get(name))
        for name, size, price in map(_instance, products.of("AmazonEC2", **_LINUX))
        if price
    }
    fargate = _fargate(products.of("AmazonECS"))
    if not instances:
        raise ServiceFailureError(
            f"{_OPERATION}: no instance type has a price in {region}", operation=_OPERATION
        )
    return PriceList(
        region=region,
        currency=products.currency,
        fetched_at=now,
        published_at=products.published_at,
        instances=dict(sorted(instances.items())),
        fargate=fargate,
    )


class _Products:
    """Products of one region, with what all of them say."""

    def __init__(self, transport: Transport, endpoint: str, region: str) -> None:
        self._transport, self._endpoint, self._region = transport, endpoint, region
        self.currency = ""
        self.published_at = ""

    def of(self, service: str, **attributes: str) -> Iterator[tuple[Mapping[str, Any], float]]:
        """Yield the attributes of each product that costs by the hour, and its price."""
        wanted = {"regionCode": self._region, **attributes}
        answer = self._transport.read(
            "pricing",
            _OPERATION,
            {
                "ServiceCode": service,
                "FormatVersion": "aws_v1",
                "Filters": [
                    {"Type": "TERM_MATCH", "Field": key, "Value": value}
                    for key, value in wanted.items()
                ],
            },
            self._endpoint,
        )
        try:
            for text in answer.get("PriceList") or ():
                product = json.loads(text)
                price = self._price(product)
                if price is not None:
                    yield product["product"]["attributes"], price
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise ServiceFailureError(
                f"{_OPERATION}: the answer makes no sense: {fault!r}", operation=_OPERATION
            ) from fault

    def _price(self, product: Mapping[str, Any]) -> float | None:
        """Return the On-Demand price of an hour; ``None`` where that is nothing or not one."""
        self.published_at = max(self.published_at, str(product.get("publicationDate", "")))
        prices = [
            (currency, float(amount))
            for term in (product["terms"].get("OnDemand") or {}).values()
            for dimension in term["priceDimensions"].values()
            if str(dimension["unit"]).lower() in _HOURS
            for currency, amount in dimension["pricePerUnit"].items()
        ]
        if len(prices) != 1 or prices[0][1] <= 0:
            return None
        currency, amount = prices[0]
        if self.currency not in ("", currency):
            raise ValueError(f"prices in {self.currency} and {currency}")
        self.currency = currency
        return amount


_HOURS = {"hrs", "hours", "hour", "vcpu-hours", "gb-hours"}
"""Units of a price by the hour, as the price lists of EC2 and ECS write them."""


def _instance(
    product: tuple[Mapping[str, Any], float],
) -> tuple[str, dict[str, float], float | None]:
    attributes, price = product
    size = {
        "vcpus": _number(attributes["vcpu"]),
        "gib": _number(attributes["memory"]),
        "gpus": _number(attributes.get("gpu", "0")),
    }
    is_whole = size["vcpus"] > 0 and size["gib"] > 0
    return attributes["instanceType"], size, price if is_whole else None


def _number(text: str) -> float:
    """Read ``1,952 GiB``; 0 for ``NA``."""
    found = re.match(r"[\d.]+", text.replace(",", ""))
    return float(found[0]) if found else 0.0


def _fargate(products: Iterator[tuple[Mapping[str, Any], float]]) -> dict[str, FargatePrice]:
    prices: dict[str, dict[str, float]] = {}
    for attributes, price in products:
        found = _FARGATE.search(attributes.get("usagetype", ""))
        if found:
            name = f"{'spot ' if found['spot'] else ''}{'arm64' if found['arm'] else 'x86_64'}"
            prices.setdefault(name, {})[found["what"]] = price
    return {
        name: FargatePrice(vcpu_hour=each["vCPU"], gib_hour=each["GB"])
        for name, each in sorted(prices.items())
        if each.keys() == {"vCPU", "GB"}
    }


def _spot_prices(transport: Transport, now: datetime) -> dict[str, float]:
    """Return the mean over the zones of each type's present price."""
    answer = transport.read(
        "ec2",
        "DescribeSpotPriceHistory",
        # From now on: the price that holds now is in it, and none before.
        {"StartTime": now, "ProductDescriptions": [_SPOT_PRODUCT]},
    )
    prices: dict[str, dict[str, float]] = {}
    for each in answer.get("SpotPriceHistory") or ():
        prices.setdefault(each["InstanceType"], {})[each["AvailabilityZone"]] = float(
            each["SpotPrice"]
        )
    return {name: fmean(zones.values()) for name, zones in prices.items()}
