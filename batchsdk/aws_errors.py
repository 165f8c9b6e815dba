"""Which of our errors an error answer of AWS is.

Pure, so that it can be tested; the gateway feeds it.
"""

from __future__ import annotations

from batchsdk.errors import (
    AccessDeniedError,
    CredentialsError,
    RequestRefusedError,
    ServiceError,
    ServiceFailureError,
    ThrottledError,
)

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
            text, operation=operation, code=code, hint="Send less often, or wait a little."
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
