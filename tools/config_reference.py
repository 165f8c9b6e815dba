"""Writes docs/reference.md and schemas/stack.schema.json from the settings: ``make docs``.

The page is that of the schema: types, defaults and limits as the loader has them, and the texts of
the docstrings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import botocore.session

from batch_platform.settings import schema_texts
from batch_platform.settings.api_schema import REFERENCE
from batch_platform.settings.refused import REFUSED, REFUSED_TYPES
from batch_platform.settings.schema import schema_text
from batch_platform.settings.schema_texts import Schema

PROJECT = Path(__file__).parent.parent
PAGE = PROJECT / "docs" / "reference.md"
SCHEMA = PROJECT / "schemas" / "stack.schema.json"

_HEAD = """\
# Every key of the config

Made from the source by `make docs`; a test checks that it is current. The [guide](configuration.md)
says what the keys are for and how they go together; `batch-platform check --stack dev` checks
a file, including the rules between keys. Keys are those of `Pulumi.<stack>.yaml` under `config:`,
with the prefix `batch-platform:`. Each has a link of its own: click on it. A key of your choice
becomes part of names in AWS: a letter or digit, then letters, digits, `-` and `_`.
"""
_REFUSED_HEAD = """\
## Refused by name

What AWS has and the config does not: `check` tells the reason and the way.
"""
_REFUSED_IN = {
    "config": "",
    "launchTemplate": "computeEnvironments.launchTemplate",
    "rootVolume": "computeEnvironments.launchTemplate.rootVolume",
    "dataVolumes": "computeEnvironments.launchTemplate.dataVolumes",
    "capacityReservation": "computeEnvironments.launchTemplate.capacityReservation",
    "fairsharePolicy": "jobQueues.fairsharePolicy",
}
"""Blocks of the table to their headings, where these are others."""
_TAGS = ("mode", "type")
"""Keys that decide which others a block has."""
_FIRST = ("aws:region", "network", "computeEnvironments", "jobQueues", "jobDefinitions")


def reference() -> str:
    """Return the whole page."""
    schema = json.loads(schema_text(), object_hook=_without_hovers)
    return "\n".join(_Page(schema).parts())


def _without_hovers(value: dict[str, Any]) -> dict[str, Any]:
    """Leave out the texts of editors, which tell the same in other words."""
    return {key: each for key, each in value.items() if key != "markdownDescription"}


def _refused() -> Iterator[str]:
    """Yield the table of what AWS Batch has and the config refuses by name."""
    yield _REFUSED_HEAD
    rows = ["| where | key | why | instead |\n|---|---|---|---|"]
    for block, keys in REFUSED.items():
        heading = _REFUSED_IN.get(block, block)
        where = f"[{block}](#{_slug(heading)})" if heading else "the file itself"
        rows += [f"| {where} | `{key}` | {' | '.join(told)} |" for key, told in keys.items()]
    of_types = "[computeEnvironments](#computeenvironments)"
    rows += [
        f"| {of_types} | `type: {value}` | {' | '.join(told)} |"
        for value, told in REFUSED_TYPES.items()
    ]
    yield "\n".join(rows) + "\n"


class _Page:
    def __init__(self, whole: Schema) -> None:
        self._config = whole["properties"]["config"]
        self._definitions = whole["$defs"]

    def parts(self) -> Iterator[str]:
        """Yield the parts of the page, a blank line after each."""
        blocks = {
            key.removeprefix("batch-platform:"): each
            for key, each in self._config["properties"].items()
        }
        order = [*_FIRST, *(name for name in blocks if name not in _FIRST)]
        required = {key.removeprefix("batch-platform:") for key in self._config["required"]}
        yield _HEAD
        yield ", ".join(f"[`{name}`](#{_slug(name)})" for name in order) + "\n"
        for name in order:
            yield f"## {name}\n"
            needed = "**Required.** " if name in required else ""
            yield f"{needed}{' '.join(self._told(blocks[name]))}\n"
            yield from self._block(name, blocks[name])
        yield from _refused()

    def _told(self, value: Schema) -> Iterator[str]:
        """Yield what a block is for, and what it is where it is of one kind."""
        summaries = [kind["description"] for kind in self._kinds(value).values()]
        if "$ref" not in value:
            yield _sentence(value["description"])
        if len(summaries) == 1:
            yield _linked(_sentence(*summaries))

    def _block(self, path: str, value: Schema) -> Iterator[str]:
        """Yield the tables of a block and of those below it."""
        kinds = self._kinds(value)
        below: dict[str, Schema] = {}
        rows: list[str] = []
        for key, variants in _by_key(kinds).items():
            if key in _TAGS and len(kinds) > 1:
                rows.append(self._row(_anchor(path, key), key, path, _choice(kinds), required=True))
                continue
            for number, (tags, (needed, each)) in enumerate(variants):
                anchor = _anchor(path, key) + (f"-{_slug(tags[0])}" if number else "")
                of = f" ({', '.join(tags)})" if len(tags) < len(kinds) else ""
                rows.append(self._row(anchor, key + of, f"{path}.{key}", each, required=needed))
                if self._kinds(each):
                    below[f"{path}.{key}"] = each
        if rows:
            yield "| key | type | default | unit | rule |\n|---|---|---|---|---|"
            yield "\n".join(rows) + "\n"
        elif not kinds:
            yield f"Type: {self._type(value, path)}.\n"
        for inner, each in below.items():
            yield f"### {inner}\n"
            told = (_linked(kind["description"]) for kind in self._kinds(each).values())
            yield "\n\n".join(told) + "\n"
            yield from self._block(inner, each)

    def _row(self, anchor: str, name: str, path: str, value: Schema, *, required: bool) -> str:
        key, _, of = name.partition(" ")
        text = value.get("description", "")
        cells = (
            f'<a id="{anchor}"></a>[`{key}`](#{anchor}) {of}'.strip(),
            self._type(value, path),
            schema_texts.default(value, required=required),
            schema_texts.unit(value),
            "".join(f"{each}; " for each in schema_texts.limits(value)) + text,
        )
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    def _kinds(self, value: Schema) -> dict[str, Schema]:
        """Return the blocks of ours that a value is, or holds, by what tells them apart."""
        if reference := value.get("$ref"):
            name = reference.rpartition("/")[2]
            kind = self._definitions[name]
            return {} if _is_api(kind) else {", ".join(_tags(kind) or [name]): kind}
        inner = [*value.get("oneOf", ()), *value.get("anyOf", ())]
        inner += [value[key] for key in ("items", "additionalProperties") if value.get(key)]
        return {tag: kind for each in inner for tag, kind in self._kinds(each).items()}

    def _type(self, value: Schema, path: str) -> str:
        return schema_texts.kind(value, lambda name: self._block_type(name, path))

    def _block_type(self, name: str, path: str) -> str:
        kind = self._definitions[name]
        if _is_api(kind):
            name, _, address = kind["description"].partition(" of the AWS Batch API: ")
            return f"[{name}]({address}) of the API"
        return f"[block](#{_slug(path)})"


def _by_key(
    kinds: Mapping[str, Schema],
) -> dict[str, list[tuple[list[str], tuple[bool, Schema]]]]:
    """Return each key's forms, with the tags of the blocks that have that form."""
    found: dict[str, list[tuple[list[str], tuple[bool, Schema]]]] = {}
    for tag, kind in kinds.items():
        for key, value in kind["properties"].items():
            form = (key in kind.get("required", ()), value)
            forms = found.setdefault(key, [])
            known = next((tags for tags, other in forms if other == form), None)
            if known is None:
                forms.append(([tag], form))
            else:
                known.append(tag)
    # What tells the blocks apart comes first.
    return dict(sorted(found.items(), key=lambda item: item[0] not in _TAGS))


