"""One entry of ``jobQueues``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from batch_platform.settings.block import Block, Text, refuse_duplicates
from batch_platform.settings.errors import refusal, shown
from batch_platform.settings.fair_share import FairsharePolicy
from batch_platform.settings.refused import REFUSED, Refused

MOST_ENVIRONMENTS = 3
"""Compute environments of one queue (AWS Batch service quotas)."""

TIME_LIMITS = "TIME_LIMITS"
"""Part of the identity of a queue that has time limits."""

FIFO, FAIR_SHARE = "FIFO", "FAIR_SHARE"
"""How a queue schedules, which it cannot change (API UpdateJobQueue, schedulingPolicyArn)."""


class JobStateTimeLimitAction(Block):
    """What happens to a job that blocks the head of its queue (API JobStateTimeLimitAction).

    Attributes:
        reason: why the job is blocked; the three reasons that AWS Batch can act on (user guide,
            automatic remediation with jobStateTimeLimitActions).
        max_time_seconds: seconds, 600 to 86400, that the job may block the queue for that reason.
        state: RUNNABLE is the only value.
        action: CANCEL, the only action for queues of compute environments.
    """

    reason: Literal[
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    ]
    max_time_seconds: int = Field(ge=600, le=86_400)
    state: Literal["RUNNABLE"] = "RUNNABLE"
    action: str = Field("CANCEL", json_schema_extra={"enum": ["CANCEL"]})

    @field_validator("action")
    @classmethod
    def _fits_compute_environments(cls, value: str) -> str:
        if value == "TERMINATE":
            raise refusal(
                "'TERMINATE' is for queues of SageMaker training, and this one has compute "
                "environments",
                "write CANCEL, or leave it out",
            )
        if value != "CANCEL":
            raise refusal(f"{shown(value)} is not CANCEL, the only action", "leave it out")
        return value


class JobQueue(Block):
    """A job queue (CreateJobQueue).

    Attributes:
        priority: 0 to 1000; queues with a higher priority go first where queues share an
            environment.
        compute_environments: 1 to 3 keys of ``computeEnvironments``, in the order in which Batch
            tries them; all EC2 and SPOT or all Fargate, of one architecture.
        state: DISABLED accepts no new jobs and finishes the present ones.
        fairshare_policy: schedules by shares instead of first in, first out. Adding or removing it
            replaces the queue.
        job_state_time_limit_actions: at most one for each reason; ends jobs that block the queue.
            Adding the first or removing the last one replaces the queue.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = REFUSED["jobQueues"]

    priority: int = Field(1, ge=0, le=1000)
    compute_environments: tuple[Text, ...] = Field(
        min_length=1, json_schema_extra={"maxItems": MOST_ENVIRONMENTS, "uniqueItems": True}
    )
    state: Literal["ENABLED", "DISABLED"] = "ENABLED"
    fairshare_policy: FairsharePolicy | None = None
    job_state_time_limit_actions: tuple[JobStateTimeLimitAction, ...] = ()

    @property
    def scheduling_mode(self) -> str:
        """FIFO or FAIR_SHARE; a queue keeps it for life."""
        return FIFO if self.fairshare_policy is None else FAIR_SHARE

    @property
    def identity(self) -> tuple[str, ...]:
        """What a queue keeps for life, so that another value makes another queue.

        Beside how it schedules: whether it has time limits at all. The provider calls
        UpdateJobQueue without them where the last one was removed, and AWS Batch then keeps them
        (TF job_queue.go resourceJobQueueUpdate).
        """
        limits = (TIME_LIMITS,) if self.job_state_time_limit_actions else ()
        return (self.scheduling_mode, *limits)

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

    @field_validator("job_state_time_limit_actions")
    @classmethod
    def _each_reason_once(
        cls, value: tuple[JobStateTimeLimitAction, ...]
    ) -> tuple[JobStateTimeLimitAction, ...]:
        refuse_duplicates([action.reason for action in value])
        return value
