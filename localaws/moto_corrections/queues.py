"""SQS gives a RedrivePolicy back without blanks."""

from __future__ import annotations

import json
from typing import Any, cast

from moto.sqs.models import Queue

_attributes = cast("property", Queue.attributes)


def correct() -> None:
    """Write the policy as SQS does, or a provider that compares texts sees a change."""
    Queue.attributes = property(_with_compact_policy)  # type: ignore[assignment]


def _with_compact_policy(self: Queue) -> dict[str, Any]:
    found: dict[str, Any] = _attributes.__get__(self)
    if found.get("RedrivePolicy") is not None:
        policy = json.loads(found["RedrivePolicy"])
        found["RedrivePolicy"] = json.dumps(policy, separators=(",", ":"))
    return found
