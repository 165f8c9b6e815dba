"""Who reaches the instance metadata service (IMDS), and with it the role of the instance. Pure.

A hop limit of 1 keeps out what is behind a network of its own: containers of multi-node jobs
(network mode ``awsvpc``). Jobs of one node run in the network of their instance (``host``), as
near to the service as the instance itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from batch_platform.job_definitions.containers import Defaults, document
from batch_platform.job_definitions.read_only_root import is_root
from batch_platform.settings.container_options import to_api

if TYPE_CHECKING:
    from batch_platform.settings import Settings

ADDRESS = "169.254.169.254"


def roots_that_reach_it(settings: Settings) -> Iterator[str]:
    """Yield a warning for each definition that ``blockImds`` does not keep out, being root's.

    Args:
        settings: of the stack; whether its definitions run on the environments that block, or on
            others, only queues tell, so one that blocks is enough.
    """
    blocking = [
        key for key, instances in settings.instances.items() if instances.launch_template.block_imds
    ]
    hardening = to_api(settings.job_defaults)
    for key, definition in settings.job_definitions.items() if blocking else ():
        if definition.platform == "EC2" and definition.node_properties is None:
            value = document(definition, Defaults(hardening=hardening))
            if any(is_root(each.get("user")) for each in _containers(value)):
                yield (
                    f"jobDefinitions.{key}: it runs as root, whom blockImds of computeEnvironments."
                    f"{blocking[0]} does not keep from the instance's role; write user, e.g. "
                    f"'1000:1000', there or in jobDefaults"
                )


def _containers(value: dict[str, Any]) -> list[dict[str, Any]]:
    tasks = value.get("taskProperties") or [{"containers": [value]}]
    return [container for task in tasks for container in task["containers"]]
