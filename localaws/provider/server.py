"""The gRPC server that an engine attaches to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from types import TracebackType
from typing import Self

import grpc
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

from localaws.credentials.connection import Connection
from localaws.provider.same_user_port import SameUserPort
from localaws.provider.service import ProviderService
from localaws.system.temporary_folders import TemporaryFolder

THREADS = 32
"""As many operations at once as an engine on a big machine sends (`--parallel`)."""
STOP_SECONDS = 30.0


class ProviderServer:
    """The ``aws`` provider of one local AWS, on a free port of the loopback, for this user alone.

    gRPC itself listens on a Unix socket in a folder of this user; the port before it lets only this
    user's processes in.
    """

    def __init__(self, connection: Connection, *, trust_local_users: bool = False) -> None:
        """Prepare to serve.

        Args:
            connection: of the local AWS that carries the resources.
            trust_local_users: serve every user of this machine, where the system does not say
                whose a connection is.

        Raises:
            UntrustedUsersError: it does not say, and other users are logged in.
            OSError: no socket can be made in the temporary folder.
        """
        self._threads = ThreadPoolExecutor(THREADS, "provider")
        self._server = grpc.server(self._threads, options=_GRPC_CHANNEL_OPTIONS)
        service = ProviderService(connection, metadata.version("pulumi-aws"))
        add_ResourceProviderServicer_to_server(service, self._server)
        self._folder = TemporaryFolder("localaws-run-")
        try:
            behind = self._folder.path / "provider"
            self._listen(str(behind))
            self._port = SameUserPort(behind, trust_local_users=trust_local_users)
        except BaseException:
            self._folder.remove()
            raise

    def _listen(self, path: str) -> None:
        try:
            self._server.add_insecure_port(f"unix:{path}")
        except RuntimeError as error:
            raise OSError(
                f"no Unix socket can be made at {path}: {error}; TMPDIR can name another folder, "
                "with a path of less than 80 characters"
            ) from error

    @property
    def environ(self) -> dict[str, str]:
        """The variables that make an engine use this provider as ``aws``, and download no other."""
        return {
            "PULUMI_DEBUG_PROVIDERS": f"aws:{self._port.port}",
            # Otherwise an engine fetches the provider of AWS, and then does not start it. What a
            # program needs besides is fetched when its first resource asks for it.
            "PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL": "true",
        }

    def __enter__(self) -> Self:
        self._server.start()
        self._port.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._port.close()
        self._server.stop(STOP_SECONDS).wait()
        # gRPC does not wait for the operations of a caller that hung up, e.g. a killed engine.
        self._threads.shutdown(wait=True)
        self._folder.remove()
