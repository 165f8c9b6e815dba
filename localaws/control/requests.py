"""What the server does for its own command line: `/_localaws/…`, signed but for the health check.

The answers are JSON. An error is ``{"message": …}`` with status 400.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from localaws.credentials.connection import HEALTH_PATH, PREFIX

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from localaws.credentials.connection import Connection


SCHEDULES_PATH = f"{PREFIX}schedules"


class Controlled(Protocol):
    """What a local AWS gives to its control."""

    faults: Any
    schedules: Any
    deployed: dict[str, dict[str, Any]]

    def status(self) -> dict[str, Any]:
        """Say what runs."""

    def reset(self) -> None:
        """Empty every account."""

    def connection_for(self, account_id: str) -> Connection:
        """Return how to reach an account."""


class Control:
    """The WSGI application for the paths under :data:`PREFIX`."""

    def __init__(self, local: Controlled, on_stop: Callable[[], None] = lambda: None) -> None:
        """Prepare to answer.

        Args:
            local: what is controlled.
            on_stop: called when a request asks the server to stop.
        """
        self._local = local
        self.on_stop = on_stop
        self._routes: Mapping[tuple[str, str], Callable[[dict[str, Any]], dict[str, Any]]] = {
            ("GET", HEALTH_PATH): lambda _: {"status": "healthy"},
            ("GET", f"{PREFIX}status"): lambda _: local.status(),
            ("POST", f"{PREFIX}stop"): self._stop,
            ("POST", f"{PREFIX}reset"): self._reset,
            ("POST", f"{PREFIX}account-key"): self._account_key,
            ("GET", f"{PREFIX}faults"): lambda _: {"faults": local.faults.describe()},
            ("POST", f"{PREFIX}faults"): lambda body: {"id": local.faults.add(**body).id},
            ("POST", f"{PREFIX}faults/clear"): self._clear_faults,
            ("GET", SCHEDULES_PATH): lambda _: local.schedules.describe(),
            ("POST", f"{SCHEDULES_PATH}/advance"): self._advance,
            ("POST", f"{SCHEDULES_PATH}/fire"): self._fire,
            ("GET", f"{PREFIX}deployed"): self._deployed,
            ("POST", f"{PREFIX}deployed"): self._deploy,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        asked = (environ["REQUEST_METHOD"], environ["PATH_INFO"])
        operation = self._routes.get(asked, _unknown)
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
            request = _object(environ["wsgi.input"].read(length))
            status, answer = "200 OK", operation(request)
        except (TypeError, ValueError) as error:
            status, answer = "400 Bad Request", {"message": str(error)}
        except KeyError as error:
            status, answer = "400 Bad Request", {"message": f"the request has no {error}"}
        body = json.dumps(answer).encode()
        start_response(
            status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        )
        return [body]

    def _stop(self, _request: dict[str, Any]) -> dict[str, Any]:
        self.on_stop()
        return {}

    def _reset(self, _request: dict[str, Any]) -> dict[str, Any]:
        self._local.reset()
        return {}

    def _account_key(self, request: dict[str, Any]) -> dict[str, Any]:
        key = self._local.connection_for(request["account"])
        return {"AccessKeyId": key.access_key_id, "SecretAccessKey": key.secret_access_key}

    def _clear_faults(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"removed": self._local.faults.clear(request.get("id"))}

    def _advance(self, request: dict[str, Any]) -> dict[str, Any]:
        fired = self._local.schedules.advance(float(request["seconds"]))
        return {"fired": [each.describe() for each in fired]}

    def _fire(self, request: dict[str, Any]) -> dict[str, Any]:
        fired = self._local.schedules.fire(request["name"])
        return {"fired": [each.describe() for each in fired]}

    def _deployed(self, request: dict[str, Any]) -> dict[str, Any]:
        if "stack" not in request:
            return {"stacks": [stack for stack, has in self._local.deployed.items() if has]}
        return {"resources": self._local.deployed.get(request["stack"], {})}

    def _deploy(self, request: dict[str, Any]) -> dict[str, Any]:
        resources = self._local.deployed.setdefault(request["stack"], {})
        if request["entry"] is None:
            resources.pop(request["urn"], None)
        else:
            resources[request["urn"]] = request["entry"]
        return {}


def _object(body: bytes) -> dict[str, Any]:
    """Read a request.

    Raises:
        TypeError: it is no JSON object.
        ValueError: it is no JSON, or nested too deep to be read.
    """
    try:
        found = json.loads(body or b"{}")
    except RecursionError:
        raise ValueError("the request is nested too deep") from None
    except ValueError as error:
        raise ValueError(f"the request is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise TypeError("the request is not a JSON object")
    return found


def _unknown(_request: dict[str, Any]) -> dict[str, Any]:
    raise ValueError("the local AWS has no such operation")
