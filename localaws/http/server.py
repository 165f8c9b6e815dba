"""HTTP for the local AWS: waitress, with a door that judges a request before its body is read.

waitress reads all connections in one thread and gives a request to a worker only when it is
complete, so half of a request costs a descriptor and no thread. Added here: what a head must have
(:class:`localaws.http.door.Door`), time limits for each part of a request, and which connection
makes room for a new one when there are too many.
"""

from __future__ import annotations

import errno
import functools
import logging
import resource
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError, get_header_lines
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, Task, ThreadedTaskDispatcher, WSGITask

from localaws.http.door import ADMISSION, Door, refusal_answer
from localaws.http.protocols import Answer
from localaws.http.refusals import RefusedError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

HOST = "127.0.0.1"
CONNECTION = "localaws.connection"
"""Key of the WSGI environ: the caller's socket."""

THREADS = 100
"""Requests that are answered at once; a long poll of SQS is one for up to 20 seconds."""
MAX_CONNECTIONS = 512
ACCEPTS_AT_ONCE = 32
"""waitress takes one in each round, and a round looks at every connection."""
HEAD_BYTES = 64 * 1024
LONGEST_NUMBER = 19
"""Digits of a Content-Length; more would be more bytes than a file may have."""

HEAD_SECONDS = 10.0
"""How long the head of a request may take to arrive, and the first one to begin."""
BODY_SECONDS = 30.0
"""How long a body or an answer may stand still."""
IDLE_SECONDS = 300.0
"""How long a connection that has been used well may wait for its next request."""
CHECK_SECONDS = 0.5
STOP_SECONDS = 2.0
"""How long requests that are being answered may take when the server stops."""


class HttpServer:
    """Serves a WSGI application on a port of 127.0.0.1, from ``start`` to ``stop``."""

    def __init__(self, application: WSGIApplication, door: Door, port: int) -> None:
        """Take the port; connections wait until the server starts.

        Args:
            application: what answers the requests that the door admits.
            door: judges heads and bodies.
            port: TCP port; 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        listening = socket.create_server((HOST, port))
        self.port: int = listening.getsockname()[1]
        self._server = _Server(door.guard(application), door, listening)
        self._thread = threading.Thread(target=self._server.run, name="local-aws", daemon=True)

    def start(self) -> None:
        """Answer requests from now on."""
        self._server.task_dispatcher.set_thread_count(THREADS)
        self._thread.start()

    def stop(self) -> None:
        """Let requests end, for up to :data:`STOP_SECONDS`, and close every connection."""
        self._server.stop()
        self._thread.join()
        self.close()

    def close(self) -> None:
        """Give the port back."""
        self._server.task_dispatcher.shutdown(timeout=1)
        self._server.close_all()


def connection_limit() -> int:
    """Return how many connections there may be: half of the descriptors are for all the rest."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else min(MAX_CONNECTIONS, soft // 2)


class _Server(TcpWSGIServer):  # type: ignore[misc]
    """Accepts always: when there are too many connections, the one of least worth goes."""

    def __init__(self, application: WSGIApplication, door: Door, listening: socket.socket) -> None:
        self.door = door
        self._limit = connection_limit()
        self._stop_at: float | None = None
        self._pause_until = 0.0
        self._is_closed = False
        self._next_check = 0.0
        super().__init__(
            application,
            map={},
            _sock=listening,
            dispatcher=_Dispatcher(),
            adj=Adjustments(
                sockets=[listening],
                ident="localaws",
                max_request_header_size=HEAD_BYTES,
                max_request_body_size=door.largest_body + 1,
                log_socket_errors=False,
            ),
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
            bind_socket=False,
        )
        self.channel_class = _Channel

    def run(self) -> None:
        while self._stop_at is None or (self._is_answering() and time.monotonic() < self._stop_at):
            wasyncore.loop(timeout=CHECK_SECONDS, use_poll=True, map=self._map, count=1)

    def stop(self) -> None:
        self._stop_at = time.monotonic() + STOP_SECONDS
        self.pull_trigger()

    def close_all(self) -> None:
        self._is_closed = True
        for channel in list(self.active_channels.values()):
            channel.handle_close()
        wasyncore.close_all(self._map, ignore_all=True)

    def pull_trigger(self) -> None:
        if not self._is_closed:  # a worker may end later
            super().pull_trigger()

    def readable(self) -> bool:
        now = time.time()
        if now >= self._next_check:
            self._next_check = now + CHECK_SECONDS
            for channel in self.active_channels.values():
                if channel.is_overdue(now):
                    channel.will_close = True
        return self._stop_at is None and now >= self._pause_until

    def accept(self) -> Any:
        try:
            return super().accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                # The caller waits in the kernel until there is a descriptor for it.
                self._make_room(len(self.active_channels) - 1)
                self._pause_until = time.time() + CHECK_SECONDS / 10
            raise

    def handle_accept(self) -> None:
        for _ in range(ACCEPTS_AT_ONCE):
            before = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == before:
                break
        self._make_room(self._limit)

    def _make_room(self, limit: int) -> None:
        """Close what is above ``limit``: first who has sent no good request, longest silent."""
        there = [each for each in self.active_channels.values() if not each.will_close]
        waiting = [each for each in there if not each.requests and not each.total_outbufs_len]
        waiting.sort(key=lambda each: (each.is_known, each.last_activity))
        for channel in waiting[: max(0, len(there) - limit)]:
            channel.will_close = True

    def _is_answering(self) -> bool:
        channels = self.active_channels.values()
        return any(each.requests or each.total_outbufs_len for each in channels)


