"""What containers and tasks in the API's own form may say, on any platform and on Windows.

Each rule is a sentence of botocore's model of AWS Batch; ``tests/batch_model`` has the sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from batch_platform.settings.container_options import (
    LONGEST_ROOT_DIRECTORY,
    MOST_SWAPPINESS,
    MOUNT_OPTIONS,
    ULIMITS,
    refuse_negative_user,
    refuse_other,
    refuse_reserved,
    refuse_strange_secret,
)
from batch_platform.settings.errors import refusal, shown

LONGEST_IMAGE = LONGEST_VOLUME_NAME = 255
"""Characters (TaskContainerProperties.image, Volume.name)."""

LAST_PORT = 65_535

SHORTEST_TIMEOUT, LONGEST_ON_FARGATE = 2, 120
"""Seconds (TaskContainerProperties.startTimeout, stopTimeout)."""

FAMILIES = (
    "LINUX",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2022_FULL",
)
ARCHITECTURES = ("X86_64", "ARM64")
"""RuntimePlatform."""

NOT_FOR_WINDOWS = ("linuxParameters", "privileged", "user", "ulimits", "readonlyRootFilesystem")
"""RuntimePlatform.operatingSystemFamily: "can't be set for Windows containers"."""

IPC_MODES, PID_MODES = ("host", "task", "none"), ("host", "task")
"""EcsTaskProperties."""

_WITH_EFS = (1, 4, 0)
"""Platform version (Volume.efsVolumeConfiguration)."""


def refuse_faulty_options(container: Mapping[str, Any], platform: str, *below: str | int) -> None:
    """Refuse options of a container that AWS Batch would refuse, or that would have no effect.

    Args:
        container: of the API's shape.
        platform: ``EC2`` or ``FARGATE``.
        below: where it is.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    if len(container.get("image", "")) > LONGEST_IMAGE:
        fault = f"it has {len(container['image'])} characters, and at most {LONGEST_IMAGE}"
        raise refusal(fault, "push the image under a shorter name", *below, "image")
    for index, each in enumerate(container.get("environment", ())):
        refuse_reserved(str(each.get("name", "")), *below, "environment", index, "name")
    for index, each in enumerate(container.get("secrets", ())):
        refuse_strange_secret(each["valueFrom"], *below, "secrets", index, "valueFrom")
    for index, each in enumerate(container.get("ulimits", ())):
        refuse_other(each["name"], ULIMITS, *below, "ulimits", index, "name")
    refuse_negative_user(container.get("user", ""), *below, "user")
    for key in ("startTimeout", "stopTimeout"):
        _refuse_timeout(container.get(key), platform, *below, key)
    _refuse_faulty_linux(container.get("linuxParameters", {}), *below, "linuxParameters")


def _refuse_timeout(value: int | None, platform: str, *below: str | int) -> None:
    most = LONGEST_ON_FARGATE if platform == "FARGATE" else None
    if value is not None and (value < SHORTEST_TIMEOUT or (most and value > most)):
        rule = f"{SHORTEST_TIMEOUT} or more" + (f" and, on Fargate, {most} at most" if most else "")
        raise refusal(f"{value} seconds: it is {rule}", "write seconds of that range", *below)


def _refuse_faulty_linux(parameters: Mapping[str, Any], *below: str | int) -> None:
    swappiness, swap = parameters.get("swappiness"), parameters.get("maxSwap")
    if swappiness is not None and not 0 <= swappiness <= MOST_SWAPPINESS:
        fault = f"{swappiness} is not 0 to {MOST_SWAPPINESS}"
        raise refusal(fault, "write 60, the default, or drop it", *below, "swappiness")
    if swappiness is not None and swap is None:
        fault = "it does nothing without maxSwap (LinuxParameters)"
        raise refusal(fault, "add `maxSwap: …`", *below, "swappiness")
    if swap is not None and swap < 0:
        raise refusal(f"{swap} is below 0 MiB", "write 0 for no swap", *below, "maxSwap")
    for index, tmpfs in enumerate(parameters.get("tmpfs", ())):
        for number, option in enumerate(tmpfs.get("mountOptions", ())):
            at = (*below, "tmpfs", index, "mountOptions", number)
            refuse_other(option, MOUNT_OPTIONS, *at)


