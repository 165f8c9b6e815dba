"""Between the engine's property structs and plain Python values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.rpc import UNKNOWN, unwrap_rpc_secret, wrap_rpc_secret
from pulumi.runtime.rpc import is_rpc_secret as is_secret

__all__ = ["UNKNOWN", "has_unknown", "known", "plain", "struct", "unwrapped"]


def plain(properties: struct_pb2.Struct) -> dict[str, Any]:
    """Return the properties as JSON-like values.

    Secrets are unwrapped (the engine marks them again in what it gets back), nulls left out, and
    whole numbers are ``int``, though protobuf has only doubles. What a preview cannot know yet is
    :data:`UNKNOWN`.
    """
    return dict(unwrapped(json_format.MessageToDict(properties)))


def unwrapped(value: Any) -> Any:
    """Undo what the way over gRPC does: secrets wrapped, floats for whole numbers, nulls."""
    if is_secret(value):
        return unwrapped(unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: unwrapped(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [unwrapped(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def struct(properties: Mapping[str, Any], *, secrets: Iterable[str] = ()) -> struct_pb2.Struct:
    """Return the properties as a struct, those in ``secrets`` marked as secret."""
    marked = {
        key: wrap_rpc_secret(value) if key in secrets else value
        for key, value in properties.items()
        if value is not None
    }
    return json_format.ParseDict(marked, struct_pb2.Struct())


def has_unknown(value: Any) -> bool:
    """Return whether anything in ``value`` is not known yet."""
    if isinstance(value, Mapping):
        return any(map(has_unknown, value.values()))
    if isinstance(value, list):
        return any(map(has_unknown, value))
    return bool(value == UNKNOWN)


def known(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return those properties that are known whole."""
    return {key: value for key, value in properties.items() if not has_unknown(value)}
