"""The methods that the engine calls (protocol: pulumi/provider.proto)."""

from __future__ import annotations

import importlib
import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from localaws.credentials.connection import Connection
from localaws.provider import naming, previews, schema
from localaws.provider.differences import Differences, compare
from localaws.provider.failures import answers_errors, telling_what_is_there
from localaws.provider.values import known, plain, struct
from localaws.resources.clients import Clients
from localaws.resources.resource_type import ResourceType

TABLE = "localaws.resources.table"


class ProviderService(ResourceProviderServicer):
    """The ``aws`` provider on one local AWS, for one engine.

    An engine has a provider for each region that a program or its state names, and attaches all of
    them to the one port. Only their connections tell them apart: no request says its provider.
    """

    def __init__(self, connection: Connection, version: str) -> None:
        self._connection = connection
        self._version = version
        self._clients_by_peer: dict[str, Clients] = {}

    # What the engine asks before it sends resources.

    def Handshake(self, request: Any, context: Any) -> Any:
        """Agree on the protocol's options."""
        return provider_pb2.ProviderHandshakeResponse(supports_autonaming_configuration=True)

    def Attach(self, request: Any, context: Any) -> Any:
        """Take note of the engine (PULUMI_DEBUG_PROVIDERS), which will ask for resources soon."""
        # Meanwhile the engine starts the program. The first request that needs the table waits.
        threading.Thread(target=importlib.import_module, args=[TABLE], daemon=True).start()
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """Tell the version whose rules these are."""
        return plugin_pb2.PluginInfo(version=self._version)

    def CheckConfig(self, request: Any, context: Any) -> Any:
        """Accept the provider's own settings, e.g. ``aws:region``."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        """Another region is another provider, whose resources are others."""
        olds, news = plain(request.olds), plain(request.news)
        changes = provider_pb2.DiffResponse
        moved = ["region"] if olds.get("region") != news.get("region") else []
        return changes(
            changes=changes.DIFF_NONE if olds == news else changes.DIFF_SOME, replaces=moved
        )

    def Configure(self, request: Any, context: Any) -> Any:
        """Take the settings."""
        region = plain(request.args).get("region", self._connection.region)
        self._clients_by_peer[context.peer()] = Clients(self._connection, region)
        return provider_pb2.ConfigureResponse(
            supportsPreview=True, supports_autonaming_configuration=True
        )

    def Cancel(self, request: Any, context: Any) -> Any:
        """Stop what can be stopped: each operation here is short, and is left to end."""
        return empty_pb2.Empty()

    # Functions.

    @answers_errors
    def Invoke(self, request: Any, context: Any) -> Any:
        """Call a function, e.g. ``aws:index/getCallerIdentity:getCallerIdentity``."""
        # pulumi-aws takes seconds to import: a command that is no engine asks for nothing of it.
        from localaws.resources.table import FUNCTIONS  # noqa: PLC0415

        function = FUNCTIONS.get(request.tok)
        if function is None:
            raise LookupError(f"the local AWS does not support the function {request.tok}")
        answer = function(self._clients_of(context), plain(request.args))
        return provider_pb2.InvokeResponse(**{"return": struct(answer)})

    # Resources.

    @answers_errors
    def Check(self, request: Any, context: Any) -> Any:
        """Fill in defaults and names; tell what cannot be right."""
        resource_type = _type_of(request)
        inputs = naming.with_defaults(
            resource_type,
            _logical_name(request),
            plain(request.news),
            previous=plain(request.olds),
            seed=request.randomSeed,
            autonaming=request.autonaming if request.HasField("autonaming") else None,
        )
        given = {key: value for key, value in inputs.items() if key != naming.DEFAULTS}
        refusals = list(schema.refusals(resource_type.arguments, given))
        if not refusals:
            refusals += resource_type.check(known(given))
        failures = [
            provider_pb2.CheckFailure(property=each.property, reason=each.reason)
            for each in refusals
        ]
        return provider_pb2.CheckResponse(inputs=struct(inputs), failures=failures)

    @answers_errors
    def Diff(self, request: Any, context: Any) -> Any:
        """Tell what an update would change, and whether it takes a new resource."""
        resource_type = _type_of(request)
        return _diff_response(
            compare(resource_type, plain(request.old_inputs), plain(request.news))
        )

    @answers_errors
    def Create(self, request: Any, context: Any) -> Any:
        """Create a resource."""
        resource_type = _type_of(request)
        inputs = _without_notes(request.properties)
        if request.preview:
            state = previews.of_creation(resource_type, inputs)
            return provider_pb2.CreateResponse(properties=_state(resource_type, state))
        clients = self._clients_of(context)
        with telling_what_is_there(resource_type, clients):
            identifier, outputs = resource_type.create(clients, inputs)
        return provider_pb2.CreateResponse(
            id=identifier, properties=_state(resource_type, {**inputs, **outputs})
        )

    @answers_errors
    def Read(self, request: Any, context: Any) -> Any:
        """Read a resource as it is: for a refresh, or for an import, which has no inputs yet."""
        resource_type = _type_of(request)
        state = _without_notes(request.properties)
        found = resource_type.read(self._clients_of(context), _own_id(request, state))
        if found is None:
            return provider_pb2.ReadResponse()  # an empty id: it is gone
        before = plain(request.inputs)
        names = set(before) or schema.input_names(resource_type)
        inputs = {
            key: _as_before(resource_type, key, before.get(key), found[key])
            for key in names & set(found)
        }
        inputs |= {key: before[key] for key in resource_type.unread & set(before)}
        # A list or block that is empty is not among what AWS has, and is no less as it was.
        inputs |= {
            key: value
            for key, value in before.items()
            if value in ([], {}) and key not in found and key != naming.DEFAULTS
        }
        # An import has what a check of the program's inputs will fill in.
        if not before:
            inputs = {**resource_type.defaults, **inputs}
        inputs[naming.DEFAULTS] = before.get(naming.DEFAULTS, sorted(resource_type.defaults))
        return provider_pb2.ReadResponse(
            id=found.get("id", request.id),
            inputs=struct(inputs, secrets=resource_type.secrets),
            properties=_state(resource_type, {**state, **found}),
        )

    @answers_errors
    def Update(self, request: Any, context: Any) -> Any:
        """Change a resource in place."""
        resource_type = _type_of(request)
        state, inputs = _without_notes(request.olds), _without_notes(request.news)
        if request.preview:
            old_inputs = _without_notes(request.old_inputs)
            state = previews.of_update(resource_type, state, old_inputs, inputs)
            return provider_pb2.UpdateResponse(properties=_state(resource_type, state))
        if resource_type.update is None:
            raise LookupError(f"{request.type} has no update: every change replaces it")
        clients = self._clients_of(context)
        with telling_what_is_there(resource_type, clients):
            outputs = resource_type.update(clients, _own_id(request, state), state, inputs)
        kept = {key: value for key, value in state.items() if key in _only_outputs(resource_type)}
        return provider_pb2.UpdateResponse(
            properties=_state(resource_type, {**kept, **inputs, **outputs})
        )

    @answers_errors
    def Delete(self, request: Any, context: Any) -> Any:
        """Delete a resource."""
        state = _without_notes(request.properties)
        clients = self._clients_of(context)
        _type_of(request).delete(clients, _own_id(request, state), state)
        return empty_pb2.Empty()

    def _clients_of(self, context: Any) -> Clients:
        """Return the clients of the provider whose connection this is.

        Raises:
            LookupError: it has not been configured, or the engine has connected anew.
        """
        try:
            return self._clients_by_peer[context.peer()]
        except KeyError:
            raise LookupError(
                f"the provider behind {context.peer()} has no region: the engine must send "
                "Configure first. Run the command again"
            ) from None


def _type_of(request: Any) -> ResourceType:
    from localaws.resources.table import RESOURCE_TYPES  # noqa: PLC0415 - as in Invoke

    token = request.type or request.urn.split("::")[2].rpartition("$")[2]
    resource_type = RESOURCE_TYPES.get(token)
    if resource_type is None:
        raise LookupError(f"the local AWS does not support the resource type {token}")
    return resource_type


def _own_id(request: Any, state: Mapping[str, Any]) -> str:
    """Return the id in AWS: an update may have changed it, which the engine's own never shows."""
    return str(state.get("id", request.id))


