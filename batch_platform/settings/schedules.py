"""One entry of ``schedules``: when EventBridge Scheduler submits a job, and which."""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from batch_platform.settings.block import Block, Text, of_form, pattern
from batch_platform.settings.container_options import CommandItem, Variable
from batch_platform.settings.cron import FIELDS, parse_cron
from batch_platform.settings.errors import did_you_mean, refusal, shown
from batch_platform.settings.job_definitions import HIGHEST_PRIORITY
from batch_platform.settings.resource_requirements import SMALLEST_MEMORY
from batch_platform.settings.retry_strategies import Retry, RetryStrategy, Timeout
from batch_platform.settings.started_jobs import StartedJob
from batch_platform.settings.tags import Tags
from batchsdk.contract.carried_workflow import VARIABLE

CONTEXT_ATTRIBUTES = ("schedule-arn", "scheduled-time", "execution-id", "attempt-number")
"""What EventBridge Scheduler fills in for ``<aws.scheduler.…>`` (user guide, "Adding context
attributes")."""

SCHEDULE_TAG = "batch-platform:schedule"
SCHEDULED_TIME_TAG = "batch-platform:scheduled-time"
"""Tags of a scheduled job: the key of its schedule, and the time for which it was due (UTC)."""

SSM_VARIABLE = "BATCHSDK_SSM"
"""By which batchsdk finds the outputs of its stack."""

OF_WORKFLOWS = (VARIABLE, SSM_VARIABLE)
"""Variables that the job of a workflow has from the stack."""

LONGEST_DESCRIPTION = 512
MOST_WINDOW_MINUTES = 1440

_ATTRIBUTE = re.compile(r"<aws\.scheduler\.([^<>]*)>")
_LOCAL_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
_SHARE = r"[A-Za-z0-9]{1,255}"
_RATE = re.compile(r"([1-9][0-9]{0,8}) (minute|hour|day)(s?)")

_FIELDS_OF_CRON = rf"\S+(\s+\S+){{{len(FIELDS) - 1}}}"


def _cron(value: str) -> str:
    if value.startswith(("cron(", "rate(", "at(")):
        inner = value.partition("(")[2].rstrip(")")
        kind = value.partition("(")[0]
        raise refusal(f"{shown(value)} has {kind}(…) around it", f"write `{kind}: {inner}`")
    parse_cron(value)
    return " ".join(value.split())


def _rate(value: str) -> str:
    found = _RATE.fullmatch(value)
    if found is None:
        raise refusal(
            f"{shown(value)} is not a rate: a whole number above 0, and minutes, hours or days",
            "write e.g. 15 minutes",
        )
    if int(found[1]) > 1 and not found[3]:
        raise refusal(f"{shown(value)}: the unit is singular", f"write {value}s")
    return value


def _zone(value: str) -> str:
    known = zoneinfo.available_timezones()
    if known and value not in known:
        near = did_you_mean(value, known)
        raise refusal(f"{shown(value)} is not a time zone of the IANA database{near}",
                      "write e.g. Asia/Tokyo, Europe/Berlin or UTC")  # fmt: skip
    return value


def _moment(value: str, what: str) -> str:
    """Refuse a day that no calendar has."""
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise refusal(f"{shown(value)} is not {what}: {error}", "correct it") from None
    return value


LocalTime = Annotated[
    str,
    of_form(
        _LOCAL_TIME,
        "is not a local time to the second, without a zone",
        "write e.g. '2027-01-31T23:00:00'",
    ),
    AfterValidator(lambda value: _moment(value, "a time")),
    pattern(_LOCAL_TIME),
]
UtcTime = Annotated[
    str,
    of_form(
        f"{_LOCAL_TIME}Z", "is not a time of UTC to the second", "write e.g. '2027-01-31T23:00:00Z'"
    ),
    AfterValidator(lambda value: _moment(value, "a time")),
    pattern(f"{_LOCAL_TIME}Z"),
]
ShareOfJob = Annotated[
    str,
    of_form(
        _SHARE,
        "is not a share identifier: up to 255 letters and digits",
        "write e.g. research",
    ),
    pattern(_SHARE),
]


class FlexibleTimeWindow(Block):
    """How long after its time a schedule may fire (FlexibleTimeWindow).

    Attributes:
        maximum_window_in_minutes: minutes, 1 to 1440; AWS chooses when, within the window.
    """

    maximum_window_in_minutes: int = Field(ge=1, le=MOST_WINDOW_MINUTES)


