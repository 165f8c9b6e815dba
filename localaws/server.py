"""The local AWS: moto's services and our Batch on one loopback port.

with LocalAws(executor="process") as local:
    boto3.client("batch", **local.client_arguments) ...
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, Self

import moto.backends
from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from localaws.batch.delays import NO_DELAYS, StateDelays
from localaws.batch.engine import DEFAULT_STOP_TIMEOUT, Engine
from localaws.batch.executors import Executor
from localaws.batch.executors.container import ContainerExecutor, engine_answers
from localaws.batch.executors.process import ProcessExecutor
from localaws.batch.wsgi import BatchApplication
from localaws.credentials import ACCOUNT_ID, DEFAULT_REGION, Connection, make_key
from localaws.door import AUTHORIZATION, Door

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ExecutorName = Literal["auto", "process", "container"]

HOST = "127.0.0.1"
MOTO_SERVICES: tuple[moto.backends.SERVICE_NAMES, ...] = (
    "ec2",
    "ecs",
    "events",
    "iam",
    "logs",
    "s3",
    "sns",
    "sqs",
    "ssm",
    "sts",
)
"""Services whose state a start clears; moto keeps it for the process."""


class LocalAws:
    """A local AWS that runs from ``__enter__`` (or :meth:`start`) to ``__exit__`` (or ``stop``).

    moto keeps its state for the whole process: have one at a time.
    """

    def __init__(
        self,
        *,
        executor: ExecutorName = "auto",
        port: int = 0,
        region: str = DEFAULT_REGION,
        stop_timeout: float = DEFAULT_STOP_TIMEOUT,
        delays: StateDelays = NO_DELAYS,
    ) -> None:
        """Prepare a local AWS.

        Args:
            executor: what runs jobs; ``auto`` is containers where a container engine answers,
                else processes of this machine.
            port: TCP port on 127.0.0.1; 0 takes a free one.
            region: the default region of :attr:`connection`; every region is served.
            stop_timeout: seconds between SIGTERM and SIGKILL for a job that is stopped.
            delays: how long states of jobs, compute environments and queues last at least.

        Raises:
            OSError: the port is taken.
        """
        self._executor_name = choose_executor(executor)
        access_key_id, secret = make_key()
        # Bound here, as werkzeug ends the whole program if the port is taken.
        with socket.create_server((HOST, port)) as listening:
            self._server = make_server(
                HOST,
                port,
                Door(self._dispatch, access_key_id, secret),
                threaded=True,
                request_handler=_QuietRequestHandler,
                fd=listening.fileno(),
            )
        self.connection = Connection(
            endpoint_url=f"http://{HOST}:{self._server.port}",
            region=region,
            access_key_id=access_key_id,
            secret_access_key=secret,
        )
        self._stop_timeout = stop_timeout
        self._delays = delays
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.05},  # seconds that a stop may take to be noticed
            name="local-aws",
            daemon=True,
        )

    @property
    def executor(self) -> str:
        """``process`` or ``container``: what runs the jobs."""
        return self._executor_name

    @property
    def endpoint_url(self) -> str:
        """URL of the server, e.g. ``http://127.0.0.1:40123``."""
        return self.connection.endpoint_url

    @property
    def environ(self) -> dict[str, str]:
        """``AWS_*`` variables that point boto3, the AWS CLI and Pulumi here."""
        return self.connection.environ

    @property
    def client_arguments(self) -> dict[str, Any]:
        """Keyword arguments for ``boto3.client`` that point it here."""
        return {
            "endpoint_url": self.connection.endpoint_url,
            "region_name": self.connection.region,
            "aws_access_key_id": self.connection.access_key_id,
            "aws_secret_access_key": self.connection.secret_access_key,
        }

    def start(self) -> Self:
        """Serve, with nothing in any account."""
        # AWS's managed policies must exist to be attached to roles.
        default_user_config["iam"]["load_aws_managed_policies"] = True
        for service in MOTO_SERVICES:
            moto.backends.get_backend(service).reset()
        executor: Executor = (
            ContainerExecutor() if self._executor_name == "container" else ProcessExecutor()
        )
        # Jobs reach this AWS as they would reach the real one: by the default credential chain.
        inherited = {"PATH": os.environ.get("PATH", os.defpath)}
        if self._executor_name == "container":
            inherited = {}  # the image brings its own
        self._engine = Engine(
            executor,
            job_environment={**inherited, **self.environ},
            stop_timeout=self._stop_timeout,
            delays=self._delays,
        )
        self._batch = BatchApplication(self._engine)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving, kill the jobs that run, and forget everything."""
        try:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        finally:
            self._engine.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _dispatch(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = AUTHORIZATION.fullmatch(environ["HTTP_AUTHORIZATION"])
        if found is not None and found["service"] == "batch":
            return self._batch.answer(environ, start_response, ACCOUNT_ID, found["region"])
        answer: Iterable[bytes] = self._moto(environ, start_response)
        return answer


def choose_executor(wanted: ExecutorName) -> Literal["process", "container"]:
    """Turn ``auto`` into what this machine has.

    Raises:
        RuntimeError: ``container`` is wanted and no container engine answers.
    """
    if wanted == "process":
        return "process"
    if engine_answers():
        return "container"
    if wanted == "container":
        raise RuntimeError(
            "no container engine answers (DOCKER_HOST, or /var/run/docker.sock): start one, or use "
            "the process executor"
        )
    return "process"


class _QuietRequestHandler(MotoRequestHandler):
    """Writes no line per request."""

    def log_request(self, code: int | str = "-", _size: int | str = "-") -> None:
        logging.getLogger(__name__).debug("%s %s", self.requestline, code)
