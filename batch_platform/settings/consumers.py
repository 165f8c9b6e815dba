"""The ``consumers`` block: IAM policies for those who use the stack."""

from __future__ import annotations

from pydantic import Field, field_validator

from batch_platform.settings.block import Block, EntryKey, Text, refuse_duplicates
from batch_platform.settings.errors import refusal
from batch_platform.settings.fair_share import ShareIdentifier


class Submitters(Block):
    """Who submits some of the job definitions to some of the queues; they get one policy.

    Attributes:
        job_queues: keys of ``jobQueues``.
        job_definitions: keys of ``jobDefinitions``; without it all that these queues can run.
        share_identifiers: the shares that they may name, in fair-share queues only; ``res*`` is
            every share that begins with ``res``. Without it any share.
    """

    job_queues: tuple[Text, ...] = Field(json_schema_extra={"minItems": 1, "uniqueItems": True})
    job_definitions: tuple[Text, ...] | None = Field(
        None, json_schema_extra={"minItems": 1, "uniqueItems": True}
    )
    share_identifiers: tuple[ShareIdentifier, ...] | None = Field(
        None, json_schema_extra={"minItems": 1, "uniqueItems": True}
    )

    @field_validator("job_queues", "job_definitions", "share_identifiers")
    @classmethod
    def _each_once(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        refuse_duplicates(value or ())
        if value == ():
            raise refusal("the list is empty", "name some, or drop the key")
        return value


class Consumers(Block):
    """What the stack makes for its users.

    Attributes:
        managed_policies: make IAM managed policies, one for the submitters of each queue and one
            for observers; their ARNs are in the outputs, to be attached to roles and groups.
        submitters: further policies, by names of your choice, each for a part of the queues,
            definitions and shares; their ARNs are in the outputs too.
    """

    managed_policies: bool = False
    submitters: dict[EntryKey, Submitters] = Field(default_factory=dict)
