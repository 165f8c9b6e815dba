"""IAM roles (terraform-provider-aws: internal/service/iam/role.go)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Create, Get
from localaws.resources.clients import Clients
from localaws.resources.json_documents import compared_as_policies, same_document
from localaws.resources.reading import Description, Properties, changes, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Tagging

LONGEST_NAME = 64
"""provider/resources.go of pulumi-aws: AutoName("name", 64, "-")."""
SESSION_SECONDS = 3600
FIXED = {"name": "RoleName", "path": "Path"}
CHANGEABLE = {
    "assumeRolePolicy": "AssumeRolePolicyDocument",
    "description": "Description",
    "maxSessionDuration": "MaxSessionDuration",
    "permissionsBoundary": "PermissionsBoundary",
}
_get = Get("iam", "get_role", by="RoleName", under="Role")


def _state(_: Clients, role: Description) -> Properties:
    """Tell of a role without its policies, which are resources of their own."""
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return {
        "assumeRolePolicy": json.dumps(role["AssumeRolePolicyDocument"]),
        "createDate": role["CreateDate"].isoformat(),
        "maxSessionDuration": role.get("MaxSessionDuration", SESSION_SECONDS),
        **present({"permissionsBoundary": boundary}),
    }


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    """Change everything but name and path."""
    iam = clients("iam")
    if not same_document(state["assumeRolePolicy"], inputs["assumeRolePolicy"]):
        iam.update_assume_role_policy(
            RoleName=identifier, PolicyDocument=inputs["assumeRolePolicy"]
        )
    if changes(state, inputs, "description", "maxSessionDuration"):
        iam.update_role(
            RoleName=identifier,
            Description=inputs.get("description", ""),
            MaxSessionDuration=inputs["maxSessionDuration"],
        )
    if changes(state, inputs, "permissionsBoundary"):
        if boundary := inputs.get("permissionsBoundary"):
            iam.put_role_permissions_boundary(RoleName=identifier, PermissionsBoundary=boundary)
        else:
            iam.delete_role_permissions_boundary(RoleName=identifier)


def _delete(clients: Clients, identifier: str, state: Properties) -> None:
    """Delete a role: first out of its instance profiles, as the real provider does (DeleteRole).

    Policies go with it only by ``forceDetachPolicies``; otherwise IAM refuses.
    """
    iam = clients("iam")
    if _get(clients, identifier) is None:
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


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.json_text(inputs, "assumeRolePolicy")
    yield from checks.between(inputs, "maxSessionDuration", SESSION_SECONDS, 43200)
    if len(str(inputs.get("name", ""))) > LONGEST_NAME:
        yield Refusal("name", f'expected length of "name" to be in the range (1 - {LONGEST_NAME})')


ROLE = ResourceType(
    arguments=aws.iam.RoleArgs,
    creation=Create("iam", "create_role", {**FIXED, **CHANGEABLE}, returns="Role.RoleName"),
    description=_get,
    names={"arn": "Arn", "description": "Description", "uniqueId": "RoleId", **FIXED},
    state=_state,
    change=_change,
    tagging=Tagging(
        service="iam", resource="RoleName", by="id", add="tag_role", remove="untag_role"
    ),
    deletion=_delete,
    replace_on=frozenset(FIXED),
    update_on=frozenset({"forceDetachPolicies", *CHANGEABLE}),
    computed=frozenset({"name"}),
    unchanged=compared_as_policies("assumeRolePolicy"),
    autonamed=True,
    longest_name=LONGEST_NAME,
    defaults={"forceDetachPolicies": False, "maxSessionDuration": SESSION_SECONDS, "path": "/"},
    unread=frozenset({"forceDetachPolicies"}),
    refusals=_refusals,
)
