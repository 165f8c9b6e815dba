"""One entry of ``computeEnvironments``; ``type`` decides which keys it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from batch_platform.settings.ec2_capacity import Ec2Capacity
from batch_platform.settings.environment_state import Switchable
from batch_platform.settings.refused import NO_INSTANCES, OF_UNMANAGED, ONLY_SPOT, REFUSED, Refused
from batch_platform.settings.unmanaged import UnmanagedEnvironment
from batch_platform.settings.update_policy import UpdatePolicy, of_updatable


class Ec2Environment(Ec2Capacity):
    """On-Demand instances.

    Attributes:
        type: EC2: On-Demand instances.
        allocation_strategy: how Batch chooses among the instance types. Only with
            BEST_FIT_PROGRESSIVE are most edits made in place.
        update_policy: what an infrastructure update does to running jobs.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = {
        "bidPercentage": ONLY_SPOT,
        **Ec2Capacity.refused_keys,
    }

    type: Literal["EC2"]
    allocation_strategy: Literal[
        "BEST_FIT_PROGRESSIVE", "BEST_FIT_PROGRESSIVE_ORDERED", "BEST_FIT"
    ] = "BEST_FIT_PROGRESSIVE"
    update_policy: UpdatePolicy | None = None

    @field_validator("update_policy")
    @classmethod
    def _counts(cls, value: UpdatePolicy | None, info: ValidationInfo) -> UpdatePolicy | None:
        return of_updatable(value, info.data.get("allocation_strategy", "BEST_FIT_PROGRESSIVE"))

    @property
    def needs_spot_fleet_role(self) -> bool:
        """Never: there is no spot fleet."""
        return False


class SpotEnvironment(Ec2Capacity):
    """Spot instances.

    Attributes:
        type: SPOT: instances that AWS may take back with a warning of two minutes.
        allocation_strategy: how Batch chooses among the instance types. With
            SPOT_CAPACITY_OPTIMIZED_PRIORITIZED and BEST_FIT most edits replace the environment.
        bid_percentage: highest price, in percent of the On-Demand price; Batch's default is 100.
        update_policy: what an infrastructure update does to running jobs.
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
    update_policy: UpdatePolicy | None = None

    @field_validator("update_policy")
    @classmethod
    def _counts(cls, value: UpdatePolicy | None, info: ValidationInfo) -> UpdatePolicy | None:
        given = info.data.get("allocation_strategy", "SPOT_PRICE_CAPACITY_OPTIMIZED")
        return of_updatable(value, given)

    @property
    def needs_spot_fleet_role(self) -> bool:
        """BEST_FIT on Spot runs a spot fleet, which has a role of its own (ComputeResource)."""
        return self.allocation_strategy == "BEST_FIT"


_OF_INSTANCES = {
    field.alias: NO_INSTANCES
    for kind in (Ec2Environment, SpotEnvironment)
    for name, field in kind.model_fields.items()
    if field.alias and name not in {"type", "max_vcpus", "state"}
}


class FargateEnvironment(Switchable):
    """Fargate: no instances, so none of their keys (user guide, Compute environment parameters).

    Attributes:
        type: AWS may interrupt FARGATE_SPOT, with a warning of two minutes. A change between the
            two replaces the environment.
        max_vcpus: vCPUs that the jobs may have together.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = {
        "autoScalingGroup": OF_UNMANAGED,
        **_OF_INSTANCES,
        **REFUSED["computeEnvironments"],
    }

    type: Literal["FARGATE", "FARGATE_SPOT"]
    max_vcpus: int = Field(256, ge=1)

    @property
    def needs_spot_fleet_role(self) -> bool:
        """Never: Fargate Spot has no spot fleet."""
        return False


ComputeEnvironment = Annotated[
    Ec2Environment | SpotEnvironment | FargateEnvironment | UnmanagedEnvironment,
    Field(discriminator="type"),
]
"""One entry. A further kind is one more class in this union."""