def refuse_faulty_volumes(task: Mapping[str, Any], version: str | None, *below: str | int) -> None:
    """Refuse volumes of a task, or of a single container, that AWS Batch would refuse.

    Args:
        task: with ``volumes``, of the API's shape.
        version: of Fargate's platform; None stands for the latest, and for EC2.
        below: where it is.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    for index, volume in enumerate(task.get("volumes", ())):
        at = (*below, "volumes", index)
        if len(volume.get("name", "")) > LONGEST_VOLUME_NAME:
            fault = f"it has {len(volume['name'])} characters, and at most {LONGEST_VOLUME_NAME}"
            raise refusal(fault, "shorten it", *at, "name")
        for kind in ("efsVolumeConfiguration", "s3filesVolumeConfiguration"):
            port = volume.get(kind, {}).get("transitEncryptionPort", 0)
            if not 0 <= port <= LAST_PORT:
                fault = f"{port} is not a port: 0 to {LAST_PORT}"
                raise refusal(fault, "drop it", *at, kind, "transitEncryptionPort")
        if (efs := volume.get("efsVolumeConfiguration")) is not None:
            _refuse_faulty_efs(efs, *at, "efsVolumeConfiguration")
            if version is not None and _parts(version) < _WITH_EFS:
                fault = f"platform version {shown(version)} of Fargate mounts no EFS, 1.4.0 does"
                raise refusal(fault, "drop the platform version", *at, "efsVolumeConfiguration")


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split("."))) if re.fullmatch(r"[0-9.]{1,9}[0-9]", version) else (
        _WITH_EFS
    )  # fmt: skip


def _refuse_faulty_efs(efs: Mapping[str, Any], *below: str | int) -> None:
    root, authorization = efs.get("rootDirectory", "/"), efs.get("authorizationConfig", {})
    if len(root) > LONGEST_ROOT_DIRECTORY:
        fault = f"it has {len(root)} characters, and at most {LONGEST_ROOT_DIRECTORY}"
        raise refusal(fault, "shorten it", *below, "rootDirectory")
    if "accessPointId" in authorization and root not in {"", "/"}:
        fault = "the access point decides the directory (EFSVolumeConfiguration)"
        raise refusal(fault, "drop it", *below, "rootDirectory")
    asks = "accessPointId" in authorization or authorization.get("iam") == "ENABLED"
    if asks and efs.get("transitEncryption") != "ENABLED":
        fault = "AWS requires encryption in transit with authorizationConfig"
        raise refusal(fault, "write `transitEncryption: ENABLED`", *below, "transitEncryption")


def refuse_faulty_modes(task: Mapping[str, Any], platform: str, *below: str | int) -> None:
    """Refuse namespaces and a network mode that a task cannot have.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    if "networkMode" in task:
        fault = "it is for Amazon ECS Managed Instances alone"
        raise refusal(fault, "drop it", *below, "networkMode")
    if platform == "FARGATE" and "ipcMode" in task:
        fault = "Fargate does not have it, only EC2"
        raise refusal(fault, "drop it, or use `platform: EC2`", *below, "ipcMode")
    for key, modes in (("ipcMode", IPC_MODES), ("pidMode", PID_MODES)):
        if key in task:
            refuse_other(task[key], "|".join(modes), *below, key)


def refuse_faulty_runtime(
    task: Mapping[str, Any], containers: Iterable[tuple[Mapping[str, Any], tuple[str | int, ...]]],
    *below: str | int,
) -> None:  # fmt: skip
    """Refuse an operating system that Fargate has not, and what Windows cannot have.

    Args:
        task: with ``runtimePlatform`` and ``volumes``, of the API's shape.
        containers: of the task, each with where it is.
        below: where the task is.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    runtime, at = task.get("runtimePlatform", {}), (*below, "runtimePlatform")
    family = runtime.get("operatingSystemFamily", FAMILIES[0])
    architecture = runtime.get("cpuArchitecture", ARCHITECTURES[0])
    refuse_other(family, "|".join(FAMILIES), *at, "operatingSystemFamily")
    refuse_other(architecture, "|".join(ARCHITECTURES), *at, "cpuArchitecture")
    if not is_windows(task):
        return
    if architecture != ARCHITECTURES[0]:
        fault = f"Windows containers are {ARCHITECTURES[0]} alone"
        raise refusal(fault, "drop it", *at, "cpuArchitecture")
    for container, place in containers:
        for key in NOT_FOR_WINDOWS:
            if key in container:
                raise refusal("Windows containers cannot have it", "drop it", *place, key)
    for index, volume in enumerate(task.get("volumes", ())):
        if "efsVolumeConfiguration" in volume:
            where = (*below, "volumes", index, "efsVolumeConfiguration")
            raise refusal("Windows containers mount no EFS", "drop it", *where)


def is_windows(task: Mapping[str, Any]) -> bool:
    """Tell whether a task, or a single container, runs on Windows."""
    family = task.get("runtimePlatform", {}).get("operatingSystemFamily", "")
    return str(family).startswith("WINDOWS")


def platform_version(container: Mapping[str, Any]) -> str | None:
    """Return the platform version that a single container names; None where it names none."""
    version = container.get("fargatePlatformConfiguration", {}).get("platformVersion")
    return None if version is None else str(version)
