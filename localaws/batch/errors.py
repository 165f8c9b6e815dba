"""The two errors that the AWS Batch API models, and nothing else."""

from __future__ import annotations

import uuid


class BatchServiceError(Exception):
    """Base of what a Batch operation may answer instead of a result.

    Attributes:
        code: the ``__type`` that botocore turns into the exception's name.
        http_status: status code of the answer.
    """

    code = "ServerException"
    http_status = 500

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class ClientException(BatchServiceError):  # noqa: N818 - AWS's own name
    """The request cannot be carried out as it stands (HTTP 400)."""

    code = "ClientException"
    http_status = 400


def required(label: str) -> ClientException:
    """Return the error for a member that is missing, in AWS's words."""
    return ClientException(
        f"Error executing request, Exception : {label} is required., RequestId: {uuid.uuid4()}"
    )


class ServerException(BatchServiceError):  # noqa: N818 - AWS's own name
    """The service failed (HTTP 500)."""
