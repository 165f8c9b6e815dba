"""Launch templates (terraform-provider-aws: internal/service/ec2/ec2_launch_template.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.calls import Delete, Describe
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Description, Properties, present
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Ec2Tagging

DATA = (
    "blockDeviceMappings",
    "capacityReservationSpecification",
    "cpuOptions",
    "iamInstanceProfile",
    "imageId",
    "instanceMarketOptions",
    "instanceType",
    "keyName",
    "metadataOptions",
    "networkInterfaces",
    "placement",
    "tagSpecifications",
    "userData",
    "vpcSecurityGroupIds",
)
"""Inputs that are in a version; the others are the template's own."""
SECURITY_GROUPS = {"vpcSecurityGroupIds": "SecurityGroupIds"}
"""The one that the API calls otherwise."""
TEXTS = ("deleteOnTermination", "encrypted")
"""Booleans that the provider has as text, since the AMI may decide."""
GROUPS = "Groups"
"""What the API calls the ``securityGroups`` of a network interface."""
_describe_template = Describe(
    "ec2", "describe_launch_templates", by="LaunchTemplateIds", under="LaunchTemplates"
)


def _create(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Create a launch template with its first version."""
    created = clients("ec2").create_launch_template(
        LaunchTemplateName=inputs["name"], **_version(inputs), **tagged
    )
    return str(created["LaunchTemplate"]["LaunchTemplateId"])


def _describe(clients: Clients, identifier: str) -> Description | None:
    """Describe a launch template with its newest version."""
    template = _describe_template(clients, identifier)
    if template is None:
        return None
    ec2 = clients("ec2")
    (version,) = ec2.describe_launch_template_versions(
        LaunchTemplateId=identifier, Versions=["$Latest"]
    )["LaunchTemplateVersions"]
    # Not the template's own: moto shows there those that it was made with.
    tagged = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [identifier]}])["Tags"]
    return {**version, **template, "Tags": tagged}


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    """Make a new version where its data change; the default version stays."""
    if new_outputs(state, inputs):
        clients("ec2").create_launch_template_version(
            LaunchTemplateId=identifier, **_version(inputs)
        )


def new_outputs(old: Properties, new: Properties) -> tuple[str, ...]:
    """Say that the newest version changes (CustomizeDiff: ComputedIf latest_version)."""
    names = (*DATA, "description")
    return ("latestVersion",) if any(old.get(key) != new.get(key) for key in names) else ()


def _version(inputs: Properties) -> dict[str, Any]:
    """Return the parameters that make a version."""
    data = {_named(key): _member(key, inputs[key]) for key in DATA if inputs.get(key)}
    described = present({"VersionDescription": inputs.get("description")})
    return {"LaunchTemplateData": data, **described}


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
    found = {key: _input(members.get(_named(key))) for key in DATA}
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


def _named(key: str) -> str:
    return SECURITY_GROUPS.get(key) or _capital(key)


def _capital(name: str) -> str:
    if name == "securityGroups":
        return GROUPS
    return name[:1].upper() + name[1:]


def _small(name: str) -> str:
    if name == GROUPS:
        return "securityGroups"
    return name[:1].lower() + name[1:]


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.one_of(inputs, "metadataOptions.httpTokens", ["optional", "required"])
    yield from checks.one_of(inputs, "metadataOptions.httpEndpoint", ["disabled", "enabled"])
    yield from checks.between(inputs, "metadataOptions.httpPutResponseHopLimit", 1, 64)


LAUNCH_TEMPLATE = ResourceType(
    arguments=aws.ec2.LaunchTemplateArgs,
    creation=_create,
    description=_describe,
    names={
        "defaultVersion": "DefaultVersionNumber",
        "description": "VersionDescription",
        "latestVersion": "LatestVersionNumber",
        "name": "LaunchTemplateName",
    },
    arn="ec2:launch-template",
    state=lambda _, template: _from_api(template["LaunchTemplateData"]),
    change=_change,
    tagging=Ec2Tagging(kind="launch-template"),
    deletion=Delete("ec2", "delete_launch_template", by="LaunchTemplateId"),
    replace_on=frozenset({"name", "namePrefix"}),
    not_carried=frozenset({"namePrefix"}),
    update_on=frozenset({"description", *DATA}),
    computed=REGIONAL | {"defaultVersion", "metadataOptions", "name"},
    new_outputs=new_outputs,
    autonamed=True,
    refusals=_refusals,
)
