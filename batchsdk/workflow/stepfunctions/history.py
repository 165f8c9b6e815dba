"""How much of an execution's history its states take: AWS ends one whose history is full. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

_MOST_EVENTS = 25_000
"""Of one execution (Step Functions developer guide, "Quotas related to state machine executions").
"""
_OF_A_TASK = 5
"""TaskStateEntered, TaskScheduled, TaskStarted, TaskSucceeded, TaskStateExited."""
_OF_A_STATE = 2
_OF_A_STEP = 8
"""In the Map state: of the iteration, and of each state in it."""


def longest(made: Mapping[str, Any], every: int) -> timedelta:
    """Return how long an execution can go on.

    Args:
        made: a state machine of :mod:`batchsdk.workflow.stepfunctions.state_machine`.
        every: seconds between two looks at its jobs.
    """
    states = made["States"]
    looks = sum("describeJobs" in state.get("Resource", "") for state in states.values())
    of_a_look = _OF_A_TASK * looks + 3 * _OF_A_STATE  # to wait, to take, to judge
    steps = len(states["Sum up"]["Parameters"]["steps"])
    of_the_rest = _OF_A_TASK * len(states) + _OF_A_STEP * steps
    return timedelta(seconds=max((_MOST_EVENTS - of_the_rest) // of_a_look, 0) * every)
