"""The answers of AWS to one diagnosis: each question is asked once."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable
from typing import Any, cast

from batchsdk.aws.transport import Transport
from batchsdk.errors import ServiceError
from batchsdk.session import Session


def asking_once(session: Session) -> Session:
    """Return the session for one diagnosis.

    What one check has asked is not asked again by another, which saves calls and has all of them
    judge the same state. An error is an answer too.
    """
    transport = cast("Transport", _Answers(session.transport))
    return dataclasses.replace(session, make_transport=lambda: transport)


class _Answers:
    """Hands every call on, and remembers what came of it. A diagnosis makes no call but reads."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._known: dict[str, Any] = {}

    # By name, so that a call added to the Transport needs no twin here.
    def __getattr__(self, name: str) -> Any:
        return functools.partial(self._ask, name, getattr(self._transport, name))

    def _ask(self, name: str, call: Callable[..., Any], *arguments: Any) -> Any:
        question = f"{name} {json.dumps(arguments, sort_keys=True, default=str)}"
        if question not in self._known:
            try:
                self._known[question] = call(*arguments)
            except ServiceError as error:
                self._known[question] = error
        answer = self._known[question]
        if isinstance(answer, ServiceError):
            raise answer
        return answer
