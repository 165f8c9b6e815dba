"""A statement of a bucket's policy counts only under its conditions."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket


def correct() -> None:
    """Leave statements with conditions to the door, which knows them; to moto they all deny.

    With it, nobody could use a bucket that denies requests without TLS.
    """
    FakeBucket.get_permission = _permission  # type: ignore[method-assign]


def _permission(self: FakeBucket, action: str, resource: str) -> Any:
    if self.policy is None:
        return PermissionResult.NEUTRAL
    document = json.loads(self.policy)
    statements = document["Statement"]
    every = [statements] if isinstance(statements, dict) else statements
    plain = [each for each in every if not each.get("Condition")]
    if not plain:
        return PermissionResult.NEUTRAL
    policy = IAMPolicy(json.dumps({**document, "Statement": plain}))
    return policy.is_action_permitted(action, resource)
