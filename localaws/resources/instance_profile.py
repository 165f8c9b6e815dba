"""Instance profiles (terraform-provider-aws: internal/service/iam/instance_profile.go)."""

from __future__ import annotations

import pulumi_aws as aws

from localaws.resources.calls import Create, Get
from localaws.resources.clients import Clients
from localaws.resources.reading import Description, Properties, changes, first, unless_gone
from localaws.resources.resource_type import ResourceType
from localaws.resources.tags import Tagging

INPUTS = {"name": "InstanceProfileName", "path": "Path"}
_get = Get("iam", "get_instance_profile", by="InstanceProfileName", under="InstanceProfile")


def _state(_: Clients, profile: Description) -> Properties:
    role = _role(profile)
    return {
        "createDate": profile["CreateDate"].isoformat(),
        **({"role": role} if role else {}),
    }


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    """Give the profile another role."""
    if not changes(state, inputs, "role"):
        return
    _remove_role(clients, identifier, state.get("role"))
    if inputs.get("role"):
        clients("iam").add_role_to_instance_profile(
            InstanceProfileName=identifier, RoleName=inputs["role"]
        )


def _delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete an instance profile; its role stays."""
    profile = _get(clients, identifier)
    if profile is None:
        return
    _remove_role(clients, identifier, _role(profile))
    unless_gone(clients("iam").delete_instance_profile, InstanceProfileName=identifier)


def _role(profile: Description) -> str | None:
    """Return the one role that a profile can have."""
    role = first(profile, "Roles")
    return role["RoleName"] if role else None


def _remove_role(clients: Clients, identifier: str, role: str | None) -> None:
    if role:
        unless_gone(
            clients("iam").remove_role_from_instance_profile,
            InstanceProfileName=identifier,
            RoleName=role,
        )


INSTANCE_PROFILE = ResourceType(
    arguments=aws.iam.InstanceProfileArgs,
    creation=Create(
        "iam", "create_instance_profile", INPUTS, returns="InstanceProfile.InstanceProfileName"
    ),
    completion=lambda clients, identifier, inputs: _change(clients, identifier, {}, inputs),
    description=_get,
    names={"arn": "Arn", "uniqueId": "InstanceProfileId", **INPUTS},
    state=_state,
    change=_change,
    tagging=Tagging(
        service="iam",
        resource="InstanceProfileName",
        by="id",
        add="tag_instance_profile",
        remove="untag_instance_profile",
    ),
    deletion=_delete,
    replace_on=frozenset(INPUTS),
    update_on=frozenset({"role"}),
    computed=frozenset({"name"}),
    autonamed=True,
    defaults={"path": "/"},
)
