"""What the checked-in JSON Schema says of a stack file."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from batch_platform.settings import StackFile

SCHEMA = Path(__file__).parents[2] / "schemas" / "stack.schema.json"


@cache
def schema() -> Any:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def faults(stack_file: StackFile) -> list[str]:
    """Return where the schema refuses the file, and why."""
    found = _validator().iter_errors({"config": dict(stack_file.values)})
    return [f"{error.json_path}: {error.message}" for error in found]
