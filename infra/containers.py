"""The container properties of a job definition, in the one form that never differs by accident."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.settings.job_definitions import REQUIREMENTS, JobDefinition, requirements

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_VCPUS = 1


def image_of(definition: JobDefinition) -> str:
    """Return the image, wherever the config gives it."""
    return definition.image or str(definition.container_properties["image"])


def command_of(definition: JobDefinition) -> tuple[str, ...]:
    """Return the command, empty where the image decides."""
    if definition.command is not None:
        return definition.command
    return tuple(definition.container_properties.get("command", ()))


def resources_of(definition: JobDefinition) -> dict[str, str]:
    """Return the resource requirements by type, e.g. ``{"MEMORY": "512", "VCPU": "1"}``.

    VCPU is in vCPUs, MEMORY in MiB, GPU in whole GPUs.
    """
    given = requirements(definition.container_properties)
    short = {
        REQUIREMENTS[key]: str(value)
        for key, value in (("vcpus", definition.vcpus), ("memory", definition.memory))
        if value is not None
    }
    return {"VCPU": str(DEFAULT_VCPUS)} | given | short


def container_properties(
    definition: JobDefinition, log_configuration: Mapping[str, Any], roles: Mapping[str, str]
) -> str:
    """Return canonical JSON: sorted, camelCase, without empty values.

    The same config gives the same text, so that an update without a change makes no revision.

    Args:
        definition: an entry of ``jobDefinitions``; its own containerProperties win.
        log_configuration: the API's LogConfiguration for definitions without one of their own.
        roles: ``executionRoleArn`` and ``jobRoleArn`` for definitions without their own.
    """
    own = definition.container_properties
    resources = sorted(resources_of(definition).items())
    properties: dict[str, Any] = {
        "logConfiguration": log_configuration,
        **roles,
        **own,
        "image": image_of(definition),
        "command": list(command_of(definition)),
        "resourceRequirements": [{"type": kind, "value": value} for kind, value in resources],
    }
    if definition.environment:
        properties["environment"] = [
            {"name": name, "value": value} for name, value in sorted(definition.environment.items())
        ]
    return json.dumps(_filled(properties), sort_keys=True, separators=(",", ":"))


def log_configuration(log_group: str, region: str, stream_prefix: str) -> dict[str, Any]:
    """Return the API's LogConfiguration for the awslogs driver.

    Args:
        log_group: its name.
        region: AWS region of the group.
        stream_prefix: first part of the stream name ``<prefix>/default/<ecs task id>``.
    """
    options = {
        "awslogs-group": log_group,
        "awslogs-region": region,
        "awslogs-stream-prefix": stream_prefix,
    }
    return {"logDriver": "awslogs", "options": options}


def _filled(value: Any) -> Any:
    """Drop what is empty, in depth; 0, False and the empty text of a variable stay."""
    if isinstance(value, dict):
        inner = {key: _filled(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item not in (None, [], {})}
    return [_filled(item) for item in value] if isinstance(value, list) else value
