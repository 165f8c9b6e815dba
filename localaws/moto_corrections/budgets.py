"""What moto lacks of AWS Budgets: updates, subscribers, tags, and what AWS refuses.

Source: AWS Billing and Cost Management API reference, Budgets; quotas of its user guide.
"""

from __future__ import annotations

import json
from typing import Any

from moto.budgets.exceptions import NotFoundException
from moto.budgets.models import Budget
from moto.budgets.responses import BudgetsResponse
from moto.core.exceptions import JsonRESTError

MOST_NOTIFICATIONS = 5

_create_budget = BudgetsResponse.create_budget
_create_notification = BudgetsResponse.create_notification
_tags = "localaws_tags"
"""Attribute of a budget that moto does not have."""


def correct() -> None:
    """Give the operations that pulumi-aws calls, with their refusals."""
    BudgetsResponse.create_budget = _create  # type: ignore[method-assign]
    BudgetsResponse.create_notification = _notify  # type: ignore[method-assign]
    for operation in (
        _update_budget,
        _describe_subscribers_for_notification,
        _list_tags_for_resource,
        _tag_resource,
        _untag_resource,
    ):
        setattr(BudgetsResponse, operation.__name__.removeprefix("_"), operation)


def _create(self: BudgetsResponse) -> str:
    answer = _create_budget(self)
    budget = _budget(self, self._get_param("Budget")["BudgetName"])
    setattr(budget, _tags, _as_mapping(self._get_param("ResourceTags")))
    return answer


def _notify(self: BudgetsResponse) -> str:
    found = _budget(self, self._get_param("BudgetName")).notifications
    wanted = self._get_param("Notification")
    if any(_same(each.details, wanted) for each in found):
        raise JsonRESTError("DuplicateRecordException", "the notification already exists.")
    if len(found) >= MOST_NOTIFICATIONS:
        text = f"a budget has at most {MOST_NOTIFICATIONS} notifications."
        raise JsonRESTError("CreationLimitExceededException", text)
    return _create_notification(self)


def _update_budget(self: BudgetsResponse) -> str:
    new = self._get_param("NewBudget")
    budget = _budget(self, new["BudgetName"])
    budget.budget = {**budget.budget, **new}
    return json.dumps({})


def _describe_subscribers_for_notification(self: BudgetsResponse) -> str:
    wanted = self._get_param("Notification")
    for each in _budget(self, self._get_param("BudgetName")).notifications:
        if _same(each.details, wanted):
            return json.dumps({"Subscribers": each.subscribers})
    raise NotFoundException("Unable to get subscribers - the notification doesn't exist.")


def _list_tags_for_resource(self: BudgetsResponse) -> str:
    tags = _tags_of(self)
    return json.dumps({"ResourceTags": [{"Key": key, "Value": tags[key]} for key in tags]})


def _tag_resource(self: BudgetsResponse) -> str:
    _tags_of(self).update(_as_mapping(self._get_param("ResourceTags")))
    return json.dumps({})


def _untag_resource(self: BudgetsResponse) -> str:
    tags = _tags_of(self)
    for key in self._get_param("ResourceTagKeys"):
        tags.pop(key, None)
    return json.dumps({})


def _tags_of(self: BudgetsResponse) -> dict[str, str]:
    budget = _budget(self, self._get_param("ResourceARN").rpartition("budget/")[2])
    found: dict[str, str] = budget.__dict__.setdefault(_tags, {})
    return found


def _budget(self: BudgetsResponse, name: str) -> Budget:
    account = self._get_param("AccountId") or self.current_account
    found = self.backend.budgets[account].get(name)
    if found is None:
        raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.")
    return found


def _as_mapping(tags: list[dict[str, str]] | None) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in tags or ()}


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    names = ("ComparisonOperator", "NotificationType", "Threshold", "ThresholdType")
    return all(one.get(name) == other.get(name) for name in names)
