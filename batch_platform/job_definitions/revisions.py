"""Which revisions of a job definition stay ACTIVE.

A change registers a new revision and leaves the old ones ACTIVE, for callers that submit with the
ARN of one; for ever, unless something takes the oldest away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def surplus(active: Iterable[Mapping[str, Any]], keep: int) -> list[str]:
    """Return the ARNs of the revisions to deregister: all but the newest and ``keep`` before it.

    Args:
        active: the ACTIVE revisions of one name (DescribeJobDefinitions), in any order.
        keep: how many old ones stay.
    """
    newest_first = sorted(active, key=lambda each: int(each["revision"]), reverse=True)
    return [str(each["jobDefinitionArn"]) for each in newest_first[1 + keep :]]
