"""What EC2 and SPOT compute environments share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from batch_platform.instances.known import types_of
from batch_platform.settings.block import Text
from batch_platform.settings.container_instances import ContainerInstances
from batch_platform.settings.environment_state import Switchable
from batch_platform.settings.errors import refusal
from batch_platform.settings.launching import launch_faults
from batch_platform.settings.placement import Placement
from batch_platform.settings.refused import OF_UNMANAGED, REFUSED, Refused


class Ec2Capacity(ContainerInstances, Switchable):
    """What EC2 and SPOT environments share (CreateComputeEnvironment, ComputeResource).

    Attributes:
        min_vcpus: vCPUs that keep running even when idle.
        max_vcpus: vCPUs that the environment may grow to.
        placement: a placement group that the stack makes.
        placement_group: name of an existing placement group; a change replaces the environment.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = {
        "autoScalingGroup": OF_UNMANAGED,
        **REFUSED["computeEnvironments"],
    }

    min_vcpus: int = Field(0, ge=0)
    max_vcpus: int = Field(256, ge=1)
    placement: Placement | None = None
    placement_group: Text | None = Field(None, max_length=255)

    if TYPE_CHECKING:
        type: str

    @property
    def in_one_zone(self) -> bool:
        """Whether all instances must be in one zone, as those of a cluster (EC2 user guide)."""
        return self.launch_template.efa is not None or (
            self.placement is not None and self.placement.strategy == "cluster"
        )

    @field_validator("max_vcpus")
    @classmethod
    def _not_below_the_minimum(cls, value: int, info: ValidationInfo) -> int:
        smallest = info.data.get("min_vcpus")
        if smallest is not None and value < smallest:
            raise refusal(
                f"{value} is below minVcpus {smallest}", f"write at least {smallest}, or lower it"
            )
        return value

    @field_validator("placement_group", mode="before")
    @classmethod
    def _a_name(cls, value: object) -> object:
        if isinstance(value, Mapping):
            raise refusal(
                "it is the name of an existing group",
                "write a group that the stack makes in placement, e.g. "
                "`placement: {strategy: cluster}`",
            )
        return value

    @model_validator(mode="after")
    def _can_be_launched(self) -> Self:
        for problem in launch_faults(self, types_of(self.instance_types)):
            raise refusal(problem.fault, problem.fix, *problem.path)
        return self
