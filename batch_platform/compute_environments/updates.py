"""Which edits of a compute environment AWS Batch makes in place, and which need a new one.

The rules are those of the service (AWS Batch user guide, "Updating compute environments") as the
provider applies them: ``resourceComputeEnvironmentCustomizeDiff`` in terraform-provider-aws 6.x,
``internal/service/batch/compute_environment.go``, which pulumi-aws 7 bridges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batch_platform.settings.ec2_capacity import Ec2Capacity
from batch_platform.settings.unmanaged import UnmanagedEnvironment
from batch_platform.settings.update_policy import UPDATABLE_STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batch_platform.settings import Settings
    from batch_platform.settings.compute_environments import ComputeEnvironment
    from batch_platform.settings.roles import Roles

LINKED = "linked"
"""The service-linked role AWSServiceRoleForBatch, as the config calls it."""

CUSTOM = "custom"


def service_role(roles: Roles) -> str:
    """Return ``linked``, or ``custom`` for any other role, whoever made it."""
    return CUSTOM if roles.has_own_service_role else LINKED


def updatable(service_role: str, allocation_strategy: str) -> bool:
    """Tell whether infrastructure updates are possible (``isUpdatableComputeEnvironment``).

    Args:
        service_role: ``linked`` or ``custom``.
        allocation_strategy: of the Batch API.
    """
    return service_role == LINKED and allocation_strategy in UPDATABLE_STRATEGIES


def idle_update_policies(settings: Settings) -> Iterator[str]:
    """Yield a warning for each update policy that never counts, since nothing is updated by it.

    With a strategy that has no infrastructure updates it is refused; with the stack's own service
    role it may be there for the day on which the role is given up.
    """
    kind = service_role(settings.roles)
    if kind == LINKED:
        return
    for key, environment in settings.compute_environments.items():
        if getattr(environment, "update_policy", None):
            yield (
                f"computeEnvironments.{key}.updatePolicy: with roles.serviceRole "
                f"{kind} an edit replaces the environment, so the update "
                f"policy never takes effect; use serviceRole linked, or remove updatePolicy"
            )


def identity(roles: Roles, environment: ComputeEnvironment) -> tuple[str, ...]:
    """Return what makes another environment of it, beside what the provider knows.

    Fargate's ``type`` is always among it: AWS Batch never changes it, and the provider forces
    nothing (user guide, "Updating compute environments": Fargate).

    The provider replaces neither for another kind of service role nor, where no infrastructure
    update is possible, for another ``type``: it calls UpdateComputeEnvironment, which refuses, or
    (the role's ARN left out) sees no change and leaves an environment whose role is deleted.

    With Elastic Fabric Adapters the security groups are the launch template's, and an update that
    leaves them out of the environment changes nothing there.
    """
    if isinstance(environment, UnmanagedEnvironment):
        return (CUSTOM, environment.type)  # it never has the service-linked one
    found = [service_role(roles)]
    if not isinstance(environment, Ec2Capacity):
        return (*found, environment.type)
    if not updatable(service_role(roles), environment.allocation_strategy):
        found.append(environment.type)
    if environment.launch_template.efa:
        found.append("efa")
    return tuple(found)
