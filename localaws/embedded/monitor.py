"""What takes the engine's place while the program runs."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, NoReturn, Protocol

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.mocks import MockMonitor, Mocks
from pulumi.runtime.proto import (
    callback_pb2,
    callback_pb2_grpc,
    provider_pb2,
    resource_pb2,
)

from localaws.embedded.errors import DeploymentError, InterruptedDeploymentError
from localaws.embedded.registrations import Entry, Registration
from localaws.provider.values import plain, struct, unwrapped
from localaws.resources.clients import Clients
from localaws.resources.table import FUNCTIONS, RESOURCE_TYPES

ROOT = "pulumi:pulumi:Stack"
MOMENTS = ("before_create", "after_create", "before_update", "after_update")


class Registrar(Protocol):
    """What is done with each resource that the program registers."""

    def register(self, wanted: Registration, hooks: Hooks) -> tuple[str, Mapping[str, Any]]:
        """Return the id and the state; called from several threads."""


class Hooks:
    """The functions of the program that are called before and after a step (resource hooks)."""

    def __init__(self) -> None:
        self._callbacks: dict[str, Any] = {}

    def add(self, request: Any) -> None:
        """Take note of a function."""
        self._callbacks[request.name] = request.callback

    def call(
        self,
        moment: str,
        wanted: Registration,
        old: Entry | None,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        """Call the functions of a resource that is made or updated; in the program's loop.

        Args:
            moment: one of :data:`MOMENTS`.
            wanted: what the program registers.
            old: what was there before; None for a creation.
            state: what there is after the step.

        Raises:
            DeploymentError: a function raised an error.
        """
        for name in wanted.hooks.get(moment, ()):
            callback = self._callbacks[name]
            request = resource_pb2.ResourceHookRequest(
                urn=wanted.urn,
                id=old.own_id if old else "",
                name=wanted.name,
                type=wanted.type,
                new_inputs=struct(wanted.inputs),
                old_inputs=struct(old.inputs if old else {}),
                new_outputs=struct(state or {}),
                old_outputs=struct(old.state if old else {}),
            )
            invocation = callback_pb2.CallbackInvokeRequest(
                token=callback.token, request=request.SerializeToString()
            )
            with grpc.insecure_channel(callback.target) as channel:
                answer = callback_pb2_grpc.CallbacksStub(channel).Invoke(invocation)
            error = resource_pb2.ResourceHookResponse.FromString(answer.response).error
            if error:
                raise DeploymentError(f"{wanted.title}: {error}")


class _NoMocks(Mocks):
    """Pulumi's mocks are asked for nothing but what the monitor does not carry."""

    def call(self, args: Any) -> NoReturn:
        raise DeploymentError(f"function {args.token}: only the Pulumi engine carries it")

    def new_resource(self, args: Any) -> NoReturn:
        raise DeploymentError(f"{args.typ} {args.name}: only the Pulumi engine reads resources")


class Monitor(MockMonitor):
    """Hands each resource to a registrar, and each call of a function to the local AWS."""

    def __init__(self, registrar: Registrar, clients: Clients) -> None:
        super().__init__(_NoMocks())
        self._registrar = registrar
        self._clients = clients
        self._hooks = Hooks()
        self._stopped = threading.Event()
        self.failure: DeploymentError | None = None
        """The first one: those that follow from it say less."""

    def stop(self) -> None:
        """Let nothing more be begun; what is under way ends first."""
        self._stopped.set()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # gRPC's name
        """Register a resource, and answer with its state."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == ROOT:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        wanted = _registration(urn, request)
        if self._stopped.is_set():
            raise InterruptedDeploymentError(f"{wanted.title}: not begun")
        try:
            identifier, state = self._registrar.register(wanted, self._hooks)
        except DeploymentError as error:
            self.failure = self.failure or error
            self.stop()
            raise
        kind = RESOURCE_TYPES.get(wanted.type)
        secrets = kind.secrets if kind is not None else ()
        return resource_pb2.RegisterResourceResponse(
            urn=urn, id=identifier, object=struct(state, secrets=secrets)
        )

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        """Call a function of the provider."""
        function = FUNCTIONS.get(request.tok)
        if function is None:
            reason = "the local AWS does not support it"
            self.failure = self.failure or DeploymentError(f"function {request.tok}: {reason}")
            raise self.failure
        try:
            answer = function(self._clients, plain(request.args))
        except Exception as error:
            # A failure, not an exception: the program may catch it, as with the real provider.
            failed = provider_pb2.CheckFailure(property="", reason=str(error))
            return resource_pb2.ResourceInvokeResponse(failures=[failed])
        return resource_pb2.ResourceInvokeResponse(**{"return": struct(answer)})

    def RegisterResourceHook(self, request: Any) -> Any:  # noqa: N802
        """Take note of a function of the program."""
        self._hooks.add(request)
        return empty_pb2.Empty()


def _registration(urn: str, request: Any) -> Registration:
    bound = {moment: tuple(getattr(request.hooks, moment)) for moment in MOMENTS}
    return Registration(
        urn=urn,
        type=request.type,
        name=request.name,
        custom=request.custom,
        inputs=plain(request.object),
        dependencies=tuple(sorted(request.dependencies)),
        ignored=tuple(request.ignoreChanges),
        trigger=unwrapped(json_format.MessageToDict(request.replacement_trigger)),
        retained=request.retainOnDelete,
        hooks={moment: names for moment, names in bound.items() if names},
    )
