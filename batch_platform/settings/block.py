"""What every block of the config shares: camelCase keys, no unknown keys, no conversions."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from batch_platform.settings.errors import refusal, shown
from batch_platform.settings.refused import Refused

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
"""Names of the Batch API (CreateJobQueue, RegisterJobDefinition): letters, digits, ``-``, ``_``."""

LONGEST_KEY = 79
"""With an environment's name (40), the separator and the autoname suffix (8) it is at most 128."""

LONGEST_ENVIRONMENT = 40
"""IAM role names have at most 64 characters: this, ``-spot-fleet`` and the autoname suffix."""


def pattern(expression: str) -> Any:
    """Return the annotation of a text that tells the JSON Schema what a validator checks.

    Args:
        expression: for the whole text, of what Python and JavaScript both have.
    """
    return Field(json_schema_extra={"pattern": f"^(?:{expression})$"})


def of_form(expression: str, fault: str, fix: str) -> AfterValidator:
    """Return the validator of a text that :func:`pattern` describes for the JSON Schema.

    Args:
        expression: for the whole text.
        fault: what is said of another text, after the text itself.
        fix: what to write.
    """

    def check(value: str) -> str:
        if not re.fullmatch(expression, value):
            raise refusal(f"{shown(value)} {fault}", fix)
        return value

    return AfterValidator(check)


EACH_ONCE: Any = Field(json_schema_extra={"uniqueItems": True})
"""The same for a list that :func:`refuse_duplicates` checks."""


class Block(BaseModel):
    """A mapping of the config; attributes are the YAML keys in snake_case.

    Attributes:
        refused_keys: keys that AWS has and this block never will: each with fault and fix.
    """

    refused_keys: ClassVar[Mapping[str, Refused]] = {}

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        strict=True,
        # A rule between two keys holds for their defaults as well.
        validate_default=True,
    )


def _entry_key(value: str) -> str:
    if not NAME.fullmatch(value) or len(value) > LONGEST_KEY:
        raise refusal(
            f"the key {shown(value)} becomes part of an AWS Batch name, which begins with a letter "
            f"or digit and has only letters, digits, '-' and '_' (here at most {LONGEST_KEY})",
            "rename the entry",
        )
    return value


def _not_empty(value: str) -> str:
    if not value.strip():
        raise refusal(f"{shown(value)} is empty text", "write a value or leave the key out")
    return value


EntryKey = Annotated[
    str,
    AfterValidator(_entry_key),
    pattern(rf"(?=.{{1,{LONGEST_KEY}}}$){NAME.pattern}"),
]
"""Key of a compute environment, job queue or job definition."""

Text = Annotated[str, AfterValidator(_not_empty), Field(json_schema_extra={"pattern": r"\S"})]
"""Text with something in it."""


def refuse_what_is_off(block: Block) -> None:
    """Refuse the keys of a block that is not enabled, which would change nothing.

    Args:
        block: has ``enabled``.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`, at the first such key.
    """
    if not getattr(block, "enabled"):  # noqa: B009  # a field of some blocks alone
        for name, field in type(block).model_fields.items():
            if name != "enabled" and name in block.model_fields_set:
                raise refusal(
                    "it is set, but `enabled` is false, so it has no effect",
                    "write `enabled: true` beside it, or remove it",
                    str(field.alias),
                )


def refuse_duplicates(values: Sequence[Hashable]) -> None:
    """Refuse a list that has a value twice, at the second one.

    Raises:
        PydanticCustomError: in the words of :func:`refusal`.
    """
    for index, value in enumerate(values):
        if value in values[:index]:
            raise refusal(f"{shown(value)} is in the list twice", "keep it once", index)
