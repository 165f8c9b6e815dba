"""How the command line speaks to the server that runs: see :mod:`localaws.control.requests`."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from localaws.credentials.connection import PREFIX, Connection
from localaws.credentials.signing import signed_headers

TIMEOUT_SECONDS = 30.0


class ControlError(Exception):
    """The server refused the request; the message is its own."""


def call(
    connection: Connection, method: str, operation: str, request: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Have the server do ``operation`` (e.g. ``reset``) and return its answer.

    Raises:
        ControlError: the server refuses, or is no local AWS.
        OSError: it cannot be reached.
    """
    body = json.dumps(request or {}).encode()
    path = PREFIX + operation
    headers = signed_headers(connection, method, path, body, service="localaws")
    address = urlsplit(connection.endpoint_url).netloc
    server = http.client.HTTPConnection(address, timeout=TIMEOUT_SECONDS)
    try:
        server.request(method, path, body, headers)
        answer = server.getresponse()
        status, result = answer.status, json.loads(answer.read())
    except (http.client.HTTPException, ValueError) as error:
        raise ControlError(f"{connection.endpoint_url} is not a local AWS: {error}") from error
    finally:
        server.close()
    if status != http.HTTPStatus.OK:
        raise ControlError(result.get("message", f"HTTP status {status}"))
    return dict(result)
