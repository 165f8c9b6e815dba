"""Statements of an IAM policy that the config adds to a role."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from batch_platform.settings.block import Block, Text, of_form, pattern, refuse_duplicates
from batch_platform.settings.errors import refusal

_ACTION = r"[a-z0-9-]+:[A-Za-z0-9]+\*?"
_RESOURCE = r"\*|arn:aws[a-z-]*:\S+"


Action = Annotated[
    str,
    of_form(
        _ACTION,
        "is not an action of IAM, one by one or all that begin alike",
        "write e.g. s3:GetObject or cloudwatch:Put*; never * or a whole service",
    ),
    pattern(_ACTION),
]
Resource = Annotated[
    str,
    of_form(
        _RESOURCE,
        "is not an ARN",
        "write an ARN, or * for an action that knows no resources",
    ),
    pattern(_RESOURCE),
]


class Statement(Block):
    """A statement (IAM guide, JSON policy elements).

    Attributes:
        effect: Allow or Deny.
        actions: e.g. ``cloudwatch:PutMetricData``; an asterisk may end a name.
        resources: ARNs; ``*`` only for actions that know no resources.
        condition: values by condition key, by operator, as IAM has them.
    """

    effect: Literal["Allow", "Deny"] = "Allow"
    actions: tuple[Action, ...] = Field(json_schema_extra={"minItems": 1, "uniqueItems": True})
    resources: tuple[Resource, ...] = Field(json_schema_extra={"minItems": 1, "uniqueItems": True})
    condition: dict[Text, dict[Text, tuple[str, ...]]] = Field(default_factory=dict)

    @field_validator("actions", "resources")
    @classmethod
    def _some_each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise refusal("the list is empty", "name at least one")
        refuse_duplicates(value)
        return value
