"""``type: UNMANAGED``: AWS Batch places jobs, and launches no instances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from batch_platform.settings.container_instances import ContainerInstances
from batch_platform.settings.ec2_capacity import Ec2Capacity
from batch_platform.settings.environment_state import Switchable
from batch_platform.settings.errors import refusal, shown
from batch_platform.settings.instance_types import InstanceTypes
from batch_platform.settings.launch_templates import LaunchTemplate
from batch_platform.settings.refused import GROUP_INSTANCES, REFUSED, Refused

MOST_TYPES = 40
"""EC2 Auto Scaling API, LaunchTemplate.Overrides: "You can specify up to 40 instance types"."""


class AutoScalingGroup(ContainerInstances):
    """Instances that join the cluster of an UNMANAGED environment (API CreateAutoScalingGroup).

    They have the network, the instance role and the kind of launch template that instances of
    AWS Batch have in this stack. Nothing scales the group by itself.

    Attributes:
        instance_types: whole types; the group takes the first that EC2 has capacity for.
        min_size: instances that the group keeps.
        max_size: instances that the group may have.
        desired_capacity: instances that the group has now; without it minSize at the beginning,
            and then whatever a scaling policy of your own makes of it.
        launch_template: volumes, and what runs before the ECS agent; the stack's own alone.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = {
        "maxVcpus": GROUP_INSTANCES,
        "minVcpus": GROUP_INSTANCES,
    }

    instance_types: InstanceTypes = Field(min_length=1, max_length=MOST_TYPES)
    min_size: int = Field(1, ge=0)
    max_size: int = Field(1, ge=1)
    desired_capacity: int | None = None

    @field_validator("instance_types")
    @classmethod
    def _are_whole_types(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for index, name in enumerate(value):
            if "." not in name:
                raise refusal(
                    f"{shown(name)} is no single instance type, and an Auto Scaling group takes "
                    "no families",
                    "write whole types, e.g. c5.large",
                    index,
                )
        return value

    @field_validator("launch_template")
    @classmethod
    def _can_be_made(cls, value: LaunchTemplate) -> LaunchTemplate:
        if value.is_given:
            raise refusal(
                "its user data would have to name the cluster, which the stack alone knows",
                "leave autoScalingGroup out, and launch your instances into ecsClusterArn of the "
                "stack's outputs",
                value.named_by,
            )
        for name, key in (("efa", "efa"), ("threads_per_core", "threadsPerCore")):
            if getattr(value, name) is not None:
                raise refusal(
                    "it is for instances that AWS Batch launches",
                    "remove it; or leave autoScalingGroup out, and launch instances of your own "
                    "into ecsClusterArn of the stack's outputs",
                    key,
                )
        return value

    @field_validator("max_size")
    @classmethod
    def _not_below_the_minimum(cls, value: int, info: ValidationInfo) -> int:
        least = info.data.get("min_size")
        if least is not None and value < least:
            raise refusal(f"{value} is below minSize {least}", f"write at least {least}")
        return value

    @field_validator("desired_capacity")
    @classmethod
    def _within_the_sizes(cls, value: int | None, info: ValidationInfo) -> int | None:
        least, most = info.data.get("min_size"), info.data.get("max_size")
        if value is None or least is None or most is None:
            return value
        if not least <= value <= most:
            raise refusal(
                f"{value} is not between minSize {least} and maxSize {most}",
                "write a number of that range",
            )
        return value


_OF_INSTANCES = {
    field.alias: GROUP_INSTANCES
    for name, field in Ec2Capacity.model_fields.items()
    if field.alias and name != "state"
}


class UnmanagedEnvironment(Switchable):
    """An environment whose instances are its owner's (user guide, Unmanaged compute environments).

    Its service role is one that the stack makes, or that of the block roles: AWS Batch takes no
    service-linked role here.

    Attributes:
        type: UNMANAGED: AWS Batch places jobs on what is registered in the environment's ECS
            cluster, and launches nothing. A change to or from it replaces the environment.
        auto_scaling_group: instances that the stack launches into the cluster; without it your own
            must register in ecsClusterArn of the stack's outputs.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = {
        "allocationStrategy": GROUP_INSTANCES,
        "bidPercentage": GROUP_INSTANCES,
        "updatePolicy": GROUP_INSTANCES,
        **_OF_INSTANCES,
        **REFUSED["computeEnvironments"],
    }

    type: Literal["UNMANAGED"]
    auto_scaling_group: AutoScalingGroup | None = None

    @property
    def needs_spot_fleet_role(self) -> bool:
        """Never: AWS Batch launches nothing."""
        return False
