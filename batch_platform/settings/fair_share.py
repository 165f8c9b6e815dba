"""``fairsharePolicy`` of a job queue (Batch API: FairsharePolicy, ShareAttributes)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from batch_platform.settings.block import Block, of_form, pattern
from batch_platform.settings.errors import refusal, shown
from batch_platform.settings.refused import REFUSED, Refused

MOST_SHARES = 500
"""Shares of one policy (FairsharePolicy.shareDistribution)."""


_SHARE_IDENTIFIER = r"[A-Za-z0-9]{1,255}\*?"


ShareIdentifier = Annotated[
    str,
    of_form(
        _SHARE_IDENTIFIER,
        "is not a share identifier: up to 255 letters and digits, which an asterisk may follow",
        "write e.g. research, or res* for all that begin so",
    ),
    pattern(_SHARE_IDENTIFIER),
]
"""A share, or all that begin with what is before an asterisk."""


class Share(Block):
    """The weight of one share, or of all shares with a common prefix.

    Attributes:
        share_identifier: the share that jobs name at submission; ``res*`` is every share that
            begins with ``res``.
        weight_factor: 0.0001 to 999.9999; a lower weight gets more, half the weight twice as much.
    """

    share_identifier: ShareIdentifier
    weight_factor: float = Field(1.0, ge=0.0001, le=999.9999)


class FairsharePolicy(Block):
    """How jobs of several shares take turns; without it a queue is first in, first out.

    Attributes:
        share_decay_seconds: seconds for which a share's usage counts against it, 0 to 604800 (a
            week); 0 means 600.
        compute_reservation: percent, 0 to 99, that is kept free for unused shares: the reserved
            fraction is (this / 100) to the power of the number of active shares.
        share_distribution: weights; a share that is not listed has 1.0.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = REFUSED["fairsharePolicy"]

    share_decay_seconds: int = Field(0, ge=0, le=604_800)
    compute_reservation: int = Field(0, ge=0, le=99)
    share_distribution: tuple[Share, ...] = Field((), max_length=MOST_SHARES)

    @field_validator("share_distribution")
    @classmethod
    def _no_overlap(cls, value: tuple[Share, ...]) -> tuple[Share, ...]:
        for index, share in enumerate(value):
            for other in value[:index]:
                one, two = other.share_identifier, share.share_identifier
                if _covers(one, two) or _covers(two, one):
                    fault = f"{shown(two)} overlaps {shown(one)}, and a job has one share"
                    raise refusal(fault, "keep one of them", index, "shareIdentifier")
        return value


def _covers(pattern: str, identifier: str) -> bool:
    if pattern.endswith("*"):
        return identifier.startswith(pattern[:-1])
    return pattern == identifier
