"""What an infrastructure update does to the jobs that run, and where there is such an update."""

from __future__ import annotations

from pydantic import Field

from batch_platform.settings.block import Block
from batch_platform.settings.errors import refusal, shown

UPDATABLE_STRATEGIES = frozenset(
    {"BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"}
)
"""``isUpdatableAllocationStrategy`` (terraform-provider-aws 6.x, compute_environment.go)."""

LONGEST_EXECUTION = 360
"""Minutes: the provider's limit (compute_environment.go, update_policy), below the API's own."""


class UpdatePolicy(Block):
    """How an infrastructure update treats running jobs (UpdatePolicy).

    Attributes:
        terminate_jobs_on_update: end running jobs at once; they are retried if their definition
            says so.
        job_execution_timeout_minutes: minutes that a running job may continue before it is ended, 1
            to 360.
    """

    terminate_jobs_on_update: bool = False
    job_execution_timeout_minutes: int = Field(30, ge=1, le=LONGEST_EXECUTION)


def of_updatable(policy: UpdatePolicy | None, strategy: str) -> UpdatePolicy | None:
    """Refuse an update policy with a strategy that has no infrastructure updates.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    if policy is not None and strategy not in UPDATABLE_STRATEGIES:
        raise refusal(
            f"with allocationStrategy {shown(strategy)} an edit replaces the environment, so the "
            f"update policy would never take effect",
            f"remove it, or use one of {', '.join(sorted(UPDATABLE_STRATEGIES))}",
        )
    return policy