def _tags(kind: Schema) -> list[str]:
    """Return the values of ``mode`` or ``type`` for which a block is of this kind."""
    tag = _tag(kind)
    return [tag["const"]] if "const" in tag else list(tag.get("enum", ()))


def _tag(kind: Schema) -> Schema:
    return next((kind["properties"][key] for key in _TAGS if key in kind["properties"]), {})


def _choice(kinds: Mapping[str, Schema]) -> Schema:
    """Return the key that decides among ``kinds``, with what each is."""
    told = [f"`{tag.replace(', ', '`, `')}`: {kind['description']}" for tag, kind in kinds.items()]
    for number, kind in enumerate(kinds.values()):
        if len(_tags(kind)) > 1:  # one that has a choice itself says more
            told[number] += f" {_tag(kind)['description']}"
    return {
        "enum": [tag for kind in kinds.values() for tag in _tags(kind)],
        "description": "<br>".join(told),
    }


def _is_api(kind: Schema) -> bool:
    return " of the AWS Batch API: " in kind["description"]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _linked(text: str) -> str:
    """Link what stands in parentheses, where it is a type or an operation of the Batch API."""
    batch = botocore.session.get_session().get_service_model("batch")
    names = {*batch.shape_names, *batch.operation_names}
    return re.sub(
        r"\((\w+)\)",
        lambda found: (
            f"([{found[1]}]({REFERENCE}{found[1]}.html))" if found[1] in names else found[0]
        ),
        text,
    )


def _anchor(path: str, key: str) -> str:
    return "-".join(_slug(part) for part in (*path.split("."), key))


def _slug(heading: str) -> str:
    """Return the link name that Markdown renderers give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def main() -> None:
    """Write both."""
    SCHEMA.parent.mkdir(exist_ok=True)
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    PAGE.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
