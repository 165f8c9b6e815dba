"""Who may do what below the storage of a stack: statements of IAM policies. Pure.

Jobs read and write values and tables. Submitters do too, and keep the ledger, whose entries they
delete when they remove old runs; the bucket's versioning keeps what is deleted for a while.
Observers read the ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batch_platform.job_definitions.permissions import keys
from batchsdk.contract.storage import LEDGER, RUNS, SWEEPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batch_platform.storage.place import Place

READS = ("s3:GetObject",)
WRITES = ("s3:AbortMultipartUpload", "s3:PutObject")
"""A large object is written in parts, and those of a failed try are taken away."""
DELETES = ("s3:DeleteObject",)
LISTS = ("s3:ListBucket",)

USE_STORAGE = "UseStorage"
"""Sid of the statement that tells where the storage is."""

OF_JOBS = (RUNS, SWEEPS)
OF_SUBMITTERS = (LEDGER, RUNS, SWEEPS)
OF_OBSERVERS = (LEDGER,)


def of_jobs(place: Place | None) -> list[dict[str, Any]]:
    """Return what the code of jobs may do below the storage; nothing without one."""
    if place is None:
        return []
    used = _allow(USE_STORAGE, [*READS, *WRITES], place.objects(OF_JOBS))
    return [_listed(place), used, *_keys(place, encrypt=True)]


def of_submitters(place: Place | None) -> list[dict[str, Any]]:
    """Return what those who submit may do below the storage; nothing without one."""
    if place is None:
        return []
    return [
        _listed(place),
        _allow(USE_STORAGE, [*READS, *WRITES], place.objects(OF_SUBMITTERS)),
        _allow("RemoveRuns", DELETES, place.objects([LEDGER])),
        *_keys(place, encrypt=True),
    ]


def of_observers(place: Place | None) -> list[dict[str, Any]]:
    """Return what those who look may do below the storage; nothing without one."""
    if place is None:
        return []
    read = _allow("ReadLedger", READS, place.objects(OF_OBSERVERS))
    return [_listed(place), read, *_keys(place, encrypt=False)]


def _listed(place: Place) -> dict[str, Any]:
    """Return the right to list, with which S3 also tells an absent object (404) from a denied one.

    GetObject has no ``s3:prefix``, so a plain condition on it would take that answer away, and the
    ledger reads objects that may be absent (S3 API, GetObject: "Permissions").
    """
    statement = _allow("ListStorage", LISTS, [place.bucket_arn])
    if place.prefix:
        below = [place.prefix, f"{place.prefix}/*"]
        statement["Condition"] = {"StringLikeIfExists": {"s3:prefix": below}}
    return statement


def _keys(place: Place, *, encrypt: bool) -> Iterator[dict[str, Any]]:
    if place.kms_key_id is not None:
        for statement in keys([place.kms_key_id], ["s3"], encrypt=encrypt):
            yield statement | {"Sid": "UseKeyOfStorage"}


def _allow(sid: str, actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": sorted(actions),
        "Resource": sorted(resources),
    }
