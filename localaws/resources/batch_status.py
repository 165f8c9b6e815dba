"""Waiting for what Batch validates after the call: compute environments and job queues."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from localaws.resources.clients import settle
from localaws.resources.resource_type import PartiallyCreated


def wait_valid(
    described: str,
    identifier: str,
    describe: Callable[[], Mapping[str, Any] | None],
    state: Callable[[Mapping[str, Any]], dict[str, Any]],
) -> None:
    """Wait until a resource's ``status`` is VALID.

    Args:
        described: the resource for messages, e.g. ``job queue <ARN>``.
        identifier: its ARN.
        describe: returns its detail as the Batch API has it, ``None`` if it is gone.
        state: turns such a detail into the resource's properties.

    Raises:
        PartiallyCreated: it is INVALID, or gone.
    """

    def is_valid() -> bool:
        detail = describe()
        if detail is None:
            raise PartiallyCreated(identifier, {}, f"{described} is DELETED: it is gone")
        status: str = detail["status"]
        if status in ("INVALID", "DELETING"):
            reason = detail.get("statusReason", "")
            raise PartiallyCreated(identifier, state(detail), f"{described} is {status}: {reason}")
        return status == "VALID"

    settle(described, is_valid)