class _Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Its warnings (of a queue, of a long poll when the server stops) are not for the terminal."""

    logger = queue_logger = logging.getLogger(f"{__name__}.workers")


_Dispatcher.logger.setLevel(logging.ERROR)


class _Channel(HTTPChannel):  # type: ignore[misc]
    """One connection."""

    was_proven = False
    """Whether a request came over it whose signature was right."""
    head_since = 0.0
    """When the head that is being read began, or the connection (epoch seconds)."""

    def __init__(self, server: _Server, sock: socket.socket, *rest: Any, **more: Any) -> None:
        super().__init__(server, sock, *rest, **more)
        self.head_since = self.creation_time
        self.parser_class = functools.partial(_Request, server.door)
        self.task_class = _Task
        self.error_task_class = _ErrorTask

    def received(self, data: bytes) -> bool:
        if self.request is None and self.was_proven:
            self.head_since = time.time()
        taken: bool = super().received(data)
        return taken

    @property
    def is_known(self) -> bool:
        """Whether somebody with a key uses it."""
        admission = self.request.admission if self.request is not None else None
        return self.was_proven or (admission is not None and admission.is_proven)

    def is_overdue(self, now: float) -> bool:
        """Whether the caller has had the time that it may take."""
        silent = now - self.last_activity
        if self.total_outbufs_len:
            return bool(silent > BODY_SECONDS)
        if self.requests:
            return False
        if self.request is not None and self.request.headers_finished:
            return bool(silent > BODY_SECONDS)
        if self.request is not None or not self.is_known:
            return now - self.head_since > HEAD_SECONDS
        return bool(silent > IDLE_SECONDS)


class _Request(HTTPRequestParser):  # type: ignore[misc]
    """Reads one request, and no more than its head if the door refuses that."""

    admission: Any = None

    def __init__(self, door: Door, adj: Adjustments) -> None:
        super().__init__(adj)
        self._door = door
        self.preserved: dict[str, str] = {}

    def received(self, data: bytes) -> int:
        was_finished: bool = self.headers_finished
        consumed: int = super().received(data)
        is_at_the_body = self.headers_finished and not self.empty and self.error is None
        if is_at_the_body and not was_finished:
            self._ask_the_door()
        elif is_at_the_body and self.body_bytes_received > self.admission.largest_body:
            self._refuse(self.admission.too_large())
        if self.completed:
            self.expect_continue = False  # waitress would ask for the body all the same
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # a number of thousands of digits
            raise ParsingError("Content-Length is invalid") from error
        if len(self.headers.get("CONTENT_LENGTH", "")) > LONGEST_NUMBER:
            raise ParsingError("Content-Length is invalid")
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length and Transfer-Encoding exclude each other")
        if "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("Transfer-Encoding is of HTTP/1.1")
        self._preserve_names(header_plus)

    def _preserve_names(self, header_plus: bytes) -> None:
        """Keep S3's metadata with underscores in their names, as moto's own server does."""
        for line in get_header_lines(header_plus)[1:]:
            name, _, value = line.decode("latin-1").partition(":")
            key = name.upper().replace("-", "_")
            if should_preserve_original_header_name(name) and key not in self.headers:
                self.headers[key] = value.strip(" \t")
                self.preserved[environ_key_for_header(name)] = name

    def environ(self) -> WSGIEnvironment:
        """Return the head as WSGI has it."""
        return {
            "REQUEST_METHOD": self.command,
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query,
            "RAW_URI": self.request_uri,
            # It may be signed, and waitress has dropped it.
            **({"HTTP_TRANSFER_ENCODING": "chunked"} if self.chunked else {}),
            **{environ_key_for_header(name): value for name, value in self.headers.items()},
        }

    def _ask_the_door(self) -> None:
        environ = self.environ()
        try:
            self.admission = self._door.admit(environ, self.content_length)
        except RefusedError as refusal:
            self._refuse(refusal)

    def _refuse(self, refusal: RefusedError) -> None:
        self.error = _Refusal(refusal, self.environ())
        self.completed = True


class _Refusal:
    """A refusal as waitress wants its errors."""

    def __init__(self, refusal: RefusedError, environ: WSGIEnvironment) -> None:
        self._answer = refusal_answer(environ, refusal)

    def to_response(self, _ident: str | None) -> Answer:
        return self._answer


class _LoggedTask(Task):  # type: ignore[misc]
    """Writes a line for each request to our own log."""

    def build_response_header(self) -> bytes:
        # waitress capitalizes names, and those of S3's metadata are what the caller gave.
        names = {name.lower(): name for name, _ in self.response_headers}
        first, *rest = super().build_response_header().decode("latin-1").split("\r\n")
        fields = [line.partition(":") for line in rest]
        named = [f"{names.get(name.lower(), name)}{colon}{value}" for name, colon, value in fields]
        return "\r\n".join([first, *named]).encode("latin-1")

    def write(self, data: bytes) -> None:
        is_head = getattr(self.request, "command", "") == "HEAD"
        super().write(b"" if is_head else data)

    def finish(self) -> None:
        super().finish()
        # Anybody may send a line: what a terminal would act on is escaped.
        line = ascii(getattr(self.request, "first_line", b""))[2:-1]
        logger.info("%s %s", line, self.status.partition(" ")[0])


class _Task(_LoggedTask, WSGITask):  # type: ignore[misc]
    def finish(self) -> None:
        super().finish()
        self.channel.was_proven |= self.request.admission.is_proven

    def get_environment(self) -> WSGIEnvironment:
        environ: WSGIEnvironment = super().get_environment()
        environ["RAW_URI"] = self.request.request_uri
        environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = self.request.preserved
        environ[CONNECTION] = self.channel.socket
        environ[ADMISSION] = self.request.admission
        return environ


class _ErrorTask(_LoggedTask, ErrorTask):  # type: ignore[misc]
    pass
