"""A dead-letter queue, and what has come to it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from tests.aws_clients import client_of


def dead_letters(local: Any) -> tuple[dict[str, Any], Callable[[], dict[str, Any] | None]]:
    """Make a queue; return what names it in a target, and a function that reads one message of it.

    A message is its body, under ``body``, and its attributes by their names.
    """
    sqs, name = client_of(local, "sqs"), f"dead-{uuid.uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]

    def read() -> dict[str, Any] | None:
        answer = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])
        (message,) = answer.get("Messages", [None])
        return message and {
            "body": json.loads(message["Body"]),
            **{key: each["StringValue"] for key, each in message["MessageAttributes"].items()},
        }

    return {"DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:123456789012:{name}"}}, read
