"""The real transport: boto3."""

from __future__ import annotations

import functools
import os
import random
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import botocore.config
import botocore.exceptions as faults
from botocore import xform_name

from batchsdk import limits
from batchsdk.aws.access import Access
from batchsdk.aws.backoff import RETRIES
from batchsdk.aws.faults import (
    READ_ATTEMPTS,
    READING,
    Response,
    error_of,
    is_unusable,
    part,
    translated,
)
from batchsdk.aws.rate_limit import RateLimit
from batchsdk.aws.sessions import Sessions
from batchsdk.clock import Clock, SystemClock
from batchsdk.errors import RequestRefusedError, ServiceFailureError

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from mypy_boto3_batch import BatchClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        DeleteMessageBatchRequestEntryTypeDef,
    )
    from mypy_boto3_ssm import SSMClient

_CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
_ABSENT = frozenset({"NoSuchKey", "404"})
_DELETED_AT_ONCE = 1000
"""Keys of one request (API: DeleteObjects)."""


_CONNECTIONS = limits.CONCURRENCY_MAX + 16
"""Connections that a client keeps. One call of this library has at most 64 submissions under way;
beside them the watcher, the reader of events and a few threads of the caller ask. Only what is in
use at a time is opened: fewer would close and open connections all the time, with a warning of
urllib3 for each."""
_READS = botocore.config.Config(
    retries={"mode": "standard", "total_max_attempts": READ_ATTEMPTS},
    max_pool_connections=_CONNECTIONS,
    connect_timeout=10,
    read_timeout=60,
    user_agent_extra="batchsdk",
)
# Asked when something else went wrong, which a network without a way to STS must not hold up.
_IDENTITY = _READS.merge(
    botocore.config.Config(
        retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=3, read_timeout=5
    )
)
# SubmitJob has no client token: botocore must never send it a second time by itself.
_SUBMISSIONS = _READS.merge(
    botocore.config.Config(retries={"mode": "standard", "total_max_attempts": 1})
)


