"""A request as it is compared with an earlier one. Pure."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from batchsdk import sweep_task


def uncompressed(value: Any) -> Any:
    """Return a request, or a part of it, with the table of a sweep as its text.

    A table that an earlier version did not compress is the same table.
    """
    if isinstance(value, Mapping):
        if value.get("name") == sweep_task.TABLE:
            with contextlib.suppress(ValueError):  # the user's own variable
                return {**value, "value": sweep_task.plain(value["value"])}
        return {name: uncompressed(each) for name, each in value.items()}
    return [uncompressed(each) for each in value] if isinstance(value, list) else value
