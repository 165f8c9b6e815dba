"""What EC2 and SPOT compute environments share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from batchsdk.contract.capacity import Architecture
from infra.instances.images import ImageType, default_image_type, image_fault
from infra.instances.known import architecture
from infra.settings.block import Text, pattern
from infra.settings.environment_state import Switchable
from infra.settings.errors import refusal, shown
from infra.settings.instance_types import InstanceTypes
from infra.settings.launch_templates import LaunchTemplate
from infra.settings.refused import EKS, REFUSED, Refused

IMAGE_ID = re.compile(r"ami-[0-9a-f]+")

AMAZON_LINUX_2 = frozenset({"ECS_AL2", "ECS_AL2_NVIDIA"})
AMAZON_LINUX_2_END = "2026-06-30"
"""API, Ec2Configuration.imageType: from then on no new environment with Batch's AL2 images."""


class Ec2Capacity(Switchable):
    """What EC2 and SPOT environments share (CreateComputeEnvironment, ComputeResource).

    Attributes:
        instance_types: types, families, or a name by which Batch chooses families.
        min_vcpus: vCPUs that keep running even when idle.
        max_vcpus: vCPUs that the environment may grow to.
        image_id_override: the AMI; without it the newest one of the family, pinned once it is
            chosen.
        image_type: family of the ECS-optimized AMI; by default ECS_AL2023_NVIDIA where an instance
            type has NVIDIA GPUs, and ECS_AL2023 otherwise.
        image_refresh: any text; a change takes the newest AMI, once.
        launch_template: volumes, and what runs before the ECS agent; a template is always made.
        placement_group: name of an existing placement group; a change replaces the environment.
        ec2_key_pair: name of an existing EC2 key pair, for SSH through your own connection: the
            stack opens no way in.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = REFUSED["computeEnvironments"]

    instance_types: InstanceTypes = Field(("optimal",), min_length=1)
    min_vcpus: int = Field(0, ge=0)
    max_vcpus: int = Field(256, ge=1)
    # Before the image's type, which an AMI of one's own makes free.
    image_id_override: Annotated[Text, pattern(IMAGE_ID.pattern)] | None = None
    image_type: ImageType | None = None
    image_refresh: Text | None = None
    launch_template: LaunchTemplate = Field(default_factory=LaunchTemplate)
    placement_group: Text | None = Field(None, max_length=255)
    ec2_key_pair: Text | None = Field(None, max_length=255)

    @property
    def architecture(self) -> Architecture:
        """The one that all instance types have."""
        return architecture(self.instance_types[0])

    @property
    def image_family(self) -> ImageType:
        """The family of the AMI, whoever chose it."""
        return self.image_type or default_image_type(self.instance_types)

    @field_validator("image_type", mode="before")
    @classmethod
    def _still_made(cls, value: object) -> object:
        if isinstance(value, str) and value in AMAZON_LINUX_2:
            raise refusal(
                f"{shown(value)} is Amazon Linux 2: AWS Batch makes no new environment with its "
                f"images of it since {AMAZON_LINUX_2_END}",
                f"use {value.replace('AL2', 'AL2023')}",
            )
        if isinstance(value, str) and value.startswith("EKS_"):
            raise refusal(*EKS)
        return value

    @field_validator("image_type")
    @classmethod
    def _suits_the_instances(
        cls, value: ImageType | None, info: ValidationInfo
    ) -> ImageType | None:
        types = info.data.get("instance_types", ())
        if not types or info.data.get("image_id_override", "") is not None:
            return value  # refused already, or the AMI is the user's own
        for instance_type in types:
            if fault := image_fault(value or default_image_type(types), instance_type):
                raise refusal(*fault)
        return value

    @field_validator("image_id_override")
    @classmethod
    def _looks_like_an_image(cls, value: str | None) -> str | None:
        if value is not None and not IMAGE_ID.fullmatch(value):
            raise refusal(
                f"{shown(value)} is not the id of an AMI", "write e.g. ami-0123456789abcdef0"
            )
        return value

    @field_validator("image_refresh")
    @classmethod
    def _refreshes_no_fixed_image(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("image_id_override") is not None:
            raise refusal(
                f"{shown(value)}: imageIdOverride fixes the AMI, so there is nothing to refresh",
                "keep one of the two",
            )
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
