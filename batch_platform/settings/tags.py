"""Tags, of the stack or of one of its resources."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from batch_platform.settings.block import Text, pattern
from batch_platform.settings.errors import refusal, shown

ENVIRONMENT_TAG = "batch-platform:environment"
"""Tag of everything that the stack makes; its value is the stack's name."""


def _tags(value: dict[str, str]) -> dict[str, str]:
    for key, text in value.items():
        if key.lower().startswith("aws:"):
            raise refusal("names that begin with aws: belong to AWS", "choose another name", key)
        if key == ENVIRONMENT_TAG:
            raise refusal("the stack's own tag, whose value is the stack's name", "remove it", key)
        if len(key) > 128 or len(text) > 256:  # noqa: PLR2004  # AWS's limits, named below
            raise refusal(
                f"{shown(text)}: a tag has at most 128 characters of name and 256 of value",
                "shorten it",
                key,
            )
    if len(value) > MOST_TAGS:
        raise refusal(f"{len(value)} tags, and a resource has at most 50", f"keep {MOST_TAGS}")
    return value


MOST_TAGS = 45
"""AWS allows 50; some are ours (``Name``, ``batch-platform:environment``) or of the job."""

_NAME = pattern(rf"(?![aA][wW][sS]:|{ENVIRONMENT_TAG}$)[\s\S]*\S[\s\S]*")

Tags = Annotated[
    dict[Annotated[Text, _NAME], Annotated[str, Field(json_schema_extra={"maxLength": 256})]],
    AfterValidator(_tags),
    Field(json_schema_extra={"maxProperties": MOST_TAGS}),
]
