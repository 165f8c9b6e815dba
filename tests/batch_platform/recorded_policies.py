"""The policy pack over a recorded run, as the engine would ask it."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pulumi_policy import (
    Policy,
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
)
from pulumi_policy.proxy import unknown_checking_proxy

from tests.batch_platform.recorded_run import Registered


class Args(ResourceValidationArgs):
    """What a policy about one resource is given; the SDK's own tells the engine by an error."""

    def not_applicable(self, reason: str | None = None) -> None:
        """Take note of nothing: it is no violation."""


class StackArgs(StackValidationArgs):
    """The same for a policy about all resources."""

    def not_applicable(self, reason: str | None = None) -> None:
        """Take note of nothing: it is no violation."""


Violations = dict[str, list[str]]
"""What each policy that is violated says."""


def violations(policies: Iterable[Policy], resources: list[Registered]) -> Violations:
    """Ask every policy about every resource, and about all of them."""
    found: Violations = defaultdict(list)
    made = _resources(resources)
    for policy in policies:

        def report(message: str, urn: str | None, policy: Policy = policy) -> None:
            found[policy.name].append(message)

        if isinstance(policy, ResourceValidationPolicy):
            for each in made:
                args = Args(each.resource_type, each.props, each.urn, each.name, each.opts, None)
                policy.validate(args, report)
        else:
            policy.validate(StackArgs(made), report)
    return dict(found)


def _resources(resources: list[Registered]) -> list[PolicyResource]:
    options = PolicyResourceOptions(
        protect=False,
        ignore_changes=[],
        delete_before_replace=None,
        aliases=[],
        custom_timeouts=PolicyCustomTimeouts(0, 0, 0),
        additional_secret_outputs=[],
        parent=None,
    )
    made = {
        each.urn: PolicyResource(
            each.typ, _props(each.inputs), each.urn, each.name, options, None, None, [], {}
        )
        for each in resources
    }
    for each in resources:
        made[each.urn].property_dependencies = {
            key: [made[urn] for urn in urns if urn in made]
            for key, urns in each.property_dependencies.items()
        }
    return list(made.values())


def _props(inputs: dict[str, Any]) -> dict[str, Any]:
    """Wrap the inputs as the SDK does, so that a policy meets neither dict nor list."""
    return unknown_checking_proxy(copy.deepcopy(inputs))
