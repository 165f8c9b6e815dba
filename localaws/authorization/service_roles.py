"""Sessions that services of AWS make of roles, for the instances and tasks of jobs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from moto.core.utils import utcnow
from moto.sts.models import AssumedRole, sts_backends
from moto.utilities.utils import get_partition

from localaws.authorization.authorizer import reason_against
from localaws.authorization.denials import sentence
from localaws.authorization.identities import caller_as_role, role_of
from localaws.authorization.resource_policies import guard_of
from localaws.iam.authorization import Caller, denial
from localaws.iam.evaluation import Request

SESSION_SECONDS = 6 * 3600
"""How long credentials of a task's role are good (ECS developer guide, "Task IAM role")."""
RENEWED_BEFORE = timedelta(minutes=30)


class Session(Protocol):
    """A role, and what a session of it is called."""

    @property
    def arn(self) -> str:
        """ARN of the role."""

    @property
    def session_name(self) -> str:
        """Name of the session."""

    @property
    def service(self) -> str:
        """Service that assumes the role."""


class ServiceRoles:
    """Roles of one account as the services of one region use them; any thread may use it."""

    def __init__(self, account_id: str, region: str, is_enforced: Callable[[], bool]) -> None:
        """Prepare.

        Args:
            account_id: whose roles.
            region: where they are used.
            is_enforced: whether anything is denied.
        """
        self._account_id = account_id
        self._region = region
        self._partition = get_partition(region)
        self._is_enforced = is_enforced
        self._lock = threading.Lock()
        self._sessions: dict[str, AssumedRole] = {}

    @property
    def is_enforced(self) -> bool:
        """Anything is denied at all."""
        return self._is_enforced()

    def refusal(self, role: Session, action: str, resource: str) -> str | None:
        """Return AWS's sentence if a session of a role may not do something, else ``None``."""
        if not self._is_enforced():
            return None
        account_id = role.arn.split(":")[4]
        found = role_of(account_id, self._partition, role.arn)
        if found is None:
            return None  # it could not be assumed, which is told first
        caller = caller_as_role(account_id, self._partition, found, role.session_name)
        request = Request(action, resource, {**caller.context, "aws:securetransport": ("true",)})
        reason = reason_against(request, caller)
        return sentence(caller.arn, request, reason) if reason else None

    def is_assumable(self, role: Session, source_arn: str) -> bool:
        """Tell whether a role exists, and its service may assume it for a resource."""
        if not self._is_enforced():
            return True
        context = {
            "aws:sourceaccount": (self._account_id,),
            "aws:sourcearn": (source_arn,),
            "aws:principalisawsservice": ("true",),
        }
        request = Request("sts:AssumeRole", role.arn, context)
        guard = guard_of(request)
        service = Caller(role.service, guard.account_id if guard else "")
        return guard is not None and denial(request, service, guard) is None

    def credentials(self, role: Session) -> dict[str, Any]:
        """Return credentials of a session, as the endpoint of the ECS agent has them.

        They are the same until half an hour before they expire.
        """
        key = f"{role.arn} {role.session_name}"
        with self._lock:
            session = self._sessions.get(key)
            if session is None or session.expiration - utcnow() < RENEWED_BEFORE:
                backend: Any = sts_backends[self._account_id][self._partition]
                session = self._sessions[key] = backend.assume_role(
                    region_name=self._region,
                    role_session_name=role.session_name,
                    role_arn=role.arn,
                    policy=None,
                    duration=SESSION_SECONDS,
                    external_id=None,
                )
        expires = session.expiration.replace(tzinfo=UTC)
        return {
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": session.secret_access_key,
            "Token": session.session_token,
            "Expiration": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
            "RoleArn": role.arn,
            "LastUpdated": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        }
