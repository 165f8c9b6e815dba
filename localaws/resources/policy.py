"""IAM managed policies (terraform-provider-aws: internal/service/iam/policy.go)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Create, Get
from localaws.resources.clients import Clients
from localaws.resources.json_documents import compared_as_policies, same_document
from localaws.resources.reading import Description, Properties, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Tagging

LONGEST_POLICY = 6144
"""Characters that are no white space (IAM quotas)."""
MOST_VERSIONS = 5
FIXED = {"description": "Description", "name": "PolicyName", "path": "Path"}
_get = Get("iam", "get_policy", by="PolicyArn", under="Policy")


def _state(clients: Clients, policy: Description) -> Properties:
    """Read the document of the default version."""
    version = clients("iam").get_policy_version(
        PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"]
    )["PolicyVersion"]
    return {"policy": json.dumps(version["Document"])}


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    """Make another version the default, and drop the oldest where there are five."""
    iam = clients("iam")
    if same_document(state["policy"], inputs["policy"]):
        return
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


def _delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a policy and its versions; IAM refuses while it is attached."""
    iam = clients("iam")
    if _get(clients, identifier) is None:
        return
    for version in iam.list_policy_versions(PolicyArn=identifier)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=identifier, VersionId=version["VersionId"])
    unless_gone(iam.delete_policy, PolicyArn=identifier)


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.json_text(inputs, "policy")
    length = len("".join(str(inputs.get("policy", "")).split()))
    if length > LONGEST_POLICY:
        yield Refusal("policy", f"has {length} characters, more than {LONGEST_POLICY}")


POLICY = ResourceType(
    arguments=aws.iam.PolicyArgs,
    creation=Create(
        "iam", "create_policy", {"policy": "PolicyDocument", **FIXED}, returns="Policy.Arn"
    ),
    description=_get,
    names={"arn": "Arn", "policyId": "PolicyId", **FIXED},
    state=_state,
    change=_change,
    tagging=Tagging(
        service="iam", resource="PolicyArn", by="id", add="tag_policy", remove="untag_policy"
    ),
    deletion=_delete,
    replace_on=frozenset(FIXED),
    update_on=frozenset({"policy"}),
    computed=frozenset({"name"}),
    unchanged=compared_as_policies("policy"),
    autonamed=True,
    longest_name=128,
    defaults={"path": "/"},
    refusals=_refusals,
)
