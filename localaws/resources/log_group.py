"""CloudWatch log groups (terraform-provider-aws: internal/service/logs/group.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, changes, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

FOREVER = 0
RETENTION_DAYS = frozenset(
    {FOREVER, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545}
    | {731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a log group with its retention."""
    identifier: str = inputs["name"]
    clients("logs").create_log_group(
        logGroupName=identifier,
        **present({"kmsKeyId": inputs.get("kmsKeyId"), "tags": inputs.get("tags")}),
    )
    with finishing(identifier):
        if inputs.get("retentionInDays"):
            _retain(clients, identifier, inputs["retentionInDays"])
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a log group."""
    logs = clients("logs")
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=identifier)
    groups = (group for page in pages for group in page["logGroups"])
    group = next((each for each in groups if each["logGroupName"] == identifier), None)
    if group is None:
        return None
    arn = group["arn"].removesuffix(":*")
    return {
        "id": identifier,
        "arn": arn,
        "name": identifier,
        "region": clients.region,
        "retentionInDays": group.get("retentionInDays", FOREVER),
        **present({"kmsKeyId": group.get("kmsKeyId")}),
        **tags.properties(logs.list_tags_for_resource(resourceArn=arn)["tags"]),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change retention, key and tags."""
    logs = clients("logs")
    if changes(state, inputs, "retentionInDays"):
        _retain(clients, identifier, inputs.get("retentionInDays", FOREVER))
    if changes(state, inputs, "kmsKeyId"):
        if key := inputs.get("kmsKeyId"):
            logs.associate_kms_key(logGroupName=identifier, kmsKeyId=key)
        else:
            logs.disassociate_kms_key(logGroupName=identifier)
    tags.update_by_arn(logs, state["arn"], state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, state: Properties) -> None:
    """Delete a log group with its logs, unless the program says to leave it."""
    if not state.get("skipDestroy"):
        unless_gone(clients("logs").delete_log_group, logGroupName=identifier)


def _retain(clients: Clients, identifier: str, days: int) -> None:
    logs = clients("logs")
    if days:
        logs.put_retention_policy(logGroupName=identifier, retentionInDays=days)
    else:
        logs.delete_retention_policy(logGroupName=identifier)


def _retention(inputs: Properties) -> Iterator[Refusal]:
    days = inputs.get("retentionInDays", FOREVER)
    if days not in RETENTION_DAYS:
        wanted = " ".join(map(str, sorted(RETENTION_DAYS)))
        yield Refusal("retentionInDays", f"expected retentionInDays in [{wanted}], got {days}")


_CHANGEABLE = ("kmsKeyId", "retentionInDays", "skipDestroy", "tags")

LOG_GROUP = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.cloudwatch.LogGroupArgs,
    replace_on=frozenset({"name"}),
    computed=REGIONAL | {"name"},
    autonamed=True,
    defaults={"retentionInDays": FOREVER, "skipDestroy": False},
    unread=frozenset({"skipDestroy"}),
    check=checks.carrying("name", *_CHANGEABLE, check=_retention),
)
