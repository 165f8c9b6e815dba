"""What every object of one connection shares."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchsdk import limits
from batchsdk.clock import Clock
from batchsdk.contract import StackOutputs
from batchsdk.detail import JobDetail
from batchsdk.transport import Transport


@dataclass(frozen=True, kw_only=True)
class Session:
    """A way to AWS, the stack's outputs, and the sources of time and chance."""

    outputs: StackOutputs
    transport: Transport
    clock: Clock
    randomness: random.Random
    command: str = "batchsdk"
    """The command line that reaches the same stack, for hints: e.g. ``batchsdk --stack dev``."""

    def describe(self, job_ids: Sequence[str]) -> list[JobDetail]:
        """Describe any number of jobs; those that Batch does not know are left out."""
        found: list[Mapping[str, Any]] = []
        for start in range(0, len(job_ids), limits.DESCRIBE_JOBS):
            found += self.transport.describe_jobs(job_ids[start : start + limits.DESCRIBE_JOBS])
        return [JobDetail.from_response(raw) for raw in found]

    def describe_one(self, job_id: str) -> JobDetail | None:
        """Describe one job; ``None`` if Batch does not know it."""
        return next((each for each in self.describe([job_id]) if each.job_id == job_id), None)
