"""When an attempt that ended is made again, and how long one may run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from batch_platform.settings.block import Block, Text, pattern, refuse_duplicates
from batch_platform.settings.errors import did_you_mean, refusal, shown

SHORTEST_TIMEOUT = 60
"""Seconds (JobTimeout)."""

MOST_RULES = 5
"""Rules that a retry strategy may have (RetryStrategy.evaluateOnExit)."""

MOST_ATTEMPTS = 10

LARGEST_EXIT_CODE = 255

_EXIT_CODE = r"[0-9]*\*?"
_REASON = r"[A-Za-z0-9.: \t]*\*?"
_PATTERN = {
    "on_exit_code": (_EXIT_CODE, "digits"),
    "on_reason": (_REASON, "letters, digits, '.', ':' and spaces"),
    "on_status_reason": (_REASON, "letters, digits, '.', ':' and spaces"),
}


class EvaluateOnExit(Block):
    """One rule of a retry strategy; all of its conditions must match (EvaluateOnExit).

    Attributes:
        on_exit_code: pattern for the container's exit code, digits and a final ``*``.
        on_reason: pattern for the container's ``reason``.
        on_status_reason: pattern for the attempt's ``statusReason``.
        action: ``RETRY`` or ``EXIT``.
    """

    on_exit_code: Annotated[Text, pattern(_EXIT_CODE)] | None = Field(None, max_length=512)
    on_reason: Annotated[Text, pattern(_REASON)] | None = Field(None, max_length=512)
    on_status_reason: Annotated[Text, pattern(_REASON)] | None = Field(None, max_length=512)
    action: Literal["RETRY", "EXIT", "retry", "exit"]

    @field_validator("on_exit_code", "on_reason", "on_status_reason")
    @classmethod
    def _glob_of_the_api(cls, value: str | None, info: ValidationInfo) -> str | None:
        pattern, allowed = _PATTERN[str(info.field_name)]
        if value is not None and not re.fullmatch(pattern, value):
            raise refusal(
                f"{shown(value)} may have only {allowed}, and '*' only at its end",
                "write the beginning of the text and a '*'",
            )
        return value

    @field_validator("action")
    @classmethod
    def _has_a_condition(cls, value: str, info: ValidationInfo) -> str:
        conditions = ("on_exit_code", "on_reason", "on_status_reason")
        # A condition that failed its own check is absent from info.data and counts as given.
        if all(info.data.get(name, "") is None for name in conditions):
            raise refusal(
                "the rule has no condition, and AWS Batch wants at least one",
                "add onExitCode, onReason or onStatusReason, e.g. onReason: '*'",
            )
        return value.upper()


class RetryStrategy(Block):
    """How often a job is attempted, and when it is not retried (RetryStrategy).

    Attributes:
        attempts: attempts in all, 1 to 10.
        evaluate_on_exit: at most five rules; the first that matches decides.
    """

    attempts: int = Field(ge=1, le=MOST_ATTEMPTS)
    evaluate_on_exit: tuple[EvaluateOnExit, ...] = Field((), max_length=MOST_RULES)


def _rule(**conditions: str) -> EvaluateOnExit:
    return EvaluateOnExit.model_validate({"action": "RETRY", **conditions})


_SPOT_RECLAIMED = _rule(onStatusReason="Host EC2*")
_FARGATE_SPOT_INTERRUPTED = _rule(onStatusReason="Your Spot Task was interrupted*")

NAMED_RULES: Mapping[str, tuple[EvaluateOnExit, ...]] = {
    "spot": (_SPOT_RECLAIMED, _FARGATE_SPOT_INTERRUPTED),
    "spotReclaimed": (_SPOT_RECLAIMED,),
    "fargateSpotInterrupted": (_FARGATE_SPOT_INTERRUPTED,),
    "imagePullFailed": (_rule(onReason="CannotPullContainerError*"),),
    "outOfMemory": (_rule(onReason="OutOfMemory*"),),
}
"""The ends that ``batchsdk.RetryOn`` names, in camelCase; ``spot`` is ``Retry.spot``.

The program may not import them: a test holds both equal.
"""

OTHERWISE_EXIT = EvaluateOnExit.model_validate({"action": "EXIT", "onReason": "*"})
"""Last rule of a list: without it, an end that no rule matches is tried again."""


class Retry(Block):
    """Retry only after the named ends of an attempt.

    Attributes:
        attempts: attempts in all, 1 to 10.
        on: names of ends (``spot``, ``imagePullFailed``, …) or exit codes, 0 to 255.
    """

    attempts: int = Field(3, ge=1, le=MOST_ATTEMPTS)
    on: tuple[Any, ...] = Field(
        min_length=1,
        json_schema_extra={
            "items": {
                "oneOf": [
                    {"enum": list(NAMED_RULES)},
                    {"type": "integer", "minimum": 0, "maximum": LARGEST_EXIT_CODE},
                ]
            }
        },
    )

    @field_validator("on")
    @classmethod
    def _known_ends(cls, value: tuple[Any, ...]) -> tuple[str | int, ...]:
        known = ", ".join(NAMED_RULES)
        for index, end in enumerate(value):
            is_code = isinstance(end, int) and not isinstance(end, bool)
            if is_code and not 0 <= end <= LARGEST_EXIT_CODE:
                raise refusal(f"{end} is not an exit code", "write 0 to 255", index)
            if not is_code and (not isinstance(end, str) or end not in NAMED_RULES):
                near = did_you_mean(str(end), NAMED_RULES)
                fix = f"use some of {known}; or an exit code without quotes"
                raise refusal(f"{shown(end)} is not an end that has a name{near}", fix, index)
        refuse_duplicates(value)
        if len(_rules_of(value)) >= MOST_RULES:
            raise refusal(
                f"{len(_rules_of(value))} rules and the last one, to exit after all other ends: "
                f"AWS Batch takes {MOST_RULES} (`spot` counts as two)",
                "name fewer ends, or write patterns under retryStrategy.evaluateOnExit",
            )
        return value

    def strategy(self) -> RetryStrategy:
        """Return the API's form."""
        rules = (*_rules_of(self.on), OTHERWISE_EXIT)
        return RetryStrategy.model_validate({"attempts": self.attempts, "evaluateOnExit": rules})


def _rules_of(ends: tuple[Any, ...]) -> tuple[EvaluateOnExit, ...]:
    """Return the rules of ends, each once: ``[spot, spotReclaimed]`` names one of them twice."""
    found: dict[EvaluateOnExit, None] = {}
    for end in ends:
        found |= dict.fromkeys(
            (_rule(onExitCode=str(end)),) if isinstance(end, int) else NAMED_RULES[end]
        )
    return tuple(found)


class Timeout(Block):
    """Seconds that one attempt may run (JobTimeout).

    Attributes:
        attempt_duration_seconds: seconds, at least 60; AWS Batch ends the attempt then.
    """

    attempt_duration_seconds: int = Field(json_schema_extra={"minimum": SHORTEST_TIMEOUT})

    @field_validator("attempt_duration_seconds")
    @classmethod
    def _long_enough(cls, value: int) -> int:
        if value < SHORTEST_TIMEOUT:
            raise refusal(
                f"{value} is below {SHORTEST_TIMEOUT} seconds, the shortest that AWS Batch has",
                f"write {SHORTEST_TIMEOUT} or more",
            )
        return value
