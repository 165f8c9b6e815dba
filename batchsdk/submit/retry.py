"""Retry strategies of jobs, with named rules (API: RetryStrategy, EvaluateOnExit)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from batchsdk import limits
from batchsdk.arguments import as_items, as_text, as_whole, is_whole
from batchsdk.errors import Problem, write_as_text


@dataclass(frozen=True, kw_only=True)
class RetryRule:
    """What to do with an attempt that ended in a certain way; all conditions given must hold.

    A pattern may end in ``*``; no other wildcard exists (API: EvaluateOnExit).
    """

    action: Literal["RETRY", "EXIT"]
    on_status_reason: str | None = None
    """Pattern for the attempt's ``statusReason``."""
    on_reason: str | None = None
    """Pattern for the container's ``reason``."""
    on_exit_code: str | None = None
    """Pattern for the container's exit code: digits."""

    def __post_init__(self) -> None:
        """Take texts of any type, and an exit code that is a number."""
        for name in ("action", "on_status_reason", "on_reason", "on_exit_code"):
            object.__setattr__(self, name, as_text(getattr(self, name)))

    def conditions(self) -> dict[str, str]:
        """Return the conditions that are given, by their API names."""
        named = {
            "onStatusReason": self.on_status_reason,
            "onReason": self.on_reason,
            "onExitCode": self.on_exit_code,
        }
        return {name: pattern for name, pattern in named.items() if pattern is not None}


class RetryOn:
    """Rules for common ends of an attempt. The texts are AWS's."""

    SPOT_RECLAIMED: ClassVar = RetryRule(action="RETRY", on_status_reason="Host EC2*")
    """The instance was taken away: ``Host EC2 (instance i-…) terminated.``"""
    FARGATE_SPOT_INTERRUPTED: ClassVar = RetryRule(
        action="RETRY", on_status_reason="Your Spot Task was interrupted*"
    )
    IMAGE_PULL_FAILED: ClassVar = RetryRule(action="RETRY", on_reason="CannotPullContainerError*")
    OUT_OF_MEMORY: ClassVar = RetryRule(action="RETRY", on_reason="OutOfMemory*")
    OTHERWISE_EXIT: ClassVar = RetryRule(action="EXIT", on_reason="*")
    """Last rule of a list: without it, an end that no rule matches is tried again."""

    @staticmethod
    def exit_code(code: int) -> RetryRule:
        """Return the rule that retries on one exit code."""
        return RetryRule(action="RETRY", on_exit_code=str(code))


@dataclass(frozen=True)
class Retry:
    """How often, and after which ends, a job is retried. Replaces the definition's strategy."""

    attempts: int = 1
    """Attempts in all, 1-10."""
    rules: tuple[RetryRule, ...] = ()
    """At most five; the first match decides; without a match the job is retried."""

    def __post_init__(self) -> None:
        """Take a whole number of any type, and the rules of any iterable, once."""
        object.__setattr__(self, "attempts", as_whole(self.attempts))
        rules = (self.rules,) if isinstance(self.rules, RetryRule) else as_items(self.rules)
        object.__setattr__(self, "rules", tuple(rules) if isinstance(rules, list) else rules)

    @classmethod
    def of(cls, given: object) -> object:
        """Return a strategy for a number of attempts; what is neither stays as it is."""
        attempts = as_whole(given)
        return cls(attempts) if is_whole(attempts) else given

    @classmethod
    def only_on(cls, *rules: RetryRule, attempts: int = 3) -> Self:
        """Retry after the ends that ``rules`` name and after no other."""
        return cls(attempts, (*rules, RetryOn.OTHERWISE_EXIT))

    @classmethod
    def spot(cls, attempts: int = 3) -> Self:
        """Retry when spot capacity (EC2 or Fargate) is taken away, and after no other end."""
        return cls.only_on(
            RetryOn.SPOT_RECLAIMED, RetryOn.FARGATE_SPOT_INTERRUPTED, attempts=attempts
        )

    def to_request(self) -> dict[str, Any]:
        """Return the API's ``retryStrategy``."""
        request: dict[str, Any] = {"attempts": self.attempts}
        if self.rules:
            request["evaluateOnExit"] = [
                {**rule.conditions(), "action": rule.action} for rule in self.rules
            ]
        return request

    def problems(self) -> Iterator[Problem]:
        """Yield every rule of the API that this strategy breaks."""
        if not is_whole(self.attempts) or self.attempts not in limits.RETRY_ATTEMPTS:
            yield Problem(
                "retry.attempts", self.attempts, "must be a whole number, 1 to 10", "pick one"
            )
        rules: object = self.rules
        if not isinstance(rules, tuple):
            must = "must be a list of RetryRule"
            yield Problem("retry.rules", rules, must, "take rules of batchsdk.RetryOn")
            return
        if len(self.rules) > limits.RETRY_RULES:
            yield Problem(
                "retry.rules",
                f"{len(self.rules)} rules",
                f"at most {limits.RETRY_RULES} are allowed",
                "merge some: a pattern may end in *",
            )
        for index, rule in enumerate(self.rules):
            yield from _rule_problems(f"retry.rules[{index}]", rule)


def _rule_problems(field: str, rule: object) -> Iterator[Problem]:
    if not isinstance(rule, RetryRule):
        yield Problem(field, rule, "must be a RetryRule", "take one of batchsdk.RetryOn")
        return
    if rule.action not in ("RETRY", "EXIT"):
        yield Problem(f"{field}.action", rule.action, "must be RETRY or EXIT", "pick one")
    conditions: dict[str, object] = {**rule.conditions()}
    if not conditions:
        yield Problem(
            field, rule, "needs at least one condition", "give on_reason='*' to match every end"
        )
    for name, pattern in conditions.items():
        if not isinstance(pattern, str):
            yield Problem(f"{field}.{name}", pattern, "must be a string", write_as_text(pattern))
            continue
        allowed = r"[0-9]*\*?" if name == "onExitCode" else r"[A-Za-z0-9.:\s]*\*?"
        kind = "digits" if name == "onExitCode" else "letters, digits, '.', ':' and spaces"
        if (
            not 0 < len(pattern) <= limits.RETRY_PATTERN_LENGTH
            or re.fullmatch(allowed, pattern) is None
        ):
            yield Problem(
                f"{field}.{name}",
                pattern,
                f"must be {kind}, 1-{limits.RETRY_PATTERN_LENGTH} characters, with * at most "
                "at the end",
                "shorten it to what comes first, and end it with *",
            )
