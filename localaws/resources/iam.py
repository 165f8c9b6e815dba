"""Roles, their policies and instance profiles (aws:iam)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.resources.clients import Clients


def _tags(inputs: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in inputs.get("tags", {}).items()]


def create_role(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
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
        Tags=_tags(inputs),
        **{names[key]: inputs[key] for key in names if key in inputs},
    )["Role"]
    return role["RoleName"], {"arn": role["Arn"], "uniqueId": role["RoleId"]}


def create_role_policy_attachment(
    clients: Clients, inputs: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Attach a managed policy to a role."""
    clients("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
    return f"{inputs['role']}/{inputs['policyArn']}", {}


def create_role_policy(clients: Clients, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Write an inline policy of a role."""
    clients("iam").put_role_policy(
        RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
    )
    return f"{inputs['role']}:{inputs['name']}", {}


def create_instance_profile(
    clients: Clients, inputs: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Create an instance profile that carries a role."""
    iam = clients("iam")
    profile = iam.create_instance_profile(
        InstanceProfileName=inputs["name"], Path=inputs.get("path", "/"), Tags=_tags(inputs)
    )["InstanceProfile"]
    iam.add_role_to_instance_profile(InstanceProfileName=inputs["name"], RoleName=inputs["role"])
    return profile["InstanceProfileName"], {"arn": profile["Arn"]}
