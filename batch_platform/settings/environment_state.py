"""``state``, which compute environments of every type have."""

from __future__ import annotations

from typing import Literal

from batch_platform.settings.block import Block


class Switchable(Block):
    """A compute environment that can be switched off (API CEState).

    Attributes:
        state: a DISABLED environment starts no further jobs and launches no instances; running
            jobs go on, and so do the instances of minVcpus. AWS Batch creates environments ENABLED
            only, so a new one is disabled by a second deployment.
    """

    state: Literal["ENABLED", "DISABLED"] = "ENABLED"

    @property
    def is_disabled(self) -> bool:
        """Whether jobs that wait stay where they are."""
        return self.state == "DISABLED"
