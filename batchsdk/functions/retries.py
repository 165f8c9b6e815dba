"""Whether AWS Batch makes another attempt at a call whose function has raised. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_RAISED = {
    "onExitCode": "1",
    "onReason": "",
    "onStatusReason": "Essential container in task exited",
}
"""What the conditions of a rule are compared with: the exit code of
:mod:`batchsdk.functions.task`, and what AWS Batch says of a container that ended by itself."""


def attempts_of(strategy: Mapping[str, Any]) -> int:
    """Return how many attempts AWS Batch makes at most where each one raises.

    The first rule whose conditions all hold decides; without one the job is retried.

    Args:
        strategy: of the job (API: RetryStrategy).
    """
    attempts = int(strategy.get("attempts", 1))
    for rule in strategy.get("evaluateOnExit") or ():
        conditions = [(rule[name], text) for name, text in _RAISED.items() if rule.get(name)]
        if all(_holds(pattern, text) for pattern, text in conditions):
            return 1 if str(rule["action"]).upper() == "EXIT" else attempts
    return attempts


def _holds(pattern: str, text: str) -> bool:
    """Tell whether a text matches a pattern, which may end in ``*`` (API: EvaluateOnExit)."""
    if pattern.endswith("*"):
        return text.lower().startswith(pattern[:-1].lower())
    return text.lower() == pattern.lower()
