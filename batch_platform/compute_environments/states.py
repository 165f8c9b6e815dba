"""What ``state: DISABLED`` of compute environments does to a stack. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from batch_platform.settings import Problem

if TYPE_CHECKING:
    from batch_platform.settings import Settings

ONLY_ENABLED = "AWS Batch creates no compute environment that is DISABLED"
"""API CreateComputeEnvironment: "must be created in the ENABLED state"."""


def made_disabled(
    settings: Settings, tagged: Mapping[str, Mapping[str, str]], tag: str
) -> Iterator[Problem]:
    """Find environments that are DISABLED and would have to be created.

    Args:
        settings: the config.
        tagged: tags of the account's compute environments, by ARN.
        tag: which has the environment's name on what is this stack's own.
    """
    own = {arn.rpartition("/")[2] for arn, tags in tagged.items()
           if tags.get(tag) == settings.environment}  # fmt: skip
    for key, environment in settings.compute_environments.items():
        name = re.compile(rf"{re.escape(f'{settings.environment}-{key}')}-[0-9a-f]+")
        if environment.is_disabled and not any(map(name.fullmatch, own)):
            yield Problem(
                ("batch-platform:computeEnvironments", key, "state"),
                f"DISABLED, and this environment is not there yet: {ONLY_ENABLED}",
                "write ENABLED, `pulumi up`, and DISABLED after that",
            )


def idle_queues(settings: Settings) -> Iterator[str]:
    """Yield a warning for each queue whose compute environments are all DISABLED."""
    for key, queue in settings.job_queues.items():
        named = queue.compute_environments
        if all(settings.compute_environments[each].is_disabled for each in named):
            yield (
                f"jobQueues.{key}: every compute environment of it is DISABLED "
                f"({', '.join(named)}), so its jobs stay RUNNABLE; write `state: ENABLED` for one "
                f"of them, and meanwhile `state: DISABLED` for the queue, which then takes no jobs"
            )
