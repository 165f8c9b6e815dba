# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

class Budget(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        budget_type: pulumi.Input[_builtins.str],
        time_unit: pulumi.Input[_builtins.str],
        account_id: pulumi.Input[Optional[_builtins.str]] = None,
        auto_adjust_data: pulumi.Input[Optional['BudgetAutoAdjustDataArgs']] = None,
        billing_view_arn: pulumi.Input[Optional[_builtins.str]] = None,
        cost_filters: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetCostFilterArgs']]]] = None,
        cost_types: pulumi.Input[Optional['BudgetCostTypesArgs']] = None,
        filter_expression: pulumi.Input[Optional['BudgetFilterExpressionArgs']] = None,
        limit_amount: pulumi.Input[Optional[_builtins.str]] = None,
        limit_unit: pulumi.Input[Optional[_builtins.str]] = None,
        metrics: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        notifications: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetNotificationArgs']]]] = None,
        planned_limits: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetPlannedLimitArgs']]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        time_period_end: pulumi.Input[Optional[_builtins.str]] = None,
        time_period_start: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def account_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def billing_view_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def budget_type(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def limit_amount(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def limit_unit(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def metrics(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def time_period_end(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def time_period_start(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def time_unit(self) -> pulumi.Output[_builtins.str]: ...

class BudgetArgs:
    def __init__(
        __self__,
        *,
        budget_type: pulumi.Input[_builtins.str],
        time_unit: pulumi.Input[_builtins.str],
        account_id: pulumi.Input[Optional[_builtins.str]] = None,
        auto_adjust_data: pulumi.Input[Optional['BudgetAutoAdjustDataArgs']] = None,
        billing_view_arn: pulumi.Input[Optional[_builtins.str]] = None,
        cost_filters: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetCostFilterArgs']]]] = None,
        cost_types: pulumi.Input[Optional['BudgetCostTypesArgs']] = None,
        filter_expression: pulumi.Input[Optional['BudgetFilterExpressionArgs']] = None,
        limit_amount: pulumi.Input[Optional[_builtins.str]] = None,
        limit_unit: pulumi.Input[Optional[_builtins.str]] = None,
        metrics: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        notifications: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetNotificationArgs']]]] = None,
        planned_limits: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetPlannedLimitArgs']]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        time_period_end: pulumi.Input[Optional[_builtins.str]] = None,
        time_period_start: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BudgetAutoAdjustDataArgs:
    def __init__(
        __self__,
        *,
        auto_adjust_type: pulumi.Input[_builtins.str],
        historical_options: pulumi.Input[Optional['BudgetAutoAdjustDataHistoricalOptionsArgs']] = None,
        last_auto_adjust_time: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class BudgetAutoAdjustDataHistoricalOptionsArgs:
    def __init__(
        __self__,
        *,
        budget_adjustment_period: pulumi.Input[_builtins.int],
        lookback_available_periods: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class BudgetCostFilterArgs:
    def __init__(
        __self__,
        *,
        name: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
    ) -> None: ...

class BudgetCostTypesArgs:
    def __init__(
        __self__,
        *,
        include_credit: pulumi.Input[Optional[_builtins.bool]] = None,
        include_discount: pulumi.Input[Optional[_builtins.bool]] = None,
        include_other_subscription: pulumi.Input[Optional[_builtins.bool]] = None,
        include_recurring: pulumi.Input[Optional[_builtins.bool]] = None,
        include_refund: pulumi.Input[Optional[_builtins.bool]] = None,
        include_subscription: pulumi.Input[Optional[_builtins.bool]] = None,
        include_support: pulumi.Input[Optional[_builtins.bool]] = None,
        include_tax: pulumi.Input[Optional[_builtins.bool]] = None,
        include_upfront: pulumi.Input[Optional[_builtins.bool]] = None,
        use_amortized: pulumi.Input[Optional[_builtins.bool]] = None,
        use_blended: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class BudgetFilterExpressionAndAndArgs:
    def __init__(
        __self__,
        *,
        cost_categories: pulumi.Input[Optional['BudgetFilterExpressionAndAndCostCategoriesArgs']] = None,
        dimensions: pulumi.Input[Optional['BudgetFilterExpressionAndAndDimensionsArgs']] = None,
        tags: pulumi.Input[Optional['BudgetFilterExpressionAndAndTagsArgs']] = None,
    ) -> None: ...

class BudgetFilterExpressionAndAndCostCategoriesArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionAndAndDimensionsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionAndAndTagsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionAndArgs:
    def __init__(
        __self__,
        *,
        ands: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetFilterExpressionAndAndArgs']]]] = None,
        cost_categories: pulumi.Input[Optional['BudgetFilterExpressionAndCostCategoriesArgs']] = None,
        dimensions: pulumi.Input[Optional['BudgetFilterExpressionAndDimensionsArgs']] = None,
        not_: pulumi.Input[Optional['BudgetFilterExpressionAndNotArgs']] = None,
        ors: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetFilterExpressionAndOrArgs']]]] = None,
        tags: pulumi.Input[Optional['BudgetFilterExpressionAndTagsArgs']] = None,
    ) -> None: ...

class BudgetFilterExpressionAndCostCategoriesArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionAndDimensionsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionAndNotArgs:
    def __init__(
        __self__,
        *,
        cost_categories: pulumi.Input[Optional['BudgetFilterExpressionAndNotCostCategoriesArgs']] = None,
        dimensions: pulumi.Input[Optional['BudgetFilterExpressionAndNotDimensionsArgs']] = None,
        tags: pulumi.Input[Optional['BudgetFilterExpressionAndNotTagsArgs']] = None,
    ) -> None: ...

class BudgetFilterExpressionAndNotCostCategoriesArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionAndNotDimensionsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionAndNotTagsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionAndOrArgs:
    def __init__(
        __self__,
        *,
        cost_categories: pulumi.Input[Optional['BudgetFilterExpressionAndOrCostCategoriesArgs']] = None,
        dimensions: pulumi.Input[Optional['BudgetFilterExpressionAndOrDimensionsArgs']] = None,
        tags: pulumi.Input[Optional['BudgetFilterExpressionAndOrTagsArgs']] = None,
    ) -> None: ...

class BudgetFilterExpressionAndOrCostCategoriesArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionAndOrDimensionsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionAndOrTagsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionAndTagsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionArgs:
    def __init__(
        __self__,
        *,
        ands: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetFilterExpressionAndArgs']]]] = None,
        cost_categories: pulumi.Input[Optional['BudgetFilterExpressionCostCategoriesArgs']] = None,
        dimensions: pulumi.Input[Optional['BudgetFilterExpressionDimensionsArgs']] = None,
        not_: pulumi.Input[Optional['BudgetFilterExpressionNotArgs']] = None,
        ors: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetFilterExpressionOrArgs']]]] = None,
        tags: pulumi.Input[Optional['BudgetFilterExpressionTagsArgs']] = None,
    ) -> None: ...

class BudgetFilterExpressionCostCategoriesArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionDimensionsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionNotAndArgs:
    def __init__(
        __self__,
        *,
        cost_categories: pulumi.Input[Optional['BudgetFilterExpressionNotAndCostCategoriesArgs']] = None,
        dimensions: pulumi.Input[Optional['BudgetFilterExpressionNotAndDimensionsArgs']] = None,
        tags: pulumi.Input[Optional['BudgetFilterExpressionNotAndTagsArgs']] = None,
    ) -> None: ...

class BudgetFilterExpressionNotAndCostCategoriesArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionNotAndDimensionsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionNotAndTagsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionNotArgs:
    def __init__(
        __self__,
        *,
        ands: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetFilterExpressionNotAndArgs']]]] = None,
        cost_categories: pulumi.Input[Optional['BudgetFilterExpressionNotCostCategoriesArgs']] = None,
        dimensions: pulumi.Input[Optional['BudgetFilterExpressionNotDimensionsArgs']] = None,
        not_: pulumi.Input[Optional['BudgetFilterExpressionNotNotArgs']] = None,
        ors: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetFilterExpressionNotOrArgs']]]] = None,
        tags: pulumi.Input[Optional['BudgetFilterExpressionNotTagsArgs']] = None,
    ) -> None: ...

class BudgetFilterExpressionNotCostCategoriesArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionNotDimensionsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionNotNotArgs:
    def __init__(
        __self__,
        *,
        cost_categories: pulumi.Input[Optional['BudgetFilterExpressionNotNotCostCategoriesArgs']] = None,
        dimensions: pulumi.Input[Optional['BudgetFilterExpressionNotNotDimensionsArgs']] = None,
        tags: pulumi.Input[Optional['BudgetFilterExpressionNotNotTagsArgs']] = None,
    ) -> None: ...

class BudgetFilterExpressionNotNotCostCategoriesArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionNotNotDimensionsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionNotNotTagsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionNotOrArgs:
    def __init__(
        __self__,
        *,
        cost_categories: pulumi.Input[Optional['BudgetFilterExpressionNotOrCostCategoriesArgs']] = None,
        dimensions: pulumi.Input[Optional['BudgetFilterExpressionNotOrDimensionsArgs']] = None,
        tags: pulumi.Input[Optional['BudgetFilterExpressionNotOrTagsArgs']] = None,
    ) -> None: ...

class BudgetFilterExpressionNotOrCostCategoriesArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionNotOrDimensionsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionNotOrTagsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionNotTagsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionOrAndArgs:
    def __init__(
        __self__,
        *,
        cost_categories: pulumi.Input[Optional['BudgetFilterExpressionOrAndCostCategoriesArgs']] = None,
        dimensions: pulumi.Input[Optional['BudgetFilterExpressionOrAndDimensionsArgs']] = None,
        tags: pulumi.Input[Optional['BudgetFilterExpressionOrAndTagsArgs']] = None,
    ) -> None: ...

class BudgetFilterExpressionOrAndCostCategoriesArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionOrAndDimensionsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionOrAndTagsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionOrArgs:
    def __init__(
        __self__,
        *,
        ands: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetFilterExpressionOrAndArgs']]]] = None,
        cost_categories: pulumi.Input[Optional['BudgetFilterExpressionOrCostCategoriesArgs']] = None,
        dimensions: pulumi.Input[Optional['BudgetFilterExpressionOrDimensionsArgs']] = None,
        not_: pulumi.Input[Optional['BudgetFilterExpressionOrNotArgs']] = None,
        ors: pulumi.Input[Optional[Sequence[pulumi.Input['BudgetFilterExpressionOrOrArgs']]]] = None,
        tags: pulumi.Input[Optional['BudgetFilterExpressionOrTagsArgs']] = None,
    ) -> None: ...

class BudgetFilterExpressionOrCostCategoriesArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionOrDimensionsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionOrNotArgs:
    def __init__(
        __self__,
        *,
        cost_categories: pulumi.Input[Optional['BudgetFilterExpressionOrNotCostCategoriesArgs']] = None,
        dimensions: pulumi.Input[Optional['BudgetFilterExpressionOrNotDimensionsArgs']] = None,
        tags: pulumi.Input[Optional['BudgetFilterExpressionOrNotTagsArgs']] = None,
    ) -> None: ...

class BudgetFilterExpressionOrNotCostCategoriesArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionOrNotDimensionsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionOrNotTagsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionOrOrArgs:
    def __init__(
        __self__,
        *,
        cost_categories: pulumi.Input[Optional['BudgetFilterExpressionOrOrCostCategoriesArgs']] = None,
        dimensions: pulumi.Input[Optional['BudgetFilterExpressionOrOrDimensionsArgs']] = None,
        tags: pulumi.Input[Optional['BudgetFilterExpressionOrOrTagsArgs']] = None,
    ) -> None: ...

class BudgetFilterExpressionOrOrCostCategoriesArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionOrOrDimensionsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionOrOrTagsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionOrTagsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetFilterExpressionTagsArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[Optional[_builtins.str]] = None,
        match_options: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetNotificationArgs:
    def __init__(
        __self__,
        *,
        comparison_operator: pulumi.Input[_builtins.str],
        notification_type: pulumi.Input[_builtins.str],
        threshold: pulumi.Input[_builtins.float],
        threshold_type: pulumi.Input[_builtins.str],
        subscriber_email_addresses: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        subscriber_sns_topic_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class BudgetPlannedLimitArgs:
    def __init__(
        __self__,
        *,
        amount: pulumi.Input[_builtins.str],
        start_time: pulumi.Input[_builtins.str],
        unit: pulumi.Input[_builtins.str],
    ) -> None: ...
