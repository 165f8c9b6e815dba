"""What the name of an EC2 instance type tells: whether it is one, and its architecture."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator

from infra.settings.block import EACH_ONCE, pattern, refuse_duplicates
from infra.settings.errors import refusal, shown

INSTANCE_TYPE = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)?")

Architecture = Literal["x86_64", "arm64"]

INSTANCE_BUNDLES: dict[str, Architecture] = {
    "optimal": "x86_64",
    "default_x86_64": "x86_64",
    "default_arm64": "arm64",
}
"""Names by which Batch itself chooses instance families (ComputeResource.instanceTypes)."""

_ARM_FAMILY = re.compile(r"a1|[a-z]+[0-9]+[a-z]*g[a-z]*(-.+)?|.+-gb[0-9]+")
"""Graviton: a ``g`` after the generation's number, e.g. ``c7gn``; a1 is older than that rule, and
``p6e-gb200`` has Grace processors (EC2 instance type naming conventions)."""


def architecture(instance_type: str) -> Architecture:
    """Return the architecture of an instance type, a family or one of Batch's bundles.

    It goes by the name, so that it needs no AWS and holds for families too.
    """
    if instance_type in INSTANCE_BUNDLES:
        return INSTANCE_BUNDLES[instance_type]
    family = instance_type.partition(".")[0]
    return "arm64" if _ARM_FAMILY.fullmatch(family) else "x86_64"


def least_vcpus(instance_type: str) -> int:
    """Return the fewest vCPUs that an instance of this type, family or bundle can have.

    By the name alone: 1 for a size below ``large``, 2 for ``large``, 4 for each ``xlarge``; of a
    family the size is open.
    """
    family, _, size = instance_type.partition(".")
    if not size:
        return 1 if architecture(family) == "arm64" or family.startswith("t") else 2
    if match := re.fullmatch(r"(?:metal-)?([0-9]{0,4})x(?:large|l)", size):
        return 4 * int(match[1] or 1)
    return {"large": 2, "metal": 4}.get(size, 1)


def _instance_type(value: str) -> str:
    if value not in INSTANCE_BUNDLES and not INSTANCE_TYPE.fullmatch(value):
        raise refusal(
            f"{shown(value)} is neither an instance type nor a family",
            f"write e.g. c5.large, c5 or one of {', '.join(INSTANCE_BUNDLES)}",
        )
    return value


def _one_architecture(value: tuple[str, ...]) -> tuple[str, ...]:
    refuse_duplicates(value)
    for index, instance_type in enumerate(value):
        if architecture(instance_type) != architecture(value[0]):
            raise refusal(
                f"{shown(instance_type)} is {architecture(instance_type)} and {shown(value[0])} is "
                f"{architecture(value[0])}: instances of one environment share one AMI",
                "make an environment for each architecture; a job queue cannot mix them either",
                index,
            )
    return value


InstanceType = Annotated[
    str,
    AfterValidator(_instance_type),
    pattern(f"{'|'.join(INSTANCE_BUNDLES)}|{INSTANCE_TYPE.pattern}"),
]

InstanceTypes = Annotated[tuple[InstanceType, ...], AfterValidator(_one_architecture), EACH_ONCE]
