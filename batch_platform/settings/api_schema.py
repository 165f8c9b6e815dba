"""The JSON Schema of what is written in the AWS Batch API's own form, from botocore's model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from batch_platform.settings.api_options import ARCHITECTURES, FAMILIES, IPC_MODES, PID_MODES
from batch_platform.settings.api_shapes import shape_of
from batch_platform.settings.container_options import ULIMITS
from batch_platform.settings.container_properties import (
    CONTAINER_PROPERTIES,
    FARGATE_PROPERTIES,
    OF_NODES,
)

REFERENCE = "https://docs.aws.amazon.com/batch/latest/APIReference/API_"

API_FORMS = ("containerProperties", "ecsProperties", "nodeProperties")
"""Keys of a job definition whose values have the API's form."""

_NOT_CARRIED = frozenset({"eksProperties", "consumableResourceProperties", "networkMode"})
"""Members that the loader refuses wherever they are."""

_CHOICES: Mapping[str, Sequence[str]] = {
    "EcsTaskProperties.ipcMode": IPC_MODES,
    "EcsTaskProperties.pidMode": PID_MODES,
    "RuntimePlatform.cpuArchitecture": ARCHITECTURES,
    "RuntimePlatform.operatingSystemFamily": FAMILIES,
    "Ulimit.name": ULIMITS.split("|"),
}
"""Values that the API's model tells in words alone, and the loader refuses others."""

_TYPES = {"string": "string", "boolean": "boolean", "integer": "integer", "long": "integer"}


def api_definitions() -> dict[str, Any]:
    """Return a schema for each structure of the API below :data:`API_FORMS`.

    Returns:
        By the name that :func:`reference_to` refers to: ``Api``, and the API's own name.
    """
    definitions: dict[str, Any] = {}
    for key in API_FORMS:
        _schema(shape_of(key), definitions)
    whole = definitions["ApiContainerProperties"]
    # What the loader refuses in each of the two places is no key there.
    for name, further in (
        (_name("containerProperties"), FARGATE_PROPERTIES.keys()),
        ("ApiContainerProperties", {OF_NODES}),
    ):
        wanted = CONTAINER_PROPERTIES | further
        properties = {key: each for key, each in whole["properties"].items() if key in wanted}
        definitions[name] = {**whole, "properties": properties}
    return definitions


def reference_to(key: str, *, nullable: bool) -> dict[str, Any]:
    """Return the reference to the schema of one of :data:`API_FORMS`."""
    reference = {"$ref": f"#/$defs/{_name(key)}"}
    return or_null(reference) if nullable else reference


def _name(key: str) -> str:
    return "ContainerProperties" if key == "containerProperties" else f"Api{shape_of(key).name}"


def _schema(shape: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, definitions)
    if kind == "list":
        return {"type": "array", "items": _schema(shape.member, definitions)}
    if kind == "map":
        return {"type": "object", "additionalProperties": _schema(shape.value, definitions)}
    schema: dict[str, Any] = {"type": _TYPES[kind]}
    return schema | {"enum": list(shape.enum)} if shape.metadata.get("enum") else schema


def _structure(shape: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    name = f"Api{shape.name}"
    if name not in definitions:
        definitions[name] = {}  # so that a structure within itself ends here
        definitions[name] = {
            "type": "object",
            "description": f"{shape.name} of the AWS Batch API: {REFERENCE}{shape.name}.html",
            "properties": {
                key: _given(
                    _chosen(_schema(member, definitions), f"{shape.name}.{key}"),
                    key in shape.required_members,
                )
                for key, member in shape.members.items()
                if key not in _NOT_CARRIED
            },
            # An unknown key without a value is as if it were not there, too.
            "additionalProperties": {"type": "null"},
        }
        if shape.required_members:
            definitions[name]["required"] = list(shape.required_members)
    return {"$ref": f"#/$defs/{name}"}


def _chosen(schema: dict[str, Any], member: str) -> dict[str, Any]:
    return schema | {"enum": list(_CHOICES[member])} if member in _CHOICES else schema


def _given(schema: dict[str, Any], required: bool) -> dict[str, Any]:
    """Let a key be without a value, as if it were not there, unless it is required."""
    return schema if required else or_null(schema)


def or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the same value, or none."""
    if not isinstance(schema.get("type"), str):
        return {"anyOf": [schema, {"type": "null"}]}
    schema = schema | {"type": [schema["type"], "null"]}
    return schema | {"enum": [*schema["enum"], None]} if "enum" in schema else schema
