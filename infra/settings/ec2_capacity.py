"""What EC2 and SPOT compute environments share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, ValidationInfo, field_validator

from infra.settings.block import Text
from infra.settings.container_instances import ContainerInstances
from infra.settings.environment_state import Switchable
from infra.settings.errors import refusal
from infra.settings.refused import OF_UNMANAGED, REFUSED, Refused


class Ec2Capacity(ContainerInstances, Switchable):
    """What EC2 and SPOT environments share (CreateComputeEnvironment, ComputeResource).

    Attributes:
        min_vcpus: vCPUs that keep running even when idle.
        max_vcpus: vCPUs that the environment may grow to.
        placement_group: name of an existing placement group; a change replaces the environment.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = {
        "autoScalingGroup": OF_UNMANAGED,
        **REFUSED["computeEnvironments"],
    }

    min_vcpus: int = Field(0, ge=0)
    max_vcpus: int = Field(256, ge=1)
    placement_group: Text | None = Field(None, max_length=255)

    @field_validator("max_vcpus")
    @classmethod
    def _not_below_the_minimum(cls, value: int, info: ValidationInfo) -> int:
        smallest = info.data.get("min_vcpus")
        if smallest is not None and value < smallest:
            raise refusal(
                f"{value} is below minVcpus {smallest}", f"write at least {smallest}, or lower it"
            )
        return value
