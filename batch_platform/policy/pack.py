"""All policies of the pack."""

from __future__ import annotations

from pulumi_policy import Policy, ResourceValidationPolicy, StackValidationPolicy

from policy import access, instances, jobs, network, observability

POLICIES: list[Policy] = [
    policy
    for module in (instances, network, access, observability, jobs)
    for policy in vars(module).values()
    if isinstance(policy, ResourceValidationPolicy | StackValidationPolicy)
]
