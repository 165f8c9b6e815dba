"""The fuzzed server: how to send it a request, and what it uses of time and memory."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from localaws.credentials.connection import Connection
from localaws.credentials.signing import signed_headers
from tests.batch_requests import EC2
from tests.conftest import make_roles, wait_valid
from tests.fuzz import batch_api

TICKS = os.sysconf("SC_CLK_TCK")
REQUESTS_IN_A_ROW = 100
IDS = re.compile(rb"\b(JOB|ARRAY)\b")


class FuzzedServer:
    """A local AWS in a process of its own, with an environment, a queue and jobs."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        assert process.stdout is not None
        self.arguments: dict[str, str] = json.loads(process.stdout.readline())
        self._process, self._log = process, log
        self._connection = Connection(
            endpoint_url=self.arguments["endpoint_url"],
            region=self.arguments["region_name"],
            access_key_id=self.arguments["aws_access_key_id"],
            secret_access_key=self.arguments["aws_secret_access_key"],
        )
        self.batch: Any = boto3.client("batch", **self.arguments)
        self._ids: dict[bytes, bytes] = {}
        self._left = 0
        self.begin_anew()

    @property
    def client_arguments(self) -> dict[str, str]:
        """Keyword arguments for ``boto3.client``."""
        return self.arguments

    def begin_anew(self) -> None:
        """Empty it, and make what the valid requests name."""
        assert self.send("localaws", "/_localaws/reset", b"")[0] == http.HTTPStatus.OK
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5")  # of memory's high water
        self._left = REQUESTS_IN_A_ROW
        make_roles(self)
        batch = self.batch
        batch.create_compute_environment(
            computeEnvironmentName=batch_api.ENVIRONMENT, type="MANAGED", computeResources=EC2
        )
        wait_valid(lambda: batch.describe_compute_environments()["computeEnvironments"])
        batch.create_scheduling_policy(name=batch_api.POLICY)
        order = [{"order": 1, "computeEnvironment": batch_api.ENVIRONMENT}]
        batch.create_job_queue(
            jobQueueName=batch_api.QUEUE, priority=1, computeEnvironmentOrder=order
        )
        wait_valid(lambda: batch.describe_job_queues()["jobQueues"])
        batch.register_job_definition(
            jobDefinitionName=batch_api.DEFINITION,
            type="container",
            parameters={"Target": "x"},
            containerProperties=batch_api.SMALL,
        )
        self._ids = {b"JOB": self.submit().encode(), b"ARRAY": self.submit(2).encode()}

    def submit(self, size: int | None = None) -> str:
        """Submit a job, or an array of that size."""
        more = {"arrayProperties": {"size": size}} if size else {}
        answer = self.batch.submit_job(
            jobName="job", jobQueue=batch_api.QUEUE, jobDefinition=batch_api.DEFINITION, **more
        )
        job_id: str = answer["jobId"]
        return job_id

    def status_of(self, job_id: str) -> str:
        """Return the status of a job."""
        status: str = self.batch.describe_jobs(jobs=[job_id])["jobs"][0]["status"]
        return status

    def fuzz(self, service: str, path: str, body: bytes, method: str = "POST") -> tuple[int, bytes]:
        """Do as :meth:`send`; after some requests begin anew first, as what is made is kept."""
        if self._left == 0:
            self.begin_anew()
        self._left -= 1
        return self.send(service, path, body, method)

    def send(self, service: str, path: str, body: bytes, method: str = "POST") -> tuple[int, bytes]:
        """Send a signed request with the ids of jobs in it; return status and answer."""
        body = IDS.sub(lambda found: self._ids[found[0]], body)
        headers = signed_headers(self._connection, method, path, body, service=service)
        address = urlsplit(self._connection.endpoint_url).netloc
        server = http.client.HTTPConnection(address, timeout=300)
        try:
            server.request(method, path, body, headers)
            answer = server.getresponse()
            return answer.status, answer.read()
        finally:
            server.close()

    @property
    def cpu(self) -> float:
        """Seconds of user and system so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory(self) -> int:
        """The most bytes that were resident."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    @property
    def log(self) -> str:
        """What it has written to standard error."""
        return self._log.read_text(errors="replace")


@contextmanager
def fuzzed_server(root: Path, log: Path) -> Iterator[FuzzedServer]:
    """Start one, and end it."""
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.server"],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        yield FuzzedServer(process, log)
        assert process.stdin is not None
        process.stdin.close()
