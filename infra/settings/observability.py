"""The ``jobEvents`` block: how others hear of jobs."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from infra.settings.block import Block, pattern, refuse_what_is_off
from infra.settings.errors import refusal, shown

_KEY_ARN = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-zA-Z-]+"


def _key_arn(value: str) -> str:
    if not re.fullmatch(_KEY_ARN, value):
        raise refusal(
            f"{shown(value)} is not the ARN of a KMS key",
            "write e.g. arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd",
        )
    return value


KeyArn = Annotated[str, AfterValidator(_key_arn), pattern(_KEY_ARN)]
"""A KMS key by its ARN; the service that uses it must be allowed by the key's own policy."""


class JobEvents(Block):
    """An SQS queue with the status changes of jobs, with which ``batchsdk`` waits.

    Attributes:
        enabled: make the queue; its URL is the output ``jobEvents``.
        kms_key_id: ARN of the key that encrypts the messages; without it SQS's own.
    """

    enabled: bool = False
    kms_key_id: KeyArn | None = None

    @model_validator(mode="after")
    def _only_where_enabled(self) -> Self:
        refuse_what_is_off(self)
        return self
