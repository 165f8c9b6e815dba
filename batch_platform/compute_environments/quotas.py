"""Whether the account has room for what a config asks for. Decides on facts; no I/O.

AWS Batch has 50 compute environments and 50 job queues per account and region, which cannot be
raised (service quotas). The fifty-first is refused in the middle of an update; here it is refused
before anything is created.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from batch_platform.settings import Problem

if TYPE_CHECKING:
    from batch_platform.settings import Settings

MOST = 50
"""Compute environments, and job queues, of an account in a region."""

COMPUTE_ENVIRONMENT, JOB_QUEUE = "compute-environment", "job-queue"
"""Resource types, as they are in ARNs."""


def beyond(
    settings: Settings, tagged: Mapping[str, Mapping[str, str]], tag: str
) -> Iterator[Problem]:
    """Find blocks for which there is no room.

    Args:
        settings: the config.
        tagged: tags of the account's compute environments and job queues, by ARN. Those without
            any tag may be missing, so that a config that is refused could not work, and one that
            is taken may still be too large.
        tag: which has the environment's name on what is this stack's own.
    """
    wanted = {
        "computeEnvironments": (COMPUTE_ENVIRONMENT, len(settings.compute_environments)),
        "jobQueues": (JOB_QUEUE, len(settings.job_queues)),
    }
    for block, (kind, count) in wanted.items():
        others = [
            arn
            for arn, tags in tagged.items()
            if f":{kind}/" in arn and tags.get(tag) != settings.environment
        ]
        if count + len(others) > MOST:
            yield Problem(
                (f"batch-platform:{block}",),
                f"{count} here and {len(others)} of other stacks in {settings.region} are more "
                f"than the {MOST} that AWS Batch has for an account and region",
                "share the queues of another stack, delete what is not used, or take another "
                "account or region",
            )
