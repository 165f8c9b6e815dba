"""What the library needs of AWS: the one edge between it and the network.

The gateway is the real one; tests put another in its place. Requests and answers are plain
mappings in the shape of the AWS APIs. Every method raises ServiceError and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Transport(Protocol):
    """The calls of AWS that this library makes."""

    def submit_job(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send SubmitJob **once**: it has no client token, so sending again can duplicate a job.

        Raises:
            ThrottledError, EndpointUnreachableError: it was certainly not carried out.
            ServiceFailureError: it may have been carried out.
        """

    def describe_jobs(self, job_ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Return the JobDetail of each id (at most 100) that the service knows."""

    def list_jobs(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return one page: ``jobSummaryList`` and maybe ``nextToken``."""

    def cancel_job(self, job_id: str, reason: str) -> None:
        """Send CancelJob."""

    def terminate_job(self, job_id: str, reason: str) -> None:
        """Send TerminateJob."""

    def describe_job_definitions(self, request: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Return the job definitions of all pages."""

    def describe_job_queue(self, queue: str) -> Mapping[str, Any] | None:
        """Return one job queue by name or ARN; ``None`` if there is none."""

    def describe_compute_environments(self, names: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Return compute environments by name or ARN."""

    def describe_instance_types(self, patterns: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Return the EC2 instance types whose names match a pattern such as ``c5.*``."""

    def get_log_events(
        self, request: Mapping[str, Any], region: str | None = None
    ) -> Mapping[str, Any] | None:
        """Return one page of a log stream; ``None`` if the stream does not exist (yet).

        Args:
            request: of GetLogEvents.
            region: where the log group is; ``None``: where everything else is.
        """

    def read(
        self,
        service: str,
        operation: str,
        request: Mapping[str, Any],
        region: str | None = None,
    ) -> Mapping[str, Any]:
        """Return the answer, all pages in one, of an operation that changes nothing.

        Args:
            service: as boto3 names it, e.g. ``ec2``.
            operation: as in the API, e.g. ``DescribeSubnets``.
            request: its members.
            region: where to ask; ``None``: where everything else is.
        """

    def execute_command(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send ExecuteCommand of ECS; the answer's ``session`` has a secret."""

    def caller_account(self) -> str:
        """Return the account of the credentials, twelve digits (GetCallerIdentity)."""

    def get_parameter(self, name: str) -> str:
        """Return the value of an SSM parameter."""

    def put_object(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object of S3."""

    def put_object_if(self, bucket: str, key: str, body: bytes, etag: str | None) -> str | None:
        """Write an object if it still has ``etag``, or, without one, is still absent.

        Returns:
            The new ETag; ``None`` if another client has written the object meanwhile.
        """

    def get_object(self, bucket: str, key: str) -> tuple[bytes, str] | None:
        """Return an object and its ETag; ``None`` if there is none."""

    def list_objects(self, bucket: str, prefix: str) -> Sequence[str]:
        """Return the keys that start with ``prefix``, in their order."""

    def delete_objects(self, bucket: str, keys: Sequence[str]) -> None:
        """Delete objects of S3, any number; an absent one is not an error."""

    def publish(self, topic_arn: str, message: Mapping[str, Any]) -> None:
        """Publish a message to a topic of SNS, in the topic's region.

        Args:
            topic_arn: of the topic.
            message: the other members of Publish.
        """

    def receive_messages(self, queue_url: str, seconds: int) -> Sequence[Mapping[str, Any]]:
        """Return up to ten messages of SQS; wait for the first at most ``seconds``."""

    def delete_messages(self, queue_url: str, receipts: Sequence[str]) -> None:
        """Delete at most ten messages of SQS."""

    def return_messages(self, queue_url: str, seconds: Mapping[str, int]) -> None:
        """Set after how many seconds each of at most ten messages, by receipt, appears again."""
