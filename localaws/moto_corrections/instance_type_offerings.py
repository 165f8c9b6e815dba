"""DescribeInstanceTypeOfferings takes wildcards in its filters, e.g. ``c5.*``."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from moto.ec2.models.instance_types import InstanceTypeOfferingBackend

_matches_filters = InstanceTypeOfferingBackend.matches_filters


def correct() -> None:
    """Match the filter ``instance-type`` as all filters of EC2 are (EC2 user guide, wildcards)."""
    InstanceTypeOfferingBackend.matches_filters = _matches  # type: ignore[method-assign]


def _matches(
    self: InstanceTypeOfferingBackend, offering: dict[str, Any], filters: Any, location_type: str
) -> bool:
    filters = dict(filters)
    patterns = filters.pop("instance-type", None)
    if patterns is not None:
        name = offering["InstanceType"]
        if not any(fnmatchcase(name, pattern) for pattern in patterns):
            return False
    return _matches_filters(self, offering, filters, location_type)
