"""Asks AWS about the bucket that the config names: whether it is there, and in which region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.provider_answers import found, is_denied
from batch_platform.settings import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batch_platform.settings import Settings

_PATH = ("batch-platform:storage", "bucket")
_DENIED = ("Forbidden", "StatusCode: 403")
"""How S3 says in HeadBucket, which has no body for a reason, that the caller may not look."""


def unusable_bucket(settings: Settings) -> Iterator[Problem]:
    """Find a bucket that is not there, or not in the stack's region.

    Who may not look (s3:ListBucket) goes on with a warning: the jobs may be allowed what the
    deployer is not.
    """
    name = settings.storage.bucket
    if name is None:
        return
    try:
        there = found(lambda: aws.s3.get_bucket(bucket=name))
    except Exception as error:
        if not is_denied(error) and not any(words in str(error) for words in _DENIED):
            raise
        pulumi.log.warn(
            f"storage.bucket: {name} cannot be looked at (s3:ListBucket is denied), so whether "
            "it is in the stack's region is not checked"
        )
        return
    if there is None:
        fault = f"there is no bucket {name}"
        yield Problem(_PATH, fault, "make it first, or remove `bucket`: the stack makes one")
        return
    if (region := there.bucket_region) not in {None, "", settings.region}:
        yield Problem(
            _PATH,
            f"{name} is in {region}, and the stack in {settings.region}: jobs would pay for every "
            "byte between the regions, and an S3 endpoint of the VPC does not reach it",
            f"name a bucket of {settings.region}, or remove `bucket`: the stack makes one",
        )
