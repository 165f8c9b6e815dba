"""What the options of a container and the volumes of its task may be (API: ContainerProperties).

Each rule is a sentence of the API's model; ``tests/batch_model`` has the sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from localaws.batch.errors import ClientException

RESERVED_ENVIRONMENT = "AWS_BATCH"
ULIMITS = (
    "core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|"
    "sigpending|stack"
)
"""API: Ulimit.name."""
MOUNT_OPTIONS = (
    "defaults|ro|rw|suid|nosuid|dev|nodev|exec|noexec|sync|async|dirsync|remount|mand|nomand|"
    "atime|noatime|diratime|nodiratime|bind|rbind|unbindable|runbindable|private|rprivate|"
    "shared|rshared|slave|rslave|relatime|norelatime|strictatime|nostrictatime|mode|uid|gid|"
    "nr_inodes|nr_blocks|mpol"
)
"""API: Tmpfs.mountOptions; some take a value after ``=``."""
MAX_SWAPPINESS = 100
MAX_IMAGE = MAX_VOLUME_NAME = 255
"""Characters (API: TaskContainerProperties.image, Volume.name)."""
MAX_ROOT_DIRECTORY = 4096
MAX_PORT = 65_535
MIN_TASK_TIMEOUT, MAX_FARGATE_TIMEOUT = 2, 120
"""Seconds (API: TaskContainerProperties.startTimeout, stopTimeout)."""


def check_options(container: Mapping[str, Any]) -> None:
    """Refuse options of a container that no platform takes.

    Raises:
        ClientException: naming the member, and what it may be.
    """
    if len(container.get("image", "")) > MAX_IMAGE:
        raise ClientException(f"image must have at most {MAX_IMAGE} characters")
    for each in container.get("environment", ()):
        if each.get("name", "").startswith(RESERVED_ENVIRONMENT):
            raise ClientException(
                f"Environment variables must not start with {RESERVED_ENVIRONMENT}: {each['name']}"
            )
    for each in container.get("ulimits", ()):
        if each["name"] not in ULIMITS.split("|"):
            raise ClientException(f"ulimits name {each['name']} must be one of {ULIMITS}")
    if re.fullmatch(r"-\d+(:.*)?|[^:]*:-\d+", container.get("user", "")):
        raise ClientException(
            f"user must have a positive integer as UID or GID, got {container['user']}"
        )
    for key in ("startTimeout", "stopTimeout"):
        if container.get(key, MIN_TASK_TIMEOUT) < MIN_TASK_TIMEOUT:
            raise ClientException(f"{key} must be at least {MIN_TASK_TIMEOUT} seconds")
    _check_linux(container.get("linuxParameters", {}))


def _check_linux(parameters: Mapping[str, Any]) -> None:
    if not 0 <= parameters.get("swappiness", 0) <= MAX_SWAPPINESS:
        raise ClientException(
            f"swappiness must be between 0 and {MAX_SWAPPINESS}, got {parameters['swappiness']}"
        )
    if parameters.get("maxSwap", 0) < 0:
        raise ClientException(f"maxSwap must be 0 or more, got {parameters['maxSwap']}")
    for tmpfs in parameters.get("tmpfs", ()):
        for option in tmpfs.get("mountOptions", ()):
            if option.partition("=")[0] not in MOUNT_OPTIONS.split("|"):
                raise ClientException(f"tmpfs mountOptions {option} must be one of {MOUNT_OPTIONS}")


def check_volumes(volumes: Any, job_role: str | None) -> None:
    """Refuse volumes that no platform takes.

    Args:
        volumes: of a container or of a task.
        job_role: ARN of the role of the job's code, if there is one.

    Raises:
        ClientException: naming the member, and what it may be.
    """
    for volume in volumes:
        if len(volume.get("name", "")) > MAX_VOLUME_NAME:
            raise ClientException(f"A volume's name must have at most {MAX_VOLUME_NAME} characters")
        for kind in ("efsVolumeConfiguration", "s3filesVolumeConfiguration"):
            port = volume.get(kind, {}).get("transitEncryptionPort", 0)
            if not 0 <= port <= MAX_PORT:
                raise ClientException(
                    f"transitEncryptionPort must be between 0 and {MAX_PORT}, got {port}"
                )
        if "efsVolumeConfiguration" in volume:
            for fault in _efs_faults(volume["efsVolumeConfiguration"], job_role):
                raise ClientException(fault)


def _efs_faults(efs: Mapping[str, Any], job_role: str | None) -> Iterator[str]:
    root, authorization = efs.get("rootDirectory", "/"), efs.get("authorizationConfig", {})
    encrypted = efs.get("transitEncryption") == "ENABLED"
    if len(root) > MAX_ROOT_DIRECTORY:
        yield f"rootDirectory must have at most {MAX_ROOT_DIRECTORY} characters"
    if "accessPointId" in authorization and root not in ("", "/"):
        yield f"rootDirectory must be omitted or / with an accessPointId, got {root}"
    if "accessPointId" in authorization and not encrypted:
        yield "transitEncryption must be ENABLED with an accessPointId"
    if authorization.get("iam") == "ENABLED" and not encrypted:
        yield "transitEncryption must be ENABLED where iam is"
    if authorization.get("iam") == "ENABLED" and not job_role:
        yield "iam of an EFS volume needs a jobRoleArn"
