"""A proxy in front of the local AWS that counts calls, and throttles SubmitJob as AWS does."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

SUBMISSIONS_PER_SECOND = 50
"""Of an account and region (AWS Batch endpoints and quotas); the bucket holds a second's worth."""

_SERVICE = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/(?P<service>[^/]+)/")
_OF_ONE_HOP = ("connection", "transfer-encoding", "content-length", "date", "server")
_THROTTLED = b'{"message": "Too Many Requests"}'


class CountingProxy:
    """Counts calls by service and operation on their way to an endpoint.

    Requests go on as they came, their Host too, so that their signatures stay good.
    """

    def __init__(self, endpoint_url: str) -> None:
        target = urlsplit(endpoint_url).netloc
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._throttles = False
        self._tokens = float(SUBMISSIONS_PER_SECOND)
        self._filled_at = time.monotonic()
        handler = type("Handler", (_Handler,), {"proxy": self, "target": target})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def endpoint_url(self) -> str:
        """Where clients speak to it."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def begin(self, *, throttles: bool = False) -> None:
        """Count from nothing; throttle SubmitJob from now on, or do not."""
        with self._lock:
            self._counts.clear()
            self._throttles = throttles
            self._tokens, self._filled_at = float(SUBMISSIONS_PER_SECOND), time.monotonic()

    def counts(self) -> Counter[tuple[str, str]]:
        """Return the calls since :meth:`begin`, by service and operation; throttled ones too."""
        with self._lock:
            return self._counts.copy()

    def admit(self, service: str, operation: str) -> bool:
        """Count a call; False if it is to be throttled."""
        with self._lock:
            self._counts[service, operation] += 1
            if not self._throttles or operation != "SubmitJob":
                return True
            now = time.monotonic()
            grown = (now - self._filled_at) * SUBMISSIONS_PER_SECOND
            self._tokens = min(float(SUBMISSIONS_PER_SECOND), self._tokens + grown)
            self._filled_at = now
            if self._tokens < 1:
                self._counts["batch", "SubmitJob, throttled"] += 1
                self._counts["batch", "SubmitJob"] -= 1
                return False
            self._tokens -= 1
            return True

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def operation_of(method: str, path: str, target: str, content_type: str, body: bytes) -> str:
    """Return the operation of a request; for S3, which names none, the method."""
    if target:
        return target.rsplit(".", 1)[-1]
    if path.startswith("/v1/"):
        name = path.removeprefix("/v1/")
        return _BATCH.get(name, name)
    if content_type.startswith("application/x-www-form-urlencoded"):
        return parse_qs(body.decode(errors="replace")).get("Action", [method])[0]
    return method


_BATCH = {
    "describecomputeenvironments": "DescribeComputeEnvironments",
    "registerjobdefinition": "RegisterJobDefinition",
    "describejobs": "DescribeJobs",
    "describejobdefinitions": "DescribeJobDefinitions",
    "describejobqueues": "DescribeJobQueues",
    "listjobs": "ListJobs",
    "submitjob": "SubmitJob",
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    proxy: CountingProxy
    target: str

    def setup(self) -> None:
        super().setup()
        self._onward = http.client.HTTPConnection(self.target)

    def finish(self) -> None:
        self._onward.close()
        super().finish()

    def handle_expect_100(self) -> bool:
        """Ask for the body at once, as the answers are buffered."""
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""

    def handle_one_call(self) -> None:
        """Count one call, and hand it on or throttle it."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        signed = _SERVICE.search(self.headers.get("Authorization", ""))
        operation = operation_of(
            self.command,
            self.path,
            self.headers.get("X-Amz-Target", ""),
            self.headers.get("Content-Type", ""),
            body,
        )
        if not self.proxy.admit(signed["service"] if signed else "", operation):
            kind = ("x-amzn-errortype", "TooManyRequestsException")
            self._answer(429, [("Content-Type", "application/json"), kind], _THROTTLED)
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
        self._onward.request(self.command, self.path, body=body, headers=headers)
        answer = self._onward.getresponse()
        self._answer(answer.status, answer.getheaders(), answer.read(), answer.getheader)

    def _answer(
        self,
        status: int,
        headers: list[tuple[str, str]],
        body: bytes,
        original: Any = None,
    ) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _OF_ONE_HOP:
                self.send_header(name, value)
        length = str(len(body))
        if self.command == "HEAD" and original is not None:
            length = original("Content-Length") or "0"
        self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = handle_one_call  # noqa: N815
