"""STS: what a session is narrowed to is kept, and an account is told that it is the account.

moto drops ``PolicyArns`` and ``Tags`` of AssumeRole, and tells every key that it did not give out
that it is a user of the name moto.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.sts.models import STSBackend
from moto.sts.responses import TokenResponse

_assume_role = TokenResponse.assume_role
_get_caller_identity = STSBackend.get_caller_identity


def correct() -> None:
    """Keep what AssumeRole narrows, and tell an account's own key whose it is."""
    TokenResponse.assume_role = _assume  # type: ignore[method-assign]
    STSBackend.get_caller_identity = _identity  # type: ignore[method-assign]


def _assume(self: TokenResponse) -> ActionResult:
    answer = _assume_role(self)
    session: Any = answer.result["Credentials"]  # type: ignore[index]
    session.policy_arns = self._get_param("PolicyArns", [])
    session.tags = self._get_param("Tags", [])
    return answer


def _identity(self: STSBackend, access_key_id: str, region: str) -> tuple[str, str, str]:
    user_id, arn, account_id = _get_caller_identity(self, access_key_id, region)
    if arn.endswith(":user/moto"):
        return account_id, f"arn:{self.partition}:iam::{account_id}:root", account_id
    return user_id, arn, account_id
