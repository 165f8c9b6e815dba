"""What the code of one job definition needs, from which its least-privilege role is made."""

from __future__ import annotations

from typing import Annotated

from batch_platform.settings.block import of_form, pattern
from batch_platform.settings.container_options import SecretReference
from batch_platform.settings.observability import KeyArn
from batch_platform.settings.roles import PolicyHolder

_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_S3_PREFIX = rf"s3://{_BUCKET}(/[^*?\s$]*)?"


BucketName = Annotated[
    str,
    of_form(
        _BUCKET,
        "is not the name of a bucket (3 to 63 lower-case letters, digits, '.' and '-')",
        "write the name alone, without s3:// and without a prefix",
    ),
    pattern(_BUCKET),
]
S3Prefix = Annotated[
    str,
    of_form(
        _S3_PREFIX,
        "is not a bucket or a prefix in one, without wildcards",
        "write s3://bucket, or s3://bucket/prefix for what is under it",
    ),
    pattern(_S3_PREFIX),
]


class Permissions(PolicyHolder):
    """Permissions of a job definition's own role; an empty block makes a role without any.

    Attributes:
        s3_read: buckets, objects or prefixes whose objects the job may list and get;
            ``s3://b/x`` is the object x and all below ``x/``, ``s3://b/x/`` the latter alone.
        s3_write: where the job may put objects; implies neither reading nor deleting.
        s3_delete: where the job may delete objects.
        secrets: Secrets Manager secrets and SSM parameters that the job's code reads.
        kms: ARNs of the keys of those buckets and secrets.
        managed_policy_arns: managed policies for anything else, at most 10.
    """

    s3_read: tuple[S3Prefix, ...] = ()
    s3_write: tuple[S3Prefix, ...] = ()
    s3_delete: tuple[S3Prefix, ...] = ()
    secrets: tuple[SecretReference, ...] = ()
    kms: tuple[KeyArn, ...] = ()
