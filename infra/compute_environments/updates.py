"""Which edits of a compute environment AWS Batch makes in place, and which need a new one.

The rules are those of the service (AWS Batch user guide, "Updating compute environments") as the
provider applies them: ``resourceComputeEnvironmentCustomizeDiff`` in terraform-provider-aws 6.x,
``internal/service/batch/compute_environment.go``, which pulumi-aws 7 bridges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.settings.ec2_capacity import Ec2Capacity
from infra.settings.update_policy import UPDATABLE_STRATEGIES

if TYPE_CHECKING:
    from infra.settings.compute_environments import ComputeEnvironment
    from infra.settings.roles import Roles

LINKED = "linked"
"""The service-linked role AWSServiceRoleForBatch, as the config calls it."""


def updatable(service_role: str, allocation_strategy: str) -> bool:
    """Tell whether infrastructure updates are possible (``isUpdatableComputeEnvironment``).

    Args:
        service_role: ``linked`` or ``custom``.
        allocation_strategy: of the Batch API.
    """
    return service_role == LINKED and allocation_strategy in UPDATABLE_STRATEGIES


def identity(roles: Roles, environment: ComputeEnvironment) -> tuple[str, ...]:
    """Return what makes another environment of it, beside what the provider knows.

    Fargate's ``type`` is always among it: AWS Batch never changes it, and the provider forces
    nothing (user guide, "Updating compute environments": Fargate).

    The provider replaces neither for another kind of service role nor, where no infrastructure
    update is possible, for another ``type``: it calls UpdateComputeEnvironment, which refuses, or
    (the role's ARN left out) sees no change and leaves an environment whose role is deleted.
    """
    if isinstance(environment, Ec2Capacity) and updatable(
        roles.service_role, environment.allocation_strategy
    ):
        return (roles.service_role,)
    return (roles.service_role, environment.type)
