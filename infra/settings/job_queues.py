"""One entry of ``jobQueues``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from infra.settings.block import Block, Text, refuse_duplicates
from infra.settings.errors import refusal

MOST_ENVIRONMENTS = 3
"""Compute environments of one queue (AWS Batch service quotas)."""


class JobQueue(Block):
    """A job queue (CreateJobQueue).

    Attributes:
        priority: 0 to 1000; higher is looked at first where queues share an environment.
        compute_environments: keys of ``computeEnvironments``, in the order in which Batch tries.
        state: DISABLED takes no new jobs and finishes those it has.
    """

    priority: int = Field(1, ge=0, le=1000)
    compute_environments: tuple[Text, ...] = Field(min_length=1)
    state: Literal["ENABLED", "DISABLED"] = "ENABLED"

    @field_validator("compute_environments")
    @classmethod
    def _few_and_each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse_duplicates(value)
        if len(value) > MOST_ENVIRONMENTS:
            raise refusal(
                f"{len(value)} compute environments, and a queue has at most {MOST_ENVIRONMENTS}",
                "drop some, or spread them over two queues",
            )
        return value
