"""Which family of the ECS-optimized AMI boots an instance type (API: Ec2Configuration)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from batch_platform.instances.known import architecture, has_gpus

if TYPE_CHECKING:
    from collections.abc import Sequence

ImageType = Literal["ECS_AL2023", "ECS_AL2023_NVIDIA"]

PLAIN: ImageType = "ECS_AL2023"
GPU: ImageType = "ECS_AL2023_NVIDIA"

_WITHOUT_PLAIN = re.compile(r"a1(\..+)?")
"""``imageType``: "Amazon Linux 2023 does not support A1 instances"."""

_WITHOUT_GPU = re.compile(r"(p2|p3(dn)?|g2|g3s?)(\..+)?")
"""``imageType``: "ECS_AL2023_NVIDIA doesn't support p3 and g3 instance types"; p2 and g2 have GPUs
that are older still."""


def default_image_type(instance_types: Sequence[str]) -> ImageType:
    """Return the one that suits all instance types.

    AWS Batch takes :data:`GPU` for GPU families by itself, and it can be used for all types but
    Graviton, which has no AMI with the driver.
    """
    gpus = any(has_gpus(each) for each in instance_types)
    return GPU if gpus and architecture(instance_types[0]) == "x86_64" else PLAIN


def image_fault(image_type: ImageType, instance_type: str) -> tuple[str, str] | None:
    """Return what is wrong with AWS's AMI on an instance type and how to mend it, or None."""
    own = "or bring an AMI of your own, `imageIdOverride: ami-…`"
    if _WITHOUT_PLAIN.fullmatch(instance_type):
        fault = f"Amazon Linux 2023, which AWS Batch's images now are, has no {instance_type}"
        return fault, f"use newer Graviton types, e.g. c6g, {own}"
    if image_type == PLAIN and has_gpus(instance_type) and architecture(instance_type) == "x86_64":
        return (
            f"{PLAIN} has no GPU driver, so no GPU of {instance_type} would be registered",
            f"drop imageType, or write {GPU}",
        )
    if image_type == GPU and architecture(instance_type) == "arm64":
        return (
            f"{GPU} has no arm64 AMI, and {instance_type} is arm64",
            f"use x86_64 types with a GPU, e.g. g5, or {PLAIN}, {own}",
        )
    if image_type == GPU and _WITHOUT_GPU.fullmatch(instance_type):
        return (
            f"{GPU} does not support {instance_type}: its driver is too new for that GPU",
            f"use newer types, e.g. g4dn or g5, {own}",
        )
    return None
