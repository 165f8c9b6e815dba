"""Schedules of EventBridge Scheduler, and their groups, whose creation was cut off.

A schedule has no tags: it belongs to its group.
"""

from __future__ import annotations

from collections.abc import Iterator

from batch_platform.recovery.orphan_type import Aws, Found, OrphanType, Properties, not_ours


def _group(aws: Aws, inputs: Properties) -> Iterator[Found]:
    scheduler, name = aws.client("scheduler"), inputs["name"]
    try:
        arn = scheduler.get_schedule_group(Name=name)["Arn"]
    except scheduler.exceptions.ResourceNotFoundException:
        return
    tags = scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"]
    yield Found(name) if aws.owns(tags) else not_ours(aws, name)


def _delete_group(aws: Aws, name: str, _: Properties) -> None:
    scheduler = aws.client("scheduler")
    scheduler.delete_schedule_group(Name=name)

    def is_gone() -> bool:
        try:
            scheduler.get_schedule_group(Name=name)
        except scheduler.exceptions.ResourceNotFoundException:
            return True
        return False

    aws.wait(f"the deletion of the schedule group {name}", is_gone)


def _schedule(aws: Aws, inputs: Properties) -> Iterator[Found]:
    scheduler, group, name = aws.client("scheduler"), inputs["groupName"], inputs["name"]
    try:
        scheduler.get_schedule(GroupName=group, Name=name)
    except scheduler.exceptions.ResourceNotFoundException:
        return
    yield Found(f"{group}/{name}")


def _delete_schedule(aws: Aws, _: str, inputs: Properties) -> None:
    aws.client("scheduler").delete_schedule(GroupName=inputs["groupName"], Name=inputs["name"])


SCHEDULE_GROUP = OrphanType(find=_group, delete=_delete_group, key=("name",))
SCHEDULE = OrphanType(find=_schedule, delete=_delete_schedule, key=("groupName", "name"))
