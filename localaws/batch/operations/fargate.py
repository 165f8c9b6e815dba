"""What Fargate takes and forbids (API: ComputeResource, ContainerProperties)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.batch.errors import ClientException

NOT_FOR_ENVIRONMENTS = (
    "allocationStrategy",
    "bidPercentage",
    "desiredvCpus",
    "ec2Configuration",
    "ec2KeyPair",
    "imageId",
    "instanceRole",
    "instanceTypes",
    "launchTemplate",
    "minvCpus",
    "placementGroup",
    "spotIamFleetRole",
    "tags",
)
"""Members of ``computeResources`` (user guide: Compute environment parameters)."""
NOT_FOR_JOBS = ("instanceType", "memory", "privileged", "ulimits", "vcpus")
"""Members of ``containerProperties``."""
NOT_FOR_LINUX = ("devices", "maxSwap", "sharedMemorySize", "swappiness", "tmpfs")
"""Members of ``linuxParameters``."""
LOG_DRIVERS = ("awsfirelens", "awslogs", "splunk")
MAX_SUBNETS, MAX_SECURITY_GROUPS = 16, 5
MIN_EPHEMERAL_GIB, MAX_EPHEMERAL_GIB = 21, 200
MEMORY_BY_VCPUS: Mapping[float, range | tuple[int, ...]] = {
    0.25: (512, 1024, 2048),
    0.5: range(1024, 4096 + 1, 1024),
    1: range(2048, 8192 + 1, 1024),
    2: range(4096, 16384 + 1, 1024),
    4: range(8192, 30720 + 1, 1024),
    8: range(16384, 61440 + 1, 4096),
    16: range(32768, 122880 + 1, 8192),
    32: (61440, 122880, 249856),
}
"""MiB that each number of vCPUs may have (API: ResourceRequirement.value)."""


def check_environment(resources: Mapping[str, Any]) -> None:
    """Refuse ``computeResources`` that Fargate does not take.

    Raises:
        ClientException: a member is not for Fargate, or there are too many subnets or groups.
    """
    for key in NOT_FOR_ENVIRONMENTS:
        if key in resources:
            raise ClientException(f"{key} is not applicable for Fargate.")
    if not resources.get("securityGroupIds"):
        raise ClientException("securityGroupIds are required for Fargate.")
    for key, most in (("subnets", MAX_SUBNETS), ("securityGroupIds", MAX_SECURITY_GROUPS)):
        if len(resources[key]) > most:
            raise ClientException(f"{key} must have at most {most} items for Fargate.")


def check_container(properties: Mapping[str, Any], vcpus: float, memory: int, gpus: int) -> None:
    """Refuse a container that cannot run on Fargate.

    Args:
        properties: of the container, in the API's form.
        vcpus: that it asks for.
        memory: MiB.
        gpus: that it asks for.

    Raises:
        ClientException: a member is not for Fargate or is missing, or the size is none of its.
    """
    forbidden = [key for key in NOT_FOR_JOBS if properties.get(key)]
    linux = properties.get("linuxParameters", {})
    forbidden += [f"linuxParameters.{key}" for key in NOT_FOR_LINUX if key in linux]
    forbidden += ["volumes.host" for volume in properties.get("volumes", ()) if "host" in volume]
    if gpus:
        forbidden.append("GPU")
    if forbidden:
        raise ClientException(f"{', '.join(forbidden)} is not applicable for Fargate.")
    check_size(vcpus, memory)
    driver = properties.get("logConfiguration", {}).get("logDriver", LOG_DRIVERS[1])
    if driver not in LOG_DRIVERS:
        raise ClientException(f"Log driver {driver} is not supported for Fargate.")
    if not properties.get("executionRoleArn"):
        raise ClientException("executionRoleArn is required for Fargate jobs.")
    check_storage(properties.get("ephemeralStorage", {}))


def check_size(vcpus: float, memory: int) -> None:
    """Refuse a pair of vCPUs and MiB that is not in Fargate's table."""
    if vcpus not in MEMORY_BY_VCPUS:
        sizes = ", ".join(map(str, MEMORY_BY_VCPUS))
        raise ClientException(f"Fargate resource requirements: vCPU must be {sizes}; got {vcpus}")
    if memory not in MEMORY_BY_VCPUS[vcpus]:
        sizes = ", ".join(map(str, MEMORY_BY_VCPUS[vcpus]))
        raise ClientException(
            f"Fargate resource requirements: with {vcpus} vCPU, memory must be {sizes} MiB; "
            f"got {memory}"
        )


def check_storage(ephemeral: Mapping[str, Any]) -> None:
    """Refuse an ephemeral storage that is not of 21 to 200 GiB."""
    size = ephemeral.get("sizeInGiB", MIN_EPHEMERAL_GIB)
    if not MIN_EPHEMERAL_GIB <= size <= MAX_EPHEMERAL_GIB:
        raise ClientException(
            f"ephemeralStorage must be between {MIN_EPHEMERAL_GIB} and {MAX_EPHEMERAL_GIB} GiB, "
            f"got {size}"
        )
