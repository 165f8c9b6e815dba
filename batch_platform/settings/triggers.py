"""One entry of ``triggers``: which objects in S3 start a job, and which."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from batch_platform.settings.block import Text, of_form, pattern
from batch_platform.settings.errors import did_you_mean, refusal, shown
from batch_platform.settings.permissions import BucketName
from batch_platform.settings.retry_strategies import MOST_ATTEMPTS
from batch_platform.settings.started_jobs import StartedJob

EVENT = {
    "bucket": "$.detail.bucket.name",
    "etag": "$.detail.object.etag",
    "key": "$.detail.object.key",
    "size": "$.detail.object.size",
    "time": "$.time",
    "versionId": "$.detail.object.version-id",
}
"""What a parameter may take from the event, and where the event has it (S3 user guide,
"EventBridge event message structure")."""

NAMED = re.compile(r"\{([A-Za-z]*)\}")
LONGEST_DESCRIPTION = 512
LONGEST_PART_OF_KEY = 512

_PART_OF_KEY = rf"[^*\\\x00-\x1f]{{1,{LONGEST_PART_OF_KEY}}}"
PartOfKey = Annotated[
    str,
    of_form(
        _PART_OF_KEY,
        f"is no part of a key: 1 to {LONGEST_PART_OF_KEY} characters, without '*' and '\\'",
        "write it as it is in the keys, e.g. incoming/",
    ),
    pattern(_PART_OF_KEY),
]


class Trigger(StartedJob):
    """An EventBridge rule that submits a job for each object that is created in a bucket.

    Attributes:
        bucket: name of the bucket, in the stack's region, whose events go to EventBridge.
        prefix: what the keys of the objects begin with.
        suffix: what they end with, e.g. ``.csv``.
        state: DISABLED submits nothing.
        description: at most 512 characters.
        attempts: attempts of a job in all, 1 to 10; without it as the definition says.
    """

    bucket: BucketName
    prefix: PartOfKey | None = None
    suffix: PartOfKey | None = None
    state: Literal["ENABLED", "DISABLED"] = "ENABLED"
    description: Text | None = Field(None, max_length=LONGEST_DESCRIPTION)
    attempts: int | None = Field(None, ge=1, le=MOST_ATTEMPTS)

    @field_validator("parameters")
    @classmethod
    def _of_the_event(cls, value: dict[str, str]) -> dict[str, str]:
        for key, text in value.items():
            if "<" in text or ">" in text:
                fault = f"{shown(text)} has '<' or '>', with which EventBridge marks what it fills"
                raise refusal(fault, "write {key} or {bucket} for what is of the event", key)
            for name in NAMED.findall(text):
                if name not in EVENT:
                    known = ", ".join(f"{{{each}}}" for each in EVENT)
                    fault = f"the event has no {{{name}}}{did_you_mean(name, EVENT)}"
                    raise refusal(fault, f"use some of {known}", key)
        return value
