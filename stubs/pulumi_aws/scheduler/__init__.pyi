# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

class Schedule(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        flexible_time_window: pulumi.Input['ScheduleFlexibleTimeWindowArgs'],
        schedule_expression: pulumi.Input[_builtins.str],
        target: pulumi.Input['ScheduleTargetArgs'],
        action_after_completion: pulumi.Input[Optional[_builtins.str]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        end_date: pulumi.Input[Optional[_builtins.str]] = None,
        group_name: pulumi.Input[Optional[_builtins.str]] = None,
        kms_key_arn: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        schedule_expression_timezone: pulumi.Input[Optional[_builtins.str]] = None,
        start_date: pulumi.Input[Optional[_builtins.str]] = None,
        state: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def action_after_completion(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def description(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def end_date(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def group_name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def kms_key_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def schedule_expression(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def schedule_expression_timezone(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def start_date(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def state(self) -> pulumi.Output[Optional[_builtins.str]]: ...

class ScheduleArgs:
    def __init__(
        __self__,
        *,
        flexible_time_window: pulumi.Input['ScheduleFlexibleTimeWindowArgs'],
        schedule_expression: pulumi.Input[_builtins.str],
        target: pulumi.Input['ScheduleTargetArgs'],
        action_after_completion: pulumi.Input[Optional[_builtins.str]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        end_date: pulumi.Input[Optional[_builtins.str]] = None,
        group_name: pulumi.Input[Optional[_builtins.str]] = None,
        kms_key_arn: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        schedule_expression_timezone: pulumi.Input[Optional[_builtins.str]] = None,
        start_date: pulumi.Input[Optional[_builtins.str]] = None,
        state: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class ScheduleFlexibleTimeWindowArgs:
    def __init__(
        __self__,
        *,
        mode: pulumi.Input[_builtins.str],
        maximum_window_in_minutes: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class ScheduleGroup(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def creation_date(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def last_modification_date(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def state(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...

class ScheduleGroupArgs:
    def __init__(
        __self__,
        *,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class ScheduleTargetArgs:
    def __init__(
        __self__,
        *,
        arn: pulumi.Input[_builtins.str],
        role_arn: pulumi.Input[_builtins.str],
        dead_letter_config: pulumi.Input[Optional['ScheduleTargetDeadLetterConfigArgs']] = None,
        ecs_parameters: pulumi.Input[Optional['ScheduleTargetEcsParametersArgs']] = None,
        eventbridge_parameters: pulumi.Input[Optional['ScheduleTargetEventbridgeParametersArgs']] = None,
        input: pulumi.Input[Optional[_builtins.str]] = None,
        kinesis_parameters: pulumi.Input[Optional['ScheduleTargetKinesisParametersArgs']] = None,
        retry_policy: pulumi.Input[Optional['ScheduleTargetRetryPolicyArgs']] = None,
        sagemaker_pipeline_parameters: pulumi.Input[Optional['ScheduleTargetSagemakerPipelineParametersArgs']] = None,
        sqs_parameters: pulumi.Input[Optional['ScheduleTargetSqsParametersArgs']] = None,
    ) -> None: ...

class ScheduleTargetDeadLetterConfigArgs:
    def __init__(
        __self__,
        *,
        arn: pulumi.Input[_builtins.str],
    ) -> None: ...

class ScheduleTargetEcsParametersArgs:
    def __init__(
        __self__,
        *,
        task_definition_arn: pulumi.Input[_builtins.str],
        capacity_provider_strategies: pulumi.Input[Optional[Sequence[pulumi.Input['ScheduleTargetEcsParametersCapacityProviderStrategyArgs']]]] = None,
        enable_ecs_managed_tags: pulumi.Input[Optional[_builtins.bool]] = None,
        enable_execute_command: pulumi.Input[Optional[_builtins.bool]] = None,
        group: pulumi.Input[Optional[_builtins.str]] = None,
        launch_type: pulumi.Input[Optional[_builtins.str]] = None,
        network_configuration: pulumi.Input[Optional['ScheduleTargetEcsParametersNetworkConfigurationArgs']] = None,
        placement_constraints: pulumi.Input[Optional[Sequence[pulumi.Input['ScheduleTargetEcsParametersPlacementConstraintArgs']]]] = None,
        placement_strategies: pulumi.Input[Optional[Sequence[pulumi.Input['ScheduleTargetEcsParametersPlacementStrategyArgs']]]] = None,
        platform_version: pulumi.Input[Optional[_builtins.str]] = None,
        propagate_tags: pulumi.Input[Optional[_builtins.str]] = None,
        reference_id: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        task_count: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class ScheduleTargetEcsParametersCapacityProviderStrategyArgs:
    def __init__(
        __self__,
        *,
        capacity_provider: pulumi.Input[_builtins.str],
        base: pulumi.Input[Optional[_builtins.int]] = None,
        weight: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class ScheduleTargetEcsParametersNetworkConfigurationArgs:
    def __init__(
        __self__,
        *,
        subnets: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        assign_public_ip: pulumi.Input[Optional[_builtins.bool]] = None,
        security_groups: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class ScheduleTargetEcsParametersPlacementConstraintArgs:
    def __init__(
        __self__,
        *,
        type: pulumi.Input[_builtins.str],
        expression: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class ScheduleTargetEcsParametersPlacementStrategyArgs:
    def __init__(
        __self__,
        *,
        type: pulumi.Input[_builtins.str],
        field: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class ScheduleTargetEventbridgeParametersArgs:
    def __init__(
        __self__,
        *,
        detail_type: pulumi.Input[_builtins.str],
        source: pulumi.Input[_builtins.str],
    ) -> None: ...

class ScheduleTargetKinesisParametersArgs:
    def __init__(
        __self__,
        *,
        partition_key: pulumi.Input[_builtins.str],
    ) -> None: ...

class ScheduleTargetRetryPolicyArgs:
    def __init__(
        __self__,
        *,
        maximum_event_age_in_seconds: pulumi.Input[Optional[_builtins.int]] = None,
        maximum_retry_attempts: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class ScheduleTargetSagemakerPipelineParametersArgs:
    def __init__(
        __self__,
        *,
        pipeline_parameters: pulumi.Input[Optional[Sequence[pulumi.Input['ScheduleTargetSagemakerPipelineParametersPipelineParameterArgs']]]] = None,
    ) -> None: ...

class ScheduleTargetSagemakerPipelineParametersPipelineParameterArgs:
    def __init__(
        __self__,
        *,
        name: pulumi.Input[_builtins.str],
        value: pulumi.Input[_builtins.str],
    ) -> None: ...

class ScheduleTargetSqsParametersArgs:
    def __init__(
        __self__,
        *,
        message_group_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
