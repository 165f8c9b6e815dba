"""The budget of a stack: which costs it counts, and when it tells of them. Pure.

Sources: AWS Cost Management user guide, "Budget filters" (tags) and "Creating an Amazon SNS topic
for budget notifications".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batch_platform.partitions import partition
from batch_platform.settings import Problem
from batch_platform.settings.tags import ENVIRONMENT_TAG

if TYPE_CHECKING:
    from batch_platform.plan import Plan
    from batch_platform.settings import Settings
    from batch_platform.settings.monitoring import Budget

ACTUAL, FORECASTED = "ACTUAL", "FORECASTED"


@dataclass(frozen=True, kw_only=True)
class Notification:
    """One notification of a budget.

    Attributes:
        kind: ``ACTUAL`` or ``FORECASTED``.
        percent: of the limit, above which it tells.
    """

    kind: str
    percent: int


def tag_filter(environment: str) -> str:
    """Return the value of the cost filter ``TagKeyValue`` for what has the stack's tag."""
    return f"user:{ENVIRONMENT_TAG}${environment}"


def notifications(budget: Budget) -> list[Notification]:
    """Return the notifications of a budget, the lowest percentage of each kind first."""
    kinds: Sequence[tuple[str, tuple[int, ...]]] = (
        (ACTUAL, budget.actual),
        (FORECASTED, budget.forecasted),
    )
    return [Notification(kind=kind, percent=each) for kind, some in kinds for each in sorted(some)]


def amount(budget: Budget) -> str:
    """Return the limit as the API has it: text, in USD."""
    return f"{budget.monthly_limit:.2f}"


def out_of_place(settings: Settings) -> Iterator[Problem]:
    """Find a budget, or chat channels, in a partition where they could not be."""
    found = partition(settings.region)
    if found == "aws":
        return
    if settings.monitoring.budget is not None:
        yield Problem(
            ("batch-platform:monitoring", "budget"),
            f"AWS Budgets has no budgets in USD by tag in the partition {found}",
            "remove it, and watch the costs in the account that pays",
        )
    if settings.monitoring.chat is not None:
        yield Problem(
            ("batch-platform:monitoring", "chat"),
            f"Amazon Q Developer in chat applications is not in the partition {found}",
            "remove it, and name addresses under `email` or `https`",
        )


def uncounted(plan: Plan) -> Iterator[str]:
    """Yield the warning that a budget counts nothing until its tag is a cost allocation tag."""
    if plan.settings.monitoring.budget is not None:
        yield (
            f"monitoring.budget: costs are counted by the tag {ENVIRONMENT_TAG}, which stays at 0 "
            "USD until it is an active cost allocation tag (once, in the account that pays: "
            "Billing, Cost allocation tags); costs from before that are not counted"
        )
