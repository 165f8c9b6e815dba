"""How the command line speaks to the server that runs: see :mod:`localaws.control`."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localaws.control import PREFIX
from localaws.credentials import Connection
from localaws.door import HEALTH_PATH

TIMEOUT_SECONDS = 30.0


class ControlError(Exception):
    """The server refused the request; the message is its own."""


def is_healthy(endpoint_url: str, timeout: float = 5.0) -> bool:
    """Whether a local AWS answers there within ``timeout`` seconds."""
    try:
        status, answer = _send(endpoint_url, "GET", HEALTH_PATH, {}, b"", timeout=timeout)
    except (OSError, http.client.HTTPException, ValueError):
        return False
    return status == http.HTTPStatus.OK and answer.get("status") == "healthy"


def call(
    connection: Connection, method: str, operation: str, request: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Have the server do ``operation`` (e.g. ``reset``) and return its answer.

    Raises:
        ControlError: the server refuses.
        OSError: it cannot be reached.
    """
    body = json.dumps(request or {}).encode()
    path = PREFIX + operation
    signed = AWSRequest(method, connection.endpoint_url + path, data=body)
    key = Credentials(connection.access_key_id, connection.secret_access_key)
    SigV4Auth(key, "localaws", connection.region).add_auth(signed)
    headers = dict(signed.headers.items())
    status, answer = _send(
        connection.endpoint_url, method, path, headers, body, timeout=TIMEOUT_SECONDS
    )
    if status != http.HTTPStatus.OK:
        raise ControlError(answer.get("message", f"HTTP status {status}"))
    return answer


def _send(
    endpoint_url: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    *,
    timeout: float,
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(urlsplit(endpoint_url).netloc, timeout=timeout)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()
