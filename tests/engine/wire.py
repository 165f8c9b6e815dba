"""A wire between programs and the local AWS that can be cut after any request.

It is an HTTP proxy. The answers to the requests that it is told to cut after are held: AWS has done
what it was asked, and nobody is told. When the engine gets no further, it is killed, and from then
on nothing comes through.
"""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

READS = re.compile(r"(batch)?(describe|get|list|select|assume)", re.IGNORECASE)
MADE_UP = re.compile(r"[0-9a-f]{7,}")
TOKEN = re.compile(r"ClientToken\W+[-0-9a-f]+")
QUIET_SECONDS = 1.0
"""How long an engine that gets no further makes no change."""
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


@dataclass(frozen=True)
class Change:
    """A request that changes something.

    Attributes:
        operation: of the API, e.g. ``CreateRole``.
        about: the request without what is made up at each attempt: ids, suffixes, tokens.
    """

    operation: str
    about: str


class Wire:
    """A proxy on a port of its own, which goes on through all cuts."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.wire = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._lock = threading.Lock()
        self._is_point: Callable[[Change], bool] | None = None
        self._held: list[Change] = []
        self._last_change = 0.0
        self._cut = threading.Event()
        self._mended = threading.Event()
        self._killer: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Its URL, which takes the place of the local AWS's."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def is_cut(self) -> bool:
        """Whether nothing comes through."""
        return self._cut.is_set()

    def __enter__(self) -> Wire:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def cut_at(self, is_point: Callable[[Change], bool], kill: Callable[[], object]) -> None:
        """Hold the answers of changes of which ``is_point`` says so, then cut and call ``kill``."""
        with self._lock:
            self._is_point, self._held = is_point, []
            self._cut.clear()
            self._mended.clear()
        self._killer = threading.Thread(target=self._cut_when_quiet, args=(kill,))
        self._killer.start()

    def mend(self) -> tuple[Change, ...]:
        """Let everything through again; return the changes after which it was cut."""
        assert self._killer is not None
        self._mended.set()
        self._killer.join()
        with self._lock:
            held, self._is_point, self._held = tuple(self._held), None, []
            self._cut.clear()
            return held

    def has_answered(self, change: Change) -> bool:
        """Take note that AWS has answered; return whether the caller may be told."""
        with self._lock:
            self._last_change = time.monotonic()
            if self.is_cut:
                return False
            if self._is_point is None or not self._is_point(change):
                return True
            self._held.append(change)
        self._cut.wait()
        return False

    def _cut_when_quiet(self, kill: Callable[[], object]) -> None:
        while not self._mended.wait(0.05):
            with self._lock:
                if self._held and time.monotonic() > self._last_change + QUIET_SECONDS:
                    self._cut.set()
                    kill()
                    return


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
        if wire.is_cut:
            self._hang_up()
            return
        if self._upstream is None:
            self._upstream = http.client.HTTPConnection(wire.target.netloc, timeout=300)
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
        operation = self._operation(body)
        if not READS.match(operation) and not wire.has_answered(self._change(operation, body)):
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

    def _change(self, operation: str, body: bytes) -> Change:
        text = unquote_plus(f"{self.path} {body.decode('latin-1')}")
        return Change(operation, MADE_UP.sub("#", TOKEN.sub("", text)))

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
