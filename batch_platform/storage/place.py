"""Which bucket the storage of a stack is in, and the ARNs of what is below it. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batch_platform.partitions import partition
from batchsdk.contract.storage import below

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batch_platform.settings import Settings

LONGEST_NAME = 63
"""Characters of a bucket's name (S3 user guide, "General purpose bucket naming rules")."""

_DIGEST = 8


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the storage of a stack is.

    Attributes:
        bucket: its name.
        prefix: without a ``/`` at its ends; empty for the whole bucket.
        is_made: whether the stack makes the bucket.
        partition: of the ARNs, e.g. ``aws``.
        kms_key_id: ARN of the customer's key that encrypts the bucket, if any.
    """

    bucket: str
    prefix: str = ""
    is_made: bool
    partition: str
    kms_key_id: str | None = None

    @property
    def address(self) -> str:
        """``s3://bucket`` or ``s3://bucket/prefix``."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    @property
    def bucket_arn(self) -> str:
        """ARN of the bucket."""
        return f"arn:{self.partition}:s3:::{self.bucket}"

    def objects(self, folders: Iterable[str]) -> list[str]:
        """Return the ARNs of all objects below some folders, e.g. ``runs``."""
        start = below(self.address, "").removeprefix("s3://")
        return [f"arn:{self.partition}:s3:::{start}{folder}/*" for folder in folders]


def place_of(settings: Settings, account_id: str) -> Place | None:
    """Return where the storage of a stack is; None where the config wants none."""
    wanted = settings.storage
    if not wanted.enabled:
        return None
    name = bucket_name(settings.environment, account_id, settings.region)
    return Place(
        bucket=wanted.bucket or name,
        prefix=(wanted.prefix or "").strip("/"),
        is_made=wanted.bucket is None,
        partition=partition(settings.region),
        kms_key_id=wanted.kms_key_id,
    )


def bucket_name(environment: str, account_id: str, region: str) -> str:
    """Return the name of the bucket that a stack makes: ``<stack>-storage-<account>-<region>``.

    It follows from the stack alone. So no edit of the config makes another bucket, without what is
    in this one, and policies can name it before it is there. Account and region keep it apart from
    the buckets of all others, since buckets of all accounts share their names. A stack whose name
    S3 would not take, for capitals, ``_`` or its length, has a digest of the name in it.
    """
    rest = f"-storage-{account_id}-{region}"
    plain = environment.lower().replace("_", "-").rstrip("-")
    room = LONGEST_NAME - len(rest)
    if plain != environment or len(plain) > room:
        digest = hashlib.sha256(environment.encode()).hexdigest()[:_DIGEST]
        plain = f"{plain[: room - _DIGEST - 1].rstrip('-')}-{digest}"
    return f"{plain}{rest}"
