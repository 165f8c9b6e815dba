"""A web service that runs jobs for its callers. All it knows of the stack is an SSM parameter.

::

    python -m examples.service /batch/dev
    curl -d '{"Target": "Tokyo"}' http://127.0.0.1:8080/jobs         # {"id": "…"}
    curl http://127.0.0.1:8080/jobs/JOB_ID                           # {"status": "RUNNING", …}
"""

from __future__ import annotations

import json
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import batchsdk

_LARGEST_BODY = 30 * 1024


class Service(ThreadingHTTPServer):
    """The server; its requests share one connection."""

    def __init__(self, parameter: str, port: int = 8080) -> None:
        super().__init__(("127.0.0.1", port), _Request)
        self.batch = batchsdk.connect(ssm=parameter)


class _Request(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        """Submit a job with the parameters that the body has."""
        if self.path != "/jobs":
            self._answer(HTTPStatus.NOT_FOUND, {"error": "POST goes to /jobs"})
            return
        try:
            length = min(int(self.headers.get("Content-Length", 0)), _LARGEST_BODY)
            parameters = json.loads(self.rfile.read(length))
            job = self.server.batch.submit("hello", parameters=parameters)
        except (ValueError, batchsdk.UsageError) as fault:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": str(fault)})
        except batchsdk.ServiceError as fault:
            self._answer(HTTPStatus.BAD_GATEWAY, {"error": fault.message})
        else:
            self._answer(HTTPStatus.ACCEPTED, {"id": job.id})

    def do_GET(self) -> None:
        """Tell how a job is."""
        try:
            detail = self.server.batch.job(self.path.removeprefix("/jobs/")).describe()
        except batchsdk.JobLostError as fault:
            self._answer(HTTPStatus.NOT_FOUND, {"error": fault.message})
        except batchsdk.ServiceError as fault:
            self._answer(HTTPStatus.BAD_GATEWAY, {"error": fault.message})
        else:
            found = {"status": detail.status, "exitCode": detail.exit_code}
            self._answer(HTTPStatus.OK, found)

    def _answer(self, status: HTTPStatus, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


if __name__ == "__main__":
    with Service(sys.argv[1]) as service:
        service.serve_forever()
