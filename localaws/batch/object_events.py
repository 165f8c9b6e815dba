"""What S3 tells EventBridge of an object, where its bucket has that switched on.

Source: S3 user guide, "EventBridge event message structure". moto has other names and none of the
ids, and sends to fewer targets.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.s3 import notifications

Listener = Callable[[str, str, dict[str, Any]], None]
"""Account, region and event."""

REASONS = {
    "Put": "PutObject",
    "Post": "POST Object",
    "Copy": "CopyObject",
    "CompleteMultipartUpload": "CompleteMultipartUpload",
}
"""The last part of moto's name of an event to what the event says of it."""
_detail_type = notifications._detail_type


_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have a listener hear of every object of a bucket whose events go to EventBridge."""
    _listeners.append(listener)
    notifications._send_event_bridge_message = _send


def stop_listening(listener: Listener) -> None:
    """Have a listener hear no more."""
    _listeners.remove(listener)


def _send(account_id: str, bucket: Any, event_name: Any, key: Any) -> None:
    event = _event(account_id, bucket, str(event_name.value), key)
    for listener in _listeners:
        listener(account_id, bucket.region_name, event)


def _event(account_id: str, bucket: Any, event_name: str, key: Any) -> dict[str, Any]:
    version = {"version-id": key.version_id} if bucket.versioning_status else {}
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": _detail_type(event_name),
        "source": "aws.s3",
        "account": account_id,
        "time": datetime.fromtimestamp(int(time.time()), UTC).isoformat()[:19] + "Z",
        "region": bucket.region_name,
        "resources": [bucket.arn],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": {
                "key": key.name,
                "size": key.size,
                "etag": key.etag.replace('"', ""),
                **version,
                "sequencer": f"{time.time_ns():016X}",
            },
            "request-id": uuid.uuid4().hex[:16].upper(),
            "requester": account_id,
            "source-ip-address": "127.0.0.1",
            "reason": REASONS.get(event_name.rpartition(":")[2], event_name.partition(":")[2]),
        },
    }
