"""IAM roles (terraform-provider-aws: internal/service/iam/role.go)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.json_documents import same_document
from localaws.resources.reading import beside, changes, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

LONGEST_NAME = 64
"""provider/resources.go of pulumi-aws: AutoName("name", 64, "-")."""
SESSION_SECONDS = 3600


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a role."""
    names = {
        "description": "Description",
        "maxSessionDuration": "MaxSessionDuration",
        "path": "Path",
        "permissionsBoundary": "PermissionsBoundary",
    }
    role = clients("iam").create_role(
        RoleName=inputs["name"],
        AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
        Tags=tags.as_list(inputs.get("tags")),
        **{names[key]: inputs[key] for key in names if key in inputs},
    )["Role"]
    identifier: str = role["RoleName"]
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a role without its policies, which are resources of their own."""
    answer = unless_gone(clients("iam").get_role, RoleName=identifier)
    if answer is None:
        return None
    role = answer["Role"]
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return {
        "id": identifier,
        "arn": role["Arn"],
        "assumeRolePolicy": json.dumps(role["AssumeRolePolicyDocument"]),
        "createDate": role["CreateDate"].isoformat(),
        "maxSessionDuration": role.get("MaxSessionDuration", SESSION_SECONDS),
        "name": role["RoleName"],
        "path": role["Path"],
        "uniqueId": role["RoleId"],
        **present({"description": role.get("Description"), "permissionsBoundary": boundary}),
        **tags.properties(role.get("Tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change everything but name and path."""
    iam = clients("iam")
    if not unchanged("assumeRolePolicy", state["assumeRolePolicy"], inputs["assumeRolePolicy"]):
        iam.update_assume_role_policy(
            RoleName=identifier, PolicyDocument=inputs["assumeRolePolicy"]
        )
    if changes(state, inputs, "description", "maxSessionDuration"):
        iam.update_role(
            RoleName=identifier,
            Description=inputs.get("description", ""),
            MaxSessionDuration=inputs.get("maxSessionDuration", SESSION_SECONDS),
        )
    if changes(state, inputs, "permissionsBoundary"):
        if boundary := inputs.get("permissionsBoundary"):
            iam.put_role_permissions_boundary(RoleName=identifier, PermissionsBoundary=boundary)
        else:
            iam.delete_role_permissions_boundary(RoleName=identifier)
    added, removed = tags.changed(state, inputs)
    if removed:
        iam.untag_role(RoleName=identifier, TagKeys=removed)
    if added:
        iam.tag_role(RoleName=identifier, Tags=tags.as_list(added))
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, state: Properties) -> None:
    """Delete a role: first out of its instance profiles, as the real provider does (DeleteRole).

    Policies go with it only by ``forceDetachPolicies``; otherwise IAM refuses.
    """
    iam = clients("iam")
    if read(clients, identifier) is None:
        return
    profiles = iam.list_instance_profiles_for_role(RoleName=identifier)["InstanceProfiles"]
    for profile in profiles:
        iam.remove_role_from_instance_profile(
            InstanceProfileName=profile["InstanceProfileName"], RoleName=identifier
        )
    if state.get("forceDetachPolicies"):
        attached = iam.list_attached_role_policies(RoleName=identifier)["AttachedPolicies"]
        for policy in attached:
            iam.detach_role_policy(RoleName=identifier, PolicyArn=policy["PolicyArn"])
        for name in iam.list_role_policies(RoleName=identifier)["PolicyNames"]:
            iam.delete_role_policy(RoleName=identifier, PolicyName=name)
    unless_gone(iam.delete_role, RoleName=identifier)


def unchanged(key: str, old: Any, new: Any) -> bool:
    """SuppressEquivalentPolicyDiffs."""
    return key == "assumeRolePolicy" and same_document(old, new)


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.json_text(inputs, "assumeRolePolicy")
    yield from checks.between(inputs, "maxSessionDuration", SESSION_SECONDS, 43200)
    if len(str(inputs.get("name", ""))) > LONGEST_NAME:
        yield Refusal("name", f'expected length of "name" to be in the range (1 - {LONGEST_NAME})')


_CHANGEABLE = ("assumeRolePolicy", "description", "maxSessionDuration", "permissionsBoundary")

ROLE = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.iam.RoleArgs,
    replace_on=frozenset({"name", "path"}),
    computed=frozenset({"name"}),
    unchanged=unchanged,
    autonamed=True,
    longest_name=LONGEST_NAME,
    defaults={"forceDetachPolicies": False, "maxSessionDuration": SESSION_SECONDS, "path": "/"},
    unread=frozenset({"forceDetachPolicies"}),
    check=checks.carrying(
        "forceDetachPolicies", "name", "path", "tags", *_CHANGEABLE, check=_refusals
    ),
)
