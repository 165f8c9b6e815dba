"""Whether a failed attempt is tried again (API: RetryStrategy, EvaluateOnExit)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.batch.models import Attempt


def is_retried(strategy: Mapping[str, Any], attempts_made: int, attempt: Attempt) -> bool:
    """Decide on the attempt that just failed.

    Entries of ``evaluateOnExit`` are looked at in order; the first whose conditions all match
    decides, and if none matches the job is retried while attempts are left.
    """
    if attempts_made >= int(strategy.get("attempts", 1)):
        return False
    for rule in strategy.get("evaluateOnExit", ()):
        if _matches(rule, attempt):
            return str(rule["action"]).upper() == "RETRY"
    return True


def _matches(rule: Mapping[str, Any], attempt: Attempt) -> bool:
    exit_code = "" if attempt.exit_code is None else str(attempt.exit_code)
    observed = {
        "onStatusReason": attempt.status_reason or "",
        "onReason": attempt.reason or "",
        "onExitCode": exit_code,
    }
    return all(
        _glob(rule[condition], value) for condition, value in observed.items() if condition in rule
    )


def _glob(pattern: str, value: str) -> bool:
    """Match with AWS's only wildcard: ``*`` at the end."""
    if pattern.endswith("*"):
        return value.startswith(pattern[:-1])
    return value == pattern