class Schedule(StartedJob):
    """A schedule of EventBridge Scheduler that submits a job; exactly one of cron, rate and at.

    Attributes:
        cron: six fields: minutes, hours, day of month, month, day of week (1 is Sunday), year; one
            of the two days is ``?``. A time that the change to daylight saving time leaves out is
            skipped, one that it repeats fires once.
        rate: e.g. ``15 minutes``; the first job is submitted as soon as the schedule is made.
        at: once, at this local time, e.g. ``2027-01-31T23:00:00``.
        timezone: of ``cron`` and ``at``, by its name in the IANA database; UTC without it.
        state: DISABLED submits nothing.
        description: at most 512 characters.
        start_date: nothing is submitted before, in UTC; AWS refuses to make a schedule whose start
            date is more than five minutes ago.
        end_date: nothing is submitted after, in UTC.
        flexible_time_window: lets AWS spread what is due at the same time.
        workflow: path of a workflow file, relative to the stack file: the job runs it by
            ``batchsdk run``, as the run ``<key>-<scheduled time>`` of the stack's ledger.
            ``parameters`` are then those of the workflow, and the definition's image has
            ``batchsdk[yaml]``.
        command: instead of the definition's command.
        vcpus: instead of the definition's vCPUs.
        memory: instead of the definition's memory, in MiB.
        gpus: instead of the definition's GPUs.
        environment: variables in addition to the definition's.
        retry: as of a job definition, for these jobs.
        retry_strategy: the same in the API's form.
        timeout: seconds that one attempt may run.
        share_identifier: share of the jobs; required in queues with fair share, and only there.
        scheduling_priority: 0 to 9999, higher first; only in queues with fair share.
        propagate_tags: whether the job's tags are copied to its ECS task.
        tags: tags of the jobs, in addition to ``batch-platform:schedule`` (the key) and
            ``batch-platform:scheduled-time``.
    """

    cron: Annotated[Text, AfterValidator(_cron), pattern(_FIELDS_OF_CRON)] | None = None
    rate: Annotated[Text, AfterValidator(_rate), pattern(_RATE.pattern)] | None = None
    at: LocalTime | None = None
    timezone: Annotated[Text, AfterValidator(_zone)] | None = Field(None, max_length=50)
    state: Literal["ENABLED", "DISABLED"] = "ENABLED"
    description: Text | None = Field(None, max_length=LONGEST_DESCRIPTION)
    start_date: UtcTime | None = None
    end_date: UtcTime | None = None
    flexible_time_window: FlexibleTimeWindow | None = None
    workflow: Text | None = None
    command: tuple[CommandItem, ...] | None = Field(None, min_length=1)
    vcpus: float | None = Field(
        None, allow_inf_nan=False, json_schema_extra={"exclusiveMinimum": 0}
    )
    memory: int | None = Field(None, json_schema_extra={"minimum": SMALLEST_MEMORY})
    gpus: int | None = Field(None, json_schema_extra={"minimum": 1})
    environment: dict[Variable, str] = Field(default_factory=dict)
    retry: Retry | None = None
    retry_strategy: RetryStrategy | None = None
    timeout: Timeout | None = None
    share_identifier: ShareOfJob | None = None
    scheduling_priority: int | None = Field(None, ge=0, le=HIGHEST_PRIORITY)
    propagate_tags: bool | None = None
    tags: Tags = Field(default_factory=dict)

    @property
    def expression(self) -> str:
        """The schedule expression of the API, e.g. ``cron(0 2 * * ? *)``."""
        kind, value = next((key, value) for key, value in self._times().items() if value)
        return f"{kind}({value})"

    @property
    def strategy(self) -> RetryStrategy | None:
        """The retry strategy, in whichever form it is given."""
        return self.retry.strategy() if self.retry else self.retry_strategy

    @property
    def has_overrides(self) -> bool:
        """Whether it says of the container what the definition says otherwise."""
        sizes = (self.vcpus, self.memory, self.gpus)
        return bool(self.command or self.environment) or any(each is not None for each in sizes)

    def _times(self) -> dict[str, str | None]:
        return {"cron": self.cron, "rate": self.rate, "at": self.at}

    @field_validator("parameters", "environment", "command")
    @classmethod
    def _known_attributes(cls, value: Any) -> Any:
        items = value.items() if isinstance(value, dict) else enumerate(value or ())
        for key, text in items:
            for name in _ATTRIBUTE.findall(text):
                if name not in CONTEXT_ATTRIBUTES:
                    known = [f"<aws.scheduler.{each}>" for each in CONTEXT_ATTRIBUTES]
                    raise refusal(
                        f"EventBridge Scheduler has no <aws.scheduler.{name}>"
                        f"{did_you_mean(name, CONTEXT_ATTRIBUTES)}",
                        f"use one of {', '.join(known)}",
                        key,
                    )
        return value

    @field_validator("tags")
    @classmethod
    def _others_tags(cls, value: dict[str, str]) -> dict[str, str]:
        for key in (SCHEDULE_TAG, SCHEDULED_TIME_TAG):
            if key in value:
                raise refusal("every scheduled job has it already", "remove it", key)
        return value

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        given = [key for key, value in self._times().items() if value]
        if len(given) != 1:
            fault = f"{' and '.join(given)} are given" if given else "it never fires"
            raise refusal(
                f"{fault}, and a schedule has exactly one of cron, rate and at",
                "keep one of them" if given else "add e.g. cron: '0 2 * * ? *'",
                *given[1:2],
            )
        if self.rate and self.timezone:
            raise refusal(
                "a rate has no time of day, so that a time zone has no effect",
                "drop it",
                "timezone",
            )
        if self.retry and self.retry_strategy:
            fault = "it is given here and as `retry`"
            raise refusal(fault, "keep one of the two", "retryStrategy")
        self._check_dates()
        self._check_workflow()
        return self

    def _check_workflow(self) -> None:
        if self.workflow is None:
            return
        if self.command is not None:
            fault = "the job of a workflow runs `batchsdk run`"
            raise refusal(fault, "drop it, or the workflow", "command")
        if self.array_size is not None:
            fault = "a workflow is run by one job"
            raise refusal(fault, "drop it; a step of the workflow may have one", "arraySize")
        for name in OF_WORKFLOWS:
            if name in self.environment:
                raise refusal("the stack sets it for a workflow", "drop it", "environment", name)

    def _check_dates(self) -> None:
        for key, value in (("startDate", self.start_date), ("endDate", self.end_date)):
            if value and self.at:
                fault = "a schedule that fires once ignores it"
                raise refusal(fault, "drop it, or use cron or rate", key)
        if self.start_date and self.end_date and _utc(self.end_date) <= _utc(self.start_date):
            fault = f"{shown(self.end_date)} is not after the startDate {shown(self.start_date)}"
            raise refusal(fault, "write a later one", "endDate")


def _utc(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)
