"""What a connection is to: a stack, by its outputs, or a queue alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from batchsdk.contract import StackOutputs
from batchsdk.errors import ConnectionSettingsError

_QUEUE = re.compile(
    r"arn:[^:]+:batch:(?P<region>[^:]+):(?P<account>[0-9]{12}):job-queue/[\w-]{1,128}"
    r"|[A-Za-z0-9][\w-]{0,127}",
    re.ASCII,
)
"""Its ARN, or its name (API: CreateJobQueue jobQueueName)."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A stack, or a queue alone."""

    outputs: StackOutputs | None = None
    """``None`` of a queue alone."""
    queue: str | None = None
    """Name or ARN."""
    account_id: str = ""
    """Empty where only AWS knows it."""
    region: str | None = None
    """``None`` where only boto3 knows it."""

    @classmethod
    def of_stack(cls, outputs: StackOutputs) -> Self:
        """Take the stack that has these outputs."""
        return cls(outputs=outputs, account_id=outputs.account_id, region=outputs.region)

    @classmethod
    def of_queue(cls, given: str, region: str | None) -> Self:
        """Take a queue by its name or ARN.

        Args:
            given: name or ARN.
            region: where the calls are to go, if the caller says it.

        Raises:
            ConnectionSettingsError: it is neither a name nor an ARN, or of another region.
        """
        match = _QUEUE.fullmatch(given)
        if match is None:
            raise ConnectionSettingsError(
                f"queue = {given!r}: must be the name or the ARN of a job queue",
                hint="A name has 1-128 letters, digits, '-' and '_'.",
            )
        if region is not None and match["region"] not in (None, region):
            raise ConnectionSettingsError(
                f"queue = {given!r} is in {match['region']}, and region = {region!r}",
                hint="Leave out the region.",
            )
        return cls(queue=given, account_id=match["account"] or "", region=match["region"])
