"""Scheduling policies (terraform-provider-aws: internal/service/batch/scheduling_policy.go)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Delete, Describe
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Properties, changes
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import BATCH


def _create(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Create a fair-share policy; its id is its ARN."""
    created = clients("batch").create_scheduling_policy(
        name=inputs["name"], fairsharePolicy=_to_api(inputs.get("fairSharePolicy")), **tagged
    )
    return str(created["arn"])


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    if changes(state, inputs, "fairSharePolicy"):
        policy = _to_api(inputs.get("fairSharePolicy"))
        clients("batch").update_scheduling_policy(arn=identifier, fairsharePolicy=policy)


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
    arguments=aws.batch.SchedulingPolicyArgs,
    creation=_create,
    description=Describe(
        "batch", "describe_scheduling_policies", by="arns", under="schedulingPolicies"
    ),
    names={"arn": "arn", "name": "name"},
    state=lambda _, policy: {"fairSharePolicy": _from_api(policy["fairsharePolicy"])},
    change=_change,
    tagging=BATCH,
    # Batch refuses while a queue has it.
    deletion=Delete("batch", "delete_scheduling_policy", by="arn"),
    replace_on=frozenset({"name"}),
    update_on=frozenset({"fairSharePolicy"}),
    computed=REGIONAL,
    unchanged=unchanged,
    autonamed=True,
    refusals=_refusals,
)
