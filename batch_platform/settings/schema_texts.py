"""What a schema says of a value, in words: its type, default, limits and unit.

The page of the config (docs/reference.md) and the texts that editors show are made of these.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]

_TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "boolean"}
_UNITS = re.compile(
    r"\b(MiB per second|MiB|GiB|seconds|minutes|days|percent|USD|vCPUs|GPUs|instances|"
    r"I/O operations per second)\b"
)


def unit(value: Schema) -> str:
    """Return the unit of a number, as its description has it; empty if there is none."""
    found = (
        _UNITS.search(value.get("description", ""))
        if _is_number(value.get("items", value))
        else None
    )
    return found[1] if found else ""


def default(value: Schema, *, required: bool) -> str:
    """Return the default as YAML; empty where leaving a key out means none."""
    if required:
        return "**required**"
    if "default" in value:
        return f"`{_yaml(value['default'])}`"
    nullable = "null" in _list(value.get("type", ())) or {"type": "null"} in value.get("anyOf", ())
    return "" if nullable else "`{}`"


def limits(value: Schema) -> list[str]:
    """Return the limits of a value that its description does not have, e.g. ``1 to 5 items``."""
    least, most = value.get("minimum"), value.get("maximum")
    items = value.get("minItems"), value.get("maxItems")
    found = [_range(least, most, ""), _range(*items, " item" if items == (1, None) else " items")]
    if "maxLength" in value:
        found.append(f"at most {value['maxLength']} characters")
    numbers = set(re.findall(r"[0-9.]+(?<!\.)", value.get("description", "")))
    return [each for each in found if each and not set(re.findall(r"[0-9.]+", each)) <= numbers]


def kind(value: Schema, of_block: Callable[[str], str] = lambda _: "block") -> str:
    """Return the type of a value, e.g. ``list of text``; choices are told one by one.

    Args:
        value: its schema.
        of_block: what is told of a block, from its name among the definitions.
    """
    if reference := value.get("$ref"):
        return of_block(reference.rpartition("/")[2])
    if choices := value.get("enum", [value["const"]] if "const" in value else []):
        return ", ".join(f"`{each}`" for each in choices if each is not None)
    if alternatives := value.get("anyOf", value.get("oneOf")):
        kinds = [kind(each, of_block) for each in alternatives if each != {"type": "null"}]
        return " or ".join(dict.fromkeys(kinds))
    name = next(each for each in _list(value["type"]) if each != "null")
    if name == "array":
        return f"list of {kind(value['items'], of_block)}"
    if name == "object":
        return f"{kind(value['additionalProperties'], of_block)} by name"
    return _TYPES[name]


def _is_number(value: Schema) -> bool:
    return bool({"integer", "number"} & set(_list(value.get("type", ()))))


def _list(value: Any) -> list[Any]:
    return [value] if isinstance(value, str) else list(value)


def _yaml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    return value if isinstance(value, str) else json.dumps(value)


def _range(least: float | None, most: float | None, of: str) -> str:
    if most is None:
        return "" if least is None else f"at least {least}{of}"
    return f"at most {most}{of}" if least is None else f"{least} to {most}{of}"
