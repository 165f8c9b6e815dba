"""The part of the gateway that keeps and tells: S3 and SQS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import botocore.exceptions as faults

from batchsdk.errors import ServiceFailureError
from batchsdk.gateway_faults import part, translated

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        DeleteMessageBatchRequestEntryTypeDef,
    )

_CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
_ABSENT = frozenset({"NoSuchKey", "404"})
_DELETED_AT_ONCE = 1000
"""Keys of one request (API: DeleteObjects)."""


class StoreCalls:
    """Calls of S3 and SQS."""

    def _client(self, service: Any) -> Any:
        raise NotImplementedError

    @property
    def _s3(self) -> S3Client:
        return cast("S3Client", self._client("s3"))

    @property
    def _sqs(self) -> SQSClient:
        return cast("SQSClient", self._client("sqs"))

    def put_object(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object of S3."""
        with translated("PutObject"):
            self._s3.put_object(Bucket=bucket, Key=key, Body=body)

    def put_object_if(self, bucket: str, key: str, body: bytes, etag: str | None) -> str | None:
        """Write an object if it still has ``etag``, or, without one, is still absent."""
        with translated("PutObject"):
            try:
                if etag is None:
                    done = self._s3.put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*")
                else:
                    done = self._s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch=etag)
            except faults.ClientError as fault:
                if fault.response.get("Error", {}).get("Code") in _CHANGED | _ABSENT:
                    return None
                raise
            return done["ETag"]

    def get_object(self, bucket: str, key: str) -> tuple[bytes, str] | None:
        """Return an object and its ETag; ``None`` if there is none."""
        with translated("GetObject"):
            try:
                found = self._s3.get_object(Bucket=bucket, Key=key)
            except faults.ClientError as fault:
                if fault.response.get("Error", {}).get("Code") in _ABSENT:
                    return None
                raise
            return found["Body"].read(), found["ETag"]

    def list_objects(self, bucket: str, prefix: str) -> Sequence[str]:
        """Return the keys that start with ``prefix``, of all pages, in their order."""
        with translated("ListObjectsV2"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            return [each["Key"] for page in pages for each in page.get("Contents", [])]

    def delete_objects(self, bucket: str, keys: Sequence[str]) -> None:
        """Delete objects of S3, any number; one that is absent is no fault."""
        with translated("DeleteObjects"):
            for start in range(0, len(keys), _DELETED_AT_ONCE):
                some = keys[start : start + _DELETED_AT_ONCE]
                answer = self._s3.delete_objects(
                    Bucket=bucket, Delete={"Objects": [{"Key": key} for key in some], "Quiet": True}
                )
                for fault in answer.get("Errors", []):
                    raise ServiceFailureError(
                        f"DeleteObjects: {fault.get('Key')}: {fault.get('Message')}",
                        operation="DeleteObjects",
                        code=fault.get("Code", ""),
                    )

    def receive_messages(self, queue_url: str, seconds: int) -> Sequence[Mapping[str, Any]]:
        """Return up to ten messages; wait for the first at most ``seconds``."""
        with translated("ReceiveMessage"):
            answer = self._sqs.receive_message(
                QueueUrl=queue_url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=seconds,
                MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
            )
            return part({"Messages": [], **answer}, "Messages", "ReceiveMessage")

    def delete_messages(self, queue_url: str, receipts: Sequence[str]) -> None:
        """Delete at most ten messages."""
        entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "ReceiptHandle": each} for number, each in enumerate(receipts)
        ]
        with translated("DeleteMessageBatch"):
            self._sqs.delete_message_batch(QueueUrl=queue_url, Entries=entries)

    def return_messages(self, queue_url: str, seconds: Mapping[str, int]) -> None:
        """Have at most ten messages appear again after so many seconds, by receipt."""
        entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
            {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": after}
            for number, (receipt, after) in enumerate(seconds.items())
        ]
        with translated("ChangeMessageVisibilityBatch"):
            self._sqs.change_message_visibility_batch(QueueUrl=queue_url, Entries=entries)
