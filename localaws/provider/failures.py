"""How a failure is told to the engine: under its resource, and with what exists all the same."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Iterator
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from localaws.provider.values import struct
from localaws.resources.clients import Clients
from localaws.resources.resource_type import PartiallyCreated, ResourceType

logger = logging.getLogger(__name__)


def answers_errors(method: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what a handler raises into the error that the engine shows under the resource."""

    @functools.wraps(method)
    def answering(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except PartiallyCreated as partial:
            context.abort_with_status(_initialization_failed(partial))
        except Exception as error:
            logger.debug("%s failed", method.__name__, exc_info=True)
            context.abort(grpc.StatusCode.UNKNOWN, f"{type(error).__name__}: {error}")

    return answering


@contextlib.contextmanager
def telling_what_is_there(resource_type: ResourceType, clients: Clients) -> Iterator[None]:
    """Give a partial failure the state that AWS has, so that the next update sees what lacks.

    The inputs would not do: they say what was wanted.
    """
    try:
        yield
    except PartiallyCreated as partial:
        with contextlib.suppress(Exception):  # what made it fail may strike here too
            found = resource_type.read(clients, partial.id) or {}
            partial.outputs = {**found, **partial.outputs}
        partial.secrets = resource_type.secrets
        raise


def _initialization_failed(partial: PartiallyCreated) -> grpc.Status:
    failed = provider_pb2.ErrorResourceInitFailed(
        id=partial.id,
        properties=struct(partial.outputs, secrets=partial.secrets),
        reasons=[partial.reason],
    )
    answer = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=partial.reason)
    answer.details.add().Pack(failed)
    status = grpc.Status()
    status.code = grpc.StatusCode.UNKNOWN
    status.details = partial.reason
    status.trailing_metadata = (("grpc-status-details-bin", answer.SerializeToString()),)
    return status
