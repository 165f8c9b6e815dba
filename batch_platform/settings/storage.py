"""The ``storage`` block: where values between steps, tables of sweeps and the ledger are."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from batch_platform.settings.block import Block, of_form, pattern, refuse_what_is_off
from batch_platform.settings.errors import refusal
from batch_platform.settings.observability import KeyArn
from batch_platform.settings.permissions import BucketName

KEEP_FOR_EVER = 0

MOST_DAYS = 3650
"""Days: ten years, as long as CloudWatch Logs keeps an event at most."""

_FOLDER = r"[A-Za-z0-9_.=-]{1,64}"
_PREFIX = rf"{_FOLDER}(/{_FOLDER}){{0,7}}/?"

Prefix = Annotated[
    str,
    of_form(
        _PREFIX,
        "is not a prefix of keys (1 to 8 folders, each of 1 to 64 letters, digits and '_.=-')",
        "write e.g. batch/, or leave it out for the whole bucket",
    ),
    pattern(_PREFIX),
]
"""A prefix in a bucket: nothing that is a wildcard in an IAM policy, or special to a shell."""


class Storage(Block):
    """A bucket in S3 for values between steps, tables of long sweeps, and the ledger of runs.

    Attributes:
        enabled: make a bucket, or use ``bucket``; its address is the output ``storage``.
        bucket: name of a bucket of your own, in the stack's region; without it the stack makes
            one.
        prefix: with ``bucket``: what is stored begins with it.
        expire_days: days after which the values of steps (``runs/``) and the tables of sweeps
            (``sweeps/``) expire, as do old versions; 0 keeps them for ever. The ledger of runs
            never expires.
        kms_key_id: ARN of the key that encrypts the bucket; without it S3's own keys.
        force_destroy: let the bucket be deleted with all that is in it, when the stack is
            destroyed or ``storage`` is taken out.
    """

    enabled: bool = False
    bucket: BucketName | None = None
    prefix: Prefix | None = None
    expire_days: int = Field(default=30, ge=KEEP_FOR_EVER, le=MOST_DAYS)
    kms_key_id: KeyArn | None = None
    force_destroy: bool = False

    @model_validator(mode="after")
    def _only_where_it_counts(self) -> Self:
        refuse_what_is_off(self)
        if self.bucket is None and self.prefix is not None:
            raise refusal(
                "the bucket that the stack makes has nothing else in it",
                "remove it, or name a bucket of your own as `bucket`",
                "prefix",
            )
        for name, alias in (("expire_days", "expireDays"), ("force_destroy", "forceDestroy")):
            if self.bucket is not None and name in self.model_fields_set:
                raise refusal(
                    "the bucket is your own, and the stack changes nothing about it",
                    "remove it, or remove `bucket` so that the stack makes one",
                    alias,
                )
        return self
