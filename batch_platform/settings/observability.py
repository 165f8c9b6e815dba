"""The ``jobEvents`` block: how others hear of jobs."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import model_validator

from batch_platform.settings.block import Block, of_form, pattern, refuse_what_is_off

_KEY_ARN = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-zA-Z-]+"


KeyArn = Annotated[
    str,
    of_form(
        _KEY_ARN,
        "is not the ARN of a KMS key",
        "write e.g. arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd",
    ),
    pattern(_KEY_ARN),
]
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
