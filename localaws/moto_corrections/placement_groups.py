"""Placement groups, of which moto knows nothing: made, described by name or filter, deleted.

They hold no instances here, so that one can always be deleted.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response
from moto.ec2.utils import EC2_RESOURCE_TO_PREFIX, random_id

_GROUPS = "placement_groups"
"""Attribute of moto's backend, by name, so that a data directory keeps them."""


def correct() -> None:
    """Answer CreatePlacementGroup, DescribePlacementGroups and DeletePlacementGroup."""
    for operation in (create_placement_group, describe_placement_groups, delete_placement_group):
        setattr(EC2Response, operation.__name__, operation)
    EC2_RESOURCE_TO_PREFIX["placement-group"] = "pg"  # which CreateTags and DeleteTags look up


def create_placement_group(self: EC2Response) -> ActionResult:
    """Make a group; its strategy is ``cluster`` where none is given."""
    groups, name = _groups(self), self._get_param("GroupName")
    if name in groups:
        raise EC2ClientError(
            "InvalidPlacementGroup.Duplicate", f"The placement group '{name}' already exists."
        )
    strategy = self._get_param("Strategy") or "cluster"
    group = {
        "GroupName": name,
        "GroupId": random_id(prefix="pg", size=17),
        "State": "available",
        "Strategy": strategy,
    }
    if strategy == "partition":
        group["PartitionCount"] = self._get_int_param("PartitionCount") or 2
    elif strategy == "spread":
        group["SpreadLevel"] = self._get_param("SpreadLevel") or "rack"
    groups[name] = group
    tags = self._parse_tag_specification().get("placement-group", {})
    self.ec2_backend.create_tags([group["GroupId"]], tags)
    return ActionResult({"PlacementGroup": _described(self, group)})


def describe_placement_groups(self: EC2Response) -> ActionResult:
    """Describe all groups, or those of these names, ids or tags."""
    groups, filters = _groups(self), self._filters_from_querystring()
    names, ids = self._get_param("GroupNames", []), self._get_param("GroupIds", [])
    for name in names:
        _known(groups, name)
    found = [
        described
        for group in groups.values()
        if (not names or group["GroupName"] in names) and (not ids or group["GroupId"] in ids)
        for described in [_described(self, group)]
        if all(_matches(described, name, values) for name, values in filters.items())
    ]
    return ActionResult({"PlacementGroups": found})


def delete_placement_group(self: EC2Response) -> ActionResult:
    """Delete a group."""
    groups, name = _groups(self), self._get_param("GroupName")
    del groups[_known(groups, name)]
    return EmptyResult()


def _groups(response: EC2Response) -> dict[str, dict[str, Any]]:
    return response.ec2_backend.__dict__.setdefault(_GROUPS, {})  # type: ignore[no-any-return]


def _known(groups: dict[str, dict[str, Any]], name: str) -> str:
    if name not in groups:
        raise EC2ClientError(
            "InvalidPlacementGroup.Unknown", f"The Placement Group '{name}' is unknown."
        )
    return name


def _described(response: EC2Response, group: dict[str, Any]) -> dict[str, Any]:
    arn = (
        f"arn:{response.partition}:ec2:{response.region}:{response.current_account}:"
        f"placement-group/{group['GroupName']}"
    )
    tags = response.ec2_backend.tags.get(group["GroupId"], {})
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {**group, "GroupArn": arn, "Tags": listed}


def _matches(group: dict[str, Any], name: str, values: Container[str]) -> bool:
    if name.startswith("tag:"):
        tags = {each["Key"]: each["Value"] for each in group["Tags"]}
        return tags.get(name.removeprefix("tag:")) in values
    member = {"group-name": "GroupName", "state": "State", "strategy": "Strategy"}.get(name)
    return member is None or group[member] in values