def _logical_name(request: Any) -> str:
    return str(request.name or request.urn.split("::")[3])


def _without_notes(properties: Any) -> dict[str, Any]:
    values = plain(properties)
    values.pop(naming.DEFAULTS, None)
    return values


def _only_outputs(resource_type: ResourceType) -> frozenset[str]:
    return schema.output_names(resource_type) - schema.input_names(resource_type)


def _state(resource_type: ResourceType, properties: Mapping[str, Any]) -> Any:
    return struct(properties, secrets=resource_type.secrets)


def _as_before(resource_type: ResourceType, key: str, before: Any, found: Any) -> Any:
    """Return ``before`` where what was found only says the same in other words."""
    if before is not None and resource_type.unchanged is not None:
        return before if resource_type.unchanged(key, before, found) else found
    return found


def _diff_response(differences: Differences) -> Any:
    response = provider_pb2.DiffResponse
    if not differences.found:
        return response(changes=response.DIFF_NONE, hasDetailedDiff=True)
    detailed = {
        each.path: provider_pb2.PropertyDiff(
            kind=getattr(provider_pb2.PropertyDiff, each.kind + "_REPLACE" * each.replaces),
            inputDiff=True,
        )
        for each in differences.found
    }
    return response(
        changes=response.DIFF_SOME,
        diffs=_properties(each.path for each in differences.found),
        replaces=_properties(differences.replacing),
        deleteBeforeReplace=bool(differences.replacing) and differences.delete_before_replace,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )


def _properties(paths: Iterable[str]) -> list[str]:
    """Return the properties that the paths are in, which is what the engine's display names."""
    return sorted({re.split(r"[.\[]", path, maxsplit=1)[0] for path in paths})
