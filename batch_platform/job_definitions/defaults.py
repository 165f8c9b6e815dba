"""What the stack gives to its job definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batch_platform.job_definitions.containers import Defaults
from batch_platform.settings.container_options import to_api

if TYPE_CHECKING:
    from batch_platform.plan import Plan


def defaults(
    plan: Plan, key: str, *, log_group: str, execution_role: str, job_role: str
) -> Defaults:
    """Return the defaults of the job definition ``key``.

    Args:
        plan: of the stack.
        key: of the definition; the first part of its log streams.
        log_group: name of the stack's log group.
        execution_role: ARN of the stack's.
        job_role: ARN of the definition's own or the stack's.
    """
    settings = plan.settings
    return Defaults(
        log_configuration=log_configuration(log_group, settings.region, key),
        execution_role_arn=execution_role,
        job_role_arn=job_role,
        # Without one a task could not pull its image where the way out is an internet gateway.
        assign_public_ip=settings.network.mode == "public",
        hardening=to_api(settings.job_defaults),
    )


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
