"""What is said of EC2 instances, whoever launches them: types, AMI, launch template, key pair."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from batch_platform.instances.images import ImageType, default_image_type, image_fault
from batch_platform.instances.known import architecture
from batch_platform.settings.block import Block, Text, pattern
from batch_platform.settings.errors import refusal, shown
from batch_platform.settings.instance_types import InstanceTypes
from batch_platform.settings.launch_templates import LaunchTemplate
from batch_platform.settings.refused import EKS
from batchsdk.contract.capacity import Architecture

IMAGE_ID = re.compile(r"ami-[0-9a-f]+")

AMAZON_LINUX_2 = frozenset({"ECS_AL2", "ECS_AL2_NVIDIA"})
AMAZON_LINUX_2_END = "2026-06-30"
"""API, Ec2Configuration.imageType: from then on no new environment with Batch's AL2 images."""


class ContainerInstances(Block):
    """Instances on which jobs run.

    Attributes:
        instance_types: types, families, or a name by which Batch chooses families.
        image_id_override: the AMI; without it the newest one of the family, pinned once it is
            chosen.
        image_type: family of the ECS-optimized AMI; by default ECS_AL2023_NVIDIA where an instance
            type has NVIDIA GPUs, and ECS_AL2023 otherwise.
        image_refresh: any text; a change takes the newest AMI, once.
        launch_template: volumes, and what runs before the ECS agent; a template is always made.
        ec2_key_pair: name of an existing EC2 key pair, for SSH through your own connection: the
            stack opens no way in.
    """

    instance_types: InstanceTypes = Field(("optimal",), min_length=1)
    # Before the image's type, which an AMI of one's own makes free.
    image_id_override: Annotated[Text, pattern(IMAGE_ID.pattern)] | None = None
    image_type: ImageType | None = None
    image_refresh: Text | None = None
    launch_template: LaunchTemplate = Field(default_factory=LaunchTemplate)
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
