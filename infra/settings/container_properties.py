"""Which keys of the API's ContainerProperties a definition may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.settings.errors import did_you_mean, refusal

CONTAINER_PROPERTIES = frozenset(
    {
        "image",
        "command",
        "jobRoleArn",
        "executionRoleArn",
        "volumes",
        "environment",
        "mountPoints",
        "readonlyRootFilesystem",
        "privileged",
        "ulimits",
        "user",
        "instanceType",
        "resourceRequirements",
        "linuxParameters",
        "logConfiguration",
        "secrets",
        "enableExecuteCommand",
        "repositoryCredentials",
    }
)
"""Keys of the API's ContainerProperties that EC2 jobs may have."""

FARGATE_PROPERTIES = {
    "networkConfiguration": "assign_public_ip",
    "fargatePlatformConfiguration": "platform_version",
    "ephemeralStorage": "ephemeral_storage",
    "runtimePlatform": "cpu_architecture",
}
"""Those of Fargate, and the attribute of :class:`Fargate` that gives each."""


def refuse_unknown_properties(value: Mapping[str, Any], platform: str) -> None:
    """Refuse a key that ContainerProperties has not, has no more, or has not on ``platform``.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    for key in value:
        if key in {"vcpus", "memory"}:
            fix = f"use the short key `{key}` beside `image`, or resourceRequirements"
            raise refusal("the API's old form of a resource requirement", fix, key)
        if key in FARGATE_PROPERTIES and platform == "EC2":
            fix = "drop it, or use `platform: FARGATE`"
            raise refusal("it applies to Fargate alone, and this runs on EC2", fix, key)
        if key not in CONTAINER_PROPERTIES | FARGATE_PROPERTIES.keys():
            near = did_you_mean(key, CONTAINER_PROPERTIES)
            known = ", ".join(sorted(CONTAINER_PROPERTIES))
            raise refusal(f"unknown key{near}", f"use the API's keys: {known}", key)
