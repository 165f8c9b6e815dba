"""Whether calls reach the account and region that they are meant for, looked at when one fails."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sized
from typing import Any, cast

from batchsdk.aws.transport import Transport
from batchsdk.errors import (
    AccessDeniedError,
    RegionError,
    RequestRefusedError,
    ServiceError,
    WrongAccountError,
)

_DESCRIBED = {
    "describe_jobs": "DescribeJobs",
    "describe_job_queue": "DescribeJobQueues",
    "describe_job_definitions": "DescribeJobDefinitions",
    "describe_compute_environments": "DescribeComputeEnvironments",
}
"""Calls that answer with nothing where another account, or region, is asked."""


def meant_for(
    transport: Transport, account_id: str, region: str | None, used_region: str | None
) -> Transport:
    """Return a transport whose errors tell when the credentials or the region are not the stack's.

    AWS then says of all that is asked for that it does not exist. The first call that is refused,
    or finds nothing, asks for the caller's account (GetCallerIdentity, which needs no permission):
    one call for a connection, and none while all goes well.

    Args:
        transport: makes the calls.
        account_id: twelve digits, of the stack; empty if it is not known.
        region: of the stack; ``None`` if only boto3 knows.
        used_region: where the calls go; likewise.
    """
    return cast("Transport", _Meant(transport, account_id, region, used_region))


class _Meant:
    def __init__(
        self, transport: Transport, account_id: str, region: str | None, used_region: str | None
    ) -> None:
        self._transport = transport
        self._account_id = account_id
        self._region = region
        self._used_region = used_region
        self._lock = threading.Lock()
        self._caller: str | None = None
        """The account of the credentials; empty if AWS does not say it."""

    # By name, so that a call added to the Transport needs no twin here.
    def __getattr__(self, name: str) -> Any:
        return functools.partial(self._call, name, getattr(self._transport, name))

    def _call(self, name: str, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        try:
            answer = call(*arguments, **named)
        except (AccessDeniedError, RequestRefusedError) as error:
            self._check(error.operation, error)
            raise
        if name in _DESCRIBED and _lacks(answer, *arguments):
            self._check(_DESCRIBED[name], None)
        return answer

    def _check(self, operation: str, cause: ServiceError | None) -> None:
        caller = self._asked() if self._account_id else ""
        if caller and caller != self._account_id:
            raise WrongAccountError(
                f"{operation}: the credentials are of account {caller}, and what is asked for is "
                f"in account {self._account_id}",
                operation=operation,
                hint="Sign in to that account, or set AWS_PROFILE; `aws sts get-caller-identity` "
                "shows whose credentials are used.",
            ) from cause
        regions = {self._region, self._used_region} - {None}
        if len(regions) > 1 and not isinstance(cause, AccessDeniedError):
            raise RegionError(
                f"{operation}: the call went to {self._used_region}, and what is asked for is in "
                f"{self._region}",
                operation=operation,
                hint="Leave out the region: the one of the outputs is used then.",
            ) from cause

    def _asked(self) -> str:
        with self._lock:
            if self._caller is None:
                try:
                    self._caller = self._transport.caller_account()
                except ServiceError:  # what went wrong before is the news
                    self._caller = ""
            return self._caller


def _lacks(answer: Sized | None, asked: Any) -> bool:
    """Tell whether AWS does not know all that was asked for."""
    if answer is None or not isinstance(asked, list | tuple):
        return not answer
    return len(answer) < len(asked)
