"""What the gateway raises: botocore's errors, and answers that make no sense, in our own tree."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import botocore.exceptions as faults
from botocore.parsers import ResponseParserError

from batchsdk.errors import (
    AccessDeniedError,
    CredentialsError,
    CredentialsRefreshError,
    EndpointUnreachableError,
    RegionError,
    RequestRefusedError,
    ServiceError,
    ServiceFailureError,
    ThrottledError,
)

if TYPE_CHECKING:
    from botocore.model import OperationModel

_THROTTLES = frozenset(
    {
        "LimitExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequests",
        "TooManyRequestsException",
    }
)
_DENIALS = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_BAD_CREDENTIALS = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_TOO_MANY_REQUESTS = 429
_FORBIDDEN = 403
_SERVER_FAULT = 500


def from_answer(operation: str, code: str, message: str, status: int) -> ServiceError:
    """Return the error that stands for an error answer.

    Args:
        operation: e.g. ``SubmitJob``.
        code: the error code in the answer.
        message: the text in the answer.
        status: the HTTP status. It decides over the code, as 5xx answers carry odd codes.
    """
    text = f"{operation}: {message or 'no message'} ({code or f'HTTP {status}'})"
    if code in _THROTTLES or status == _TOO_MANY_REQUESTS:
        return ThrottledError(
            text, operation=operation, code=code, hint="Send fewer requests, or wait a little."
        )
    if status >= _SERVER_FAULT:
        return ServiceFailureError(
            text, operation=operation, code=code, hint="AWS failed; try again in a little while."
        )
    if code in _BAD_CREDENTIALS:
        return CredentialsError(
            text,
            operation=operation,
            code=code,
            hint="The AWS credentials are wrong or have expired: check `aws sts "
            "get-caller-identity`, then sign in again or set AWS_PROFILE.",
        )
    if code in _DENIALS or status == _FORBIDDEN:
        return AccessDeniedError(
            text,
            operation=operation,
            code=code,
            hint=f"Allow the action that {operation} needs to the caller that `aws sts "
            "get-caller-identity` shows, or sign in as another.",
        )
    return RequestRefusedError(text, operation=operation, code=code)


READING = ("Describe", "Get", "List", "Simulate")
"""How the names of operations begin that change nothing."""
READ_ATTEMPTS = 5
"""Of a read, in all."""

_NEVER_SENT = (
    faults.EndpointConnectionError,
    faults.ConnectTimeoutError,
    faults.ProxyConnectionError,
    faults.SSLError,
)
_NO_REFRESH = (
    faults.CredentialRetrievalError,
    faults.MetadataRetrievalError,
    faults.TokenRetrievalError,
)
_NO_CREDENTIALS = (
    faults.NoCredentialsError,
    faults.PartialCredentialsError,
    faults.SSOError,
    faults.ProfileNotFound,
    faults.NoAuthTokenError,
    faults.UnauthorizedSSOTokenError,
)


def part(answer: Any, key: str, operation: str) -> Sequence[Mapping[str, Any]]:
    """Take a list out of an answer; a cut-off or HTML answer has none, and is not an empty one."""
    part = answer.get(key)
    if not isinstance(part, list):
        raise ServiceFailureError(f"{operation}: the answer has no {key}", operation=operation)
    return part


Response = tuple[Any, Mapping[str, Any]]
"""What botocore's events tell of an answer: the HTTP response and the parsed answer."""


def is_unusable(operation: OperationModel, response: Response | None) -> bool:
    """Tell whether a read was answered with status 200 and something else than was asked for.

    botocore tries again by the status alone; gateways and proxies on the way answer so.
    """
    if response is None or not operation.name.startswith(READING):
        return False
    http, answer = response
    output = operation.output_shape
    return (
        http.status_code == HTTPStatus.OK
        and output is not None
        and not answer.keys() & output.members.keys()
    )


def error_of(
    operation: OperationModel, response: Response | None, exception: Exception | None
) -> ServiceError | None:
    """Return the error that one request came to; ``None`` if it was answered.

    Args:
        operation: what was asked.
        response: the answer, if there is one.
        exception: what botocore met instead of an answer.
    """
    if isinstance(exception, faults.BotoCoreError):
        return _from_botocore(operation.name, exception)
    if response is None:
        return None
    http, answer = response
    if is_unusable(operation, response):
        text = f"{operation.name}: the answer makes no sense"
        return ServiceFailureError(text, operation=operation.name)
    error = answer.get("Error")
    if error is None:
        return None
    return from_answer(
        operation.name, error.get("Code", ""), error.get("Message", ""), http.status_code
    )


@contextlib.contextmanager
def translated(operation: str) -> Iterator[None]:
    """Raise what goes wrong inside as ServiceError."""
    try:
        yield
    except faults.ClientError as fault:
        error = fault.response.get("Error", {})
        status = fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        raise from_answer(
            operation, error.get("Code", ""), error.get("Message", ""), status
        ) from fault
    except (faults.BotoCoreError, ResponseParserError) as fault:  # the latter of broken XML
        raise _from_botocore(operation, fault) from fault
    except RuntimeError as fault:  # botocore: "Credentials were refreshed, but … still expired."
        if "redentials" not in str(fault):
            raise
        raise _not_refreshed(operation, fault) from fault
    except ValueError as fault:  # botocore: "Invalid endpoint: …"
        raise RequestRefusedError(
            f"{operation}: {fault}",
            operation=operation,
            hint="Check AWS_ENDPOINT_URL and the region.",
        ) from fault


def _not_refreshed(operation: str, fault: Exception) -> CredentialsRefreshError:
    return CredentialsRefreshError(
        f"{operation}: {fault}",
        operation=operation,
        hint="The source of the AWS credentials failed: check `aws sts get-caller-identity`, then "
        "sign in again or set AWS_PROFILE.",
    )


def _from_botocore(
    operation: str, fault: faults.BotoCoreError | ResponseParserError
) -> ServiceError:
    text = f"{operation}: {fault}"
    if isinstance(fault, _NEVER_SENT):
        return EndpointUnreachableError(
            text,
            operation=operation,
            hint="Check the network, the region and AWS_ENDPOINT_URL.",
        )
    if isinstance(fault, _NO_REFRESH):
        return _not_refreshed(operation, fault)
    if isinstance(fault, _NO_CREDENTIALS):
        return CredentialsError(
            text,
            operation=operation,
            hint="Sign in (`aws configure` or `aws sso login`), or set AWS_PROFILE, or "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )
    if isinstance(fault, faults.NoRegionError):
        return RegionError(
            text,
            operation=operation,
            hint="Give region=… (--region), or set AWS_REGION or AWS_DEFAULT_REGION, e.g. "
            "us-east-1.",
        )
    if isinstance(fault, faults.ParamValidationError | faults.InvalidEndpointConfigurationError):
        return RequestRefusedError(text, operation=operation)
    return ServiceFailureError(
        text, operation=operation, hint="The answer was lost; try again in a little while."
    )
