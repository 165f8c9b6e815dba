"""SQS gives a RedrivePolicy back without blanks, and a message costs no count of all others."""

from __future__ import annotations

import json
import threading
from typing import Any, cast

from moto.sqs.models import Message, Queue, SQSBackend

_attributes = cast("property", Queue.attributes)
_send_message = SQSBackend.send_message
_thread = threading.local()


def correct() -> None:
    """Write the policy as SQS does, or a provider that compares texts sees a change.

    moto counts the messages of a queue whenever it looks at one of its attributes, also to send
    one: ten thousand messages took minutes.
    """
    Queue.attributes = property(_with_compact_policy)  # type: ignore[assignment]
    SQSBackend.send_message = _sent  # type: ignore[method-assign]


def _sent(self: SQSBackend, *arguments: Any, **named: Any) -> Message:
    _thread.is_sending = True
    try:
        return _send_message(self, *arguments, **named)
    finally:
        _thread.is_sending = False


def _with_compact_policy(self: Queue) -> dict[str, Any]:
    if getattr(_thread, "is_sending", False):
        name = "content_based_deduplication"
        return {"ContentBasedDeduplication": str(getattr(self, name)).lower()}
    found: dict[str, Any] = _attributes.__get__(self)
    if found.get("RedrivePolicy") is not None:
        policy = json.loads(found["RedrivePolicy"])
        found["RedrivePolicy"] = json.dumps(policy, separators=(",", ":"))
    return found
