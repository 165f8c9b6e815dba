"""Carries out the faults that a caller meets on the wire: between the door and the services."""

from __future__ import annotations

import http
import json
import socket
import struct
import threading
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from localaws.faults import FaultKind, Faults
from localaws.http.door import CALLER
from localaws.http.protocols import error_answer
from localaws.http.refusals import Code
from localaws.http.server import CONNECTION

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ERRORS = {
    FaultKind.TOO_MANY_REQUESTS: (429, "TooManyRequestsException", "Too Many Requests"),
    FaultKind.THROTTLING: (400, "ThrottlingException", "Rate exceeded"),
    FaultKind.SERVER_ERROR: (500, "InternalFailure", "An internal error has occurred."),
    FaultKind.UNAVAILABLE: (503, "ServiceUnavailable", "The service is unavailable."),
    FaultKind.NO_LOG_STREAM: (
        400,
        "ResourceNotFoundException",
        "The specified log stream does not exist.",
    ),
}
"""HTTP status, AWS error code and message."""
HTML_PAGE = b"<html><head><title>Sign in</title></head><body>Please sign in.</body></html>"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""Value of SO_LINGER: closing sends RST, not FIN."""


class FaultyWire:
    """WSGI middleware: requests that meet a fault fail by it, all others go through."""

    def __init__(self, application: WSGIApplication, faults: Faults) -> None:
        self._application = application
        self._faults = faults

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request, or fail as told."""
        service, operation, job_name = describe_request(environ)
        fault = self._faults.strikes(service, operation, job_name)
        if fault is None:
            return self._application(environ, start_response)
        if fault.kind in ERRORS:
            return _error(service, environ, start_response, fault.kind)
        if fault.kind is FaultKind.HTML:
            _start(start_response, 200, "text/html", HTML_PAGE)
            return [HTML_PAGE]
        if fault.kind is FaultKind.SLOW:
            threading.Event().wait(fault.seconds)
            return self._application(environ, start_response)
        if fault.kind is FaultKind.RESET:
            _break(environ)
        answer = b"".join(self._application(environ, start_response))
        if fault.kind is FaultKind.LOST_ANSWER:
            _break(environ)
        return _first_half(answer)


def describe_request(environ: WSGIEnvironment) -> tuple[str, str, str]:
    """Return the service's signing name, the operation and ``jobName``; ``""`` where there is none.

    An operation is the end of X-Amz-Target (JSON), ``Action`` (query) or the path (Batch).
    """
    service = environ[CALLER].service
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if service == "batch":
        return service, _batch_operation(environ), _job_name(environ)
    if target:
        return service, target.rsplit(".", 1)[-1], ""
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        action = parse_qs(_body(environ).decode(errors="replace")).get("Action", [""])
        return service, action[0], ""
    return service, "", ""


def _batch_operation(environ: WSGIEnvironment) -> str:
    """Return the operation behind a path of the Batch API: ``/v1/submitjob``."""
    name = str(environ["PATH_INFO"]).removeprefix("/v1/")
    if not name.startswith("tags/"):
        return name
    by_method = {"GET": "ListTagsForResource", "POST": "TagResource", "DELETE": "UntagResource"}
    return by_method.get(environ["REQUEST_METHOD"], "")


def _job_name(environ: WSGIEnvironment) -> str:
    try:
        name = json.loads(_body(environ) or b"{}").get("jobName", "")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return str(name)


def _body(environ: WSGIEnvironment) -> bytes:
    """Read the body and leave it to be read again."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body: bytes = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = BytesIO(body)
    return body


def _error(
    service: str, environ: WSGIEnvironment, start_response: StartResponse, kind: FaultKind
) -> Iterable[bytes]:
    """Answer an error in the protocol of the service."""
    status, code, message = ERRORS[kind]
    return error_answer(environ, service, Code(code, status), message).send(start_response)


def _start(
    start_response: StartResponse,
    status: int,
    content_type: str,
    body: bytes,
) -> None:
    phrase = http.HTTPStatus(status).phrase
    length = ("Content-Length", str(len(body)))
    start_response(f"{status} {phrase}", [("Content-Type", content_type), length])


def _first_half(answer: bytes) -> Iterator[bytes]:
    yield answer[: len(answer) // 2]
    raise ConnectionAbortedError("a fault on demand")  # the rest is never sent


def _break(environ: WSGIEnvironment) -> None:
    """Cut the caller's connection.

    Raises:
        ConnectionAbortedError: always; the HTTP server closes the connection for it.
    """
    connection: socket.socket = environ[CONNECTION]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    raise ConnectionAbortedError("a fault on demand")
