"""A call of an API of AWS, as the modules beside this one read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Lookup = Callable[[str, str], str | None]
"""A kind of resource, e.g. ``role``, and its name -> its ARN, if there is such a resource."""


def _nothing(_kind: str, _name: str) -> str | None:
    return None


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
        service: its prefix in the names of actions, e.g. ``batch``.
        operation: of the API, e.g. ``SubmitJob``.
        parameters: of the operation, by the names of the API.
        partition: e.g. ``aws``.
        region: that the call is made in.
        account_id: of the caller.
        find: looks up what has another name in its ARN than in the call.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    partition: str
    region: str
    account_id: str
    find: Lookup = _nothing

    def arn(self, resource: str, service: str = "", *, account_id: str | None = None) -> str:
        """Return the ARN of a resource of the caller's account and region."""
        owner = self.account_id if account_id is None else account_id
        return f"arn:{self.partition}:{service or self.service}:{self.region}:{owner}:{resource}"

    def values(self, *names: str) -> Iterator[str]:
        """Yield the texts that the parameters of some names have, each of a list by itself."""
        for name in names:
            given = self.parameters.get(name)
            for value in given if isinstance(given, list) else [given]:
                if isinstance(value, str) and value:
                    yield value

    def value(self, *names: str) -> str:
        """Return the first text of :meth:`values`; empty if there is none."""
        return next(self.values(*names), "")
