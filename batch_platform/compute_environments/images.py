"""Which AMI the instances of a compute environment boot: names only, no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batch_platform.settings.container_instances import ContainerInstances

OPTIMIZED_AMI = "/aws/service/ecs/optimized-ami"

_VARIANTS = {
    ("ECS_AL2023", "x86_64"): "amazon-linux-2023",
    ("ECS_AL2023", "arm64"): "amazon-linux-2023/arm64",
    ("ECS_AL2023_NVIDIA", "x86_64"): "amazon-linux-2023/gpu",
}


def variant(environment: ContainerInstances) -> str:
    """Return the variant of the ECS-optimized AMI, e.g. ``amazon-linux-2023/arm64``."""
    return _VARIANTS[environment.image_family, environment.architecture]


def recommended_image_parameter(environment: ContainerInstances) -> str:
    """Return the public SSM parameter that holds the newest recommended AMI's id.

    Amazon ECS developer guide, "Retrieving Amazon ECS-optimized Linux AMI metadata".
    """
    return f"{OPTIMIZED_AMI}/{variant(environment)}/recommended/image_id"


def pin(environment: ContainerInstances) -> tuple[str, str]:
    """Return what must change before the newest AMI is taken: the variant, and the refresh text."""
    return variant(environment), environment.image_refresh or ""
