"""Budgets (terraform-provider-aws: internal/service/budgets/budget.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.clients import Clients
from localaws.resources.reading import Description, Properties, changes, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Tagging

_NOTIFICATION = {
    "comparisonOperator": "ComparisonOperator",
    "notificationType": "NotificationType",
    "threshold": "Threshold",
    "thresholdType": "ThresholdType",
}
_SUBSCRIBERS = {"subscriberEmailAddresses": "EMAIL", "subscriberSnsTopicArns": "SNS"}
_SPENT = ("limitAmount", "limitUnit", "costFilters", "budgetType", "timeUnit")


def _create(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Create a budget with its notifications; its id is ``account:name``."""
    clients("budgets").create_budget(
        AccountId=clients.account_id,
        Budget=_budget(inputs, str(inputs["name"])),
        NotificationsWithSubscribers=[
            {"Notification": _notification(each), "Subscribers": _subscribers(each)}
            for each in inputs.get("notifications") or ()
        ],
        **tagged,
    )
    return f"{clients.account_id}:{inputs['name']}"


def _budget(inputs: Properties, name: str) -> dict[str, Any]:
    return {
        "BudgetName": name,
        "BudgetType": inputs["budgetType"],
        "TimeUnit": inputs["timeUnit"],
        "BudgetLimit": {"Amount": str(inputs["limitAmount"]), "Unit": inputs["limitUnit"]},
        "CostFilters": {each["name"]: each["values"] for each in inputs.get("costFilters") or ()},
    }


def _notification(given: Mapping[str, Any]) -> dict[str, Any]:
    return {api: given[name] for name, api in _NOTIFICATION.items()}


def _subscribers(given: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"SubscriptionType": kind, "Address": address}
        for name, kind in _SUBSCRIBERS.items()
        for address in given.get(name) or ()
    ]


def _describe(clients: Clients, identifier: str) -> Description | None:
    account, _, name = identifier.partition(":")
    budgets, which = clients("budgets"), {"AccountId": account, "BudgetName": name}
    answer = unless_gone(budgets.describe_budget, **which)
    if answer is None:
        return None
    told = []
    for each in budgets.describe_notifications_for_budget(**which)["Notifications"]:
        asked = {api: each[api] for api in _NOTIFICATION.values()}
        found = budgets.describe_subscribers_for_notification(**which, Notification=asked)
        told.append((asked, found["Subscribers"]))
    return {**answer["Budget"], "Notifications": told, "AccountId": account}


def _state(_: Clients, found: Description) -> Properties:
    account, name = found["AccountId"], found["BudgetName"]
    return {
        "accountId": account,
        "arn": f"arn:aws:budgets::{account}:budget/{name}",
        "limitAmount": found["BudgetLimit"]["Amount"],
        "limitUnit": found["BudgetLimit"]["Unit"],
        "costFilters": [
            {"name": key, "values": values} for key, values in found.get("CostFilters", {}).items()
        ],
        "notifications": [_from_api(*each) for each in found["Notifications"]],
    }


def _from_api(told: Mapping[str, Any], subscribers: list[Mapping[str, str]]) -> dict[str, Any]:
    addresses = {
        name: sorted(each["Address"] for each in subscribers if each["SubscriptionType"] == kind)
        for name, kind in _SUBSCRIBERS.items()
    }
    return {**{name: told[api] for name, api in _NOTIFICATION.items()}, **addresses}


def _change(clients: Clients, identifier: str, state: Properties, inputs: Properties) -> None:
    account, _, name = identifier.partition(":")
    budgets, which = clients("budgets"), {"AccountId": account, "BudgetName": name}
    if changes(state, inputs, *_SPENT):
        budgets.update_budget(AccountId=account, NewBudget=_budget(inputs, name))
    if changes(state, inputs, "notifications"):  # the provider makes all of them anew
        for old in state.get("notifications") or ():
            budgets.delete_notification(**which, Notification=_notification(old))
        for new in inputs.get("notifications") or ():
            budgets.create_notification(
                **which, Notification=_notification(new), Subscribers=_subscribers(new)
            )


def _delete(clients: Clients, identifier: str, _: Properties) -> None:
    account, name = identifier.split(":", 1)
    unless_gone(clients("budgets").delete_budget, AccountId=account, BudgetName=name)


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.one_of(inputs, "timeUnit", ["DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY"])
    yield from checks.one_of(inputs, "budgetType", ["COST"])
    for number, each in enumerate(inputs.get("notifications") or ()):
        if not any(each.get(name) for name in _SUBSCRIBERS):
            yield Refusal(
                f"notifications[{number}]", "Notification must have at least one subscriber"
            )


def _unchanged(name: str, old: Any, new: Any) -> bool:
    """Compare amounts as numbers (suppressEquivalentBudgetLimitAmount), notifications as a set."""
    if name == "limitAmount":
        return float(old) == float(new)
    if name == "notifications":
        return sorted(map(_ordered, old), key=str) == sorted(map(_ordered, new), key=str)
    return False


def _ordered(given: Mapping[str, Any]) -> dict[str, Any]:
    plain = {
        name: float(given[name]) if name == "threshold" else given[name] for name in _NOTIFICATION
    }
    return plain | {name: sorted(given.get(name) or ()) for name in _SUBSCRIBERS}


BUDGET = ResourceType(
    arguments=aws.budgets.BudgetArgs,
    creation=_create,
    description=_describe,
    names={"budgetType": "BudgetType", "name": "BudgetName", "timeUnit": "TimeUnit"},
    state=_state,
    change=_change,
    tagging=Tagging(
        service="budgets",
        resource="ResourceARN",
        tags="ResourceTags",
        keys="ResourceTagKeys",
        listing=("list_tags_for_resource", "ResourceTags"),
    ),
    deletion=_delete,
    replace_on=frozenset({"accountId", "name"}),
    update_on=frozenset({*_SPENT, "notifications"}),
    computed=frozenset({"accountId", "costFilters", "name"}),
    unchanged=_unchanged,
    autonamed=True,
    longest_name=100,
    refusals=_refusals,
)
