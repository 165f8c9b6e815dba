"""ARNs and registries of another partition than the stack's: nothing of a stack can reach them.

Each partition has accounts, credentials and domains of its own (AWS Fault Isolation Boundaries,
"Partitions").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from batch_platform.partitions import SUPPORTED, UNSUPPORTED, domain, partition, registry
from batch_platform.settings.errors import Path, Problem, shown
from batchsdk.contract.ecr import ecr_image

_ARN = re.compile(r"arn:(aws[a-z-]*):")

_OF_THE_USER = frozenset({"command", "content", "description", "environment", "parameters", "tags"})
"""Keys with texts of the user's own, which the program reads nothing from."""

_DOMAINS = {"amazonaws.com.cn": ("amazonaws.com.cn", "on.amazonwebservices.com.cn")}
"""Domains of registries where they are not those of everywhere else."""
_ELSEWHERE = ("amazonaws.com", "on.aws")


def unsupported_region(region: str, path: Path) -> Iterator[Problem]:
    """Find a region whose partition has names that the program does not know.

    Args:
        region: by its name of a valid form.
        path: where it is given.
    """
    if (name := partition(region)) in UNSUPPORTED.values():
        yield Problem(
            path,
            f"{shown(region)} is in the partition {name}, where domains, service principals and "
            "endpoint services have other names, which are not supported",
            f"use a region of {', '.join(SUPPORTED)}",
        )


def of_another_partition(value: Any, region: str, path: Path) -> Iterator[Problem]:
    """Find ARNs and images in ECR that are not of the region's partition, however deep.

    Args:
        value: raw value of a block.
        region: the environment's AWS region.
        path: where the value is.
    """
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _OF_THE_USER:
                yield from of_another_partition(inner, region, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from of_another_partition(inner, region, (*path, index))
    elif isinstance(value, str):
        own = partition(region)
        if (found := _ARN.match(value)) and found[1] != own:
            yield Problem(
                path,
                f"{shown(value)} is of the partition {found[1]}, and {region} is in {own}",
                f"write what is in this partition, arn:{own}:…",
            )
        if path[-1] == "awslogs-region" and partition(value) != own:
            yield Problem(
                path,
                f"{shown(value)} is in the partition {partition(value)}, for which a role of {own} "
                "has no credentials",
                f"write a region of {own}, or leave it out",
            )
        if path[-1] == "image":
            yield from _foreign_image(value, region, path)


def _foreign_image(image: str, region: str, path: Path) -> Iterator[Problem]:
    if (found := ecr_image(image)) is None:
        return
    if partition(found.region) != partition(region):
        yield Problem(
            path,
            f"{shown(image)} is in the partition {partition(found.region)}, for which a role of "
            f"{partition(region)} has no credentials",
            f"copy it to {registry(region)}/…",
        )
    elif found.domain not in _DOMAINS.get(domain(found.region), _ELSEWHERE):
        yield Problem(
            path,
            f"{shown(image)}: registries of {found.region} are not in {found.domain}",
            f"write {registry(found.region, found.account)}/{found.repository}",
        )
