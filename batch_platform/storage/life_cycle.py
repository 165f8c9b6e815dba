"""How long the storage of a stack keeps what is in it: the rules of S3 Lifecycle. Pure.

Sources: S3 user guide, "Lifecycle configuration elements" (expiration of versioned buckets).
"""

from __future__ import annotations

from dataclasses import dataclass

from batch_platform.settings.storage import KEEP_FOR_EVER
from batchsdk.contract.storage import RUNS, SWEEPS

UPLOAD_DAYS = 7
"""Days after which an upload in parts that was never completed is taken away."""

OLD_VERSION_DAYS = 30
"""Days that an old version is kept where nothing expires."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of S3 Lifecycle.

    Attributes:
        id: its name in the bucket.
        prefix: of the keys that it is about; empty for all.
        expire_days: days after which the current version expires; None for never.
        old_version_days: days after which a version that is not current any more is deleted.
        upload_days: days after which an incomplete upload is taken away; None leaves it.
    """

    id: str
    prefix: str
    expire_days: int | None = None
    old_version_days: int | None = None
    upload_days: int | None = None


def rules(expire_days: int) -> list[Rule]:
    """Return the rules of the bucket that a stack makes.

    The ledger has none that expires its objects: it remembers which jobs were submitted.

    Args:
        expire_days: of the config; 0 keeps everything.
    """
    keeps = expire_days == KEEP_FOR_EVER
    expiring = [
        Rule(id=folder, prefix=f"{folder}/", expire_days=expire_days) for folder in (RUNS, SWEEPS)
    ]
    everything = Rule(
        id="old-versions",
        prefix="",
        old_version_days=OLD_VERSION_DAYS if keeps else expire_days,
        upload_days=UPLOAD_DAYS,
    )
    return [everything] if keeps else [*expiring, everything]
