"""The ``monitoring`` block: who is told of trouble."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from batch_platform.settings.block import (
    Block,
    of_form,
    pattern,
    refuse_duplicates,
    refuse_what_is_off,
)
from batch_platform.settings.chat import Chat
from batch_platform.settings.errors import refusal
from batch_platform.settings.observability import KeyArn

MINUTE, DAY = 60, 86_400
"""Seconds: an alarm looks at whole minutes, at a day at most (PutMetricAlarm)."""

Trouble = Literal["jobFailed", "queueBlocked", "environmentInvalid"]
EVERY_TROUBLE: tuple[Trouble, ...] = ("jobFailed", "queueBlocked", "environmentInvalid")


_ADDRESS = r"[^@\s]+@[^@\s]+\.[^@\s]+"
_HTTPS = r"https://[^\s/@]+(/\S*)?"
Address = Annotated[
    str,
    of_form(_ADDRESS, "is not an email address", "write e.g. team@example.com"),
    pattern(_ADDRESS),
]
HttpsUrl = Annotated[
    str,
    of_form(_HTTPS, "is not an address of HTTPS", "write e.g. https://hooks.example.com/batch"),
    pattern(_HTTPS),
]


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


MOST_NOTIFICATIONS = 5
"""Of one budget (AWS Budgets quotas)."""

MOST_BUDGET_ADDRESSES = 10
"""Email addresses of one notification (API: NotificationWithSubscribers)."""

Percent = Annotated[int, Field(ge=1, le=1000)]


class Budget(Block):
    """A monthly limit on what the stack costs, watched by AWS Budgets.

    Attributes:
        monthly_limit: USD a calendar month (UTC).
        actual: percent of the limit; told when what was spent is above one of them.
        forecasted: percent of the limit; told when what the month is forecast to cost is above one
            of them.
        email: email addresses that are told beside the topic.
    """

    monthly_limit: float = Field(gt=0, le=1_000_000_000)
    actual: tuple[Percent, ...] = (80, 100)
    forecasted: tuple[Percent, ...] = (100,)
    email: tuple[Address, ...] = Field(default=(), max_length=MOST_BUDGET_ADDRESSES)

    @field_validator("actual", "forecasted", "email")
    @classmethod
    def _each_once(cls, value: tuple[int | str, ...]) -> tuple[int | str, ...]:
        refuse_duplicates(value)
        return value

    @model_validator(mode="after")
    def _some_notifications(self) -> Self:
        count = len(self.actual) + len(self.forecasted)
        if not count:
            raise refusal(
                "without `actual` and `forecasted` it tells nobody",
                "name a percentage, e.g. `actual: [80, 100]`",
                "actual",
            )
        if count > MOST_NOTIFICATIONS:
            raise refusal(
                f"{count} percentages in `actual` and `forecasted`, and a budget has at most "
                f"{MOST_NOTIFICATIONS} notifications",
                f"keep {MOST_NOTIFICATIONS}",
                "actual",
            )
        return self


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
        budget: a monthly limit on what the stack costs; none by default.
        chat: channels of Slack and Microsoft Teams that the topic tells; none by default.
    """

    enabled: bool = False
    notify: tuple[Trouble, ...] = EVERY_TROUBLE
    email: tuple[Address, ...] = ()
    https: tuple[HttpsUrl, ...] = ()
    kms_key_id: KeyArn | None = None
    failed_jobs: FailedJobs | None = None
    dashboard: bool = True
    budget: Budget | None = None
    chat: Chat | None = None

    @field_validator("notify", "email", "https")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse_duplicates(value)
        return value

    @model_validator(mode="after")
    def _only_where_enabled(self) -> Self:
        refuse_what_is_off(self)
        return self
