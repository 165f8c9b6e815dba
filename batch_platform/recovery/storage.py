"""The bucket of the stack's storage, whose creation was cut off. What is in a bucket stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from batch_platform.recovery.orphan_type import Aws, Found, OrphanType, Properties, not_ours


def _bucket(aws: Aws, inputs: Properties) -> Iterator[Found]:
    s3, name = aws.client("s3"), inputs["bucket"]
    if _absent(lambda: s3.head_bucket(Bucket=name)) is None:
        return
    answer = _absent(lambda: s3.get_bucket_tagging(Bucket=name))
    tags = answer["TagSet"] if answer else []
    # The provider tags after it has created: without any tags the name, with account and stack in
    # it, tells whose it is.
    if tags and not aws.owns(tags):
        yield not_ours(aws, name)
        return
    found = s3.list_object_versions(Bucket=name, MaxKeys=1)
    if found.get("Versions") or found.get("DeleteMarkers"):
        yield Found(name, "it has objects, so it existed before; nothing in a bucket is deleted")
    else:
        yield Found(name)


def _delete_bucket(aws: Aws, name: str, _: Properties) -> None:
    """Delete it; S3 refuses where something was put into it meanwhile."""
    aws.client("s3").delete_bucket(Bucket=name)


def _of_bucket(operation: str) -> OrphanType:
    """Return how something that is set of a bucket is found; it goes with the bucket alone.

    To take it away would open the bucket, and the next update sets it anew.
    """

    def find(aws: Aws, inputs: Properties) -> Iterator[Found]:
        bucket = inputs["bucket"]
        if _absent(lambda: getattr(aws.client("s3"), operation)(Bucket=bucket)) is not None:
            yield Found(bucket, "it is part of its bucket, and the next update sets it again")

    return OrphanType(find=find, key=("bucket",))


def _absent(call: Callable[[], Any]) -> Any | None:
    """Return the answer of S3; None where the bucket, or what is asked of it, is not there."""
    try:
        return call()
    except Exception as error:
        told = str(error)
        if any(words in told for words in ("(404)", "NoSuch", "NotFoundError")):
            return None
        raise


BUCKET = OrphanType(find=_bucket, delete=_delete_bucket, key=("bucket",))
BUCKET_ENCRYPTION = _of_bucket("get_bucket_encryption")
BUCKET_LIFE_CYCLE = _of_bucket("get_bucket_lifecycle_configuration")
BUCKET_OWNERSHIP = _of_bucket("get_bucket_ownership_controls")
BUCKET_POLICY = _of_bucket("get_bucket_policy")
BUCKET_ACCESS_BLOCK = _of_bucket("get_public_access_block")
BUCKET_VERSIONING = _of_bucket("get_bucket_versioning")
