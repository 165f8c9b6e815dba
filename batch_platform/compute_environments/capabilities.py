"""What a job definition wants of a compute environment besides room: log drivers, Windows. Pure.

AWS Batch takes jobs whose environment lacks it, and never starts them (API: LogConfiguration,
RuntimePlatform; user guide, "Jobs stuck in a RUNNABLE status").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batch_platform.compute_environments.user_data import parts
from batch_platform.job_definitions.containers import (
    linux_parameters_of,
    log_drivers_of,
    runs_on_windows,
)
from batch_platform.settings.ec2_capacity import Ec2Capacity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batch_platform.settings import Settings
    from batch_platform.settings.compute_environments import ComputeEnvironment
    from batch_platform.settings.job_definitions import JobDefinition

LOG_DRIVERS = frozenset({"awsfirelens", "awslogs", "fluentd", "json-file", "syslog"})
"""What the agent of an ECS-optimized AMI registers (amazon-ecs-init; FireLens is a capability of
its own)."""

SETTING = "ECS_AVAILABLE_LOGGING_DRIVERS"

_CONFIGURED = re.compile(SETTING + r"=[^\[\n]*\[([^\]\n]*)\]")


def lacks(environment: ComputeEnvironment, definition: JobDefinition) -> str:
    """Return what the environment lacks for ever, as the end of "in <key>, …"; else nothing."""
    if not isinstance(environment, Ec2Capacity):
        if environment.type == "FARGATE_SPOT" and runs_on_windows(definition):
            return "which is FARGATE_SPOT, there are no Windows containers"
        return ""
    known = log_drivers(environment)
    missing = () if known is None else sorted(log_drivers_of(definition) - known)
    if not missing:
        return ""
    return (
        f"the ECS agent registers no log driver {', '.join(missing)} (launchTemplate.ecsAgent: "
        f'{{{SETTING}: \'["{missing[0]}", "awslogs"]\'}} does where it is installed)'
    )


def log_drivers(environment: Ec2Capacity) -> frozenset[str] | None:
    """Return the log drivers that the agent registers; None of an AMI of the user's own."""
    if environment.image_id_override is not None:
        return None
    text = "\n".join(part.content for part in parts(environment.launch_template))
    found = _CONFIGURED.findall(text)
    if not found:
        return LOG_DRIVERS
    return frozenset(re.findall(r"[a-z]+(?:-[a-z]+)*", found[-1])) | {"awsfirelens"}


def swap_nowhere(settings: Settings) -> Iterator[str]:
    """Yield a warning for each definition that asks for swap where no instance has any.

    ECS-optimized AMIs have none (API: LinuxParameters.swappiness); an AMI or user data of the
    user's own may make some.
    """
    instances = [
        each for each in settings.compute_environments.values() if isinstance(each, Ec2Capacity)
    ]
    if any(each.image_id_override or each.launch_template.user_data for each in instances):
        return
    for key, definition in settings.job_definitions.items():
        if any(each.get("maxSwap") for each in linux_parameters_of(definition)):
            yield (
                f"jobDefinitions.{key}: it asks for swap (maxSwap), and ECS-optimized AMIs have "
                f"none, so its containers get none; make a swap file in launchTemplate.userData, "
                f"or drop maxSwap"
            )
