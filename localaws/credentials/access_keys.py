"""Which access key is whose: each account of the local AWS has one, made up when first asked for.

Keys that IAM or STS of the local AWS gave out (CreateAccessKey, AssumeRole) are good as well.
"""

from __future__ import annotations

import re
import threading
from datetime import datetime
from typing import NamedTuple

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from localaws.credentials.connection import make_key

ACCOUNT_PATTERN = re.compile(r"\d{12}")


class AccessKey(NamedTuple):
    """An access key and the account it belongs to.

    Attributes:
        session_token: what a request must carry beside it, if the key is temporary.
        expires_at: when a temporary key ends.
    """

    id: str
    secret: str
    account_id: str
    session_token: str | None = None
    expires_at: datetime | None = None


class AccessKeys:
    """The keys of one start; any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_account: dict[str, AccessKey] = {}
        self._by_id: dict[str, AccessKey] = {}

    def of_account(self, account_id: str) -> AccessKey:
        """Return the key of an account.

        Raises:
            ValueError: an account id has 12 digits.
        """
        if not ACCOUNT_PATTERN.fullmatch(account_id):
            raise ValueError(f"an account id has 12 digits, got {account_id!r}")
        with self._lock:
            if account_id not in self._by_account:
                key = AccessKey(*make_key(), account_id)
                self._by_account[account_id] = self._by_id[key.id] = key
            return self._by_account[account_id]

    def is_of_account(self, key_id: str) -> bool:
        """Tell whether a key is an account's own, and so its root user's."""
        with self._lock:
            return key_id in self._by_id

    def find(self, key_id: str) -> AccessKey | None:
        """Return the key of that id, if it is ours or was given out by IAM or STS."""
        with self._lock:
            if key_id in self._by_id:
                return self._by_id[key_id]
        for account_id, partitions in list(iam_backends.items()):
            for backend in list(partitions.values()):
                found = backend.access_keys.get(key_id)
                if found is not None and found.status == "Active":
                    session = _session(account_id, key_id)
                    return AccessKey(key_id, found.secret_access_key, account_id, *session)
        return None


def _session(account_id: str, key_id: str) -> tuple[str | None, datetime | None]:
    """Return token and end of the session that STS gave a key for."""
    for backend in list(sts_backends[account_id].values()):
        role = backend.get_assumed_role_from_access_key(key_id)
        if role is not None:
            return role.session_token, role.expiration
    return None, None
