"""SSM parameters (terraform-provider-aws: internal/service/ssm/parameter.go)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Delete
from localaws.resources.clients import Clients
from localaws.resources.reading import (
    REGIONAL,
    Description,
    Properties,
    changes,
    first,
    present,
    unless_gone,
)
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Tagging

STANDARD, ADVANCED, INTELLIGENT = "Standard", "Advanced", "Intelligent-Tiering"
CHANGEABLE = {
    "allowedPattern": "AllowedPattern",
    "description": "Description",
    "keyId": "KeyId",
    "tier": "Tier",
    "type": "Type",
}
"""Inputs to their names in PutParameter; a change of them, or of the value, is another version."""
_TAGGING = Tagging(
    service="ssm",
    resource="ResourceId",
    by="id",
    always={"ResourceType": "Parameter"},
    add="add_tags_to_resource",
    remove="remove_tags_from_resource",
    listing=("list_tags_for_resource", "TagList"),
)


def _create(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Create a parameter; its id is its name."""
    overwrite = bool(inputs.get("overwrite"))
    # PutParameter takes tags only where it creates.
    _put(clients, inputs, overwrite=overwrite, **({} if overwrite else tagged))
    return str(inputs["name"])


def _complete(clients: Clients, identifier: str, inputs: Properties) -> None:
    if inputs.get("overwrite"):
        _TAGGING.update(clients, identifier, {}, inputs)


def _describe(clients: Clients, identifier: str) -> Description | None:
    """Read a parameter, decrypted, and its metadata."""
    ssm = clients("ssm")
    found = unless_gone(ssm.get_parameter, Name=identifier, WithDecryption=True)
    if found is None:
        return None
    equals = [{"Key": "Name", "Option": "Equals", "Values": [identifier]}]
    metadata = first(ssm.describe_parameters(ParameterFilters=equals), "Parameters") or {}
    return {"DataType": "text", "Tier": STANDARD, **metadata, **found["Parameter"]}


def _change(clients: Clients, _: str, state: Properties, inputs: Properties) -> None:
    """Overwrite the value and what goes with it: another version."""
    if changes(state, inputs, "value", *CHANGEABLE):
        _put(clients, inputs, overwrite=True)


def _put(clients: Clients, inputs: Properties, *, overwrite: bool, **more: Any) -> None:
    names = {"dataType": "DataType", **CHANGEABLE}
    given = present({name: inputs.get(key) for key, name in names.items()})
    clients("ssm").put_parameter(
        Name=inputs["name"], Value=inputs["value"], Overwrite=overwrite, **given, **more
    )


def replaces(old: Properties, new: Properties) -> list[str]:
    """Replace to leave the advanced tier (CustomizeDiff: ForceNewIfChange "tier")."""
    return ["tier"] if (old.get("tier"), new.get("tier")) == (ADVANCED, STANDARD) else []


def unchanged(key: str, old: Any, new: Any) -> bool:
    """Where the service picks the tier, any that it has is right (DiffSuppressFunc of ``tier``)."""
    return key == "tier" and bool(old) and new == INTELLIGENT


def new_outputs(old: Properties, new: Properties) -> list[str]:
    """CustomizeDiff: ComputedIf "version"."""
    return ["version"] if changes(old, new, "value", "description") else []


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.one_of(inputs, "type", ["String", "StringList", "SecureString"])
    yield from checks.one_of(inputs, "tier", [STANDARD, ADVANCED, INTELLIGENT])


PARAMETER = ResourceType(
    arguments=aws.ssm.ParameterArgs,
    creation=_create,
    completion=_complete,
    description=_describe,
    names={
        "arn": "ARN",
        "dataType": "DataType",
        "name": "Name",
        "value": "Value",
        "version": "Version",
        **CHANGEABLE,
    },
    change=_change,
    tagging=_TAGGING,
    deletion=Delete("ssm", "delete_parameter", by="Name"),
    replace_on=frozenset({"dataType", "name"}),
    replaces=replaces,
    update_on=frozenset({"overwrite", "value", *CHANGEABLE}),
    computed=REGIONAL | {"arn", "dataType", "keyId", "name", "tier"},
    unchanged=unchanged,
    new_outputs=new_outputs,
    autonamed=True,
    secrets=frozenset({"value"}),
    unread=frozenset({"overwrite"}),
    refusals=_refusals,
)
