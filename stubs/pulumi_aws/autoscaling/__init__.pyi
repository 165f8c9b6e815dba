# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

class Group(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        max_size: pulumi.Input[_builtins.int],
        min_size: pulumi.Input[_builtins.int],
        availability_zone_distribution: pulumi.Input[Optional['GroupAvailabilityZoneDistributionArgs']] = None,
        availability_zones: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        capacity_rebalance: pulumi.Input[Optional[_builtins.bool]] = None,
        capacity_reservation_specification: pulumi.Input[Optional['GroupCapacityReservationSpecificationArgs']] = None,
        context: pulumi.Input[Optional[_builtins.str]] = None,
        default_cooldown: pulumi.Input[Optional[_builtins.int]] = None,
        default_instance_warmup: pulumi.Input[Optional[_builtins.int]] = None,
        desired_capacity: pulumi.Input[Optional[_builtins.int]] = None,
        desired_capacity_type: pulumi.Input[Optional[_builtins.str]] = None,
        enabled_metrics: pulumi.Input[Optional[Sequence[pulumi.Input['Metric']]]] = None,
        force_delete: pulumi.Input[Optional[_builtins.bool]] = None,
        force_delete_warm_pool: pulumi.Input[Optional[_builtins.bool]] = None,
        health_check_grace_period: pulumi.Input[Optional[_builtins.int]] = None,
        health_check_type: pulumi.Input[Optional[_builtins.str]] = None,
        ignore_failed_scaling_activities: pulumi.Input[Optional[_builtins.bool]] = None,
        initial_lifecycle_hooks: pulumi.Input[Optional[Sequence[pulumi.Input['GroupInitialLifecycleHookArgs']]]] = None,
        instance_lifecycle_policy: pulumi.Input[Optional['GroupInstanceLifecyclePolicyArgs']] = None,
        instance_maintenance_policy: pulumi.Input[Optional['GroupInstanceMaintenancePolicyArgs']] = None,
        instance_refresh: pulumi.Input[Optional['GroupInstanceRefreshArgs']] = None,
        launch_configuration: pulumi.Input[Optional[_builtins.str]] = None,
        launch_template: pulumi.Input[Optional['GroupLaunchTemplateArgs']] = None,
        load_balancers: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        max_instance_lifetime: pulumi.Input[Optional[_builtins.int]] = None,
        metrics_granularity: pulumi.Input[Optional[Union[_builtins.str, 'MetricsGranularity']]] = None,
        min_elb_capacity: pulumi.Input[Optional[_builtins.int]] = None,
        mixed_instances_policy: pulumi.Input[Optional['GroupMixedInstancesPolicyArgs']] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        placement_group: pulumi.Input[Optional[_builtins.str]] = None,
        protect_from_scale_in: pulumi.Input[Optional[_builtins.bool]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        service_linked_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        suspended_processes: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        tags: pulumi.Input[Optional[Sequence[pulumi.Input['GroupTagArgs']]]] = None,
        target_group_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        termination_policies: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        traffic_sources: pulumi.Input[Optional[Sequence[pulumi.Input['GroupTrafficSourceArgs']]]] = None,
        vpc_zone_identifiers: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        wait_for_capacity_timeout: pulumi.Input[Optional[_builtins.str]] = None,
        wait_for_elb_capacity: pulumi.Input[Optional[_builtins.int]] = None,
        warm_pool: pulumi.Input[Optional['GroupWarmPoolArgs']] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def availability_zones(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def capacity_rebalance(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def context(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def default_cooldown(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def default_instance_warmup(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def desired_capacity(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def desired_capacity_type(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def enabled_metrics(self) -> pulumi.Output[Optional[Sequence['Metric']]]: ...
    @_builtins.property
    def force_delete(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def force_delete_warm_pool(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def health_check_grace_period(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def health_check_type(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def ignore_failed_scaling_activities(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def launch_configuration(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def load_balancers(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def max_instance_lifetime(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def max_size(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def metrics_granularity(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def min_elb_capacity(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def min_size(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def placement_group(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def predicted_capacity(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def protect_from_scale_in(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def service_linked_role_arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def suspended_processes(self) -> pulumi.Output[Optional[Sequence[_builtins.str]]]: ...
    @_builtins.property
    def target_group_arns(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def termination_policies(self) -> pulumi.Output[Optional[Sequence[_builtins.str]]]: ...
    @_builtins.property
    def vpc_zone_identifiers(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def wait_for_capacity_timeout(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def wait_for_elb_capacity(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def warm_pool_size(self) -> pulumi.Output[_builtins.int]: ...

class GroupArgs:
    def __init__(
        __self__,
        *,
        max_size: pulumi.Input[_builtins.int],
        min_size: pulumi.Input[_builtins.int],
        availability_zone_distribution: pulumi.Input[Optional['GroupAvailabilityZoneDistributionArgs']] = None,
        availability_zones: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        capacity_rebalance: pulumi.Input[Optional[_builtins.bool]] = None,
        capacity_reservation_specification: pulumi.Input[Optional['GroupCapacityReservationSpecificationArgs']] = None,
        context: pulumi.Input[Optional[_builtins.str]] = None,
        default_cooldown: pulumi.Input[Optional[_builtins.int]] = None,
        default_instance_warmup: pulumi.Input[Optional[_builtins.int]] = None,
        desired_capacity: pulumi.Input[Optional[_builtins.int]] = None,
        desired_capacity_type: pulumi.Input[Optional[_builtins.str]] = None,
        enabled_metrics: pulumi.Input[Optional[Sequence[pulumi.Input['Metric']]]] = None,
        force_delete: pulumi.Input[Optional[_builtins.bool]] = None,
        force_delete_warm_pool: pulumi.Input[Optional[_builtins.bool]] = None,
        health_check_grace_period: pulumi.Input[Optional[_builtins.int]] = None,
        health_check_type: pulumi.Input[Optional[_builtins.str]] = None,
        ignore_failed_scaling_activities: pulumi.Input[Optional[_builtins.bool]] = None,
        initial_lifecycle_hooks: pulumi.Input[Optional[Sequence[pulumi.Input['GroupInitialLifecycleHookArgs']]]] = None,
        instance_lifecycle_policy: pulumi.Input[Optional['GroupInstanceLifecyclePolicyArgs']] = None,
        instance_maintenance_policy: pulumi.Input[Optional['GroupInstanceMaintenancePolicyArgs']] = None,
        instance_refresh: pulumi.Input[Optional['GroupInstanceRefreshArgs']] = None,
        launch_configuration: pulumi.Input[Optional[_builtins.str]] = None,
        launch_template: pulumi.Input[Optional['GroupLaunchTemplateArgs']] = None,
        load_balancers: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        max_instance_lifetime: pulumi.Input[Optional[_builtins.int]] = None,
        metrics_granularity: pulumi.Input[Optional[Union[_builtins.str, 'MetricsGranularity']]] = None,
        min_elb_capacity: pulumi.Input[Optional[_builtins.int]] = None,
        mixed_instances_policy: pulumi.Input[Optional['GroupMixedInstancesPolicyArgs']] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        placement_group: pulumi.Input[Optional[_builtins.str]] = None,
        protect_from_scale_in: pulumi.Input[Optional[_builtins.bool]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        service_linked_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        suspended_processes: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        tags: pulumi.Input[Optional[Sequence[pulumi.Input['GroupTagArgs']]]] = None,
        target_group_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        termination_policies: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        traffic_sources: pulumi.Input[Optional[Sequence[pulumi.Input['GroupTrafficSourceArgs']]]] = None,
        vpc_zone_identifiers: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        wait_for_capacity_timeout: pulumi.Input[Optional[_builtins.str]] = None,
        wait_for_elb_capacity: pulumi.Input[Optional[_builtins.int]] = None,
        warm_pool: pulumi.Input[Optional['GroupWarmPoolArgs']] = None,
    ) -> None: ...

class GroupAvailabilityZoneDistributionArgs:
    def __init__(
        __self__,
        *,
        capacity_distribution_strategy: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class GroupCapacityReservationSpecificationArgs:
    def __init__(
        __self__,
        *,
        capacity_reservation_preference: pulumi.Input[Optional[_builtins.str]] = None,
        capacity_reservation_target: pulumi.Input[Optional['GroupCapacityReservationSpecificationCapacityReservationTargetArgs']] = None,
    ) -> None: ...

class GroupCapacityReservationSpecificationCapacityReservationTargetArgs:
    def __init__(
        __self__,
        *,
        capacity_reservation_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        capacity_reservation_resource_group_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class GroupInitialLifecycleHookArgs:
    def __init__(
        __self__,
        *,
        lifecycle_transition: pulumi.Input[_builtins.str],
        name: pulumi.Input[_builtins.str],
        default_result: pulumi.Input[Optional[_builtins.str]] = None,
        heartbeat_timeout: pulumi.Input[Optional[_builtins.int]] = None,
        notification_metadata: pulumi.Input[Optional[_builtins.str]] = None,
        notification_target_arn: pulumi.Input[Optional[_builtins.str]] = None,
        role_arn: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class GroupInstanceLifecyclePolicyArgs:
    def __init__(
        __self__,
        *,
        retention_triggers: pulumi.Input[Optional['GroupInstanceLifecyclePolicyRetentionTriggersArgs']] = None,
    ) -> None: ...

class GroupInstanceLifecyclePolicyRetentionTriggersArgs:
    def __init__(
        __self__,
        *,
        terminate_hook_abandon: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class GroupInstanceMaintenancePolicyArgs:
    def __init__(
        __self__,
        *,
        max_healthy_percentage: pulumi.Input[_builtins.int],
        min_healthy_percentage: pulumi.Input[_builtins.int],
    ) -> None: ...

class GroupInstanceRefreshArgs:
    def __init__(
        __self__,
        *,
        strategy: pulumi.Input[_builtins.str],
        preferences: pulumi.Input[Optional['GroupInstanceRefreshPreferencesArgs']] = None,
        triggers: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class GroupInstanceRefreshPreferencesAlarmSpecificationArgs:
    def __init__(
        __self__,
        *,
        alarms: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class GroupInstanceRefreshPreferencesArgs:
    def __init__(
        __self__,
        *,
        alarm_specification: pulumi.Input[Optional['GroupInstanceRefreshPreferencesAlarmSpecificationArgs']] = None,
        auto_rollback: pulumi.Input[Optional[_builtins.bool]] = None,
        checkpoint_delay: pulumi.Input[Optional[_builtins.str]] = None,
        checkpoint_percentages: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.int]]]] = None,
        instance_warmup: pulumi.Input[Optional[_builtins.str]] = None,
        max_healthy_percentage: pulumi.Input[Optional[_builtins.int]] = None,
        min_healthy_percentage: pulumi.Input[Optional[_builtins.int]] = None,
        scale_in_protected_instances: pulumi.Input[Optional[_builtins.str]] = None,
        skip_matching: pulumi.Input[Optional[_builtins.bool]] = None,
        standby_instances: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class GroupLaunchTemplateArgs:
    def __init__(
        __self__,
        *,
        id: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        version: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyArgs:
    def __init__(
        __self__,
        *,
        launch_template: pulumi.Input['GroupMixedInstancesPolicyLaunchTemplateArgs'],
        instances_distribution: pulumi.Input[Optional['GroupMixedInstancesPolicyInstancesDistributionArgs']] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyInstancesDistributionArgs:
    def __init__(
        __self__,
        *,
        on_demand_allocation_strategy: pulumi.Input[Optional[_builtins.str]] = None,
        on_demand_base_capacity: pulumi.Input[Optional[_builtins.int]] = None,
        on_demand_percentage_above_base_capacity: pulumi.Input[Optional[_builtins.int]] = None,
        spot_allocation_strategy: pulumi.Input[Optional[_builtins.str]] = None,
        spot_instance_pools: pulumi.Input[Optional[_builtins.int]] = None,
        spot_max_price: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateArgs:
    def __init__(
        __self__,
        *,
        launch_template_specification: pulumi.Input['GroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecificationArgs'],
        overrides: pulumi.Input[Optional[Sequence[pulumi.Input['GroupMixedInstancesPolicyLaunchTemplateOverrideArgs']]]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecificationArgs:
    def __init__(
        __self__,
        *,
        launch_template_id: pulumi.Input[Optional[_builtins.str]] = None,
        launch_template_name: pulumi.Input[Optional[_builtins.str]] = None,
        version: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateOverrideArgs:
    def __init__(
        __self__,
        *,
        instance_requirements: pulumi.Input[Optional['GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsArgs']] = None,
        instance_type: pulumi.Input[Optional[_builtins.str]] = None,
        launch_template_specification: pulumi.Input[Optional['GroupMixedInstancesPolicyLaunchTemplateOverrideLaunchTemplateSpecificationArgs']] = None,
        weighted_capacity: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsAcceleratorCountArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.int]] = None,
        min: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsAcceleratorTotalMemoryMibArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.int]] = None,
        min: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsArgs:
    def __init__(
        __self__,
        *,
        accelerator_count: pulumi.Input[Optional['GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsAcceleratorCountArgs']] = None,
        accelerator_manufacturers: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        accelerator_names: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        accelerator_total_memory_mib: pulumi.Input[Optional['GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsAcceleratorTotalMemoryMibArgs']] = None,
        accelerator_types: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        allowed_instance_types: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        bare_metal: pulumi.Input[Optional[_builtins.str]] = None,
        baseline_ebs_bandwidth_mbps: pulumi.Input[Optional['GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsBaselineEbsBandwidthMbpsArgs']] = None,
        burstable_performance: pulumi.Input[Optional[_builtins.str]] = None,
        cpu_manufacturers: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        excluded_instance_types: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        instance_generations: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        local_storage: pulumi.Input[Optional[_builtins.str]] = None,
        local_storage_types: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        max_spot_price_as_percentage_of_optimal_on_demand_price: pulumi.Input[Optional[_builtins.int]] = None,
        memory_gib_per_vcpu: pulumi.Input[Optional['GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsMemoryGibPerVcpuArgs']] = None,
        memory_mib: pulumi.Input[Optional['GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsMemoryMibArgs']] = None,
        network_bandwidth_gbps: pulumi.Input[Optional['GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsNetworkBandwidthGbpsArgs']] = None,
        network_interface_count: pulumi.Input[Optional['GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsNetworkInterfaceCountArgs']] = None,
        on_demand_max_price_percentage_over_lowest_price: pulumi.Input[Optional[_builtins.int]] = None,
        require_hibernate_support: pulumi.Input[Optional[_builtins.bool]] = None,
        spot_max_price_percentage_over_lowest_price: pulumi.Input[Optional[_builtins.int]] = None,
        total_local_storage_gb: pulumi.Input[Optional['GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsTotalLocalStorageGbArgs']] = None,
        vcpu_count: pulumi.Input[Optional['GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsVcpuCountArgs']] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsBaselineEbsBandwidthMbpsArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.int]] = None,
        min: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsMemoryGibPerVcpuArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.float]] = None,
        min: pulumi.Input[Optional[_builtins.float]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsMemoryMibArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.int]] = None,
        min: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsNetworkBandwidthGbpsArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.float]] = None,
        min: pulumi.Input[Optional[_builtins.float]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsNetworkInterfaceCountArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.int]] = None,
        min: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsTotalLocalStorageGbArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.float]] = None,
        min: pulumi.Input[Optional[_builtins.float]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsVcpuCountArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.int]] = None,
        min: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class GroupMixedInstancesPolicyLaunchTemplateOverrideLaunchTemplateSpecificationArgs:
    def __init__(
        __self__,
        *,
        launch_template_id: pulumi.Input[Optional[_builtins.str]] = None,
        launch_template_name: pulumi.Input[Optional[_builtins.str]] = None,
        version: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class GroupTagArgs:
    def __init__(
        __self__,
        *,
        key: pulumi.Input[_builtins.str],
        propagate_at_launch: pulumi.Input[_builtins.bool],
        value: pulumi.Input[_builtins.str],
    ) -> None: ...

class GroupTrafficSourceArgs:
    def __init__(
        __self__,
        *,
        identifier: pulumi.Input[_builtins.str],
        type: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class GroupWarmPoolArgs:
    def __init__(
        __self__,
        *,
        instance_reuse_policy: pulumi.Input[Optional['GroupWarmPoolInstanceReusePolicyArgs']] = None,
        max_group_prepared_capacity: pulumi.Input[Optional[_builtins.int]] = None,
        min_size: pulumi.Input[Optional[_builtins.int]] = None,
        pool_state: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class GroupWarmPoolInstanceReusePolicyArgs:
    def __init__(
        __self__,
        *,
        reuse_on_scale_in: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class Metric(_builtins.str, Enum):
    GROUP_MIN_SIZE = 'GroupMinSize'
    GROUP_MAX_SIZE = 'GroupMaxSize'
    GROUP_DESIRED_CAPACITY = 'GroupDesiredCapacity'
    GROUP_IN_SERVICE_INSTANCES = 'GroupInServiceInstances'
    GROUP_IN_SERVICE_CAPACITY = 'GroupInServiceCapacity'
    GROUP_PENDING_INSTANCES = 'GroupPendingInstances'
    GROUP_PENDING_CAPACITY = 'GroupPendingCapacity'
    GROUP_STANDBY_INSTANCES = 'GroupStandbyInstances'
    GROUP_STANDBY_CAPACITY = 'GroupStandbyCapacity'
    GROUP_TERMINATING_INSTANCES = 'GroupTerminatingInstances'
    GROUP_TERMINATING_CAPACITY = 'GroupTerminatingCapacity'
    GROUP_TOTAL_INSTANCES = 'GroupTotalInstances'
    GROUP_TOTAL_CAPACITY = 'GroupTotalCapacity'
    WARM_POOL_DESIRED_CAPACITY = 'WarmPoolDesiredCapacity'
    WARM_POOL_WARMED_CAPACITY = 'WarmPoolWarmedCapacity'
    WARM_POOL_PENDING_CAPACITY = 'WarmPoolPendingCapacity'
    WARM_POOL_TERMINATING_CAPACITY = 'WarmPoolTerminatingCapacity'
    WARM_POOL_TOTAL_CAPACITY = 'WarmPoolTotalCapacity'
    GROUP_AND_WARM_POOL_DESIRED_CAPACITY = 'GroupAndWarmPoolDesiredCapacity'
    GROUP_AND_WARM_POOL_TOTAL_CAPACITY = 'GroupAndWarmPoolTotalCapacity'

class MetricsGranularity(_builtins.str, Enum):
    ONE_MINUTE = '1Minute'
