"""Fires the schedules that moto keeps, when they are due by a clock that can be put forward.

Sources: EventBridge Scheduler user guide, "Configuring a retry policy" and "Configuring a
schedule's dead-letter queue" (what a dead letter has). A refusal for want of permission, or of a
request that is not valid, is not tried again; throttling and failures of the service are.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from moto.scheduler.models import Schedule, scheduler_backends

from localaws.batch.role_clients import (
    RETRIED,
    RoleClients,
    TargetError,
    exhausted,
    pause_after,
    told,
)
from localaws.batch.schedules.occurrences import Timing
from localaws.batch.schedules.universal_targets import call, filled, target_of
from localaws.batch.task_roles import TaskRole

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
MOST_AT_ONCE = 1000
"""Times of schedules that one step of the clock may make due."""
MOST_SECONDS = 366 * 86_400
KEPT = 1000
"""Firings that are remembered."""
SERVICE = "scheduler.amazonaws.com"


class Place(NamedTuple):
    """An account and a region of it."""

    account_id: str
    region: str


@dataclass
class Firing:
    """One time that a schedule fired.

    Attributes:
        schedule: its name.
        scheduled_for: the time that was due.
        answer: what the target answered; empty while it has not.
        error: why it did not; empty while it is tried, and where it answered.
        attempts: how often it was called.
    """

    place: Place
    schedule: Schedule
    scheduled_for: datetime
    execution_id: str = field(default_factory=lambda: uuid.uuid4().hex[:16])
    answer: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    attempts: int = 0
    first_at: float = field(default_factory=time.monotonic)
    again_at: float = 0.0

    def describe(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "schedule": self.schedule.name,
            "scheduledFor": stamp(self.scheduled_for),
            "answer": {key: str(value) for key, value in self.answer.items()},
            "error": self.error,
            "attempts": self.attempts,
        }


class Schedules:
    """The schedules of every account; any thread may use it."""

    def __init__(
        self,
        clients: RoleClients,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Prepare; nothing fires before :meth:`start`.

        Args:
            clients: makes those of the schedules' roles.
            now: the clock, in seconds since the epoch.
        """
        self._clients = clients
        self._clock = now
        self._ahead = timedelta()
        self._started = self.now()
        self._lock = threading.RLock()
        self._looked: dict[tuple[str, float], datetime] = {}
        self._made: dict[tuple[str, float], datetime] = {}
        self._again: list[Firing] = []
        self.fired: deque[Firing] = deque(maxlen=KEPT)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="schedules", daemon=True)

    def start(self) -> None:
        """Begin to fire."""
        self._thread.start()

    def close(self) -> None:
        """Fire nothing any more."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def reset(self) -> None:
        """Set the clock right, and forget what fired."""
        with self._lock:
            self._ahead = timedelta()
            self._looked.clear()
            self._made.clear()
            self._again.clear()
            self.fired.clear()
            self._started = self.now()

    def now(self) -> datetime:
        """Return the time of the schedules' clock."""
        return datetime.fromtimestamp(self._clock(), UTC) + self._ahead

    def advance(self, seconds: float) -> list[Firing]:
        """Put the schedules' clock forward, and fire what is due by then, the earliest first.

        Raises:
            ValueError: it is not above 0 and within a year, or makes too much due.
        """
        if not 0 < seconds <= MOST_SECONDS:
            raise ValueError(f"the clock goes forward by up to a year, got {seconds:g} seconds")
        with self._lock:
            self._fire_due()
            until = self.now() + timedelta(seconds=seconds)
            due = self._due(until)
            if len(due) > MOST_AT_ONCE:
                raise ValueError(
                    f"more than {MOST_AT_ONCE} times of schedules would be due; advance by less"
                )
            self._ahead += timedelta(seconds=seconds)
            return self._fire(due, until)

    def fire(self, name: str) -> list[Firing]:
        """Fire every schedule of a name at once, whatever its state, as if it were due now.

        Raises:
            ValueError: there is none.
        """
        with self._lock:
            named = [each for each in self._all() if name in _names(each[1])]
            if not named:
                known = sorted({schedule.name for _, schedule in self._all()})
                raise ValueError(
                    f"there is no schedule {name!r}; there is {', '.join(known) or 'none'}"
                )
            now = self.now().replace(microsecond=0)
            return [self._invoke(Firing(place, schedule, now)) for place, schedule in named]

    def describe(self) -> dict[str, Any]:
        """Return the clock, the schedules with their next times, and what fired."""
        with self._lock:
            now = self.now()
            return {
                "now": stamp(now),
                "aheadSeconds": self._ahead.total_seconds(),
                "schedules": [
                    {
                        "name": schedule.name,
                        "group": schedule.group_name,
                        "account": place.account_id,
                        "region": place.region,
                        "expression": schedule.schedule_expression,
                        "timezone": schedule.schedule_expression_timezone,
                        "state": schedule.state,
                        "next": stamp(self._next(schedule, now)),
                    }
                    for place, schedule in self._all()
                ],
                "fired": [each.describe() for each in self.fired],
            }

    def _loop(self) -> None:
        while not self._closing.wait(LOOK_SECONDS):
            try:
                with self._lock:
                    self._fire_due()
                    self._try_again()
            except Exception:
                logger.exception("a look at the schedules failed")

    def _all(self) -> Iterator[tuple[Place, Schedule]]:
        for account_id, regions in list(scheduler_backends.items()):
            for region, backend in list(regions.items()):
                for group in list(backend.schedule_groups.values()):
                    for schedule in list(group.schedules.values()):
                        yield Place(account_id, region), schedule

    def _next(self, schedule: Schedule, now: datetime) -> datetime | None:
        if schedule.state != "ENABLED":
            return None
        return self._timing(schedule).next_after(now)

    def _timing(self, schedule: Schedule) -> Timing:
        key = (schedule.arn, schedule.creation_date)
        made = self._made.get(key)
        if made is None:
            made = datetime.fromtimestamp(schedule.creation_date, UTC) + self._ahead
            self._made[key] = made
        return Timing(
            schedule.schedule_expression,
            schedule.schedule_expression_timezone,
            made,
            _moment(schedule.start_date),
            _moment(schedule.end_date),
        )

    def _fire_due(self) -> None:
        until = self.now()
        self._fire(self._due(until), until)

    def _due(self, until: datetime) -> list[Firing]:
        """Return what is due, without more than one more than may be at once."""
        due: list[Firing] = []
        for place, schedule in self._all():
            timing, key = self._timing(schedule), (schedule.arn, schedule.creation_date)
            # A server that starts with schedules of an earlier one makes nothing up for.
            since = max(timing.made - timedelta(microseconds=1), self._started)
            after = self._looked.get(key, since)
            if schedule.state != "ENABLED":
                continue
            for at in timing.between(after, until):
                due.append(Firing(place, schedule, at))
                if len(due) > MOST_AT_ONCE:
                    return due
        return sorted(due, key=lambda each: each.scheduled_for)

    def _fire(self, due: list[Firing], until: datetime) -> list[Firing]:
        for _, schedule in self._all():
            self._looked[schedule.arn, schedule.creation_date] = until
        return [self._invoke(each) for each in due]

    def _invoke(self, firing: Firing) -> Firing:
        self.fired.append(firing)
        self._attempt(firing)
        return firing

    def _attempt(self, firing: Firing) -> None:
        """Call the target; what fails for now is tried again later."""
        name = firing.schedule.name
        firing.attempts += 1
        try:
            firing.answer = self._call(firing)
        except Exception as error:
            self._fail(firing, error)
        else:
            logger.info(
                "schedule %s fired for %s: %s", name, stamp(firing.scheduled_for), firing.answer
            )

    def _fail(self, firing: Firing, error: Exception) -> None:
        """Try again later, or give up."""
        name, (code, message) = firing.schedule.name, told(error)
        policy, age = firing.schedule.target["RetryPolicy"], time.monotonic() - firing.first_at
        condition = exhausted(policy, firing.attempts, age) if code in RETRIED else ""
        if code not in RETRIED or condition:
            firing.error = f"{code}: {message}"
            logger.warning("schedule %s could not call its target: %s", name, firing.error)
            self._bury(firing, code, message, condition)
        else:
            firing.again_at = time.monotonic() + pause_after(firing.attempts)
            self._again.append(firing)
            logger.info("schedule %s: %s, which is tried again", name, code)

    def _try_again(self) -> None:
        now = time.monotonic()
        due = [each for each in self._again if each.again_at <= now]
        self._again = [each for each in self._again if each.again_at > now]
        for each in due:
            self._attempt(each)

    def _call(self, firing: Firing) -> dict[str, Any]:
        target = firing.schedule.target
        called = target_of(target["Arn"])
        client = self._client_of(firing, called.service, firing.place.region)
        return call(client, called, self._input(firing))

    def _input(self, firing: Firing) -> str:
        attributes = {
            "schedule-arn": firing.schedule.arn,
            "scheduled-time": stamp(firing.scheduled_for),
            "execution-id": firing.execution_id,
            "attempt-number": str(firing.attempts),
        }
        return filled(firing.schedule.target.get("Input") or "", attributes)

    def _client_of(self, firing: Firing, service: str, region: str) -> Any:
        """Return a client with the schedule's role.

        Raises:
            TargetError: EventBridge Scheduler may not assume it.
        """
        schedule = firing.schedule
        role = TaskRole(schedule.target["RoleArn"], schedule.name, SERVICE)
        group = schedule.arn.replace(":schedule/", ":schedule-group/").rpartition("/")[0]
        return self._clients(service, region, firing.place.account_id, role, group)

    def _bury(self, firing: Firing, code: str, message: str, condition: str) -> None:
        """Write to the dead-letter queue of a schedule, with the schedule's role."""
        target = firing.schedule.target
        arn = (target.get("DeadLetterConfig") or {}).get("Arn")
        if not arn:
            return
        attributes = {
            "ERROR_CODE": code,
            "ERROR_MESSAGE": message,
            "EXECUTION_ID": firing.execution_id,
            "EXHAUSTED_RETRY_CONDITION": condition,
            "IS_PAYLOAD_TRUNCATED": "false",
            "RETRY_ATTEMPTS": str(firing.attempts - 1),
            "SCHEDULED_TIME": stamp(firing.scheduled_for),
            "SCHEDULE_ARN": firing.schedule.arn,
            "TARGET_ARN": target["Arn"],
        }
        *_, region, account_id, name = arn.split(":")
        try:
            sqs = self._client_of(firing, "sqs", region)
            sqs.send_message(
                QueueUrl=f"{sqs.meta.endpoint_url}/{account_id}/{name}",
                MessageBody=self._input(firing) or "{}",
                MessageAttributes={
                    key: {"DataType": "String", "StringValue": value}
                    for key, value in attributes.items()
                    if value
                },
            )
        except (BotoCoreError, ClientError, TargetError) as error:
            logger.warning("no dead letter of schedule %s: %s", firing.schedule.name, error)


def stamp(moment: datetime | None) -> str:
    """Write a time as EventBridge Scheduler does, e.g. ``2027-01-31T17:00:00Z``."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment is not None else ""


def _names(schedule: Schedule) -> set[str]:
    """Return what a user may call a schedule: its name, with the group, and without the suffix."""
    given = schedule.name
    return {given, f"{schedule.group_name}/{given}", given.rpartition("-")[0]}


def _moment(value: Any) -> datetime | None:
    return datetime.fromtimestamp(float(value), UTC) if value else None
