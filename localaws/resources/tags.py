"""Tags, which most services want as lists and pulumi-aws has as mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Properties = Mapping[str, Any]


class TagChanges(NamedTuple):
    """What makes the tags of a state those of the inputs."""

    added: dict[str, str]
    removed: list[str]


def as_list(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Return tags as most services take them."""
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


def properties(tags: Mapping[str, str] | Iterable[Mapping[str, str]] | None) -> dict[str, Any]:
    """Return ``tags`` and ``tagsAll`` of a state; no tags are left out, AWS's own are not shown."""
    if not isinstance(tags, Mapping):
        tags = {each["Key"]: each["Value"] for each in tags or ()}
    shown = {key: value for key, value in tags.items() if not key.startswith("aws:")}
    return {"tags": shown, "tagsAll": shown} if shown else {"tagsAll": {}}


def changed(state: Properties, inputs: Properties) -> TagChanges:
    """Compare the tags of a state with those of the inputs."""
    old, new = state.get("tags") or {}, inputs.get("tags") or {}
    added = {key: value for key, value in new.items() if old.get(key) != value}
    return TagChanges(added, [key for key in old if key not in new])


def ec2_specification(kind: str, inputs: Properties) -> dict[str, Any]:
    """Return the ``TagSpecifications`` argument for a resource's ``tags`` input."""
    tags = as_list(inputs.get("tags"))
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else {}


def update_ec2(ec2: Any, identifier: str, state: Properties, inputs: Properties) -> None:
    """Change the tags of anything in EC2."""
    added, removed = changed(state, inputs)
    if removed:
        ec2.delete_tags(Resources=[identifier], Tags=[{"Key": key} for key in removed])
    if added:
        ec2.create_tags(Resources=[identifier], Tags=as_list(added))


def update_by_arn(client: Any, arn: str, state: Properties, inputs: Properties) -> None:
    """Change the tags of what is tagged by ``resourceArn``: Batch, logs."""
    added, removed = changed(state, inputs)
    if removed:
        client.untag_resource(resourceArn=arn, tagKeys=removed)
    if added:
        client.tag_resource(resourceArn=arn, tags=added)
