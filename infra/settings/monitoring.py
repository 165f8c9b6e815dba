"""The ``monitoring`` block: who is told of trouble."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from infra.settings.block import Block, pattern, refuse_duplicates, refuse_what_is_off
from infra.settings.errors import refusal, shown
from infra.settings.observability import KeyArn

MINUTE, DAY = 60, 86_400
"""Seconds: an alarm looks at whole minutes, at a day at most (PutMetricAlarm)."""

Trouble = Literal["jobFailed", "queueBlocked", "environmentInvalid"]
EVERY_TROUBLE: tuple[Trouble, ...] = ("jobFailed", "queueBlocked", "environmentInvalid")


_ADDRESS = r"[^@\s]+@[^@\s]+\.[^@\s]+"
_HTTPS = r"https://[^\s/@]+(/\S*)?"


def _address(value: str) -> str:
    if not re.fullmatch(_ADDRESS, value):
        raise refusal(f"{shown(value)} is not an email address", "write e.g. team@example.com")
    return value


def _https(value: str) -> str:
    if not re.fullmatch(_HTTPS, value):
        fix = "write e.g. https://hooks.example.com/batch"
        raise refusal(f"{shown(value)} is not an address of HTTPS", fix)
    return value


class FailedJobs(Block):
    """An alarm on many failures at once.

    Attributes:
        threshold: number of failed jobs that raises the alarm; an array job counts once.
        period: seconds in which failed jobs are counted; whole minutes, at most a day.
    """

    threshold: int = Field(10, ge=1)
    period: int = Field(300, ge=MINUTE, le=DAY)

    @field_validator("period")
    @classmethod
    def _whole_minutes(cls, value: int) -> int:
        if value % MINUTE:
            nearest = max(MINUTE, round(value / MINUTE) * MINUTE)
            raise refusal(f"{value} seconds are not whole minutes", f"write {nearest}")
        return value


class Monitoring(Block):
    """An SNS topic for trouble notifications, with alarms and a dashboard.

    Attributes:
        enabled: make the topic, alarms and dashboard; the topic's ARN is the output
            ``troubleTopicArn``.
        notify: which events the topic gets: jobs that failed for good, jobs that block their queue,
            jobs that wait because every compute environment of their queue is INVALID.
        email: email addresses that get the events; each must confirm once.
        https: HTTPS addresses that get the events by POST; each must confirm once.
        kms_key_id: ARN of the key that encrypts the topic.
        failed_jobs: an alarm on many failures; none by default.
        dashboard: also make the CloudWatch dashboard ``batch-<stack>``.
    """

    enabled: bool = False
    notify: tuple[Trouble, ...] = EVERY_TROUBLE
    email: tuple[Annotated[str, AfterValidator(_address), pattern(_ADDRESS)], ...] = ()
    https: tuple[Annotated[str, AfterValidator(_https), pattern(_HTTPS)], ...] = ()
    kms_key_id: KeyArn | None = None
    failed_jobs: FailedJobs | None = None
    dashboard: bool = True

    @field_validator("notify", "email", "https")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse_duplicates(value)
        return value

    @model_validator(mode="after")
    def _only_where_enabled(self) -> Self:
        refuse_what_is_off(self)
        return self
