"""boto3 clients of one local AWS, made once and shared by threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

from localaws.credentials.connection import PROVIDER_AGENT, Connection

SETTLE_TIMEOUT_SECONDS = 20 * 60
"""As long as pulumi-aws waits: an update of instances waits for the jobs on them."""
POLL_SECONDS, LONG_POLL_SECONDS = 0.02, 0.25


class Clients:
    """Makes clients for a connection in one region."""

    def __init__(self, connection: Connection, region: str) -> None:
        # A provider that no engine has configured makes no clients, and need not wait for boto3.
        import boto3  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415

        self.region = region
        self._connection = connection
        self._session: Any = boto3.Session()
        self._config = Config(user_agent_extra=PROVIDER_AGENT)
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        """Return the client of ``service``, e.g. ``ec2``."""
        with self._lock:  # boto3 makes clients on a session that is not thread-safe
            if service not in self._clients:
                self._clients[service] = self._session.client(
                    service,
                    endpoint_url=self._connection.endpoint_url,
                    region_name=self.region,
                    aws_access_key_id=self._connection.access_key_id,
                    aws_secret_access_key=self._connection.secret_access_key,
                    config=self._config,
                )
            return self._clients[service]

    @cached_property
    def account_id(self) -> str:
        """The account of the access key."""
        return str(self("sts").get_caller_identity()["Account"])

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this account and region, e.g. ``vpc/vpc-1``."""
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"


def settle(description: str, is_settled: Callable[[], bool]) -> None:
    """Wait until an asynchronous operation of the local AWS is over.

    Raises:
        TimeoutError: it is not within 20 minutes.
    """
    start = time.monotonic()
    while not is_settled():
        waited = time.monotonic() - start
        if waited > SETTLE_TIMEOUT_SECONDS:
            raise TimeoutError(f"{description} did not settle in {SETTLE_TIMEOUT_SECONDS} s")
        time.sleep(POLL_SECONDS if waited < 1 else LONG_POLL_SECONDS)
