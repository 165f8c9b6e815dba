"""Clients of this AWS with the role that a schedule or a rule of EventBridge has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from localaws.batch.task_roles import TaskRole

RETRIED = frozenset(
    {
        "InternalFailure",
        "InternalServerError",
        "ServerException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Codes of errors after which EventBridge tries again: throttling, failures of the service."""
LONGEST_PAUSE = 60.0


class Assumed(Protocol):
    """Roles of one account, as a service of AWS uses them."""

    def is_assumable(self, role: TaskRole, source_arn: str) -> bool:
        """Tell whether the role exists, and its service may assume it for a resource."""

    def credentials(self, role: TaskRole) -> dict[str, Any]:
        """Return the keys of a session of the role."""


class TargetError(Exception):
    """A target could not be called as it is.

    Attributes:
        code: of the error, as a dead letter has it.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class RoleClients:
    """Makes clients with sessions of roles; any thread may use it."""

    def __init__(
        self,
        roles: Callable[[str, str], Assumed],
        client: Callable[[str, str, Mapping[str, Any]], Any],
    ) -> None:
        """Prepare.

        Args:
            roles: of an account and a region.
            client: makes the boto3 client of a service in a region, with keys.
        """
        self._roles = roles
        self._client = client

    def __call__(
        self, service: str, region: str, account_id: str, role: TaskRole, source_arn: str
    ) -> Any:
        """Return a client of a service, e.g. ``batch``.

        Args:
            service: botocore's name.
            region: of the client.
            account_id: whose role.
            role: that its service assumes.
            source_arn: for which resource it does.

        Raises:
            TargetError: the service may not assume the role.
        """
        roles = self._roles(account_id, region)
        if not roles.is_assumable(role, source_arn):
            raise TargetError(
                "AccessDeniedException",
                f"{role.service} may not assume {role.arn} for {source_arn}",
            )
        return self._client(service, region, roles.credentials(role))


def told(error: Exception) -> tuple[str, str]:
    """Return code and message of what a call failed with."""
    if isinstance(error, TargetError):
        return error.code, str(error)
    if isinstance(error, ClientError):
        answer = error.response["Error"]
        return answer.get("Code", ""), answer.get("Message", "")
    name = type(error).__name__ if isinstance(error, BotoCoreError) else "InternalServerError"
    return name, str(error)


def pause_after(attempts: int) -> float:
    """Return the seconds before the next attempt: twice as many as before the last one."""
    return float(min(LONGEST_PAUSE, 2.0 ** (attempts - 1)))


def exhausted(policy: Mapping[str, int], attempts: int, age: float) -> str:
    """Say which limit of a retry policy is reached; nothing while none is.

    Args:
        policy: as the API has it; its defaults are EventBridge's.
        attempts: that were made, with the first one.
        age: seconds since the first one.
    """
    if attempts > policy.get("MaximumRetryAttempts", 185):
        return "MaximumRetryAttempts"
    if age >= policy.get("MaximumEventAgeInSeconds", 86_400):
        return "MaximumEventAgeInSeconds"
    return ""
