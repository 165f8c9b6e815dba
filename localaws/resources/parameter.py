"""SSM parameters (terraform-provider-aws: internal/service/ssm/parameter.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, changes, first, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

STANDARD, ADVANCED, INTELLIGENT = "Standard", "Advanced", "Intelligent-Tiering"


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a parameter."""
    identifier: str = inputs["name"]
    overwrite = bool(inputs.get("overwrite"))
    # PutParameter takes tags only where it creates.
    given = {} if overwrite else present({"Tags": tags.as_list(inputs.get("tags"))})
    _put(clients, identifier, inputs, overwrite=overwrite, **given)
    with finishing(identifier):
        if overwrite:
            _tag(clients, identifier, {}, inputs)
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Read a parameter, decrypted, and its metadata."""
    ssm = clients("ssm")
    found = unless_gone(ssm.get_parameter, Name=identifier, WithDecryption=True)
    if found is None:
        return None
    parameter = found["Parameter"]
    equals = [{"Key": "Name", "Option": "Equals", "Values": [identifier]}]
    metadata = first(ssm.describe_parameters(ParameterFilters=equals), "Parameters") or {}
    tagged = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=identifier)
    optional = {
        "allowedPattern": metadata.get("AllowedPattern"),
        "description": metadata.get("Description"),
        "keyId": metadata.get("KeyId"),
    }
    return {
        "id": identifier,
        "arn": parameter["ARN"],
        "dataType": parameter.get("DataType", "text"),
        "name": identifier,
        "region": clients.region,
        "tier": metadata.get("Tier", STANDARD),
        "type": parameter["Type"],
        "value": parameter["Value"],
        "version": parameter["Version"],
        **present(optional),
        **tags.properties(tagged["TagList"]),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Overwrite the value and what goes with it: another version."""
    if changes(state, inputs, "allowedPattern", "description", "keyId", "tier", "type", "value"):
        _put(clients, identifier, inputs, overwrite=True)
    _tag(clients, identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a parameter."""
    unless_gone(clients("ssm").delete_parameter, Name=identifier)


def replaces(old: Properties, new: Properties) -> list[str]:
    """Replace to leave the advanced tier (CustomizeDiff: ForceNewIfChange "tier")."""
    return ["tier"] if (old.get("tier"), new.get("tier")) == (ADVANCED, STANDARD) else []


def unchanged(key: str, old: Any, new: Any) -> bool:
    """Where the service picks the tier, any that it has is right (DiffSuppressFunc of ``tier``)."""
    return key == "tier" and bool(old) and new == INTELLIGENT


def new_outputs(old: Properties, new: Properties) -> list[str]:
    """CustomizeDiff: ComputedIf "version"."""
    return ["version"] if changes(old, new, "value", "description") else []


def _put(clients: Clients, name: str, inputs: Properties, *, overwrite: bool, **more: Any) -> None:
    optional = {
        "AllowedPattern": inputs.get("allowedPattern"),
        "DataType": inputs.get("dataType"),
        "Description": inputs.get("description"),
        "KeyId": inputs.get("keyId"),
        "Tier": inputs.get("tier"),
    }
    clients("ssm").put_parameter(
        Name=name,
        Type=inputs["type"],
        Value=inputs["value"],
        Overwrite=overwrite,
        **present(optional),
        **more,
    )


def _tag(clients: Clients, name: str, state: Properties, inputs: Properties) -> None:
    ssm = clients("ssm")
    added, removed = tags.changed(state, inputs)
    whose = {"ResourceType": "Parameter", "ResourceId": name}
    if removed:
        ssm.remove_tags_from_resource(**whose, TagKeys=removed)
    if added:
        ssm.add_tags_to_resource(**whose, Tags=tags.as_list(added))


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.one_of(inputs, "type", ["String", "StringList", "SecureString"])
    yield from checks.one_of(inputs, "tier", [STANDARD, ADVANCED, INTELLIGENT])


_CHANGEABLE = ("allowedPattern", "description", "keyId", "overwrite", "tags", "tier", "type")

PARAMETER = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.ssm.ParameterArgs,
    replace_on=frozenset({"dataType", "name"}),
    replaces=replaces,
    computed=REGIONAL | {"arn", "dataType", "keyId", "name", "tier"},
    unchanged=unchanged,
    new_outputs=new_outputs,
    autonamed=True,
    secrets=frozenset({"value"}),
    unread=frozenset({"overwrite"}),
    check=checks.carrying("dataType", "name", "value", *_CHANGEABLE, check=_refusals),
)
