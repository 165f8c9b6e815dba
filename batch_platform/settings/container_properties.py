"""Which keys of the API's ContainerProperties a definition may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batch_platform.settings.errors import did_you_mean, refusal

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
        "resourceRequirements",
        "linuxParameters",
        "logConfiguration",
        "secrets",
        "enableExecuteCommand",
        "repositoryCredentials",
    }
)
"""Keys of the API's ContainerProperties that EC2 jobs may have, of one node or of several."""

OF_NODES = "instanceType"
"""The further key of a container that several nodes run (ContainerProperties: "not applicable to
single-node container jobs or jobs that run on Fargate resources")."""

FARGATE_PROPERTIES = {
    "networkConfiguration": "assign_public_ip",
    "fargatePlatformConfiguration": "platform_version",
    "ephemeralStorage": "ephemeral_storage",
    "runtimePlatform": "cpu_architecture",
}
"""Those of Fargate, and the attribute of :class:`Fargate` that gives each."""


def refuse_unknown_properties(
    value: Mapping[str, Any], platform: str, *below: str | int, of_nodes: bool = False
) -> None:
    """Refuse a key that ContainerProperties has not, has no more, or has not on ``platform``.

    Args:
        value: in the API's form.
        platform: ``EC2`` or ``FARGATE``.
        below: where it is.
        of_nodes: whether it is of a job of several nodes.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    for key in value:
        if key in {"vcpus", "memory"}:
            short = "" if of_nodes else f"the short key `{key}` beside `image`, or "
            fix = f"use {short}resourceRequirements"
            raise refusal("the API's old form of a resource requirement", fix, *below, key)
        if key == OF_NODES:
            if of_nodes:
                continue
            fault = "it applies only to multi-node jobs, and this job has one container"
            fix = "drop it, or write `instanceTypes` of the compute environment"
            raise refusal(fault, fix, *below, key)
        if key in FARGATE_PROPERTIES and platform == "EC2":
            fix = "drop it" if of_nodes else "drop it, or use `platform: FARGATE`"
            raise refusal("it applies only to Fargate, and this runs on EC2", fix, *below, key)
        if key not in CONTAINER_PROPERTIES | FARGATE_PROPERTIES.keys():
            near = did_you_mean(key, CONTAINER_PROPERTIES)
            known = ", ".join(sorted(CONTAINER_PROPERTIES))
            raise refusal(f"unknown key{near}", f"use the API's keys: {known}", *below, key)
