"""One entry of ``computeEnvironments``; ``type`` decides which keys it has."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from infra.settings.block import Block, refuse_duplicates
from infra.settings.errors import refusal, shown

INSTANCE_TYPE = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)?")
INSTANCE_BUNDLES = ("optimal", "default_x86_64", "default_arm64")
"""Names by which Batch itself chooses instance families (ComputeResource.instanceTypes)."""


def _instance_type(value: str) -> str:
    if value not in INSTANCE_BUNDLES and not INSTANCE_TYPE.fullmatch(value):
        raise refusal(
            f"{shown(value)} is neither an instance type nor a family",
            f"write e.g. c5.large, c5 or one of {', '.join(INSTANCE_BUNDLES)}",
        )
    return value


InstanceType = Annotated[str, AfterValidator(_instance_type)]


class Ec2Capacity(Block):
    """What EC2 and SPOT environments share (CreateComputeEnvironment, ComputeResource).

    ``desiredVcpus`` is Batch's own to move, so it is no key here.

    Attributes:
        min_vcpus: vCPUs that stay up even when idle.
        max_vcpus: vCPUs that the environment may grow to.
        image_type: family of the ECS-optimized AMI.
    """

    instance_types: tuple[InstanceType, ...] = Field(("optimal",), min_length=1)
    min_vcpus: int = Field(0, ge=0)
    max_vcpus: int = Field(256, ge=1)
    image_type: Literal["ECS_AL2023", "ECS_AL2023_NVIDIA"] = "ECS_AL2023"

    @field_validator("instance_types")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse_duplicates(value)
        return value

    @field_validator("max_vcpus")
    @classmethod
    def _not_below_the_minimum(cls, value: int, info: ValidationInfo) -> int:
        smallest = info.data.get("min_vcpus")
        if smallest is not None and value < smallest:
            raise refusal(
                f"{value} is below minVcpus {smallest}", f"write at least {smallest}, or lower it"
            )
        return value


class Ec2Environment(Ec2Capacity):
    """On-Demand instances."""

    type: Literal["EC2"]
    allocation_strategy: Literal[
        "BEST_FIT_PROGRESSIVE", "BEST_FIT_PROGRESSIVE_ORDERED", "BEST_FIT"
    ] = "BEST_FIT_PROGRESSIVE"

    @property
    def needs_spot_fleet_role(self) -> bool:
        """Never: there is no spot fleet."""
        return False


class SpotEnvironment(Ec2Capacity):
    """Spot instances.

    Attributes:
        bid_percentage: most to pay, in percent of the On-Demand price; Batch's default is 100.
    """

    type: Literal["SPOT"]
    allocation_strategy: Literal[
        "SPOT_PRICE_CAPACITY_OPTIMIZED",
        "SPOT_CAPACITY_OPTIMIZED",
        "SPOT_CAPACITY_OPTIMIZED_PRIORITIZED",
        "BEST_FIT_PROGRESSIVE",
        "BEST_FIT",
    ] = "SPOT_PRICE_CAPACITY_OPTIMIZED"
    bid_percentage: int | None = Field(None, ge=1, le=100)

    @property
    def needs_spot_fleet_role(self) -> bool:
        """BEST_FIT on Spot runs a spot fleet, which has a role of its own (ComputeResource)."""
        return self.allocation_strategy == "BEST_FIT"


ComputeEnvironment = Annotated[Ec2Environment | SpotEnvironment, Field(discriminator="type")]
"""One entry. A further kind (FARGATE, FARGATE_SPOT) is one more class in this union."""
