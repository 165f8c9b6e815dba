"""The real transport: boto3. No other module imports boto3 or botocore."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import boto3
import botocore.config
import botocore.exceptions as faults

from batchsdk import aws_errors, limits
from batchsdk.errors import (
    CredentialsError,
    EndpointUnreachableError,
    RegionError,
    RequestRefusedError,
    ServiceError,
    ServiceFailureError,
)

if TYPE_CHECKING:
    from mypy_boto3_batch import BatchClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient

_READS = botocore.config.Config(
    retries={"mode": "standard", "total_max_attempts": 5},
    connect_timeout=10,
    read_timeout=60,
    user_agent_extra="batchsdk",
)
# SubmitJob has no client token: botocore must never send it a second time by itself.
_SUBMISSIONS = _READS.merge(
    botocore.config.Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        max_pool_connections=limits.CONCURRENCY[-1],
    )
)

_NEVER_SENT = (
    faults.EndpointConnectionError,
    faults.ConnectTimeoutError,
    faults.ProxyConnectionError,
    faults.SSLError,
)
_NO_CREDENTIALS = (
    faults.NoCredentialsError,
    faults.PartialCredentialsError,
    faults.CredentialRetrievalError,
    faults.TokenRetrievalError,
    faults.SSOError,
    faults.ProfileNotFound,
    faults.NoAuthTokenError,
    faults.UnauthorizedSSOTokenError,
)


class AwsGateway:
    """The calls of AWS, made by boto3 with the caller's usual settings (AWS_PROFILE and so on).

    ``AWS_ENDPOINT_URL`` points it to another endpoint. Clients are made when they are first used.
    """

    def __init__(self, region: str | None) -> None:
        self._region = region
        # A client may be used by many threads, but boto3 must not make two at a time.
        self._making = threading.Lock()
        self._made: dict[tuple[str, botocore.config.Config], Any] = {}

    @functools.cached_property
    def _session(self) -> boto3.session.Session:
        return boto3.session.Session(region_name=self._region)

    def _client(self, service: Any, config: botocore.config.Config) -> Any:
        with self._making:
            if (service, config) not in self._made:
                self._made[service, config] = self._session.client(service, config=config)
            return self._made[service, config]

    @property
    def _batch(self) -> BatchClient:
        return cast("BatchClient", self._client("batch", _READS))

    @property
    def _submissions(self) -> BatchClient:
        return cast("BatchClient", self._client("batch", _SUBMISSIONS))

    @property
    def _logs(self) -> CloudWatchLogsClient:
        return cast("CloudWatchLogsClient", self._client("logs", _READS))

    @property
    def _ec2(self) -> EC2Client:
        return cast("EC2Client", self._client("ec2", _READS))

    @property
    def _ssm(self) -> SSMClient:
        return cast("SSMClient", self._client("ssm", _READS))

    @property
    def _s3(self) -> S3Client:
        return cast("S3Client", self._client("s3", _READS))

    def submit_job(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send SubmitJob once, whatever happens."""
        with _translated("SubmitJob"):
            return cast("Mapping[str, Any]", self._submissions.submit_job(**request))

    def describe_jobs(self, job_ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Return the JobDetail of each id that the service knows."""
        with _translated("DescribeJobs"):
            return _part(self._batch.describe_jobs(jobs=list(job_ids)), "jobs", "DescribeJobs")

    def list_jobs(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return one page of ListJobs."""
        with _translated("ListJobs"):
            page = self._batch.list_jobs(**request)
            _part(page, "jobSummaryList", "ListJobs")
            return cast("Mapping[str, Any]", page)

    def cancel_job(self, job_id: str, reason: str) -> None:
        """Send CancelJob."""
        with _translated("CancelJob"):
            self._batch.cancel_job(jobId=job_id, reason=reason)

    def terminate_job(self, job_id: str, reason: str) -> None:
        """Send TerminateJob."""
        with _translated("TerminateJob"):
            self._batch.terminate_job(jobId=job_id, reason=reason)

    def describe_job_definitions(self, request: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Return the job definitions of all pages."""
        with _translated("DescribeJobDefinitions"):
            pages = self._batch.get_paginator("describe_job_definitions").paginate(**request)
            return [
                definition
                for page in pages
                for definition in _part(page, "jobDefinitions", "DescribeJobDefinitions")
            ]

    def describe_job_queue(self, queue: str) -> Mapping[str, Any] | None:
        """Return one job queue by name or ARN; ``None`` if there is none."""
        with _translated("DescribeJobQueues"):
            answer = self._batch.describe_job_queues(jobQueues=[queue])
            return next(iter(_part(answer, "jobQueues", "DescribeJobQueues")), None)

    def describe_compute_environments(self, names: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Return compute environments by name or ARN."""
        operation = "DescribeComputeEnvironments"
        with _translated(operation):
            answer = self._batch.describe_compute_environments(computeEnvironments=list(names))
            return _part(answer, "computeEnvironments", operation)

    def describe_instance_types(self, patterns: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Return the EC2 instance types whose names match a pattern such as ``c5.*``."""
        # A filter, not InstanceTypes=[…]: one unknown name there fails the whole call.
        with _translated("DescribeInstanceTypes"):
            pages = self._ec2.get_paginator("describe_instance_types").paginate(
                Filters=[{"Name": "instance-type", "Values": list(patterns)}]
            )
            return [
                each
                for page in pages
                for each in _part(page, "InstanceTypes", "DescribeInstanceTypes")
            ]

    def get_log_events(self, request: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return one page of a log stream; ``None`` if the stream does not exist (yet)."""
        with _translated("GetLogEvents"):
            try:
                return cast("Mapping[str, Any]", self._logs.get_log_events(**request))
            except self._logs.exceptions.ResourceNotFoundException:
                return None

    def get_parameter(self, name: str) -> str:
        """Return the value of an SSM parameter, decrypted."""
        with _translated("GetParameter"):
            answer = self._ssm.get_parameter(Name=name, WithDecryption=True)
            return answer["Parameter"]["Value"]

    def put_object(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object of S3."""
        with _translated("PutObject"):
            self._s3.put_object(Bucket=bucket, Key=key, Body=body)


def _part(answer: Any, key: str, operation: str) -> Sequence[Mapping[str, Any]]:
    """Take a list out of an answer; a cut-off or HTML answer has none, and is not an empty one."""
    part = answer.get(key)
    if not isinstance(part, list):
        raise ServiceFailureError(f"{operation}: the answer has no {key}", operation=operation)
    return part


@contextlib.contextmanager
def _translated(operation: str) -> Iterator[None]:
    try:
        yield
    except faults.ClientError as fault:
        error = fault.response.get("Error", {})
        status = fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        raise aws_errors.from_answer(
            operation, error.get("Code", ""), error.get("Message", ""), status
        ) from fault
    except faults.BotoCoreError as fault:
        raise _from_botocore(operation, fault) from fault
    except ValueError as fault:  # botocore: "Invalid endpoint: …"
        raise RequestRefusedError(
            f"{operation}: {fault}",
            operation=operation,
            hint="Check AWS_ENDPOINT_URL and the region.",
        ) from fault


def _from_botocore(operation: str, fault: faults.BotoCoreError) -> ServiceError:
    text = f"{operation}: {fault}"
    if isinstance(fault, _NEVER_SENT):
        return EndpointUnreachableError(
            text,
            operation=operation,
            hint="Check the network, the region and AWS_ENDPOINT_URL.",
        )
    if isinstance(fault, _NO_CREDENTIALS):
        return CredentialsError(
            text,
            operation=operation,
            hint="Sign in (`aws configure` or `aws sso login`), or set AWS_PROFILE, or "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )
    if isinstance(fault, faults.NoRegionError):
        return RegionError(
            text, operation=operation, hint="Give region=…, or set AWS_REGION, e.g. us-east-1."
        )
    if isinstance(fault, faults.ParamValidationError | faults.InvalidEndpointConfigurationError):
        return RequestRefusedError(text, operation=operation)
    return ServiceFailureError(
        text, operation=operation, hint="The answer was lost; try again in a little while."
    )
