"""What job definitions on Fargate have, and what they must not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from batch_platform.settings.block import Block
from batch_platform.settings.errors import refusal, shown

MEMORY_BY_VCPUS: Mapping[float, tuple[int, ...]] = {
    0.25: (512, 1024, 2048),
    0.5: tuple(range(1024, 4097, 1024)),
    1: tuple(range(2048, 8193, 1024)),
    2: tuple(range(4096, 16385, 1024)),
    4: tuple(range(8192, 30721, 1024)),
    8: tuple(range(16384, 61441, 4096)),
    16: tuple(range(32768, 122881, 8192)),
    32: (61440, 122880, 249856),
}
"""vCPUs to the MiB that go with them (ResourceRequirement). batchsdk has the same; a test says so.
"""

NOT_FOR_CONTAINERS = ("privileged", "ulimits", "instanceType")
"""Keys of a container (ContainerProperties: "not applicable to jobs on Fargate resources")."""

NOT_FOR_LINUX = ("devices", "sharedMemorySize", "tmpfs", "maxSwap", "swappiness")
"""Keys of linuxParameters, likewise."""

LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")
"""Those that Fargate has (LogConfiguration)."""

SMALLEST_STORAGE, LARGEST_STORAGE = 21, 200
"""GiB (EphemeralStorage)."""


class Fargate(Block):
    """How Fargate runs the task.

    Attributes:
        platform_version: ``LATEST`` if left out.
        assign_public_ip: whether the task has a public IP. By default only in network mode
            ``public``, where the task could not pull its image without one.
        ephemeral_storage: GiB of disk, 21 to 200; 20 if left out.
        cpu_architecture: architecture of the image.
    """

    platform_version: Literal["LATEST", "1.4.0"] | None = None
    assign_public_ip: bool | None = None
    ephemeral_storage: int | None = Field(None, ge=SMALLEST_STORAGE, le=LARGEST_STORAGE)
    cpu_architecture: Literal["X86_64", "ARM64"] | None = None


def refuse_size(vcpus: float, memory: int, *below: str | int) -> None:
    """Refuse vCPUs and MiB that Fargate does not offer together.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    if vcpus not in MEMORY_BY_VCPUS:
        sizes = ", ".join(f"{size:g}" for size in MEMORY_BY_VCPUS)
        raise refusal(f"Fargate has no {vcpus:g} vCPUs", f"use one of {sizes}", *below)
    offered = MEMORY_BY_VCPUS[vcpus]
    if memory not in offered:
        step = f" in steps of {offered[1] - offered[0]}" if len(offered) > 3 else ""  # noqa: PLR2004
        sizes = f"{offered[0]} to {offered[-1]}{step}" if step else ", ".join(map(str, offered))
        raise refusal(
            f"Fargate does not offer {memory} MiB with {vcpus:g} vCPUs",
            f"use {sizes} MiB, or other vCPUs",
            *below,
        )


def refuse_what_is_of_ec2(container: Mapping[str, Any], *below: str | int) -> None:
    """Refuse what a container in the API's form may have on EC2 alone.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    for key in NOT_FOR_CONTAINERS:
        if container.get(key):
            raise _only_ec2(*below, key)
    for key in NOT_FOR_LINUX:
        if key in container.get("linuxParameters", {}):
            raise _only_ec2(*below, "linuxParameters", key)
    for index, volume in enumerate(container.get("volumes", ())):
        if volume.get("host", {}).get("sourcePath"):
            raise _only_ec2(*below, "volumes", index, "host")
    driver = container.get("logConfiguration", {}).get("logDriver", LOG_DRIVERS[0])
    if driver not in LOG_DRIVERS:
        fault = f"Fargate has no log driver {shown(driver)}"
        fix = f"use one of {', '.join(LOG_DRIVERS)}"
        raise refusal(fault, fix, *below, "logConfiguration", "logDriver")


def _only_ec2(*below: str | int) -> Exception:
    return refusal("Fargate does not have it, only EC2", "drop it, or use `platform: EC2`", *below)
