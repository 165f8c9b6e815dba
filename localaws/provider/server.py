"""The gRPC server that an engine attaches to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from types import TracebackType
from typing import Self

import grpc
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

from localaws.credentials import Connection
from localaws.provider.service import ProviderService

THREADS = 32
"""As many operations at once as an engine on a big machine sends (`--parallel`)."""
STOP_SECONDS = 30.0


class ProviderServer:
    """The ``aws`` provider of one local AWS, on a free port of the loopback.

    gRPC has no door of its own, so run one only as long as the engine that it serves. It cannot
    submit jobs: whoever else on this machine finds the port can make resources in the local AWS.
    """

    def __init__(self, connection: Connection) -> None:
        self._server = grpc.server(
            ThreadPoolExecutor(THREADS, "provider"), options=_GRPC_CHANNEL_OPTIONS
        )
        service = ProviderService(connection, metadata.version("pulumi-aws"))
        add_ResourceProviderServicer_to_server(service, self._server)
        self._port = self._server.add_insecure_port("127.0.0.1:0")

    @property
    def environ(self) -> dict[str, str]:
        """The variable that makes an engine use this provider as ``aws``."""
        return {"PULUMI_DEBUG_PROVIDERS": f"aws:{self._port}"}

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.stop(STOP_SECONDS).wait()
