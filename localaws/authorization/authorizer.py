"""Judges every request that has come in, before a service answers it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.sqs.models import sqs_backends
from moto.utilities.utils import get_partition

from localaws.authorization.calls import call_of
from localaws.authorization.denials import Denial, denial_of
from localaws.authorization.identities import caller_of
from localaws.authorization.lookups import Definitions, Lookups
from localaws.authorization.resource_policies import guard_of
from localaws.iam.authorization import Caller, denial
from localaws.iam.calls import requests_of
from localaws.iam.evaluation import Request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from localaws.iam.calls.call import Call

logger = logging.getLogger(__name__)

_OF_SQS = {"SendMessage": ("GenerateDataKey", "Decrypt"), "ReceiveMessage": ("Decrypt",)}
"""Actions of KMS that a queue with a customer's key needs of its callers (SQS developer guide, "Key
management")."""


class Authorizer:
    """Decides for the callers of every account."""

    def __init__(self, is_root: Callable[[str], bool], definitions: Definitions) -> None:
        """Prepare to judge.

        Args:
            is_root: tells of the id of an access key whether it is an account's own.
            definitions: finds job definitions.
        """
        self._is_root = is_root
        self._definitions = definitions
        self._used: set[tuple[str, str]] = set()

    def refusal(
        self, environ: WSGIEnvironment, *, key_id: str, account_id: str, service: str, region: str
    ) -> Denial | None:
        """Return what a caller is answered who may not do what it asks for; ``None`` if it may.

        Args:
            environ: of WSGI, whose body can be read again afterwards.
            key_id: that signed; empty if nobody did.
            account_id: whose key it is.
            service: signing name, e.g. ``batch``.
            region: that was signed.
        """
        partition = get_partition(region)
        if not key_id or self._is_root(key_id):
            return None  # what everybody may read, or the account itself
        call = call_of(
            environ,
            service=service,
            region=region,
            account_id=account_id,
            partition=partition,
            find=Lookups(account_id, region, self._definitions),
        )
        caller = caller_of(account_id, partition, key_id)
        known = {**caller.context, **_surroundings(environ)}
        requests = list(requests_of(call))
        for request in [*requests, *_of_keys(call, requests)]:
            reason = reason_against(replace(request, context={**known, **request.context}), caller)
            if reason is not None:
                return denial_of(call.service, caller.arn, request, reason)
            self._log(caller, request)
        return None

    def _log(self, caller: Caller, request: Request) -> None:
        """Write an action to the log, once for each user or role: of these a policy can be made.

        Every job has a session of its own, so that sessions are not told apart.
        """
        used = (caller.role_arn or caller.arn, request.action)
        if used not in self._used:
            self._used.add(used)
            logger.info(
                "%s is allowed %s, first on %s", caller.arn, request.action, request.resource
            )


def reason_against(request: Request, caller: Caller) -> str | None:
    """Say why a caller may not do something; ``None`` if it may."""
    guard = guard_of(request)
    owner = guard.account_id if guard is not None else caller.account_id
    context = {**request.context, "aws:resourceaccount": (owner,)}
    return denial(replace(request, context=context), caller, guard)


def _of_keys(call: Call, requests: Iterable[Request]) -> Iterator[Request]:
    """Yield what a call needs of the key that encrypts its queue, beside its other requests."""
    if call.service != "sqs":
        return
    for request in requests:
        operation = request.action.partition(":")[2]
        name = request.resource.rpartition(":")[2]
        queue = sqs_backends[call.account_id][call.region].queues.get(name)
        given: str | None = getattr(queue, "kms_master_key_id", None)
        key = call.find("key", given) if given else None
        for action in _OF_SQS.get(operation, ()) if key else ():
            via = (f"sqs.{call.region}.amazonaws.com",)
            context = {**request.context, "kms:viaservice": via}
            yield Request(f"kms:{action}", str(key), context)


def _surroundings(environ: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the values of the keys that are about how a request came in.

    This machine's loopback stands for TLS.
    """
    now = datetime.now(UTC)
    return {
        "aws:currenttime": (now.strftime("%Y-%m-%dT%H:%M:%SZ"),),
        "aws:epochtime": (str(int(now.timestamp())),),
        "aws:securetransport": ("true",),
        "aws:sourceip": (str(environ.get("REMOTE_ADDR", "127.0.0.1")),),
        "aws:useragent": (str(environ.get("HTTP_USER_AGENT", "")),),
        "aws:viaawsservice": ("false",),
        "aws:principalisawsservice": ("false",),
    }
