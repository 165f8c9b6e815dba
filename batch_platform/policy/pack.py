"""All policies of the pack."""

from __future__ import annotations

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyPack,
    ResourceValidationPolicy,
    StackValidationPolicy,
)

from batch_platform.policy import access, images, instances, jobs, network, observability, storage

POLICIES: list[Policy] = [
    policy
    for module in (instances, network, access, observability, storage, jobs, images)
    for policy in vars(module).values()
    if isinstance(policy, ResourceValidationPolicy | StackValidationPolicy)
]


def serve() -> None:
    """Serve the pack, as the engine's language host does, until the engine is done."""
    PolicyPack("batch-platform", POLICIES, enforcement_level=EnforcementLevel.MANDATORY)
