"""The budget of the stack, which tells the trouble topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from batch_platform.observability import budget as decided

if TYPE_CHECKING:
    from batch_platform.plan import Plan
    from batch_platform.settings.monitoring import Budget


def make_budget(
    plan: Plan, wanted: Budget, topic: aws.sns.Topic, opts: pulumi.ResourceOptions
) -> aws.budgets.Budget:
    """Make a monthly budget for all that has the stack's tag.

    Args:
        plan: of the stack.
        wanted: the config's block.
        topic: that is told, and whose policy lets AWS Budgets publish.
        opts: of the resource.
    """
    by_tag = aws.budgets.BudgetCostFilterArgs(
        name="TagKeyValue", values=[decided.tag_filter(plan.environment)]
    )
    told = [
        aws.budgets.BudgetNotificationArgs(
            comparison_operator="GREATER_THAN",
            notification_type=each.kind,
            threshold=each.percent,
            threshold_type="PERCENTAGE",
            subscriber_sns_topic_arns=[topic.arn],
            subscriber_email_addresses=list(wanted.email),
        )
        for each in decided.notifications(wanted)
    ]
    return aws.budgets.Budget(
        plan.name("budget"),
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount=decided.amount(wanted),
        limit_unit="USD",
        cost_filters=[by_tag],
        notifications=told,
        tags=plan.tags,
        opts=opts,
    )
