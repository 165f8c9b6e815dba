# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

class ComputeEnvironment(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        type: pulumi.Input[_builtins.str],
        compute_resources: pulumi.Input[Optional['ComputeEnvironmentComputeResourcesArgs']] = None,
        eks_configuration: pulumi.Input[Optional['ComputeEnvironmentEksConfigurationArgs']] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        service_role: pulumi.Input[Optional[_builtins.str]] = None,
        state: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        update_policy: pulumi.Input[Optional['ComputeEnvironmentUpdatePolicyArgs']] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def ecs_cluster_arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def service_role(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def state(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def status(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def status_reason(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def type(self) -> pulumi.Output[_builtins.str]: ...

class ComputeEnvironmentArgs:
    def __init__(
        __self__,
        *,
        type: pulumi.Input[_builtins.str],
        compute_resources: pulumi.Input[Optional['ComputeEnvironmentComputeResourcesArgs']] = None,
        eks_configuration: pulumi.Input[Optional['ComputeEnvironmentEksConfigurationArgs']] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        service_role: pulumi.Input[Optional[_builtins.str]] = None,
        state: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        update_policy: pulumi.Input[Optional['ComputeEnvironmentUpdatePolicyArgs']] = None,
    ) -> None: ...

class ComputeEnvironmentComputeResourcesArgs:
    def __init__(
        __self__,
        *,
        max_vcpus: pulumi.Input[_builtins.int],
        subnets: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
        type: pulumi.Input[_builtins.str],
        allocation_strategy: pulumi.Input[Optional[_builtins.str]] = None,
        bid_percentage: pulumi.Input[Optional[_builtins.int]] = None,
        desired_vcpus: pulumi.Input[Optional[_builtins.int]] = None,
        ec2_configurations: pulumi.Input[Optional[Sequence[pulumi.Input['ComputeEnvironmentComputeResourcesEc2ConfigurationArgs']]]] = None,
        ec2_key_pair: pulumi.Input[Optional[_builtins.str]] = None,
        image_id: pulumi.Input[Optional[_builtins.str]] = None,
        instance_role: pulumi.Input[Optional[_builtins.str]] = None,
        instance_types: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        launch_template: pulumi.Input[Optional['ComputeEnvironmentComputeResourcesLaunchTemplateArgs']] = None,
        min_vcpus: pulumi.Input[Optional[_builtins.int]] = None,
        placement_group: pulumi.Input[Optional[_builtins.str]] = None,
        security_group_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        spot_iam_fleet_role: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class ComputeEnvironmentComputeResourcesEc2ConfigurationArgs:
    def __init__(
        __self__,
        *,
        image_id_override: pulumi.Input[Optional[_builtins.str]] = None,
        image_kubernetes_version: pulumi.Input[Optional[_builtins.str]] = None,
        image_type: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class ComputeEnvironmentComputeResourcesLaunchTemplateArgs:
    def __init__(
        __self__,
        *,
        launch_template_id: pulumi.Input[Optional[_builtins.str]] = None,
        launch_template_name: pulumi.Input[Optional[_builtins.str]] = None,
        version: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class ComputeEnvironmentEksConfigurationArgs:
    def __init__(
        __self__,
        *,
        eks_cluster_arn: pulumi.Input[_builtins.str],
        kubernetes_namespace: pulumi.Input[_builtins.str],
    ) -> None: ...

class ComputeEnvironmentUpdatePolicyArgs:
    def __init__(
        __self__,
        *,
        job_execution_timeout_minutes: pulumi.Input[Optional[_builtins.int]] = None,
        terminate_jobs_on_update: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class JobDefinition(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        type: pulumi.Input[_builtins.str],
        container_properties: pulumi.Input[Optional[_builtins.str]] = None,
        deregister_on_new_revision: pulumi.Input[Optional[_builtins.bool]] = None,
        ecs_properties: pulumi.Input[Optional[_builtins.str]] = None,
        eks_properties: pulumi.Input[Optional['JobDefinitionEksPropertiesArgs']] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        node_properties: pulumi.Input[Optional[_builtins.str]] = None,
        parameters: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        platform_capabilities: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        propagate_tags: pulumi.Input[Optional[_builtins.bool]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        retry_strategy: pulumi.Input[Optional['JobDefinitionRetryStrategyArgs']] = None,
        scheduling_priority: pulumi.Input[Optional[_builtins.int]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        timeout: pulumi.Input[Optional['JobDefinitionTimeoutArgs']] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def arn_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def container_properties(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def deregister_on_new_revision(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def ecs_properties(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def node_properties(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def parameters(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def platform_capabilities(self) -> pulumi.Output[Optional[Sequence[_builtins.str]]]: ...
    @_builtins.property
    def propagate_tags(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def revision(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def scheduling_priority(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def type(self) -> pulumi.Output[_builtins.str]: ...

class JobDefinitionArgs:
    def __init__(
        __self__,
        *,
        type: pulumi.Input[_builtins.str],
        container_properties: pulumi.Input[Optional[_builtins.str]] = None,
        deregister_on_new_revision: pulumi.Input[Optional[_builtins.bool]] = None,
        ecs_properties: pulumi.Input[Optional[_builtins.str]] = None,
        eks_properties: pulumi.Input[Optional['JobDefinitionEksPropertiesArgs']] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        node_properties: pulumi.Input[Optional[_builtins.str]] = None,
        parameters: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        platform_capabilities: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        propagate_tags: pulumi.Input[Optional[_builtins.bool]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        retry_strategy: pulumi.Input[Optional['JobDefinitionRetryStrategyArgs']] = None,
        scheduling_priority: pulumi.Input[Optional[_builtins.int]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        timeout: pulumi.Input[Optional['JobDefinitionTimeoutArgs']] = None,
    ) -> None: ...

class JobDefinitionEksPropertiesArgs:
    def __init__(
        __self__,
        *,
        pod_properties: pulumi.Input['JobDefinitionEksPropertiesPodPropertiesArgs'],
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesArgs:
    def __init__(
        __self__,
        *,
        containers: pulumi.Input[Sequence[pulumi.Input['JobDefinitionEksPropertiesPodPropertiesContainerArgs']]],
        dns_policy: pulumi.Input[Optional[_builtins.str]] = None,
        host_network: pulumi.Input[Optional[_builtins.bool]] = None,
        image_pull_secrets: pulumi.Input[Optional[Sequence[pulumi.Input['JobDefinitionEksPropertiesPodPropertiesImagePullSecretArgs']]]] = None,
        init_containers: pulumi.Input[Optional[Sequence[pulumi.Input['JobDefinitionEksPropertiesPodPropertiesInitContainerArgs']]]] = None,
        metadata: pulumi.Input[Optional['JobDefinitionEksPropertiesPodPropertiesMetadataArgs']] = None,
        service_account_name: pulumi.Input[Optional[_builtins.str]] = None,
        share_process_namespace: pulumi.Input[Optional[_builtins.bool]] = None,
        volumes: pulumi.Input[Optional[Sequence[pulumi.Input['JobDefinitionEksPropertiesPodPropertiesVolumeArgs']]]] = None,
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesContainerArgs:
    def __init__(
        __self__,
        *,
        image: pulumi.Input[_builtins.str],
        args: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        commands: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        envs: pulumi.Input[Optional[Sequence[pulumi.Input['JobDefinitionEksPropertiesPodPropertiesContainerEnvArgs']]]] = None,
        image_pull_policy: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        resources: pulumi.Input[Optional['JobDefinitionEksPropertiesPodPropertiesContainerResourcesArgs']] = None,
        security_context: pulumi.Input[Optional['JobDefinitionEksPropertiesPodPropertiesContainerSecurityContextArgs']] = None,
        volume_mounts: pulumi.Input[Optional[Sequence[pulumi.Input['JobDefinitionEksPropertiesPodPropertiesContainerVolumeMountArgs']]]] = None,
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesContainerEnvArgs:
    def __init__(
        __self__,
        *,
        name: pulumi.Input[_builtins.str],
        value: pulumi.Input[_builtins.str],
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesContainerResourcesArgs:
    def __init__(
        __self__,
        *,
        limits: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        requests: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesContainerSecurityContextArgs:
    def __init__(
        __self__,
        *,
        allow_privilege_escalation: pulumi.Input[Optional[_builtins.bool]] = None,
        privileged: pulumi.Input[Optional[_builtins.bool]] = None,
        read_only_root_file_system: pulumi.Input[Optional[_builtins.bool]] = None,
        run_as_group: pulumi.Input[Optional[_builtins.int]] = None,
        run_as_non_root: pulumi.Input[Optional[_builtins.bool]] = None,
        run_as_user: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesContainerVolumeMountArgs:
    def __init__(
        __self__,
        *,
        mount_path: pulumi.Input[_builtins.str],
        name: pulumi.Input[_builtins.str],
        read_only: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesImagePullSecretArgs:
    def __init__(
        __self__,
        *,
        name: pulumi.Input[_builtins.str],
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesInitContainerArgs:
    def __init__(
        __self__,
        *,
        image: pulumi.Input[_builtins.str],
        args: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        commands: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        envs: pulumi.Input[Optional[Sequence[pulumi.Input['JobDefinitionEksPropertiesPodPropertiesInitContainerEnvArgs']]]] = None,
        image_pull_policy: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        resources: pulumi.Input[Optional['JobDefinitionEksPropertiesPodPropertiesInitContainerResourcesArgs']] = None,
        security_context: pulumi.Input[Optional['JobDefinitionEksPropertiesPodPropertiesInitContainerSecurityContextArgs']] = None,
        volume_mounts: pulumi.Input[Optional[Sequence[pulumi.Input['JobDefinitionEksPropertiesPodPropertiesInitContainerVolumeMountArgs']]]] = None,
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesInitContainerEnvArgs:
    def __init__(
        __self__,
        *,
        name: pulumi.Input[_builtins.str],
        value: pulumi.Input[_builtins.str],
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesInitContainerResourcesArgs:
    def __init__(
        __self__,
        *,
        limits: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        requests: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesInitContainerSecurityContextArgs:
    def __init__(
        __self__,
        *,
        allow_privilege_escalation: pulumi.Input[Optional[_builtins.bool]] = None,
        privileged: pulumi.Input[Optional[_builtins.bool]] = None,
        read_only_root_file_system: pulumi.Input[Optional[_builtins.bool]] = None,
        run_as_group: pulumi.Input[Optional[_builtins.int]] = None,
        run_as_non_root: pulumi.Input[Optional[_builtins.bool]] = None,
        run_as_user: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesInitContainerVolumeMountArgs:
    def __init__(
        __self__,
        *,
        mount_path: pulumi.Input[_builtins.str],
        name: pulumi.Input[_builtins.str],
        read_only: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesMetadataArgs:
    def __init__(
        __self__,
        *,
        labels: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesVolumeArgs:
    def __init__(
        __self__,
        *,
        empty_dir: pulumi.Input[Optional['JobDefinitionEksPropertiesPodPropertiesVolumeEmptyDirArgs']] = None,
        host_path: pulumi.Input[Optional['JobDefinitionEksPropertiesPodPropertiesVolumeHostPathArgs']] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        secret: pulumi.Input[Optional['JobDefinitionEksPropertiesPodPropertiesVolumeSecretArgs']] = None,
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesVolumeEmptyDirArgs:
    def __init__(
        __self__,
        *,
        size_limit: pulumi.Input[_builtins.str],
        medium: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesVolumeHostPathArgs:
    def __init__(
        __self__,
        *,
        path: pulumi.Input[_builtins.str],
    ) -> None: ...

class JobDefinitionEksPropertiesPodPropertiesVolumeSecretArgs:
    def __init__(
        __self__,
        *,
        secret_name: pulumi.Input[_builtins.str],
        optional: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class JobDefinitionRetryStrategyArgs:
    def __init__(
        __self__,
        *,
        attempts: pulumi.Input[Optional[_builtins.int]] = None,
        evaluate_on_exits: pulumi.Input[Optional[Sequence[pulumi.Input['JobDefinitionRetryStrategyEvaluateOnExitArgs']]]] = None,
    ) -> None: ...

class JobDefinitionRetryStrategyEvaluateOnExitArgs:
    def __init__(
        __self__,
        *,
        action: pulumi.Input[_builtins.str],
        on_exit_code: pulumi.Input[Optional[_builtins.str]] = None,
        on_reason: pulumi.Input[Optional[_builtins.str]] = None,
        on_status_reason: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class JobDefinitionTimeoutArgs:
    def __init__(
        __self__,
        *,
        attempt_duration_seconds: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class JobQueue(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        priority: pulumi.Input[_builtins.int],
        state: pulumi.Input[_builtins.str],
        compute_environment_orders: pulumi.Input[Optional[Sequence[pulumi.Input['JobQueueComputeEnvironmentOrderArgs']]]] = None,
        job_state_time_limit_actions: pulumi.Input[Optional[Sequence[pulumi.Input['JobQueueJobStateTimeLimitActionArgs']]]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        scheduling_policy_arn: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        timeouts: pulumi.Input[Optional['JobQueueTimeoutsArgs']] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def priority(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def scheduling_policy_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def state(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...

class JobQueueArgs:
    def __init__(
        __self__,
        *,
        priority: pulumi.Input[_builtins.int],
        state: pulumi.Input[_builtins.str],
        compute_environment_orders: pulumi.Input[Optional[Sequence[pulumi.Input['JobQueueComputeEnvironmentOrderArgs']]]] = None,
        job_state_time_limit_actions: pulumi.Input[Optional[Sequence[pulumi.Input['JobQueueJobStateTimeLimitActionArgs']]]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        scheduling_policy_arn: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        timeouts: pulumi.Input[Optional['JobQueueTimeoutsArgs']] = None,
    ) -> None: ...

class JobQueueComputeEnvironmentOrderArgs:
    def __init__(
        __self__,
        *,
        compute_environment: pulumi.Input[_builtins.str],
        order: pulumi.Input[_builtins.int],
    ) -> None: ...

class JobQueueJobStateTimeLimitActionArgs:
    def __init__(
        __self__,
        *,
        action: pulumi.Input[_builtins.str],
        max_time_seconds: pulumi.Input[_builtins.int],
        reason: pulumi.Input[_builtins.str],
        state: pulumi.Input[_builtins.str],
    ) -> None: ...

class JobQueueTimeoutsArgs:
    def __init__(
        __self__,
        *,
        create: pulumi.Input[Optional[_builtins.str]] = None,
        delete: pulumi.Input[Optional[_builtins.str]] = None,
        update: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class SchedulingPolicy(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        fair_share_policy: pulumi.Input[Optional['SchedulingPolicyFairSharePolicyArgs']] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...

class SchedulingPolicyArgs:
    def __init__(
        __self__,
        *,
        fair_share_policy: pulumi.Input[Optional['SchedulingPolicyFairSharePolicyArgs']] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class SchedulingPolicyFairSharePolicyArgs:
    def __init__(
        __self__,
        *,
        compute_reservation: pulumi.Input[Optional[_builtins.int]] = None,
        share_decay_seconds: pulumi.Input[Optional[_builtins.int]] = None,
        share_distributions: pulumi.Input[Optional[Sequence[pulumi.Input['SchedulingPolicyFairSharePolicyShareDistributionArgs']]]] = None,
    ) -> None: ...

class SchedulingPolicyFairSharePolicyShareDistributionArgs:
    def __init__(
        __self__,
        *,
        share_identifier: pulumi.Input[_builtins.str],
        weight_factor: pulumi.Input[Optional[_builtins.float]] = None,
    ) -> None: ...
