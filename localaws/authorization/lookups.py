"""What a call names otherwise than its ARN does, looked up in moto's services."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.utilities.utils import get_partition

Definitions = Callable[[str, str, str], str | None]
"""An account, a region and the name of a job definition -> ARN of its newest revision."""


class Lookups:
    """Finds ARNs of one account and region."""

    def __init__(self, account_id: str, region: str, definitions: Definitions) -> None:
        self._account_id = account_id
        self._region = region
        self._definitions = definitions
        self._finders: dict[str, Callable[[str], str | None]] = {
            "role": lambda name: _arn(self._iam.roles.values(), name),
            "user": lambda name: _arn(self._iam.users.values(), name),
            "group": lambda name: _arn(self._iam.groups.values(), name),
            "instance-profile": lambda name: _arn(self._iam.instance_profiles.values(), name),
            "role of instance profile": self._role_of_profile,
            "secret": self._secret,
            "key": self._key,
            "job-definition": lambda name: definitions(account_id, region, name),
        }

    def __call__(self, kind: str, name: str) -> str | None:
        """See :data:`localaws.iam.calls.call.Lookup`."""
        found = self._finders.get(kind)
        return found(name) if found is not None else None

    @property
    def _iam(self) -> Any:
        return iam_backends[self._account_id][get_partition(self._region)]

    def _role_of_profile(self, name: str) -> str | None:
        profiles = list(self._iam.instance_profiles.values())
        found = next((each for each in profiles if each.name == name), None)
        return str(found.roles[0].arn) if found is not None and found.roles else None

    def _secret(self, name: str) -> str | None:
        secrets = secretsmanager_backends[self._account_id][self._region].secrets
        found = next(
            (each for each in list(secrets.values()) if name in (each.name, each.arn)), None
        )
        return str(found.arn) if found is not None else None

    def _key(self, name: str) -> str | None:
        backend = kms_backends[self._account_id][self._region]
        short = name.rpartition(":")[2].removeprefix("key/")
        for key in list(backend.keys.values()):
            if short == key.id or short in key.aliases:
                return str(key.arn)
        return None


def _arn(entities: Iterable[Any], name: str) -> str | None:
    return next((str(each.arn) for each in list(entities) if each.name == name), None)
