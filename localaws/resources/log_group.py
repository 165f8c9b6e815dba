"""CloudWatch log groups (terraform-provider-aws: internal/service/logs/group.go)."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi_aws as aws

from localaws.resources.clients import Clients
from localaws.resources.reading import (
    REGIONAL,
    Description,
    Properties,
    changes,
    present,
    unless_gone,
)
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Tagging

FOREVER = 0
RETENTION_DAYS = frozenset(
    {FOREVER, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545}
    | {731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)


def _create(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Create a log group; its id is its name."""
    key = present({"kmsKeyId": inputs.get("kmsKeyId")})
    clients("logs").create_log_group(logGroupName=inputs["name"], **key, **tagged)
    return str(inputs["name"])


def _find(clients: Clients, identifier: str) -> Description | None:
    pages = clients("logs").get_paginator("describe_log_groups")
    groups = (
        group
        for page in pages.paginate(logGroupNamePrefix=identifier)
        for group in page["logGroups"]
    )
    return next((each for each in groups if each["logGroupName"] == identifier), None)


def _state(_: Clients, group: Description) -> Properties:
    return {
        "arn": group["arn"].removesuffix(":*"),
        "retentionInDays": group.get("retentionInDays", FOREVER),
    }


def _complete(clients: Clients, identifier: str, inputs: Properties) -> None:
    if inputs["retentionInDays"]:
        _retain(clients, identifier, inputs["retentionInDays"])


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    """Change retention and key."""
    logs = clients("logs")
    if changes(state, inputs, "retentionInDays"):
        _retain(clients, identifier, inputs["retentionInDays"])
    if changes(state, inputs, "kmsKeyId"):
        if key := inputs.get("kmsKeyId"):
            logs.associate_kms_key(logGroupName=identifier, kmsKeyId=key)
        else:
            logs.disassociate_kms_key(logGroupName=identifier)


def _delete(clients: Clients, identifier: str, state: Properties) -> None:
    """Delete a log group with its logs, unless the program says to leave it."""
    if not state.get("skipDestroy"):
        unless_gone(clients("logs").delete_log_group, logGroupName=identifier)


def _retain(clients: Clients, identifier: str, days: int) -> None:
    logs = clients("logs")
    if days:
        logs.put_retention_policy(logGroupName=identifier, retentionInDays=days)
    else:
        logs.delete_retention_policy(logGroupName=identifier)


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    days = inputs.get("retentionInDays", FOREVER)
    if days not in RETENTION_DAYS:
        wanted = " ".join(map(str, sorted(RETENTION_DAYS)))
        yield Refusal("retentionInDays", f"expected retentionInDays in [{wanted}], got {days}")


LOG_GROUP = ResourceType(
    arguments=aws.cloudwatch.LogGroupArgs,
    creation=_create,
    completion=_complete,
    description=_find,
    names={"kmsKeyId": "kmsKeyId", "name": "logGroupName"},
    state=_state,
    change=_change,
    tagging=Tagging(
        service="logs",
        resource="resourceArn",
        tags="tags",
        keys="tagKeys",
        as_mapping=True,
        listing=("list_tags_for_resource", "tags"),
    ),
    deletion=_delete,
    replace_on=frozenset({"name"}),
    update_on=frozenset({"kmsKeyId", "retentionInDays", "skipDestroy"}),
    computed=REGIONAL | {"name"},
    autonamed=True,
    defaults={"retentionInDays": FOREVER, "skipDestroy": False},
    unread=frozenset({"skipDestroy"}),
    refusals=_refusals,
)
