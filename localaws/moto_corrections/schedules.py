"""Schedules of EventBridge Scheduler: what AWS refuses, of which moto takes everything.

Source: EventBridge Scheduler API reference, CreateSchedule (the rules) and user guide, "Schedule
types" (the expressions).
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import datetime
from typing import Any

from moto.scheduler.exceptions import ScheduleGroupNotFound, ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, ScheduleGroup
from pydantic_core import PydanticCustomError

from batch_platform.settings.cron import parse_cron

_create_schedule = EventBridgeSchedulerBackend.create_schedule
_update_schedule = EventBridgeSchedulerBackend.update_schedule
_create_group = EventBridgeSchedulerBackend.create_schedule_group
_delete_group = EventBridgeSchedulerBackend.delete_schedule_group

NAME = re.compile(r"[0-9a-zA-Z-_.]{1,64}")
EXPRESSION = re.compile(r"(?P<kind>cron|rate|at)\((?P<value>.*)\)")
RATE = re.compile(r"[1-9][0-9]* (minute|hour|day)s?")
LOCAL_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")
MOST_WINDOW_MINUTES = 1440


def correct() -> None:
    """Refuse expressions, zones, windows, names and groups that AWS refuses."""
    EventBridgeSchedulerBackend.create_schedule = _create  # type: ignore[assignment,method-assign]
    EventBridgeSchedulerBackend.update_schedule = _update  # type: ignore[assignment,method-assign]
    EventBridgeSchedulerBackend.create_schedule_group = _made_group  # type: ignore[method-assign]
    EventBridgeSchedulerBackend.delete_schedule_group = _gone_group  # type: ignore[method-assign]


def _create(self: EventBridgeSchedulerBackend, **given: Any) -> Schedule:
    _check_name(given["name"])
    if (given["group_name"] or "default") not in self.schedule_groups:
        raise ScheduleGroupNotFound(given["group_name"])
    _check(given)
    return _create_schedule(self, **given)


def _update(self: EventBridgeSchedulerBackend, **given: Any) -> Schedule:
    _check(given)
    found = _update_schedule(self, **given)
    # UpdateSchedule writes all anew: what it is not given has its default again.
    found.state = given["state"] or "ENABLED"
    return found


def _made_group(
    self: EventBridgeSchedulerBackend, name: str, tags: list[dict[str, str]]
) -> ScheduleGroup:
    _check_name(name)
    if name in self.schedule_groups:
        error = ValidationException(f"Schedule group {name} already exists.")
        error.error_type = "ConflictException"
        raise error
    return _create_group(self, name, tags or [])


def _gone_group(self: EventBridgeSchedulerBackend, name: str | None) -> None:
    if name in (None, "default"):
        raise ValidationException("The default schedule group cannot be deleted.")
    self.get_schedule_group(name)
    _delete_group(self, name)


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise ValidationException(
            f"Value '{name}' at 'name' failed to satisfy constraint: Member must satisfy regular "
            r"expression pattern: ^[0-9a-zA-Z-_.]+$ and have length 1 to 64"
        )


def _check(given: dict[str, Any]) -> None:
    expression = given["schedule_expression"] or ""
    if not _is_expression(expression):
        raise ValidationException(f"Invalid Schedule Expression {expression}.")
    zone = given["schedule_expression_timezone"]
    if zone and zone not in zoneinfo.available_timezones():
        raise ValidationException(f"Provided timezone {zone} is not supported.")
    window = given["flexible_time_window"] or {}
    minutes = window.get("MaximumWindowInMinutes")
    is_flexible = window.get("Mode") == "FLEXIBLE"
    if is_flexible != (minutes is not None):
        raise ValidationException(
            "MaximumWindowInMinutes is required with the mode FLEXIBLE, and only there."
        )
    if minutes is not None and not 1 <= minutes <= MOST_WINDOW_MINUTES:
        raise ValidationException("MaximumWindowInMinutes must be between 1 and 1440.")
    start, end = given["start_date"], given["end_date"]
    if start and end and float(end) <= float(start):
        raise ValidationException("EndDate must be after StartDate.")


def _is_expression(expression: str) -> bool:
    found = EXPRESSION.fullmatch(expression)
    if found is None:
        return False
    match found["kind"]:
        case "rate":
            return RATE.fullmatch(found["value"]) is not None
        case "at":
            return _is_time(found["value"])
        case _:
            return _is_cron(found["value"])


def _is_time(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return LOCAL_TIME.fullmatch(value) is not None


def _is_cron(value: str) -> bool:
    try:
        parse_cron(value)
    except PydanticCustomError:
        return False
    return True
