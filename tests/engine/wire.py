"""A wire between programs and the local AWS that can be cut after any request.

It is an HTTP proxy. At the request that it is told to cut after, AWS has done what it was asked,
the engine is killed, and nobody is told; from then on nothing comes through.
"""

from __future__ import annotations

import http.client
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

READS = re.compile(r"(batch)?(describe|get|list|select|assume)", re.IGNORECASE)
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


class Wire:
    """A proxy on a port of its own, which goes on through all cuts."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.wire = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._lock = threading.Lock()
        self._is_point: Callable[[str], bool] | None = None
        self._kill: Callable[[], object] = bool
        self.cut_after: str | None = None
        """The operation after which it was cut, until it is mended."""

    @property
    def url(self) -> str:
        """Its URL, which takes the place of the local AWS's."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Wire:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def cut_at(self, is_point: Callable[[str], bool], kill: Callable[[], object]) -> None:
        """Cut when ``is_point`` says so of a change's operation, and call ``kill``.

        Requests that only read are not asked about.
        """
        with self._lock:
            self._is_point, self._kill, self.cut_after = is_point, kill, None

    def mend(self) -> str | None:
        """Let everything through again; return the operation after which it was cut."""
        with self._lock:
            after, self._is_point, self.cut_after = self.cut_after, None, None
            return after

    def has_answered(self, operation: str) -> bool:
        """Take note that AWS has answered; return whether the caller may be told."""
        with self._lock:
            if self.cut_after is not None:
                return False
            if self._is_point is None or READS.match(operation) or not self._is_point(operation):
                return True
            self.cut_after = operation
            self._kill()
            return False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    wire: Wire

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A killed caller hangs up: that is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    _upstream: http.client.HTTPConnection | None = None

    def do(self) -> None:
        """Pass a request on, and its answer back."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        wire = self.server.wire
        if wire.cut_after is not None:
            self._hang_up()
            return
        if self._upstream is None:
            self._upstream = http.client.HTTPConnection(wire.target.netloc, timeout=60)
        # The signature is of these very headers, Host among them.
        self._upstream.putrequest(
            self.command, self.path, skip_host=True, skip_accept_encoding=True
        )
        for name, value in self.headers.items():
            self._upstream.putheader(name, value)
        try:
            self._upstream.endheaders(body)
            answer = self._upstream.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._upstream.close()
            self._hang_up()
            return
        if not wire.has_answered(self._operation(body)):
            self._hang_up()
            return
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_DELETE = do_GET = do_HEAD = do_POST = do_PUT = do  # noqa: N815 - the names of http.server

    def finish(self) -> None:
        """Hang up at the other end too."""
        if self._upstream is not None:
            self._upstream.close()
        with suppress(OSError):
            super().finish()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _operation(self, body: bytes) -> str:
        """Return the API operation, in whichever protocol."""
        if target := self.headers.get("X-Amz-Target"):
            return str(target.rpartition(".")[2])
        if action := parse_qs(body.decode("latin-1")).get("Action"):
            return action[0]
        return urlsplit(self.path).path.strip("/").partition("/")[2] or self.command

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
