"""Instance profiles (terraform-provider-aws: internal/service/iam/instance_profile.go)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import beside, changes, first, unless_gone
from localaws.resources.resource_type import ResourceType, finishing

Properties = Mapping[str, Any]


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create an instance profile that carries a role."""
    iam = clients("iam")
    identifier: str = iam.create_instance_profile(
        InstanceProfileName=inputs["name"],
        Path=inputs.get("path", "/"),
        Tags=tags.as_list(inputs.get("tags")),
    )["InstanceProfile"]["InstanceProfileName"]
    with finishing(identifier):
        if inputs.get("role"):
            iam.add_role_to_instance_profile(
                InstanceProfileName=identifier, RoleName=inputs["role"]
            )
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe an instance profile and the one role that it can have."""
    answer = unless_gone(clients("iam").get_instance_profile, InstanceProfileName=identifier)
    if answer is None:
        return None
    profile = answer["InstanceProfile"]
    role = first(profile, "Roles")
    return {
        "id": identifier,
        "arn": profile["Arn"],
        "createDate": profile["CreateDate"].isoformat(),
        "name": profile["InstanceProfileName"],
        "path": profile["Path"],
        "uniqueId": profile["InstanceProfileId"],
        **({"role": role["RoleName"]} if role else {}),
        **tags.properties(profile.get("Tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change the role and the tags."""
    iam = clients("iam")
    if changes(state, inputs, "role"):
        _remove_role(clients, identifier, state.get("role"))
        if inputs.get("role"):
            iam.add_role_to_instance_profile(
                InstanceProfileName=identifier, RoleName=inputs["role"]
            )
    added, removed = tags.changed(state, inputs)
    if removed:
        iam.untag_instance_profile(InstanceProfileName=identifier, TagKeys=removed)
    if added:
        iam.tag_instance_profile(InstanceProfileName=identifier, Tags=tags.as_list(added))
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete an instance profile; its role stays."""
    found = read(clients, identifier)
    if found is None:
        return
    _remove_role(clients, identifier, found.get("role"))
    unless_gone(clients("iam").delete_instance_profile, InstanceProfileName=identifier)


def _remove_role(clients: Clients, identifier: str, role: str | None) -> None:
    if role:
        unless_gone(
            clients("iam").remove_role_from_instance_profile,
            InstanceProfileName=identifier,
            RoleName=role,
        )


INSTANCE_PROFILE = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.iam.InstanceProfileArgs,
    replace_on=frozenset({"name", "path"}),
    computed=frozenset({"name"}),
    autonamed=True,
    defaults={"path": "/"},
    check=checks.carrying("name", "path", "role", "tags"),
)
