"""AWS's answers to callers who may not do what they ask for, each as its service spells it.

Source: IAM user guide, "Troubleshoot access denied error messages"; the codes and the forms of SNS,
SQS and EC2 are those that these services answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from localaws.iam.evaluation import Request

_CODES = {"ec2": "UnauthorizedOperation", "sns": "AuthorizationError"}
_QUERY = frozenset({"autoscaling", "cloudwatch", "iam", "s3", "sqs", "sts"})
"""Services that answer ``AccessDenied``; others say ``AccessDeniedException``."""
_REST = frozenset({"batch", "chatbot", "elasticfilesystem", "lambda", "scheduler"})
"""Services that answer 403 with JSON; the others with JSON answer 400."""


@dataclass(frozen=True)
class Denial:
    """What the caller is answered.

    Attributes:
        code: AWS's error code.
        message: its text.
        status: of HTTP.
    """

    code: str
    message: str
    status: int


def denial_of(service: str, caller_arn: str, request: Request, reason: str) -> Denial:
    """Return the answer of a service.

    Args:
        service: prefix of the action that was called.
        caller_arn: who asked.
        request: that is denied.
        reason: the end of the sentence.
    """
    code = _CODES.get(service, "AccessDenied" if service in _QUERY else "AccessDeniedException")
    is_forbidden = service in _QUERY or service in _CODES or service in _REST
    status = HTTPStatus.FORBIDDEN if is_forbidden else HTTPStatus.BAD_REQUEST
    return Denial(code, sentence(caller_arn, request, reason), status)


def sentence(caller_arn: str, request: Request, reason: str) -> str:
    """Return AWS's sentence about a request that is denied."""
    service = request.action.partition(":")[0]
    resource = f'"{request.resource}"' if service == "s3" else request.resource
    on = f" on resource: {resource}"
    if service == "ec2":
        start = "You are not authorized to perform this operation. "
        on = "" if request.resource == "*" else on
    else:
        start = ""
    return f"{start}User: {caller_arn} is not authorized to perform: {request.action}{on} {reason}"
