"""Patterns of EventBridge for what AWS Batch tells (user guide, AWS Batch events).

A pattern names job queues by their ARNs, so that an environment hears of its own jobs alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Pattern = Mapping[str, Any]

STATE_CHANGE = "Batch Job State Change"
QUEUE_BLOCKED = "Batch Job Queue Blocked"

LONGEST_PATTERN = 2048
"""Characters (EventBridge quotas)."""
BESIDE_QUEUES = 300
"""Characters of a pattern that are no queue's, at most."""
LONGEST_ARN_PREFIX = 72
"""Characters of a queue's ARN before its name."""
SUFFIX = 8
"""Characters that the engine adds to a name."""

INVALID_ENVIRONMENTS = "ACTION_REQUIRED - CE(s) associated with the job queue are invalid"
"""Status reason of a job whose queue has no valid environment (user guide, stuck in RUNNABLE).

AWS Batch has no event for the compute environment itself: it tells when a job waits for it.
"""


def groups(names: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Divide the queues so that the pattern of each group is within EventBridge's limit.

    Args:
        names: key of a queue to its logical name.

    Returns:
        Keys, by name; mostly one group.
    """
    result: list[list[str]] = []
    left = 0
    for key, name in sorted(names.items()):
        length = LONGEST_ARN_PREFIX + len(name) + SUFFIX + len('"",')
        if not result or length > left:
            result.append([])
            left = LONGEST_PATTERN - BESIDE_QUEUES
        result[-1].append(key)
        left -= length
    return [tuple(group) for group in result]


def state_changes(queue_arns: Sequence[str]) -> Pattern:
    """Match every change of a job's status."""
    return _pattern(STATE_CHANGE, {"jobQueue": sorted(queue_arns)})


def failures(queue_arns: Sequence[str]) -> Pattern:
    """Match jobs that failed for good; an array or multi-node job once, not each part of it."""
    absent = [{"exists": False}]
    detail = {
        "status": ["FAILED"],
        "jobQueue": sorted(queue_arns),
        "arrayProperties": {"index": absent},
        "nodeProperties": {"nodeIndex": absent},
    }
    return _pattern(STATE_CHANGE, detail)


def blocked(queue_arns: Sequence[str]) -> Pattern:
    """Match jobs that block their queue for another reason than invalid environments."""
    reason = {"anything-but": {"prefix": INVALID_ENVIRONMENTS}}
    return _pattern(QUEUE_BLOCKED, {"jobQueue": sorted(queue_arns), "statusReason": [reason]})


def invalid_environments(queue_arns: Sequence[str]) -> Pattern:
    """Match jobs that wait because all compute environments of their queue are INVALID."""
    reason = {"prefix": INVALID_ENVIRONMENTS}
    return _pattern(QUEUE_BLOCKED, {"jobQueue": sorted(queue_arns), "statusReason": [reason]})


def created_objects(bucket: str, prefix: str | None, suffix: str | None) -> Pattern:
    """Match objects that are created in a bucket (S3 user guide, "Using EventBridge").

    Args:
        bucket: its name.
        prefix: what their keys begin with; None for any.
        suffix: what their keys end with; None for any.
    """
    detail: dict[str, Any] = {"bucket": {"name": [bucket]}}
    if prefix and suffix:  # of two filters in a list one is enough
        detail["object"] = {"key": [{"wildcard": f"{prefix}*{suffix}"}]}
    elif prefix or suffix:
        found = {"prefix": prefix} if prefix else {"suffix": suffix}
        detail["object"] = {"key": [found]}
    return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}


def _pattern(kind: str, detail: Mapping[str, Any]) -> Pattern:
    return {"source": ["aws.batch"], "detail-type": [kind], "detail": detail}


def numbered(what: str, count: int) -> Iterable[str]:
    """Return a name for each of ``count`` groups: ``what``, ``what-2`` and so on."""
    return [what if number == 1 else f"{what}-{number}" for number in range(1, count + 1)]
