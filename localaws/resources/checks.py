"""Rules about inputs that pulumi-aws holds before anything is sent (terraform: validators)."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from localaws.resources.reading import Properties
from localaws.resources.resource_type import Refusal

BATCH_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,127}")
"""internal/service/batch/validate.go: validName."""


def one_of(inputs: Properties, path: str, allowed: Collection[str]) -> Iterator[Refusal]:
    """Refuse a value that is none of ``allowed``, in any case."""
    value = at(inputs, path)
    if isinstance(value, str) and value.upper() not in {each.upper() for each in allowed}:
        wanted = ", ".join(sorted(allowed))
        yield Refusal(path, f"expected {path} to be one of [{wanted}], got {value}")


def between(
    inputs: Properties, path: str, least: int, most: int | None = None
) -> Iterator[Refusal]:
    """Refuse a number outside a range."""
    value = at(inputs, path)
    if value is None or (value >= least and (most is None or value <= most)):
        return
    wanted = f"in the range ({least} - {most})" if most is not None else f"at least ({least})"
    yield Refusal(path, f"expected {path} to be {wanted}, got {value}")


def at_most_one(inputs: Properties, *names: str) -> Iterator[Refusal]:
    """Refuse inputs of which only one may be given."""
    given = [name for name in names if inputs.get(name)]
    if len(given) > 1:
        yield Refusal(given[1], f"only one of {', '.join(given)} can be specified")


def json_text(inputs: Properties, *names: str) -> Iterator[Refusal]:
    """Refuse texts that are not JSON."""
    for name in names:
        try:
            json.loads(inputs.get(name, "{}"))
        except ValueError as error:
            yield Refusal(name, f"{name} contains an invalid JSON: {error}")


def batch_name(inputs: Properties) -> Iterator[Refusal]:
    """Refuse a name that AWS Batch would."""
    name = inputs.get("name")
    if isinstance(name, str) and not BATCH_NAME.fullmatch(name):
        yield Refusal(
            "name",
            f"name ({name}) must be up to 128 letters, numbers, underscores and dashes, "
            "and must start with an alphanumeric",
        )


def at(inputs: Properties, path: str) -> Any:
    """Return the value at a dotted path; ``None`` if there is none."""
    value: Any = inputs
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
