# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

class Dashboard(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        dashboard_body: pulumi.Input[_builtins.str],
        dashboard_name: pulumi.Input[_builtins.str],
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def dashboard_arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def dashboard_body(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def dashboard_name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...

class DashboardArgs:
    def __init__(
        __self__,
        *,
        dashboard_body: pulumi.Input[_builtins.str],
        dashboard_name: pulumi.Input[_builtins.str],
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class EventRule(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        event_bus_name: pulumi.Input[Optional[_builtins.str]] = None,
        event_pattern: pulumi.Input[Optional[_builtins.str]] = None,
        force_destroy: pulumi.Input[Optional[_builtins.bool]] = None,
        is_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        schedule_expression: pulumi.Input[Optional[_builtins.str]] = None,
        state: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def description(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def event_bus_name(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def event_pattern(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def force_destroy(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def is_enabled(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def schedule_expression(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def state(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...

class EventRuleArgs:
    def __init__(
        __self__,
        *,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        event_bus_name: pulumi.Input[Optional[_builtins.str]] = None,
        event_pattern: pulumi.Input[Optional[_builtins.str]] = None,
        force_destroy: pulumi.Input[Optional[_builtins.bool]] = None,
        is_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        schedule_expression: pulumi.Input[Optional[_builtins.str]] = None,
        state: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class EventTarget(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        arn: pulumi.Input[_builtins.str],
        rule: pulumi.Input[_builtins.str],
        appsync_target: pulumi.Input[Optional['EventTargetAppsyncTargetArgs']] = None,
        batch_target: pulumi.Input[Optional['EventTargetBatchTargetArgs']] = None,
        dead_letter_config: pulumi.Input[Optional['EventTargetDeadLetterConfigArgs']] = None,
        ecs_target: pulumi.Input[Optional['EventTargetEcsTargetArgs']] = None,
        event_bus_name: pulumi.Input[Optional[_builtins.str]] = None,
        force_destroy: pulumi.Input[Optional[_builtins.bool]] = None,
        http_target: pulumi.Input[Optional['EventTargetHttpTargetArgs']] = None,
        input: pulumi.Input[Optional[_builtins.str]] = None,
        input_path: pulumi.Input[Optional[_builtins.str]] = None,
        input_transformer: pulumi.Input[Optional['EventTargetInputTransformerArgs']] = None,
        kinesis_target: pulumi.Input[Optional['EventTargetKinesisTargetArgs']] = None,
        redshift_target: pulumi.Input[Optional['EventTargetRedshiftTargetArgs']] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        retry_policy: pulumi.Input[Optional['EventTargetRetryPolicyArgs']] = None,
        role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        run_command_targets: pulumi.Input[Optional[Sequence[pulumi.Input['EventTargetRunCommandTargetArgs']]]] = None,
        sagemaker_pipeline_target: pulumi.Input[Optional['EventTargetSagemakerPipelineTargetArgs']] = None,
        sqs_target: pulumi.Input[Optional['EventTargetSqsTargetArgs']] = None,
        target_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def event_bus_name(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def force_destroy(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def input(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def input_path(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def rule(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def target_id(self) -> pulumi.Output[_builtins.str]: ...

class EventTargetAppsyncTargetArgs:
    def __init__(
        __self__,
        *,
        graphql_operation: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class EventTargetArgs:
    def __init__(
        __self__,
        *,
        arn: pulumi.Input[_builtins.str],
        rule: pulumi.Input[_builtins.str],
        appsync_target: pulumi.Input[Optional['EventTargetAppsyncTargetArgs']] = None,
        batch_target: pulumi.Input[Optional['EventTargetBatchTargetArgs']] = None,
        dead_letter_config: pulumi.Input[Optional['EventTargetDeadLetterConfigArgs']] = None,
        ecs_target: pulumi.Input[Optional['EventTargetEcsTargetArgs']] = None,
        event_bus_name: pulumi.Input[Optional[_builtins.str]] = None,
        force_destroy: pulumi.Input[Optional[_builtins.bool]] = None,
        http_target: pulumi.Input[Optional['EventTargetHttpTargetArgs']] = None,
        input: pulumi.Input[Optional[_builtins.str]] = None,
        input_path: pulumi.Input[Optional[_builtins.str]] = None,
        input_transformer: pulumi.Input[Optional['EventTargetInputTransformerArgs']] = None,
        kinesis_target: pulumi.Input[Optional['EventTargetKinesisTargetArgs']] = None,
        redshift_target: pulumi.Input[Optional['EventTargetRedshiftTargetArgs']] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        retry_policy: pulumi.Input[Optional['EventTargetRetryPolicyArgs']] = None,
        role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        run_command_targets: pulumi.Input[Optional[Sequence[pulumi.Input['EventTargetRunCommandTargetArgs']]]] = None,
        sagemaker_pipeline_target: pulumi.Input[Optional['EventTargetSagemakerPipelineTargetArgs']] = None,
        sqs_target: pulumi.Input[Optional['EventTargetSqsTargetArgs']] = None,
        target_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class EventTargetBatchTargetArgs:
    def __init__(
        __self__,
        *,
        job_definition: pulumi.Input[_builtins.str],
        job_name: pulumi.Input[_builtins.str],
        array_size: pulumi.Input[Optional[_builtins.int]] = None,
        job_attempts: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class EventTargetDeadLetterConfigArgs:
    def __init__(
        __self__,
        *,
        arn: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class EventTargetEcsTargetArgs:
    def __init__(
        __self__,
        *,
        task_definition_arn: pulumi.Input[_builtins.str],
        capacity_provider_strategies: pulumi.Input[Optional[Sequence[pulumi.Input['EventTargetEcsTargetCapacityProviderStrategyArgs']]]] = None,
        enable_ecs_managed_tags: pulumi.Input[Optional[_builtins.bool]] = None,
        enable_execute_command: pulumi.Input[Optional[_builtins.bool]] = None,
        group: pulumi.Input[Optional[_builtins.str]] = None,
        launch_type: pulumi.Input[Optional[_builtins.str]] = None,
        network_configuration: pulumi.Input[Optional['EventTargetEcsTargetNetworkConfigurationArgs']] = None,
        ordered_placement_strategies: pulumi.Input[Optional[Sequence[pulumi.Input['EventTargetEcsTargetOrderedPlacementStrategyArgs']]]] = None,
        placement_constraints: pulumi.Input[Optional[Sequence[pulumi.Input['EventTargetEcsTargetPlacementConstraintArgs']]]] = None,
        platform_version: pulumi.Input[Optional[_builtins.str]] = None,
        propagate_tags: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        task_count: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class EventTargetEcsTargetCapacityProviderStrategyArgs:
    def __init__(
        __self__,
        *,
        capacity_provider: pulumi.Input[_builtins.str],
        base: pulumi.Input[Optional[_builtins.int]] = None,
        weight: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class EventTargetEcsTargetNetworkConfigurationArgs:
    def __init__(
        __self__,
        *,
        subnets: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        assign_public_ip: pulumi.Input[Optional[_builtins.bool]] = None,
        security_groups: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class EventTargetEcsTargetOrderedPlacementStrategyArgs:
    def __init__(
        __self__,
        *,
        type: pulumi.Input[_builtins.str],
        field: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class EventTargetEcsTargetPlacementConstraintArgs:
    def __init__(
        __self__,
        *,
        type: pulumi.Input[_builtins.str],
        expression: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class EventTargetHttpTargetArgs:
    def __init__(
        __self__,
        *,
        header_parameters: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        path_parameter_values: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        query_string_parameters: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class EventTargetInputTransformerArgs:
    def __init__(
        __self__,
        *,
        input_template: pulumi.Input[_builtins.str],
        input_paths: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class EventTargetKinesisTargetArgs:
    def __init__(
        __self__,
        *,
        partition_key_path: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class EventTargetRedshiftTargetArgs:
    def __init__(
        __self__,
        *,
        database: pulumi.Input[_builtins.str],
        db_user: pulumi.Input[Optional[_builtins.str]] = None,
        secrets_manager_arn: pulumi.Input[Optional[_builtins.str]] = None,
        sql: pulumi.Input[Optional[_builtins.str]] = None,
        statement_name: pulumi.Input[Optional[_builtins.str]] = None,
        with_event: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class EventTargetRetryPolicyArgs:
    def __init__(
        __self__,
        *,
        maximum_event_age_in_seconds: pulumi.Input[Optional[_builtins.int]] = None,
        maximum_retry_attempts: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class EventTargetRunCommandTargetArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        values: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
    ) -> None: ...

class EventTargetSagemakerPipelineTargetArgs:
    def __init__(
        __self__,
        *,
        pipeline_parameter_lists: pulumi.Input[Optional[Sequence[pulumi.Input['EventTargetSagemakerPipelineTargetPipelineParameterListArgs']]]] = None,
    ) -> None: ...

class EventTargetSagemakerPipelineTargetPipelineParameterListArgs:
    def __init__(
        __self__,
        *,
        name: pulumi.Input[_builtins.str],
        value: pulumi.Input[_builtins.str],
    ) -> None: ...

class EventTargetSqsTargetArgs:
    def __init__(
        __self__,
        *,
        message_group_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LogGroup(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        deletion_protection_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        kms_key_id: pulumi.Input[Optional[_builtins.str]] = None,
        log_group_class: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        retention_in_days: pulumi.Input[Optional[_builtins.int]] = None,
        skip_destroy: pulumi.Input[Optional[_builtins.bool]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def deletion_protection_enabled(self) -> pulumi.Output[_builtins.bool]: ...
    @_builtins.property
    def kms_key_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def log_group_class(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def retention_in_days(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def skip_destroy(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...

class LogGroupArgs:
    def __init__(
        __self__,
        *,
        deletion_protection_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        kms_key_id: pulumi.Input[Optional[_builtins.str]] = None,
        log_group_class: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        retention_in_days: pulumi.Input[Optional[_builtins.int]] = None,
        skip_destroy: pulumi.Input[Optional[_builtins.bool]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class MetricAlarm(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        actions_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        alarm_actions: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        alarm_description: pulumi.Input[Optional[_builtins.str]] = None,
        comparison_operator: pulumi.Input[Optional[_builtins.str]] = None,
        datapoints_to_alarm: pulumi.Input[Optional[_builtins.int]] = None,
        dimensions: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        evaluate_low_sample_count_percentiles: pulumi.Input[Optional[_builtins.str]] = None,
        evaluation_criteria: pulumi.Input[Optional['MetricAlarmEvaluationCriteriaArgs']] = None,
        evaluation_interval: pulumi.Input[Optional[_builtins.int]] = None,
        evaluation_periods: pulumi.Input[Optional[_builtins.int]] = None,
        evaluation_window: pulumi.Input[Optional['MetricAlarmEvaluationWindowArgs']] = None,
        extended_statistic: pulumi.Input[Optional[_builtins.str]] = None,
        insufficient_data_actions: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        metric_name: pulumi.Input[Optional[_builtins.str]] = None,
        metric_queries: pulumi.Input[Optional[Sequence[pulumi.Input['MetricAlarmMetricQueryArgs']]]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        namespace: pulumi.Input[Optional[_builtins.str]] = None,
        ok_actions: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        period: pulumi.Input[Optional[_builtins.int]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        statistic: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        threshold: pulumi.Input[Optional[_builtins.float]] = None,
        threshold_metric_id: pulumi.Input[Optional[_builtins.str]] = None,
        treat_missing_data: pulumi.Input[Optional[_builtins.str]] = None,
        unit: pulumi.Input[Optional[_builtins.str]] = None,
        warm_up_configuration: pulumi.Input[Optional['MetricAlarmWarmUpConfigurationArgs']] = None,
    ) -> None: ...
    @_builtins.property
    def actions_enabled(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def alarm_actions(self) -> pulumi.Output[Optional[Sequence[_builtins.str]]]: ...
    @_builtins.property
    def alarm_description(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def comparison_operator(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def datapoints_to_alarm(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def dimensions(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def evaluate_low_sample_count_percentiles(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def evaluation_interval(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def evaluation_periods(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def extended_statistic(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def insufficient_data_actions(self) -> pulumi.Output[Optional[Sequence[_builtins.str]]]: ...
    @_builtins.property
    def metric_name(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def namespace(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def ok_actions(self) -> pulumi.Output[Optional[Sequence[_builtins.str]]]: ...
    @_builtins.property
    def period(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def statistic(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def threshold(self) -> pulumi.Output[Optional[_builtins.float]]: ...
    @_builtins.property
    def threshold_metric_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def treat_missing_data(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def unit(self) -> pulumi.Output[Optional[_builtins.str]]: ...

class MetricAlarmArgs:
    def __init__(
        __self__,
        *,
        actions_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        alarm_actions: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        alarm_description: pulumi.Input[Optional[_builtins.str]] = None,
        comparison_operator: pulumi.Input[Optional[_builtins.str]] = None,
        datapoints_to_alarm: pulumi.Input[Optional[_builtins.int]] = None,
        dimensions: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        evaluate_low_sample_count_percentiles: pulumi.Input[Optional[_builtins.str]] = None,
        evaluation_criteria: pulumi.Input[Optional['MetricAlarmEvaluationCriteriaArgs']] = None,
        evaluation_interval: pulumi.Input[Optional[_builtins.int]] = None,
        evaluation_periods: pulumi.Input[Optional[_builtins.int]] = None,
        evaluation_window: pulumi.Input[Optional['MetricAlarmEvaluationWindowArgs']] = None,
        extended_statistic: pulumi.Input[Optional[_builtins.str]] = None,
        insufficient_data_actions: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        metric_name: pulumi.Input[Optional[_builtins.str]] = None,
        metric_queries: pulumi.Input[Optional[Sequence[pulumi.Input['MetricAlarmMetricQueryArgs']]]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        namespace: pulumi.Input[Optional[_builtins.str]] = None,
        ok_actions: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        period: pulumi.Input[Optional[_builtins.int]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        statistic: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        threshold: pulumi.Input[Optional[_builtins.float]] = None,
        threshold_metric_id: pulumi.Input[Optional[_builtins.str]] = None,
        treat_missing_data: pulumi.Input[Optional[_builtins.str]] = None,
        unit: pulumi.Input[Optional[_builtins.str]] = None,
        warm_up_configuration: pulumi.Input[Optional['MetricAlarmWarmUpConfigurationArgs']] = None,
    ) -> None: ...

class MetricAlarmEvaluationCriteriaArgs:
    def __init__(
        __self__,
        *,
        promql_criteria: pulumi.Input['MetricAlarmEvaluationCriteriaPromqlCriteriaArgs'],
    ) -> None: ...

class MetricAlarmEvaluationCriteriaPromqlCriteriaArgs:
    def __init__(
        __self__,
        *,
        query: pulumi.Input[_builtins.str],
        pending_period: pulumi.Input[Optional[_builtins.int]] = None,
        recovery_period: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class MetricAlarmEvaluationWindowArgs:
    def __init__(
        __self__,
        *,
        wall_clock_window: pulumi.Input['MetricAlarmEvaluationWindowWallClockWindowArgs'],
    ) -> None: ...

class MetricAlarmEvaluationWindowWallClockWindowArgs:
    def __init__(
        __self__,
        *,
        timezone: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class MetricAlarmMetricQueryArgs:
    def __init__(
        __self__,
        *,
        id: pulumi.Input[_builtins.str],
        account_id: pulumi.Input[Optional[_builtins.str]] = None,
        expression: pulumi.Input[Optional[_builtins.str]] = None,
        label: pulumi.Input[Optional[_builtins.str]] = None,
        metric: pulumi.Input[Optional['MetricAlarmMetricQueryMetricArgs']] = None,
        period: pulumi.Input[Optional[_builtins.int]] = None,
        return_data: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class MetricAlarmMetricQueryMetricArgs:
    def __init__(
        __self__,
        *,
        metric_name: pulumi.Input[_builtins.str],
        period: pulumi.Input[_builtins.int],
        stat: pulumi.Input[_builtins.str],
        dimensions: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        namespace: pulumi.Input[Optional[_builtins.str]] = None,
        unit: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class MetricAlarmWarmUpConfigurationArgs:
    def __init__(
        __self__,
        *,
        warm_up_period_duration_in_minutes: pulumi.Input[_builtins.int],
        only_start_evaluating_after_warm_up_period_ends: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...
