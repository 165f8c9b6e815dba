"""Schedules of EventBridge Scheduler and their groups.

terraform-provider-aws: internal/service/scheduler/schedule.go, schedule_group.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Get
from localaws.resources.clients import Clients
from localaws.resources.json_documents import compared_as_json
from localaws.resources.reading import REGIONAL, Description, Properties, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Tagging

DEFAULT_GROUP = "default"
_DATES = ("startDate", "endDate")
_SENT = (
    "description",
    "flexibleTimeWindow",
    "groupName",
    "name",
    "scheduleExpression",
    "scheduleExpressionTimezone",
    "state",
    "target",
    *_DATES,
)
"""Inputs that the calls take, each by the same name with a capital letter."""
_FIXED = frozenset({"groupName", "name"})


def _request(inputs: Properties) -> dict[str, Any]:
    return {_capital(name): _to_api(inputs[name]) for name in _SENT if name in inputs}


def _create(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Create a schedule; its id is ``group/name``."""
    clients("scheduler").create_schedule(**_request(inputs))
    return f"{inputs['groupName']}/{inputs['name']}"


def _group_and_name(identifier: str) -> tuple[str, str]:
    """Take an id apart; a name alone is in the group that every account has."""
    group, _, name = identifier.rpartition("/")
    return group or "default", name


def _describe(clients: Clients, identifier: str) -> Description | None:
    group, name = _group_and_name(identifier)
    found: Description | None = unless_gone(
        clients("scheduler").get_schedule, GroupName=group, Name=name
    )
    return found


def _change(clients: Clients, _: str, __: Properties, inputs: Properties) -> None:
    """Write the schedule anew: what UpdateSchedule is not given falls back to its default."""
    clients("scheduler").update_schedule(**_request(inputs))


def _delete(clients: Clients, identifier: str, _: Properties) -> None:
    group, name = _group_and_name(identifier)
    unless_gone(clients("scheduler").delete_schedule, GroupName=group, Name=name)


def _state(_: Clients, schedule: Description) -> Properties:
    dates = {name: schedule.get(_capital(name)) for name in _DATES}
    return {
        "flexibleTimeWindow": _from_api(schedule["FlexibleTimeWindow"]),
        "target": _from_api(schedule["Target"]),
        **{name: _as_text(value) for name, value in dates.items() if value},
        **present({"description": schedule.get("Description")}),
    }


def _as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _to_api(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_capital(name): _to_api(item) for name, item in value.items()}
    # The engine's numbers may be floats.
    return int(value) if isinstance(value, float) else value


def _from_api(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name[0].lower() + name[1:]: _from_api(item) for name, item in value.items()}
    return value


def _unchanged(name: str, old: Any, new: Any) -> bool:
    """Tell whether two targets differ in nothing but how the JSON of their input is written."""
    if name != "target" or not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return False
    same = {**old, "input": None} == {**new, "input": None}
    return same and compared_as_json("input")("input", old.get("input"), new.get("input"))


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.one_of(inputs, "state", ["ENABLED", "DISABLED"])
    yield from checks.one_of(inputs, "flexibleTimeWindow.mode", ["OFF", "FLEXIBLE"])
    yield from checks.between(inputs, "flexibleTimeWindow.maximumWindowInMinutes", 1, 1440)
    yield from checks.between(inputs, "target.retryPolicy.maximumRetryAttempts", 0, 185)
    yield from checks.between(inputs, "target.retryPolicy.maximumEventAgeInSeconds", 60, 86_400)


SCHEDULE = ResourceType(
    arguments=aws.scheduler.ScheduleArgs,
    creation=_create,
    description=_describe,
    names={
        "arn": "Arn",
        "groupName": "GroupName",
        "name": "Name",
        "scheduleExpression": "ScheduleExpression",
        "scheduleExpressionTimezone": "ScheduleExpressionTimezone",
        "state": "State",
    },
    state=_state,
    change=_change,
    deletion=_delete,
    replace_on=_FIXED,
    update_on=frozenset(_SENT) - _FIXED,
    computed=REGIONAL | {"groupName", "name"},
    unchanged=_unchanged,
    autonamed=True,
    defaults={
        "groupName": DEFAULT_GROUP,
        "scheduleExpressionTimezone": "UTC",
        "state": "ENABLED",
    },
    refusals=_refusals,
)


def _delete_group(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a group; AWS deletes the schedules in it as well."""
    unless_gone(clients("scheduler").delete_schedule_group, Name=identifier)


def _group_state(_: Clients, group: Description) -> Properties:
    dates = {"creationDate": "CreationDate", "lastModificationDate": "LastModificationDate"}
    return {name: _as_text(group[member]) for name, member in dates.items() if group.get(member)}


def _create_group(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Create a group; its id is its name."""
    clients("scheduler").create_schedule_group(Name=inputs["name"], **tagged)
    return str(inputs["name"])


SCHEDULE_GROUP = ResourceType(
    arguments=aws.scheduler.ScheduleGroupArgs,
    creation=_create_group,
    description=Get("scheduler", "get_schedule_group", by="Name"),
    names={"arn": "Arn", "name": "Name", "state": "State"},
    state=_group_state,
    tagging=Tagging(
        service="scheduler",
        resource="ResourceArn",
        listing=("list_tags_for_resource", "Tags"),
    ),
    deletion=_delete_group,
    replace_on=frozenset({"name"}),
    computed=REGIONAL | {"name"},
    autonamed=True,
)
