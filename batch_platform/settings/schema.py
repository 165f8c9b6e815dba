"""The JSON Schema of a stack file, from the same types that the loader checks by.

It serves editors. It takes whatever the loader takes, and refuses unknown keys, other types,
values out of range and lacking keys. What holds between keys only the loader tells
(``batch-platform check``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel, to_snake
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from batch_platform.settings import docstrings
from batch_platform.settings.api_schema import API_FORMS, api_definitions, or_null, reference_to
from batch_platform.settings.encrypted import PROJECT, REGION_KEY
from batch_platform.settings.hovers import hover
from batch_platform.settings.loading import REGION
from batch_platform.settings.model import BLOCKS, ENTRIES, ENTRY_KEYS, REQUIRED, Settings
from batch_platform.settings.stack_file import TOP_LEVEL_KEYS

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_REFERENCE = "#/$defs/{model}"
_KEY_OF = "key of {}"

_TOP_LEVEL = {
    "config": "the environment: every key with its namespace",
    "encryptionsalt": "of the engine's secrets provider; written by `pulumi stack init`",
    "encryptedkey": "of the engine's secrets provider; written by `pulumi stack init`",
    "secretsprovider": "which secrets provider the engine uses; written by `pulumi stack init`",
    "environment": "Pulumi ESC environments; their values count, though `check` does not see them",
}


def stack_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``Pulumi.<stack>.yaml``."""
    keys = {_KEY_OF.format(name): kind for name, kind in ENTRY_KEYS.items()}
    kinds = {**BLOCKS, **ENTRIES, **keys}
    schemas, shared = TypeAdapter.json_schemas(
        [(name, "validation", TypeAdapter(kind)) for name, kind in kinds.items()],
        by_alias=True,
        ref_template=_REFERENCE,
        schema_generator=_Generator,
    )
    by_name = {name: schema for (name, _), schema in schemas.items()}
    definitions = shared["$defs"] | api_definitions()
    return {
        "$schema": DIALECT,
        "title": "batch-platform stack file",
        "description": "One environment. Every key: docs/reference.md",
        "type": "object",
        "required": ["config"],
        "additionalProperties": False,
        "properties": {
            key: {"description": _TOP_LEVEL[key]} | (_config(by_name) if key == "config" else {})
            for key in TOP_LEVEL_KEYS
        },
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    """Return the JSON Schema as text, the same for the same types."""
    return json.dumps(stack_schema(), indent=2, ensure_ascii=False) + "\n"


def _config(schemas: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    described = docstrings.attributes(Settings)
    properties = {
        REGION_KEY: {"type": "string", "pattern": f"^{REGION}$", "description": described["region"]}
    }
    for name in (*BLOCKS, *ENTRIES):
        schema = schemas[name] if name in BLOCKS else _entries(name, schemas)
        properties[f"{PROJECT}:{name}"] = schema | {
            "description": described.get(to_snake(name), "")
        }
    return {
        "type": "object",
        "required": [REGION_KEY, *(f"{PROJECT}:{name}" for name in REQUIRED)],
        "properties": properties,
        # Of the engine's providers and of other programs; the loader leaves them alone.
        "patternProperties": {f"^(?!{PROJECT}:|{REGION_KEY}$)[^:]*:": {}},
        "additionalProperties": False,
    }


def _entries(name: str, schemas: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    entries = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": schemas[_KEY_OF.format(name)]["pattern"]},
        "additionalProperties": schemas[name],
    }
    return entries if name in REQUIRED else or_null(entries)


class _Generator(GenerateJsonSchema):
    """pydantic's schema with our descriptions, and without what editors only stumble over."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # pydantic's name
        """Never: a title is the key once more."""
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Describe a block and its keys by the docstring."""
        kind = schema["cls"]
        fields = {field.alias: (name, field) for name, field in kind.model_fields.items()}
        described = docstrings.attributes(kind)
        result = super().model_schema(schema) | {"description": docstrings.summary(kind)}
        result.pop("title", None)
        for key, value in result["properties"].items():
            name, field = fields[key]
            if key in API_FORMS:
                value.clear()
                value.update(reference_to(key, nullable=field.default is None))
            if text := described.get(name):
                value["description"] = text
            required = key in result.get("required", ())
            value["markdownDescription"] = hover(value, kind.__name__, required=required)
        return result

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Name every value of the key that decides; editors would offer those of one kind alone.

        ``discriminator`` is left out: it is of OpenAPI, and no keyword of JSON Schema.
        """
        result = super().tagged_union_schema(schema)
        result.pop("discriminator", None)
        tag = to_camel(str(schema["discriminator"]))
        return {
            "type": "object",
            "required": [tag],
            "properties": {
                tag: {
                    "enum": sorted(map(str, schema["choices"])),
                    "description": "which kind it is; it decides the other keys.",
                }
            },
            **result,
        }

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Write ``type: [integer, "null"]`` where there is one type."""
        return or_null(self.generate_inner(schema["schema"]))

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Leave ``default: null`` out, which says that there is none."""
        result = super().default_schema(schema)
        if result.get("default", ...) is None:
            del result["default"]
        return result

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Refuse a key that has not its pattern; pydantic would let it have any value."""
        result = super().dict_schema(schema)
        for pattern, values in result.pop("patternProperties", {}).items():
            result |= {"propertyNames": {"pattern": pattern}, "additionalProperties": values}
        return result
