"""Whether jobs of several nodes are given the EFA devices of their instances. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batch_platform.job_definitions.containers import Defaults, document
from batch_platform.settings.container_options import to_api

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batch_platform.settings import Settings

DEVICE = "/dev/infiniband/uverbs0"
"""The first adapter: "The job definition must include a devices member with hostPath set to
/dev/infiniband/uverbs0" (AWS Batch user guide, Elastic Fabric Adapter)."""

PERMISSIONS = {"READ", "WRITE", "MKNOD"}
"""\"If permissions is set it must be set to READ | WRITE | MKNOD\" (likewise)."""


def without_adapters(settings: Settings) -> Iterator[str]:
    """Yield a warning for each definition of several nodes that leaves EFA unused.

    Args:
        settings: of the stack; whether its definitions run on the environments with EFA, or on
            others, only queues tell, so one that has it is enough.
    """
    having = [
        key
        for key, environment in settings.compute_environments.items()
        if (template := getattr(environment, "launch_template", None)) and template.efa
    ]
    hardening = to_api(settings.job_defaults)
    for key, definition in settings.job_definitions.items() if having else ():
        if definition.node_properties is None:
            continue
        value = document(definition, Defaults(hardening=hardening))
        if not all(map(_has_adapter, _containers(value))):
            yield (
                f"jobDefinitions.{key}: its nodes do not use the EFA of "
                f"computeEnvironments.{having[0]}; give each container in linuxParameters.devices "
                f"`{{hostPath: {DEVICE}}}`, with no other containerPath, and no permissions or all "
                f"three"
            )


def _has_adapter(container: Mapping[str, Any]) -> bool:
    devices = (container.get("linuxParameters") or {}).get("devices") or ()
    return any(
        each.get("hostPath") == DEVICE
        and each.get("containerPath", DEVICE) == DEVICE
        and {*(each.get("permissions") or PERMISSIONS)} == PERMISSIONS
        for each in devices
    )


def _containers(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the containers of every group of nodes, each in one of the two forms of the API."""
    for group in value["nodeRangeProperties"]:
        if "container" in group:
            yield group["container"]
        for task in (group.get("ecsProperties") or {}).get("taskProperties", ()):
            yield from task["containers"]
