"""What Fargate takes and forbids (API: ComputeResource, ContainerProperties)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from localaws.batch.errors import ClientException
from localaws.batch.operations.container_options import MAX_FARGATE_TIMEOUT

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
    "scalingPolicy",
    "spotIamFleetRole",
    "tags",
)
"""Members of ``computeResources`` (user guide: Compute environment parameters)."""
NOT_FOR_JOBS = ("instanceType", "memory", "privileged", "ulimits", "vcpus")
"""Members of ``containerProperties``."""
NOT_FOR_LINUX = ("devices", "maxSwap", "sharedMemorySize", "swappiness", "tmpfs")
"""Members of ``linuxParameters``."""
LOG_DRIVERS = ("awsfirelens", "awslogs", "splunk")
FAMILIES = (
    "LINUX",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2022_FULL",
)
ARCHITECTURES = ("X86_64", "ARM64")
"""API: RuntimePlatform."""
WINDOWS = "WINDOWS"
NOT_FOR_WINDOWS = (
    "linuxParameters",
    "privileged",
    "user",
    "ulimits",
    "readonlyRootFilesystem",
)
"""API: RuntimePlatform.operatingSystemFamily; ``efsVolumeConfiguration`` of a volume besides."""
VERSION_WITH_EFS = (1, 4, 0)
"""API: Volume.efsVolumeConfiguration."""
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
    forbidden = _forbidden(properties) + ["GPU"] * bool(gpus)
    forbidden += ["volumes.host" for volume in properties.get("volumes", ()) if "host" in volume]
    _refuse(forbidden)
    check_size(vcpus, memory)
    check_options(properties)
    version = properties.get("fargatePlatformConfiguration", {}).get("platformVersion")
    check_task(properties, [properties], version)


def _forbidden(container: Mapping[str, Any]) -> list[str]:
    linux = container.get("linuxParameters", {})
    found = [key for key in NOT_FOR_JOBS if container.get(key)]
    return found + [f"linuxParameters.{key}" for key in NOT_FOR_LINUX if key in linux]


def _refuse(forbidden: Sequence[str]) -> None:
    if forbidden:
        raise ClientException(f"{', '.join(forbidden)} is not applicable for Fargate.")


def check_options(container: Mapping[str, Any]) -> None:
    """Refuse options of a container, alone or one of several, that Fargate does not take.

    Raises:
        ClientException: naming the member.
    """
    _refuse(_forbidden(container))
    driver = container.get("logConfiguration", {}).get("logDriver", LOG_DRIVERS[1])
    if driver not in LOG_DRIVERS:
        raise ClientException(f"Log driver {driver} is not supported for Fargate.")
    for key in ("startTimeout", "stopTimeout"):
        if container.get(key, 0) > MAX_FARGATE_TIMEOUT:
            raise ClientException(
                f"{key} must be at most {MAX_FARGATE_TIMEOUT} seconds for Fargate, "
                f"got {container[key]}"
            )


def check_task(
    task: Mapping[str, Any], containers: Sequence[Mapping[str, Any]], version: str | None
) -> None:
    """Refuse what the containers of a task have together that Fargate does not take.

    Args:
        task: one of ``ecsProperties``, or ``containerProperties``.
        containers: of the task.
        version: the platform version; None stands for LATEST.

    Raises:
        ClientException: naming the member.
    """
    if not task.get("executionRoleArn"):
        raise ClientException("executionRoleArn is required for Fargate jobs.")
    check_storage(task.get("ephemeralStorage", {}))
    _refuse(["ipcMode"] * ("ipcMode" in task))
    _refuse(["volumes.host" for volume in task.get("volumes", ()) if "host" in volume])
    on_efs = any("efsVolumeConfiguration" in volume for volume in task.get("volumes", ()))
    if on_efs and _number_of(version) < VERSION_WITH_EFS:
        raise ClientException(
            f"efsVolumeConfiguration needs platformVersion 1.4.0 or later, got {version}"
        )
    runtime = task.get("runtimePlatform", {})
    family = runtime.get("operatingSystemFamily", FAMILIES[0])
    if family not in FAMILIES:
        raise ClientException(f"operatingSystemFamily must be {', '.join(FAMILIES)}; got {family}")
    if runtime.get("cpuArchitecture", ARCHITECTURES[0]) not in ARCHITECTURES:
        raise ClientException(
            f"cpuArchitecture must be {' or '.join(ARCHITECTURES)}, "
            f"got {runtime['cpuArchitecture']}"
        )
    if family.startswith(WINDOWS):
        _check_windows(task, containers, on_efs=on_efs)


def _check_windows(
    task: Mapping[str, Any], containers: Sequence[Mapping[str, Any]], *, on_efs: bool
) -> None:
    forbidden = [key for each in containers for key in NOT_FOR_WINDOWS if key in each]
    forbidden += ["efsVolumeConfiguration"] * on_efs
    if forbidden:
        raise ClientException(
            f"{', '.join(dict.fromkeys(forbidden))} is not applicable for Windows containers."
        )
    if task["runtimePlatform"].get("cpuArchitecture", ARCHITECTURES[0]) != ARCHITECTURES[0]:
        raise ClientException(f"cpuArchitecture must be {ARCHITECTURES[0]} for Windows containers.")


def _number_of(version: str | None) -> tuple[int, ...]:
    if version in (None, "LATEST"):
        return VERSION_WITH_EFS
    if not re.fullmatch(r"\d+(\.\d+)*", str(version)):
        raise ClientException(f"platformVersion must be LATEST or e.g. 1.4.0, got {version}")
    return tuple(map(int, str(version).split(".")))


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
