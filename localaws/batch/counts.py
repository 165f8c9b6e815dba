"""How much there is of what: for `localaws status`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from localaws.batch.state import BatchState


def count(states: Iterable[BatchState]) -> dict[str, Any]:
    """Count resources over accounts and regions, and jobs by their status."""
    states = list(states)
    return {
        "computeEnvironments": sum(len(each.compute_environments) for each in states),
        "jobQueues": sum(len(each.job_queues) for each in states),
        "jobDefinitions": sum(len(each.job_definitions) for each in states),
        "jobs": dict(Counter(str(job.status) for each in states for job in each.jobs.values())),
    }
