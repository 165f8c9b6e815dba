"""IAM managed policies (terraform-provider-aws: internal/service/iam/policy.go)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.json_documents import same_document
from localaws.resources.reading import beside, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

LONGEST_NAME = 128
LONGEST_POLICY = 6144
"""Characters that are no white space (IAM quotas)."""
MOST_VERSIONS = 5


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a policy; its id is its ARN."""
    names = {"description": "Description", "path": "Path"}
    identifier: str = clients("iam").create_policy(
        PolicyName=inputs["name"],
        PolicyDocument=inputs["policy"],
        Tags=tags.as_list(inputs.get("tags")),
        **{name: inputs[key] for key, name in names.items() if key in inputs},
    )["Policy"]["Arn"]
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a policy with its default version."""
    iam = clients("iam")
    answer = unless_gone(iam.get_policy, PolicyArn=identifier)
    if answer is None:
        return None
    policy = answer["Policy"]
    version = iam.get_policy_version(PolicyArn=identifier, VersionId=policy["DefaultVersionId"])[
        "PolicyVersion"
    ]
    return {
        "id": identifier,
        "arn": identifier,
        "name": policy["PolicyName"],
        "path": policy["Path"],
        "policy": json.dumps(version["Document"]),
        "policyId": policy["PolicyId"],
        **present({"description": policy.get("Description")}),
        **tags.properties(policy.get("Tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Make another version the default, and drop the oldest where there are five."""
    iam = clients("iam")
    if not same_document(state["policy"], inputs["policy"]):
        versions = iam.list_policy_versions(PolicyArn=identifier)["Versions"]
        if len(versions) >= MOST_VERSIONS:
            old = min(
                (each for each in versions if not each["IsDefaultVersion"]),
                key=lambda each: each["CreateDate"],
            )
            iam.delete_policy_version(PolicyArn=identifier, VersionId=old["VersionId"])
        iam.create_policy_version(
            PolicyArn=identifier, PolicyDocument=inputs["policy"], SetAsDefault=True
        )
    added, removed = tags.changed(state, inputs)
    if removed:
        iam.untag_policy(PolicyArn=identifier, TagKeys=removed)
    if added:
        iam.tag_policy(PolicyArn=identifier, Tags=tags.as_list(added))
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a policy and its versions; IAM refuses while it is attached."""
    iam = clients("iam")
    if unless_gone(iam.get_policy, PolicyArn=identifier) is None:
        return
    for version in iam.list_policy_versions(PolicyArn=identifier)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=identifier, VersionId=version["VersionId"])
    unless_gone(iam.delete_policy, PolicyArn=identifier)


def unchanged(key: str, old: Any, new: Any) -> bool:
    """SuppressEquivalentPolicyDiffs."""
    return key == "policy" and same_document(old, new)


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.json_text(inputs, "policy")
    length = len("".join(str(inputs.get("policy", "")).split()))
    if length > LONGEST_POLICY:
        yield Refusal("policy", f"has {length} characters, more than {LONGEST_POLICY}")


POLICY = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.iam.PolicyArgs,
    replace_on=frozenset({"description", "name", "path"}),
    computed=frozenset({"name"}),
    unchanged=unchanged,
    autonamed=True,
    longest_name=LONGEST_NAME,
    defaults={"path": "/"},
    check=checks.carrying("description", "name", "path", "policy", "tags", check=_refusals),
)
