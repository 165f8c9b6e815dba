"""What S3 lets anybody read, without a signature.

moto looks at no principal of a bucket's policy. Here reading is public only by a statement for
everybody, or by an ACL, and not where the bucket blocks public access; what a statement denies to
everybody is denied.

Sources: "Amazon S3 actions" in the Service Authorization Reference, "The meaning of 'public'" in
the Amazon S3 user guide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.s3.models import FakeAcl, FakeBucket, s3_backends

from localaws.iam.documents import read_policy
from localaws.iam.evaluation import Decision, Request, evaluate

_LISTING = frozenset(
    {
        "continuation-token",
        "delimiter",
        "encoding-type",
        "fetch-owner",
        "list-type",
        "marker",
        "max-keys",
        "prefix",
        "start-after",
        "x-id",
    }
)
_READING = frozenset({"partNumber", "versionId", "x-id"})
_PRINCIPALS = frozenset({"Principal", "NotPrincipal"})
_CONTEXT = {"aws:securetransport": ("true",), "aws:sourceip": ("127.0.0.1",)}
"""Keys that each request has. Loopback has the place of TLS."""


class PublicBuckets:
    """moto's buckets, as far as everybody may know of them."""

    def region(self, path: str) -> str:
        """Return where the bucket of a path is; of none, S3's first region."""
        bucket = _bucket(path)
        return bucket.region_name if bucket is not None else "us-east-1"

    def public_owner(self, path: str, query: Mapping[str, str]) -> str | None:
        """Return the account of a bucket whose resource everybody may read, if they may.

        Args:
            path: ``/bucket`` or ``/bucket/key``, unquoted.
            query: the request's parameters.
        """
        bucket = _bucket(path)
        key = path.lstrip("/").partition("/")[2]
        if bucket is None:
            return None
        may_list = _may(bucket, "s3:ListBucket", "", bucket.acl)
        if not key:
            return bucket.account_id if may_list and query.keys() <= _LISTING else None
        if not query.keys() <= _READING:
            return None
        version = query.get("versionId")
        backend = s3_backends[bucket.account_id][bucket.partition]
        found = backend.get_object(bucket.name, key, version_id=version)
        action = "s3:GetObject" if version is None else "s3:GetObjectVersion"
        # Who may not list is not told what there is not.
        is_allowed = may_list if found is None else _may(bucket, action, f"/{key}", found.acl)
        return bucket.account_id if is_allowed else None


def _bucket(path: str) -> FakeBucket | None:
    name = path.lstrip("/").partition("/")[0]
    partition, account_id = s3_backends.bucket_accounts.get(name, ("", ""))
    return s3_backends[account_id][partition].buckets.get(name) if account_id else None


def _may(bucket: FakeBucket, action: str, rest: str, acl: FakeAcl | None) -> bool:
    try:
        policies = [read_policy(bucket.name, _of_everybody(bucket.policy))] if bucket.policy else []
    except ValueError:
        return False  # nobody can tell what it denies
    decision = evaluate(Request(action, f"{bucket.arn}{rest}", _CONTEXT), policies, None).decision
    if decision is Decision.EXPLICIT_DENY:
        return False
    block = bucket.public_access_block
    if decision is Decision.ALLOWED:
        return block is None or not block.restrict_public_buckets
    acls_count = block is None or not block.ignore_public_acls
    has_acls = str(bucket.ownership_rule) != "BucketOwnerEnforced"
    return acl is not None and acl.public_read and acls_count and has_acls


def _of_everybody(policy: bytes | str) -> str:
    """Return what a bucket's policy says of everybody, as a policy without principals."""
    given = json.loads(policy)
    statements = (
        given["Statement"] if isinstance(given["Statement"], list) else [given["Statement"]]
    )
    kept = [
        {name: value for name, value in each.items() if name not in _PRINCIPALS}
        for each in statements
        if _concerns_everybody(each)
    ]
    return json.dumps({**given, "Statement": kept})


def _concerns_everybody(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    named = principal.get("AWS", []) if isinstance(principal, dict) else principal
    is_named = "*" in (named if isinstance(named, list) else [named])
    return is_named or (statement["Effect"] == "Deny" and "NotPrincipal" in statement)
