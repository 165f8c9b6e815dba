"""Policies of roles: inline ones, and the attachment of managed ones.

terraform-provider-aws: internal/service/iam/role_policy.go, role_policy_attachment.go.
"""

from __future__ import annotations

import json

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import again
from localaws.resources.clients import Clients
from localaws.resources.json_documents import compared_as_policies
from localaws.resources.reading import Description, Properties, unless_gone
from localaws.resources.resource_type import ResourceType


def _put(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Write an inline policy; the id is ``role:policy``."""
    clients("iam").put_role_policy(
        RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
    )
    return f"{inputs['role']}:{inputs['name']}"


def _get(clients: Clients, identifier: str) -> Description | None:
    role, name = _parts(identifier, ":", "<role name>:<policy name>")
    found: Description | None = unless_gone(
        clients("iam").get_role_policy, RoleName=role, PolicyName=name
    )
    return found


def _delete(clients: Clients, identifier: str, _: Properties) -> None:
    role, name = _parts(identifier, ":", "<role name>:<policy name>")
    unless_gone(clients("iam").delete_role_policy, RoleName=role, PolicyName=name)


def _attach(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Attach a managed policy to a role; the id is ``role/policy ARN``."""
    clients("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
    return f"{inputs['role']}/{inputs['policyArn']}"


def _find_attachment(clients: Clients, identifier: str) -> Description | None:
    role, policy_arn = _parts(identifier, "/", "<role name>/<policy ARN>")
    found = unless_gone(clients("iam").list_attached_role_policies, RoleName=role)
    attached = found["AttachedPolicies"] if found else ()
    if policy_arn not in {policy["PolicyArn"] for policy in attached}:
        return None
    return {"PolicyArn": policy_arn, "RoleName": role}


def _detach(clients: Clients, identifier: str, _: Properties) -> None:
    role, policy_arn = _parts(identifier, "/", "<role name>/<policy ARN>")
    unless_gone(clients("iam").detach_role_policy, RoleName=role, PolicyArn=policy_arn)


def _parts(identifier: str, separator: str, form: str) -> tuple[str, str]:
    before, found, after = identifier.partition(separator)
    if not (before and found and after):
        raise ValueError(f"unexpected format of ID ({identifier}), expected {form}")
    return before, after


ROLE_POLICY = ResourceType(
    arguments=aws.iam.RolePolicyArgs,
    creation=_put,
    description=_get,
    names={"name": "PolicyName", "role": "RoleName"},
    state=lambda _, found: {"policy": json.dumps(found["PolicyDocument"])},
    change=again(_put),
    deletion=_delete,
    replace_on=frozenset({"name", "role"}),
    update_on=frozenset({"policy"}),
    computed=frozenset({"name"}),
    unchanged=compared_as_policies("policy"),
    autonamed=True,
    refusals=lambda inputs: checks.json_text(inputs, "policy"),
)

ROLE_POLICY_ATTACHMENT = ResourceType(
    arguments=aws.iam.RolePolicyAttachmentArgs,
    creation=_attach,
    description=_find_attachment,
    names={"policyArn": "PolicyArn", "role": "RoleName"},
    deletion=_detach,
    replace_on=frozenset({"policyArn", "role"}),
    # provider/resources.go of pulumi-aws: else the deletion takes what was just attached.
    delete_before_replace=True,
)