class AwsGateway:
    """The calls of AWS, made by boto3 with the caller's usual settings (AWS_PROFILE and so on).

    ``AWS_ENDPOINT_URL`` points it to another endpoint. Clients are made when they are first used.
    """

    def __init__(
        self,
        region: str | None,
        *,
        limit: RateLimit | None = None,
        clock: Clock | None = None,
        randomness: random.Random | None = None,
        access: Access | None = None,
    ) -> None:
        """Make no client yet.

        Args:
            region: AWS region; ``None``: the caller's default.
            limit: what every request takes a token of; ``None``: there is no limit.
            clock: waits before an unusable answer is asked for again; else the machine's own.
            randomness: spreads those waits; else the system's own.
            access: whose credentials are used; by default those that boto3 finds.
        """
        self._access = access or Access()
        self._region = region
        self._limit = limit
        self._clock = clock or SystemClock()
        self._randomness = randomness or random.SystemRandom()
        # A client may be used by many threads, but boto3 must not make two at a time.
        self._making = threading.Lock()
        self._process = os.getpid()
        self._made: dict[tuple[int, str, str | None, botocore.config.Config], Any] = {}

    @functools.cached_property
    def _sessions(self) -> Sessions:
        return Sessions.of(self._access, self._region)

    def _client(
        self,
        service: Any,
        config: botocore.config.Config = _READS,
        region: str | None = None,
    ) -> Any:
        # After a fork, parent and child must not speak over the same connections.
        which = (os.getpid(), service, region, config)
        if (known := self._made.get(which)) is not None:
            return known
        if self._process != which[0]:  # another thread may have held the lock, and stayed behind
            self._process, self._making = which[0], threading.Lock()
        with self._making:
            if which not in self._made:
                made = self._sessions.client(service, config=config, region_name=region)
                # Events of botocore: emitted for every page and every attempt. The first comes
                # before the request is signed, whose signature has the time in it.
                events = made.meta.events
                events.register_first(
                    "request-created", functools.partial(self._before_request, service)
                )
                events.register_first(
                    "needs-retry", functools.partial(self._after_request, service)
                )
                self._made[which] = made
            return self._made[which]

    def _before_request(self, service: str, *, operation_name: str, **_: object) -> None:
        if self._limit is not None:
            self._limit.before_call(service, operation_name)

    def _after_request(
        self,
        service: str,
        *,
        operation: OperationModel,
        attempts: int,
        response: Response | None = None,
        caught_exception: Exception | None = None,
        **_: object,
    ) -> float | None:
        """Tell the limit how a request went, and botocore to ask again after an unusable answer.

        Returns:
            0 (seconds to wait) to try again; ``None`` to leave that to botocore.
        """
        error = error_of(operation, response, caught_exception)
        if error is not None and self._limit is not None:
            self._limit.after_error(service, error)
        if attempts >= READ_ATTEMPTS or not is_unusable(operation, response):
            return None
        self._clock.sleep(RETRIES.jittered(attempts, self._randomness))
        return 0.0

    @property
    def _batch(self) -> BatchClient:
        return cast("BatchClient", self._client("batch", _READS))

    @property
    def _submissions(self) -> BatchClient:
        return cast("BatchClient", self._client("batch", _SUBMISSIONS))

    def _logs(self, region: str | None) -> CloudWatchLogsClient:
        return cast("CloudWatchLogsClient", self._client("logs", _READS, region))

    @property
    def _ec2(self) -> EC2Client:
        return cast("EC2Client", self._client("ec2", _READS))

    @property
    def _ssm(self) -> SSMClient:
        return cast("SSMClient", self._client("ssm", _READS))

    def submit_job(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send SubmitJob once, whatever happens."""
        with translated("SubmitJob"):
            return cast("Mapping[str, Any]", self._submissions.submit_job(**request))

    def describe_jobs(self, job_ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Return the JobDetail of each id that the service knows."""
        with translated("DescribeJobs"):
            return part(self._batch.describe_jobs(jobs=list(job_ids)), "jobs", "DescribeJobs")

    def list_jobs(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return one page of ListJobs."""
        with translated("ListJobs"):
            page = self._batch.list_jobs(**request)
            part(page, "jobSummaryList", "ListJobs")
            return cast("Mapping[str, Any]", page)

    def cancel_job(self, job_id: str, reason: str) -> None:
        """Send CancelJob."""
        with translated("CancelJob"):
            self._batch.cancel_job(jobId=job_id, reason=reason)

    def terminate_job(self, job_id: str, reason: str) -> None:
        """Send TerminateJob."""
        with translated("TerminateJob"):
            self._batch.terminate_job(jobId=job_id, reason=reason)

    def describe_job_definitions(self, request: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Return the job definitions of all pages."""
        with translated("DescribeJobDefinitions"):
            pages = self._batch.get_paginator("describe_job_definitions").paginate(**request)
            return [
                definition
                for page in pages
                for definition in part(page, "jobDefinitions", "DescribeJobDefinitions")
            ]

    def describe_job_queue(self, queue: str) -> Mapping[str, Any] | None:
        """Return one job queue by name or ARN; ``None`` if there is none."""
        with translated("DescribeJobQueues"):
            answer = self._batch.describe_job_queues(jobQueues=[queue])
            return next(iter(part(answer, "jobQueues", "DescribeJobQueues")), None)

    def describe_compute_environments(self, names: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Return compute environments by name or ARN."""
        operation = "DescribeComputeEnvironments"
        with translated(operation):
            answer = self._batch.describe_compute_environments(computeEnvironments=list(names))
            return part(answer, "computeEnvironments", operation)

    def describe_instance_types(self, patterns: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Return the EC2 instance types whose names match a pattern such as ``c5.*``."""
        # A filter, not InstanceTypes=[…]: one unknown name there fails the whole call.
        with translated("DescribeInstanceTypes"):
            pages = self._ec2.get_paginator("describe_instance_types").paginate(
                Filters=[{"Name": "instance-type", "Values": list(patterns)}]
            )
            return [
                each
                for page in pages
                for each in part(page, "InstanceTypes", "DescribeInstanceTypes")
            ]

    def get_log_events(
        self, request: Mapping[str, Any], region: str | None = None
    ) -> Mapping[str, Any] | None:
        """Return one page of a log stream; ``None`` if the stream does not exist (yet)."""
        with translated("GetLogEvents"):
            logs = self._logs(region)
            try:
                return cast("Mapping[str, Any]", logs.get_log_events(**request))
            except logs.exceptions.ResourceNotFoundException:
                return None

    def read(
        self,
        service: str,
        operation: str,
        request: Mapping[str, Any],
        region: str | None = None,
    ) -> Mapping[str, Any]:
        """Return the answer, all pages in one, of an operation that changes nothing."""
        if not operation.startswith(READING):
            raise ValueError(f"{operation} may change something: only {READING} are read")
        with translated(operation):
            client = self._client(service, region=region)
            method = xform_name(operation)
            if client.can_paginate(method):
                pages = client.get_paginator(method).paginate(**request)
                return cast("Mapping[str, Any]", pages.build_full_result())
            return cast("Mapping[str, Any]", getattr(client, method)(**request))

    def execute_command(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send ExecuteCommand of ECS once: sent again, it would begin a second command."""
        with translated("ExecuteCommand"):
            answer = self._client("ecs", _SUBMISSIONS).execute_command(**request)
        if not answer.get("session"):
            operation = "ExecuteCommand"
            raise ServiceFailureError(
                f"{operation}: the answer has no session", operation=operation
            )
        return cast("Mapping[str, Any]", answer)

    def caller_account(self) -> str:
        """Return the account of the credentials (GetCallerIdentity, which needs no permission)."""
        with translated("GetCallerIdentity"):
            return str(self._client("sts", _IDENTITY).get_caller_identity().get("Account", ""))

    def get_parameter(self, name: str) -> str:
        """Return the value of an SSM parameter, decrypted."""
        try:
            with translated("GetParameter"):
                answer = self._ssm.get_parameter(Name=name, WithDecryption=True)
                return answer["Parameter"]["Value"]
        except RequestRefusedError as error:
            if error.code == "ParameterNotFound":
                error.hint = (
                    f"Looked in {self._ssm.meta.region_name}: the parameter exists only in its "
                    f"stack's region; give region=… (--region), or set AWS_REGION."
                )
            raise

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
        """Delete objects of S3, any number; an absent one is not an error."""
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

    def publish(self, topic_arn: str, message: Mapping[str, Any]) -> None:
        """Publish a message to a topic of SNS, in the topic's region."""
        with translated("Publish"):
            region = topic_arn.split(":")[3]
            self._client("sns", region=region).publish(TopicArn=topic_arn, **message)

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
        """Set after how many seconds each of at most ten messages, by receipt, appears again."""
        entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
            {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": after}
            for number, (receipt, after) in enumerate(seconds.items())
        ]
        with translated("ChangeMessageVisibilityBatch"):
            self._sqs.change_message_visibility_batch(QueueUrl=queue_url, Entries=entries)
