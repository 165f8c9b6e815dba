"""Policies of roles: inline ones, and the attachment of managed ones.

terraform-provider-aws: internal/service/iam/role_policy.go, role_policy_attachment.go.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.clients import Clients
from localaws.resources.json_documents import same_document
from localaws.resources.reading import beside, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Write an inline policy."""
    _put(clients, inputs)
    identifier = f"{inputs['role']}:{inputs['name']}"
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Read an inline policy by ``role:policy``."""
    role, name = _parts(identifier, ":", "<role name>:<policy name>")
    found = unless_gone(clients("iam").get_role_policy, RoleName=role, PolicyName=name)
    if found is None:
        return None
    policy = json.dumps(found["PolicyDocument"])
    return {"id": identifier, "name": name, "policy": policy, "role": role}


def update(clients: Clients, identifier: str, _: Properties, inputs: Properties) -> dict[str, Any]:
    """Write another policy in its place."""
    _put(clients, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete an inline policy."""
    role, name = _parts(identifier, ":", "<role name>:<policy name>")
    unless_gone(clients("iam").delete_role_policy, RoleName=role, PolicyName=name)


def unchanged(key: str, old: Any, new: Any) -> bool:
    """SuppressEquivalentPolicyDiffs."""
    return key == "policy" and same_document(old, new)


def _put(clients: Clients, inputs: Properties) -> None:
    clients("iam").put_role_policy(
        RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
    )


def attach(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Attach a managed policy to a role."""
    clients("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
    identifier = f"{inputs['role']}/{inputs['policyArn']}"
    with finishing(identifier):
        return identifier, beside(inputs, read_attachment(clients, identifier))


def read_attachment(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Find an attachment by ``role/policy ARN``."""
    role, policy_arn = _parts(identifier, "/", "<role name>/<policy ARN>")
    found = unless_gone(clients("iam").list_attached_role_policies, RoleName=role)
    attached = found["AttachedPolicies"] if found else ()
    if policy_arn not in {policy["PolicyArn"] for policy in attached}:
        return None
    return {"id": identifier, "policyArn": policy_arn, "role": role}


def detach(clients: Clients, identifier: str, _: Properties) -> None:
    """Detach a managed policy."""
    role, policy_arn = _parts(identifier, "/", "<role name>/<policy ARN>")
    unless_gone(clients("iam").detach_role_policy, RoleName=role, PolicyArn=policy_arn)


def _parts(identifier: str, separator: str, form: str) -> tuple[str, str]:
    before, found, after = identifier.partition(separator)
    if not (before and found and after):
        raise ValueError(f"unexpected format of ID ({identifier}), expected {form}")
    return before, after


def _is_json(inputs: Properties) -> Iterator[Refusal]:
    return checks.json_text(inputs, "policy")


ROLE_POLICY = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.iam.RolePolicyArgs,
    replace_on=frozenset({"name", "role"}),
    computed=frozenset({"name"}),
    unchanged=unchanged,
    autonamed=True,
    check=checks.carrying("name", "policy", "role", check=_is_json),
)

ROLE_POLICY_ATTACHMENT = ResourceType(
    create=attach,
    read=read_attachment,
    delete=detach,
    arguments=aws.iam.RolePolicyAttachmentArgs,
    replace_on=frozenset({"policyArn", "role"}),
    # provider/resources.go of pulumi-aws: else the deletion takes what was just attached.
    delete_before_replace=True,
    check=checks.carrying("policyArn", "role"),
)
