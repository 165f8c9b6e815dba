"""Scheduling policies (terraform-provider-aws: internal/service/batch/scheduling_policy.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, changes, first
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a fair-share policy; its id is its ARN."""
    identifier: str = clients("batch").create_scheduling_policy(
        name=inputs["name"],
        fairsharePolicy=_to_api(inputs.get("fairSharePolicy")),
        tags=inputs.get("tags", {}),
    )["arn"]
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe a policy by its ARN."""
    answer = clients("batch").describe_scheduling_policies(arns=[identifier])
    policy = first(answer, "schedulingPolicies")
    if policy is None:
        return None
    return {
        "id": identifier,
        "arn": identifier,
        "fairSharePolicy": _from_api(policy["fairsharePolicy"]),
        "name": policy["name"],
        "region": clients.region,
        **tags.properties(policy.get("tags")),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Change shares and tags."""
    batch = clients("batch")
    if changes(state, inputs, "fairSharePolicy"):
        policy = _to_api(inputs.get("fairSharePolicy"))
        batch.update_scheduling_policy(arn=identifier, fairsharePolicy=policy)
    tags.update_by_arn(batch, identifier, state, inputs)
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a policy; Batch refuses while a queue has it."""
    clients("batch").delete_scheduling_policy(arn=identifier)


def unchanged(key: str, old: Any, new: Any) -> bool:
    """Compare shares without order (TypeSet), and numbers that are left out as the API's own."""
    return key == "fairSharePolicy" and _comparable(old) == _comparable(new)


def _comparable(policy: Properties) -> dict[str, Any]:
    full = _from_api(_to_api(policy))
    return {
        "computeReservation": 0,
        "shareDecaySeconds": 0,
        **full,
        "shareDistributions": {
            each["shareIdentifier"]: float(each.get("weightFactor", 1))
            for each in full.get("shareDistributions", ())
        },
    }


def _to_api(policy: Properties | None) -> dict[str, Any]:
    return _renamed(policy or {}, "shareDistributions", "shareDistribution")


def _from_api(policy: Properties) -> dict[str, Any]:
    return _renamed(policy, "shareDistribution", "shareDistributions")


def _renamed(policy: Properties, old: str, new: str) -> dict[str, Any]:
    return {new if key == old else key: value for key, value in policy.items()}


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.batch_name(inputs)
    policy = inputs.get("fairSharePolicy") or {}
    yield from _below(checks.between(policy, "computeReservation", 0, 99))
    yield from _below(checks.between(policy, "shareDecaySeconds", 0, 604_800))


def _below(refusals: Iterator[Refusal]) -> Iterator[Refusal]:
    return (Refusal(f"fairSharePolicy.{each.property}", each.reason) for each in refusals)


SCHEDULING_POLICY = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.batch.SchedulingPolicyArgs,
    replace_on=frozenset({"name"}),
    computed=REGIONAL,
    unchanged=unchanged,
    autonamed=True,
    check=checks.carrying("fairSharePolicy", "name", "tags", check=_refusals),
)
