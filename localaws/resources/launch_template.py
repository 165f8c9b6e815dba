"""Launch templates (terraform-provider-aws: internal/service/ec2/ec2_launch_template.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, first, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

DATA = ("blockDeviceMappings", "metadataOptions", "tagSpecifications", "userData")
"""Inputs that are in a version; the others are the template's own."""
TEXTS = ("deleteOnTermination", "encrypted")
"""Booleans that the provider has as text, since the AMI may decide."""


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a launch template with its first version."""
    identifier: str = clients("ec2").create_launch_template(
        LaunchTemplateName=inputs["name"],
        LaunchTemplateData=_to_api(inputs),
        **present({"VersionDescription": inputs.get("description")}),
        **tags.ec2_specification("launch-template", inputs),
    )["LaunchTemplate"]["LaunchTemplateId"]
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a launch template with its newest version."""
    ec2 = clients("ec2")
    describe = ec2.describe_launch_templates
    template = first(unless_gone(describe, LaunchTemplateIds=[identifier]), "LaunchTemplates")
    if template is None:
        return None
    (version,) = ec2.describe_launch_template_versions(
        LaunchTemplateId=identifier, Versions=["$Latest"]
    )["LaunchTemplateVersions"]
    # Not the template's own: moto shows there those that it was made with.
    tagged = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [identifier]}])["Tags"]
    return {
        "id": identifier,
        "arn": clients.arn("ec2", f"launch-template/{identifier}"),
        "defaultVersion": template["DefaultVersionNumber"],
        "latestVersion": template["LatestVersionNumber"],
        "name": template["LaunchTemplateName"],
        "region": clients.region,
        **present({"description": version.get("VersionDescription")}),
        **_from_api(version["LaunchTemplateData"]),
        **tags.properties(tagged),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Make a new version where its data change; the default version stays."""
    if new_outputs(state, inputs):
        clients("ec2").create_launch_template_version(
            LaunchTemplateId=identifier,
            LaunchTemplateData=_to_api(inputs),
            **present({"VersionDescription": inputs.get("description")}),
        )
    tags.update_ec2(clients("ec2"), identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a launch template with all its versions."""
    unless_gone(clients("ec2").delete_launch_template, LaunchTemplateId=identifier)


def new_outputs(old: Properties, new: Properties) -> tuple[str, ...]:
    """Say that the newest version changes (CustomizeDiff: ComputedIf latest_version)."""
    names = (*DATA, "description")
    return ("latestVersion",) if any(old.get(key) != new.get(key) for key in names) else ()


def _to_api(inputs: Properties) -> dict[str, Any]:
    """Return the LaunchTemplateData."""
    return {_capital(key): _member(key, inputs[key]) for key in DATA if inputs.get(key)}


def _member(key: str, value: Any) -> Any:
    if key in TEXTS:
        return value == "true"
    if key == "tags":
        return tags.as_list(value)
    if isinstance(value, Mapping):
        return {_capital(name): _member(name, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_member("", inner) for inner in value]
    return value


def _from_api(data: Properties) -> dict[str, Any]:
    """Return the inputs that a version has; moto puts the template's own tags into it."""
    members = {**data}
    members["TagSpecifications"] = [
        each
        for each in data.get("TagSpecifications", ())
        if each["ResourceType"] != "launch-template"
    ]
    found = {key: _input(members.get(_capital(key))) for key in DATA}
    return present(found)


def _input(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return {
            _small(key): tags.properties(inner).get("tags", {}) if key == "Tags" else _input(inner)
            for key, inner in value.items()
            if inner not in (None, "")
        }
    return [_input(inner) for inner in value] if isinstance(value, list) else value


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.one_of(inputs, "metadataOptions.httpTokens", ["optional", "required"])
    yield from checks.one_of(inputs, "metadataOptions.httpEndpoint", ["disabled", "enabled"])
    yield from checks.between(inputs, "metadataOptions.httpPutResponseHopLimit", 1, 64)


LAUNCH_TEMPLATE = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.ec2.LaunchTemplateArgs,
    replace_on=frozenset({"name", "namePrefix"}),
    computed=REGIONAL | {"defaultVersion", "metadataOptions", "name"},
    new_outputs=new_outputs,
    autonamed=True,
    check=checks.carrying("description", "name", "tags", *DATA, check=_refusals),
)
