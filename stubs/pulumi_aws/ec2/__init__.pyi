# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

from . import outputs as outputs

class DefaultSecurityGroup(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        egress: pulumi.Input[Optional[Sequence[pulumi.Input['DefaultSecurityGroupEgressArgs']]]] = None,
        ingress: pulumi.Input[Optional[Sequence[pulumi.Input['DefaultSecurityGroupIngressArgs']]]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        revoke_rules_on_delete: pulumi.Input[Optional[_builtins.bool]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        vpc_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def description(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def owner_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def revoke_rules_on_delete(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def vpc_id(self) -> pulumi.Output[_builtins.str]: ...

class DefaultSecurityGroupArgs:
    def __init__(
        __self__,
        *,
        egress: pulumi.Input[Optional[Sequence[pulumi.Input['DefaultSecurityGroupEgressArgs']]]] = None,
        ingress: pulumi.Input[Optional[Sequence[pulumi.Input['DefaultSecurityGroupIngressArgs']]]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        revoke_rules_on_delete: pulumi.Input[Optional[_builtins.bool]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        vpc_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class DefaultSecurityGroupEgressArgs:
    def __init__(
        __self__,
        *,
        from_port: pulumi.Input[_builtins.int],
        protocol: pulumi.Input[_builtins.str],
        to_port: pulumi.Input[_builtins.int],
        cidr_blocks: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_cidr_blocks: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        prefix_list_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        security_groups: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        self: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class DefaultSecurityGroupIngressArgs:
    def __init__(
        __self__,
        *,
        from_port: pulumi.Input[_builtins.int],
        protocol: pulumi.Input[_builtins.str],
        to_port: pulumi.Input[_builtins.int],
        cidr_blocks: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_cidr_blocks: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        prefix_list_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        security_groups: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        self: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class EgressOnlyInternetGateway(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        vpc_id: pulumi.Input[_builtins.str],
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def vpc_id(self) -> pulumi.Output[_builtins.str]: ...

class EgressOnlyInternetGatewayArgs:
    def __init__(
        __self__,
        *,
        vpc_id: pulumi.Input[_builtins.str],
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class Eip(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        address: pulumi.Input[Optional[_builtins.str]] = None,
        associate_with_private_ip: pulumi.Input[Optional[_builtins.str]] = None,
        customer_owned_ipv4_pool: pulumi.Input[Optional[_builtins.str]] = None,
        domain: pulumi.Input[Optional[_builtins.str]] = None,
        instance: pulumi.Input[Optional[_builtins.str]] = None,
        ipam_pool_id: pulumi.Input[Optional[_builtins.str]] = None,
        network_border_group: pulumi.Input[Optional[_builtins.str]] = None,
        network_interface: pulumi.Input[Optional[_builtins.str]] = None,
        public_ipv4_pool: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def address(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def allocation_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def associate_with_private_ip(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def association_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def carrier_ip(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def customer_owned_ip(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def customer_owned_ipv4_pool(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def domain(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def instance(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def ipam_pool_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def network_border_group(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def network_interface(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def private_dns(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def private_ip(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def ptr_record(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def public_dns(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def public_ip(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def public_ipv4_pool(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...

class EipArgs:
    def __init__(
        __self__,
        *,
        address: pulumi.Input[Optional[_builtins.str]] = None,
        associate_with_private_ip: pulumi.Input[Optional[_builtins.str]] = None,
        customer_owned_ipv4_pool: pulumi.Input[Optional[_builtins.str]] = None,
        domain: pulumi.Input[Optional[_builtins.str]] = None,
        instance: pulumi.Input[Optional[_builtins.str]] = None,
        ipam_pool_id: pulumi.Input[Optional[_builtins.str]] = None,
        network_border_group: pulumi.Input[Optional[_builtins.str]] = None,
        network_interface: pulumi.Input[Optional[_builtins.str]] = None,
        public_ipv4_pool: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class FlowLog(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        deliver_cross_account_role: pulumi.Input[Optional[_builtins.str]] = None,
        destination_options: pulumi.Input[Optional['FlowLogDestinationOptionsArgs']] = None,
        eni_id: pulumi.Input[Optional[_builtins.str]] = None,
        iam_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        log_destination: pulumi.Input[Optional[_builtins.str]] = None,
        log_destination_type: pulumi.Input[Optional[_builtins.str]] = None,
        log_format: pulumi.Input[Optional[_builtins.str]] = None,
        max_aggregation_interval: pulumi.Input[Optional[_builtins.int]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        regional_nat_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        subnet_id: pulumi.Input[Optional[_builtins.str]] = None,
        tag_field_specifications: pulumi.Input[Optional[Sequence[pulumi.Input['FlowLogTagFieldSpecificationArgs']]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        traffic_type: pulumi.Input[Optional[_builtins.str]] = None,
        transit_gateway_attachment_id: pulumi.Input[Optional[_builtins.str]] = None,
        transit_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        vpc_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def deliver_cross_account_role(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def eni_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def iam_role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def log_destination(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def log_destination_type(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def log_format(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def max_aggregation_interval(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def regional_nat_gateway_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def subnet_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def traffic_type(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def transit_gateway_attachment_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def transit_gateway_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def vpc_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...

class FlowLogArgs:
    def __init__(
        __self__,
        *,
        deliver_cross_account_role: pulumi.Input[Optional[_builtins.str]] = None,
        destination_options: pulumi.Input[Optional['FlowLogDestinationOptionsArgs']] = None,
        eni_id: pulumi.Input[Optional[_builtins.str]] = None,
        iam_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        log_destination: pulumi.Input[Optional[_builtins.str]] = None,
        log_destination_type: pulumi.Input[Optional[_builtins.str]] = None,
        log_format: pulumi.Input[Optional[_builtins.str]] = None,
        max_aggregation_interval: pulumi.Input[Optional[_builtins.int]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        regional_nat_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        subnet_id: pulumi.Input[Optional[_builtins.str]] = None,
        tag_field_specifications: pulumi.Input[Optional[Sequence[pulumi.Input['FlowLogTagFieldSpecificationArgs']]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        traffic_type: pulumi.Input[Optional[_builtins.str]] = None,
        transit_gateway_attachment_id: pulumi.Input[Optional[_builtins.str]] = None,
        transit_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        vpc_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class FlowLogDestinationOptionsArgs:
    def __init__(
        __self__,
        *,
        file_format: pulumi.Input[Optional[_builtins.str]] = None,
        hive_compatible_partitions: pulumi.Input[Optional[_builtins.bool]] = None,
        per_hour_partition: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class FlowLogTagFieldSpecificationArgs:
    def __init__(
        __self__,
        *,
        resource_type: pulumi.Input[_builtins.str],
        tag_keys: pulumi.Input[Sequence[pulumi.Input[_builtins.str]]],
    ) -> None: ...

class GetInstanceTypeOfferingsFilterArgs:
    def __init__(
        __self__,
        *,
        name: _builtins.str,
        values: Sequence[_builtins.str],
    ) -> None: ...

class GetInstanceTypeOfferingsFilterArgsDict(TypedDict):
    name: _builtins.str
    values: Sequence[_builtins.str]

class GetInstanceTypeOfferingsResult:
    @_builtins.property
    def filters(self) -> Optional[Sequence['outputs.GetInstanceTypeOfferingsFilterResult']]: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def instance_types(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def location_type(self) -> Optional[_builtins.str]: ...
    @_builtins.property
    def location_types(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def locations(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...

class GetInstanceTypeResult:
    @_builtins.property
    def auto_recovery_supported(self) -> _builtins.bool: ...
    @_builtins.property
    def bandwidth_weightings(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def bare_metal(self) -> _builtins.bool: ...
    @_builtins.property
    def boot_modes(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def burstable_performance_supported(self) -> _builtins.bool: ...
    @_builtins.property
    def current_generation(self) -> _builtins.bool: ...
    @_builtins.property
    def dedicated_hosts_supported(self) -> _builtins.bool: ...
    @_builtins.property
    def default_cores(self) -> _builtins.int: ...
    @_builtins.property
    def default_network_card_index(self) -> _builtins.int: ...
    @_builtins.property
    def default_threads_per_core(self) -> _builtins.int: ...
    @_builtins.property
    def default_vcpus(self) -> _builtins.int: ...
    @_builtins.property
    def ebs_encryption_support(self) -> _builtins.str: ...
    @_builtins.property
    def ebs_nvme_support(self) -> _builtins.str: ...
    @_builtins.property
    def ebs_optimized_support(self) -> _builtins.str: ...
    @_builtins.property
    def ebs_performance_baseline_bandwidth(self) -> _builtins.int: ...
    @_builtins.property
    def ebs_performance_baseline_iops(self) -> _builtins.int: ...
    @_builtins.property
    def ebs_performance_baseline_throughput(self) -> _builtins.float: ...
    @_builtins.property
    def ebs_performance_maximum_bandwidth(self) -> _builtins.int: ...
    @_builtins.property
    def ebs_performance_maximum_iops(self) -> _builtins.int: ...
    @_builtins.property
    def ebs_performance_maximum_throughput(self) -> _builtins.float: ...
    @_builtins.property
    def efa_maximum_interfaces(self) -> _builtins.int: ...
    @_builtins.property
    def efa_supported(self) -> _builtins.bool: ...
    @_builtins.property
    def ena_srd_supported(self) -> _builtins.bool: ...
    @_builtins.property
    def ena_support(self) -> _builtins.str: ...
    @_builtins.property
    def encryption_in_transit_supported(self) -> _builtins.bool: ...
    @_builtins.property
    def fpgas(self) -> Sequence['outputs.GetInstanceTypeFpgaResult']: ...
    @_builtins.property
    def free_tier_eligible(self) -> _builtins.bool: ...
    @_builtins.property
    def gpuses(self) -> Sequence['outputs.GetInstanceTypeGpusResult']: ...
    @_builtins.property
    def hibernation_supported(self) -> _builtins.bool: ...
    @_builtins.property
    def hypervisor(self) -> _builtins.str: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def inference_accelerators(self) -> Sequence['outputs.GetInstanceTypeInferenceAcceleratorResult']: ...
    @_builtins.property
    def instance_disks(self) -> Sequence['outputs.GetInstanceTypeInstanceDiskResult']: ...
    @_builtins.property
    def instance_storage_supported(self) -> _builtins.bool: ...
    @_builtins.property
    def instance_type(self) -> _builtins.str: ...
    @_builtins.property
    def ipv6_supported(self) -> _builtins.bool: ...
    @_builtins.property
    def maximum_ipv4_addresses_per_interface(self) -> _builtins.int: ...
    @_builtins.property
    def maximum_ipv6_addresses_per_interface(self) -> _builtins.int: ...
    @_builtins.property
    def maximum_network_cards(self) -> _builtins.int: ...
    @_builtins.property
    def maximum_network_interfaces(self) -> _builtins.int: ...
    @_builtins.property
    def media_accelerators(self) -> Sequence['outputs.GetInstanceTypeMediaAcceleratorResult']: ...
    @_builtins.property
    def memory_size(self) -> _builtins.int: ...
    @_builtins.property
    def network_cards(self) -> Sequence['outputs.GetInstanceTypeNetworkCardResult']: ...
    @_builtins.property
    def network_performance(self) -> _builtins.str: ...
    @_builtins.property
    def neuron_devices(self) -> Sequence['outputs.GetInstanceTypeNeuronDeviceResult']: ...
    @_builtins.property
    def nitro_enclaves_support(self) -> _builtins.str: ...
    @_builtins.property
    def nitro_tpm_support(self) -> _builtins.str: ...
    @_builtins.property
    def nitro_tpm_supported_versions(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def phc_support(self) -> _builtins.str: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def supported_architectures(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def supported_cpu_features(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def supported_placement_strategies(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def supported_root_device_types(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def supported_usages_classes(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def supported_virtualization_types(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def sustained_clock_speed(self) -> _builtins.float: ...
    @_builtins.property
    def total_fpga_memory(self) -> _builtins.int: ...
    @_builtins.property
    def total_gpu_memory(self) -> _builtins.int: ...
    @_builtins.property
    def total_inference_memory(self) -> _builtins.int: ...
    @_builtins.property
    def total_instance_storage(self) -> _builtins.int: ...
    @_builtins.property
    def total_media_memory(self) -> _builtins.int: ...
    @_builtins.property
    def total_neuron_device_memory(self) -> _builtins.int: ...
    @_builtins.property
    def valid_cores(self) -> Sequence[_builtins.int]: ...
    @_builtins.property
    def valid_threads_per_cores(self) -> Sequence[_builtins.int]: ...

class GetInstanceTypesFilterArgs:
    def __init__(
        __self__,
        *,
        name: _builtins.str,
        values: Sequence[_builtins.str],
    ) -> None: ...

class GetInstanceTypesFilterArgsDict(TypedDict):
    name: _builtins.str
    values: Sequence[_builtins.str]

class GetInstanceTypesResult:
    @_builtins.property
    def filters(self) -> Optional[Sequence['outputs.GetInstanceTypesFilterResult']]: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def instance_types(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...

class GetLaunchTemplateFilterArgs:
    def __init__(
        __self__,
        *,
        name: _builtins.str,
        values: Sequence[_builtins.str],
    ) -> None: ...

class GetLaunchTemplateFilterArgsDict(TypedDict):
    name: _builtins.str
    values: Sequence[_builtins.str]

class GetLaunchTemplateResult:
    @_builtins.property
    def arn(self) -> _builtins.str: ...
    @_builtins.property
    def block_device_mappings(self) -> Sequence['outputs.GetLaunchTemplateBlockDeviceMappingResult']: ...
    @_builtins.property
    def capacity_reservation_specifications(self) -> Sequence['outputs.GetLaunchTemplateCapacityReservationSpecificationResult']: ...
    @_builtins.property
    def cpu_options(self) -> Sequence['outputs.GetLaunchTemplateCpuOptionResult']: ...
    @_builtins.property
    def credit_specifications(self) -> Sequence['outputs.GetLaunchTemplateCreditSpecificationResult']: ...
    @_builtins.property
    def default_version(self) -> _builtins.int: ...
    @_builtins.property
    def description(self) -> _builtins.str: ...
    @_builtins.property
    def disable_api_stop(self) -> _builtins.bool: ...
    @_builtins.property
    def disable_api_termination(self) -> _builtins.bool: ...
    @_builtins.property
    def ebs_optimized(self) -> _builtins.str: ...
    @_builtins.property
    def enclave_options(self) -> Sequence['outputs.GetLaunchTemplateEnclaveOptionResult']: ...
    @_builtins.property
    def filters(self) -> Optional[Sequence['outputs.GetLaunchTemplateFilterResult']]: ...
    @_builtins.property
    def hibernation_options(self) -> Sequence['outputs.GetLaunchTemplateHibernationOptionResult']: ...
    @_builtins.property
    def iam_instance_profiles(self) -> Sequence['outputs.GetLaunchTemplateIamInstanceProfileResult']: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def image_id(self) -> _builtins.str: ...
    @_builtins.property
    def instance_initiated_shutdown_behavior(self) -> _builtins.str: ...
    @_builtins.property
    def instance_market_options(self) -> Sequence['outputs.GetLaunchTemplateInstanceMarketOptionResult']: ...
    @_builtins.property
    def instance_requirements(self) -> Sequence['outputs.GetLaunchTemplateInstanceRequirementResult']: ...
    @_builtins.property
    def instance_type(self) -> _builtins.str: ...
    @_builtins.property
    def kernel_id(self) -> _builtins.str: ...
    @_builtins.property
    def key_name(self) -> _builtins.str: ...
    @_builtins.property
    def latest_version(self) -> _builtins.int: ...
    @_builtins.property
    def license_specifications(self) -> Sequence['outputs.GetLaunchTemplateLicenseSpecificationResult']: ...
    @_builtins.property
    def maintenance_options(self) -> Sequence['outputs.GetLaunchTemplateMaintenanceOptionResult']: ...
    @_builtins.property
    def metadata_options(self) -> Sequence['outputs.GetLaunchTemplateMetadataOptionResult']: ...
    @_builtins.property
    def monitorings(self) -> Sequence['outputs.GetLaunchTemplateMonitoringResult']: ...
    @_builtins.property
    def name(self) -> _builtins.str: ...
    @_builtins.property
    def network_interfaces(self) -> Sequence['outputs.GetLaunchTemplateNetworkInterfaceResult']: ...
    @_builtins.property
    def network_performance_options(self) -> Sequence['outputs.GetLaunchTemplateNetworkPerformanceOptionResult']: ...
    @_builtins.property
    def placements(self) -> Sequence['outputs.GetLaunchTemplatePlacementResult']: ...
    @_builtins.property
    def private_dns_name_options(self) -> Sequence['outputs.GetLaunchTemplatePrivateDnsNameOptionResult']: ...
    @_builtins.property
    def ram_disk_id(self) -> _builtins.str: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def secondary_interfaces(self) -> Sequence['outputs.GetLaunchTemplateSecondaryInterfaceResult']: ...
    @_builtins.property
    def security_group_names(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def tag_specifications(self) -> Sequence['outputs.GetLaunchTemplateTagSpecificationResult']: ...
    @_builtins.property
    def tags(self) -> Mapping[str, _builtins.str]: ...
    @_builtins.property
    def user_data(self) -> _builtins.str: ...
    @_builtins.property
    def vpc_security_group_ids(self) -> Sequence[_builtins.str]: ...

class GetRouteTableFilterArgs:
    def __init__(
        __self__,
        *,
        name: _builtins.str,
        values: Sequence[_builtins.str],
    ) -> None: ...

class GetRouteTableFilterArgsDict(TypedDict):
    name: _builtins.str
    values: Sequence[_builtins.str]

class GetRouteTableResult:
    @_builtins.property
    def arn(self) -> _builtins.str: ...
    @_builtins.property
    def associations(self) -> Sequence['outputs.GetRouteTableAssociationResult']: ...
    @_builtins.property
    def filters(self) -> Optional[Sequence['outputs.GetRouteTableFilterResult']]: ...
    @_builtins.property
    def gateway_id(self) -> _builtins.str: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def owner_id(self) -> _builtins.str: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def route_table_id(self) -> _builtins.str: ...
    @_builtins.property
    def routes(self) -> Sequence['outputs.GetRouteTableRouteResult']: ...
    @_builtins.property
    def subnet_id(self) -> _builtins.str: ...
    @_builtins.property
    def tags(self) -> Mapping[str, _builtins.str]: ...
    @_builtins.property
    def vpc_id(self) -> _builtins.str: ...

class GetSecurityGroupFilterArgs:
    def __init__(
        __self__,
        *,
        name: _builtins.str,
        values: Sequence[_builtins.str],
    ) -> None: ...

class GetSecurityGroupFilterArgsDict(TypedDict):
    name: _builtins.str
    values: Sequence[_builtins.str]

class GetSecurityGroupResult:
    @_builtins.property
    def arn(self) -> _builtins.str: ...
    @_builtins.property
    def description(self) -> _builtins.str: ...
    @_builtins.property
    def filters(self) -> Optional[Sequence['outputs.GetSecurityGroupFilterResult']]: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def name(self) -> _builtins.str: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def tags(self) -> Mapping[str, _builtins.str]: ...
    @_builtins.property
    def vpc_id(self) -> _builtins.str: ...

class GetSubnetFilterArgs:
    def __init__(
        __self__,
        *,
        name: _builtins.str,
        values: Sequence[_builtins.str],
    ) -> None: ...

class GetSubnetFilterArgsDict(TypedDict):
    name: _builtins.str
    values: Sequence[_builtins.str]

class GetSubnetResult:
    @_builtins.property
    def arn(self) -> _builtins.str: ...
    @_builtins.property
    def assign_ipv6_address_on_creation(self) -> _builtins.bool: ...
    @_builtins.property
    def availability_zone(self) -> _builtins.str: ...
    @_builtins.property
    def availability_zone_id(self) -> _builtins.str: ...
    @_builtins.property
    def available_ip_address_count(self) -> _builtins.int: ...
    @_builtins.property
    def cidr_block(self) -> _builtins.str: ...
    @_builtins.property
    def customer_owned_ipv4_pool(self) -> _builtins.str: ...
    @_builtins.property
    def default_for_az(self) -> _builtins.bool: ...
    @_builtins.property
    def enable_dns64(self) -> _builtins.bool: ...
    @_builtins.property
    def enable_lni_at_device_index(self) -> _builtins.int: ...
    @_builtins.property
    def enable_resource_name_dns_a_record_on_launch(self) -> _builtins.bool: ...
    @_builtins.property
    def enable_resource_name_dns_aaaa_record_on_launch(self) -> _builtins.bool: ...
    @_builtins.property
    def filters(self) -> Optional[Sequence['outputs.GetSubnetFilterResult']]: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def ipv6_cidr_block(self) -> _builtins.str: ...
    @_builtins.property
    def ipv6_cidr_block_association_id(self) -> _builtins.str: ...
    @_builtins.property
    def ipv6_native(self) -> _builtins.bool: ...
    @_builtins.property
    def map_customer_owned_ip_on_launch(self) -> _builtins.bool: ...
    @_builtins.property
    def map_public_ip_on_launch(self) -> _builtins.bool: ...
    @_builtins.property
    def outpost_arn(self) -> _builtins.str: ...
    @_builtins.property
    def owner_id(self) -> _builtins.str: ...
    @_builtins.property
    def private_dns_hostname_type_on_launch(self) -> _builtins.str: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def state(self) -> _builtins.str: ...
    @_builtins.property
    def tags(self) -> Mapping[str, _builtins.str]: ...
    @_builtins.property
    def vpc_id(self) -> _builtins.str: ...

class GetSubnetsFilterArgs:
    def __init__(
        __self__,
        *,
        name: _builtins.str,
        values: Sequence[_builtins.str],
    ) -> None: ...

class GetSubnetsFilterArgsDict(TypedDict):
    name: _builtins.str
    values: Sequence[_builtins.str]

class GetSubnetsResult:
    @_builtins.property
    def filters(self) -> Optional[Sequence['outputs.GetSubnetsFilterResult']]: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def ids(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def tags(self) -> Mapping[str, _builtins.str]: ...

class GetVpcEndpointFilterArgs:
    def __init__(
        __self__,
        *,
        name: _builtins.str,
        values: Sequence[_builtins.str],
    ) -> None: ...

class GetVpcEndpointFilterArgsDict(TypedDict):
    name: _builtins.str
    values: Sequence[_builtins.str]

class GetVpcEndpointResult:
    @_builtins.property
    def arn(self) -> _builtins.str: ...
    @_builtins.property
    def cidr_blocks(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def dns_entries(self) -> Sequence['outputs.GetVpcEndpointDnsEntryResult']: ...
    @_builtins.property
    def dns_options(self) -> Sequence['outputs.GetVpcEndpointDnsOptionResult']: ...
    @_builtins.property
    def filters(self) -> Optional[Sequence['outputs.GetVpcEndpointFilterResult']]: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def ip_address_type(self) -> _builtins.str: ...
    @_builtins.property
    def network_interface_ids(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def owner_id(self) -> _builtins.str: ...
    @_builtins.property
    def policy(self) -> _builtins.str: ...
    @_builtins.property
    def prefix_list_id(self) -> _builtins.str: ...
    @_builtins.property
    def private_dns_enabled(self) -> _builtins.bool: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def requester_managed(self) -> _builtins.bool: ...
    @_builtins.property
    def route_table_ids(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def security_group_ids(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def service_name(self) -> _builtins.str: ...
    @_builtins.property
    def service_region(self) -> _builtins.str: ...
    @_builtins.property
    def state(self) -> _builtins.str: ...
    @_builtins.property
    def subnet_ids(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> Mapping[str, _builtins.str]: ...
    @_builtins.property
    def vpc_endpoint_type(self) -> _builtins.str: ...
    @_builtins.property
    def vpc_id(self) -> _builtins.str: ...

class GetVpcEndpointServiceFilterArgs:
    def __init__(
        __self__,
        *,
        name: _builtins.str,
        values: Sequence[_builtins.str],
    ) -> None: ...

class GetVpcEndpointServiceFilterArgsDict(TypedDict):
    name: _builtins.str
    values: Sequence[_builtins.str]

class GetVpcEndpointServiceResult:
    @_builtins.property
    def acceptance_required(self) -> _builtins.bool: ...
    @_builtins.property
    def arn(self) -> _builtins.str: ...
    @_builtins.property
    def availability_zones(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def base_endpoint_dns_names(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def filters(self) -> Optional[Sequence['outputs.GetVpcEndpointServiceFilterResult']]: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def manages_vpc_endpoints(self) -> _builtins.bool: ...
    @_builtins.property
    def owner(self) -> _builtins.str: ...
    @_builtins.property
    def private_dns_name(self) -> _builtins.str: ...
    @_builtins.property
    def private_dns_names(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def service(self) -> Optional[_builtins.str]: ...
    @_builtins.property
    def service_id(self) -> _builtins.str: ...
    @_builtins.property
    def service_name(self) -> _builtins.str: ...
    @_builtins.property
    def service_region(self) -> _builtins.str: ...
    @_builtins.property
    def service_regions(self) -> Optional[Sequence[_builtins.str]]: ...
    @_builtins.property
    def service_type(self) -> _builtins.str: ...
    @_builtins.property
    def supported_ip_address_types(self) -> Sequence[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> Mapping[str, _builtins.str]: ...
    @_builtins.property
    def vpc_endpoint_policy_supported(self) -> _builtins.bool: ...

class GetVpcFilterArgs:
    def __init__(
        __self__,
        *,
        name: _builtins.str,
        values: Sequence[_builtins.str],
    ) -> None: ...

class GetVpcFilterArgsDict(TypedDict):
    name: _builtins.str
    values: Sequence[_builtins.str]

class GetVpcResult:
    @_builtins.property
    def arn(self) -> _builtins.str: ...
    @_builtins.property
    def cidr_block(self) -> _builtins.str: ...
    @_builtins.property
    def cidr_block_associations(self) -> Sequence['outputs.GetVpcCidrBlockAssociationResult']: ...
    @_builtins.property
    def default(self) -> _builtins.bool: ...
    @_builtins.property
    def dhcp_options_id(self) -> _builtins.str: ...
    @_builtins.property
    def enable_dns_hostnames(self) -> _builtins.bool: ...
    @_builtins.property
    def enable_dns_support(self) -> _builtins.bool: ...
    @_builtins.property
    def enable_network_address_usage_metrics(self) -> _builtins.bool: ...
    @_builtins.property
    def filters(self) -> Optional[Sequence['outputs.GetVpcFilterResult']]: ...
    @_builtins.property
    def id(self) -> _builtins.str: ...
    @_builtins.property
    def instance_tenancy(self) -> _builtins.str: ...
    @_builtins.property
    def ipv6_association_id(self) -> _builtins.str: ...
    @_builtins.property
    def ipv6_cidr_block(self) -> _builtins.str: ...
    @_builtins.property
    def ipv6_cidr_block_associations(self) -> Sequence['outputs.GetVpcIpv6CidrBlockAssociationResult']: ...
    @_builtins.property
    def main_route_table_id(self) -> _builtins.str: ...
    @_builtins.property
    def owner_id(self) -> _builtins.str: ...
    @_builtins.property
    def region(self) -> _builtins.str: ...
    @_builtins.property
    def state(self) -> _builtins.str: ...
    @_builtins.property
    def tags(self) -> Mapping[str, _builtins.str]: ...

class InternetGateway(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        vpc_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def owner_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def vpc_id(self) -> pulumi.Output[_builtins.str]: ...

class InternetGatewayArgs:
    def __init__(
        __self__,
        *,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        vpc_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplate(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        block_device_mappings: pulumi.Input[Optional[Sequence[pulumi.Input['LaunchTemplateBlockDeviceMappingArgs']]]] = None,
        capacity_reservation_specification: pulumi.Input[Optional['LaunchTemplateCapacityReservationSpecificationArgs']] = None,
        cpu_options: pulumi.Input[Optional['LaunchTemplateCpuOptionsArgs']] = None,
        credit_specification: pulumi.Input[Optional['LaunchTemplateCreditSpecificationArgs']] = None,
        default_version: pulumi.Input[Optional[_builtins.int]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        disable_api_stop: pulumi.Input[Optional[_builtins.bool]] = None,
        disable_api_termination: pulumi.Input[Optional[_builtins.bool]] = None,
        ebs_optimized: pulumi.Input[Optional[_builtins.str]] = None,
        enclave_options: pulumi.Input[Optional['LaunchTemplateEnclaveOptionsArgs']] = None,
        hibernation_options: pulumi.Input[Optional['LaunchTemplateHibernationOptionsArgs']] = None,
        iam_instance_profile: pulumi.Input[Optional['LaunchTemplateIamInstanceProfileArgs']] = None,
        image_id: pulumi.Input[Optional[_builtins.str]] = None,
        instance_initiated_shutdown_behavior: pulumi.Input[Optional[_builtins.str]] = None,
        instance_market_options: pulumi.Input[Optional['LaunchTemplateInstanceMarketOptionsArgs']] = None,
        instance_requirements: pulumi.Input[Optional['LaunchTemplateInstanceRequirementsArgs']] = None,
        instance_type: pulumi.Input[Optional[_builtins.str]] = None,
        kernel_id: pulumi.Input[Optional[_builtins.str]] = None,
        key_name: pulumi.Input[Optional[_builtins.str]] = None,
        license_specifications: pulumi.Input[Optional[Sequence[pulumi.Input['LaunchTemplateLicenseSpecificationArgs']]]] = None,
        maintenance_options: pulumi.Input[Optional['LaunchTemplateMaintenanceOptionsArgs']] = None,
        metadata_options: pulumi.Input[Optional['LaunchTemplateMetadataOptionsArgs']] = None,
        monitoring: pulumi.Input[Optional['LaunchTemplateMonitoringArgs']] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        network_interfaces: pulumi.Input[Optional[Sequence[pulumi.Input['LaunchTemplateNetworkInterfaceArgs']]]] = None,
        network_performance_options: pulumi.Input[Optional['LaunchTemplateNetworkPerformanceOptionsArgs']] = None,
        placement: pulumi.Input[Optional['LaunchTemplatePlacementArgs']] = None,
        private_dns_name_options: pulumi.Input[Optional['LaunchTemplatePrivateDnsNameOptionsArgs']] = None,
        ram_disk_id: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        secondary_interfaces: pulumi.Input[Optional[Sequence[pulumi.Input['LaunchTemplateSecondaryInterfaceArgs']]]] = None,
        security_group_names: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        tag_specifications: pulumi.Input[Optional[Sequence[pulumi.Input['LaunchTemplateTagSpecificationArgs']]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        update_default_version: pulumi.Input[Optional[_builtins.bool]] = None,
        user_data: pulumi.Input[Optional[_builtins.str]] = None,
        vpc_security_group_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def default_version(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def description(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def disable_api_stop(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def disable_api_termination(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def ebs_optimized(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def image_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def instance_initiated_shutdown_behavior(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def instance_type(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def kernel_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def key_name(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def latest_version(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def ram_disk_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def security_group_names(self) -> pulumi.Output[Optional[Sequence[_builtins.str]]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def update_default_version(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def user_data(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def vpc_security_group_ids(self) -> pulumi.Output[Optional[Sequence[_builtins.str]]]: ...

class LaunchTemplateArgs:
    def __init__(
        __self__,
        *,
        block_device_mappings: pulumi.Input[Optional[Sequence[pulumi.Input['LaunchTemplateBlockDeviceMappingArgs']]]] = None,
        capacity_reservation_specification: pulumi.Input[Optional['LaunchTemplateCapacityReservationSpecificationArgs']] = None,
        cpu_options: pulumi.Input[Optional['LaunchTemplateCpuOptionsArgs']] = None,
        credit_specification: pulumi.Input[Optional['LaunchTemplateCreditSpecificationArgs']] = None,
        default_version: pulumi.Input[Optional[_builtins.int]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        disable_api_stop: pulumi.Input[Optional[_builtins.bool]] = None,
        disable_api_termination: pulumi.Input[Optional[_builtins.bool]] = None,
        ebs_optimized: pulumi.Input[Optional[_builtins.str]] = None,
        enclave_options: pulumi.Input[Optional['LaunchTemplateEnclaveOptionsArgs']] = None,
        hibernation_options: pulumi.Input[Optional['LaunchTemplateHibernationOptionsArgs']] = None,
        iam_instance_profile: pulumi.Input[Optional['LaunchTemplateIamInstanceProfileArgs']] = None,
        image_id: pulumi.Input[Optional[_builtins.str]] = None,
        instance_initiated_shutdown_behavior: pulumi.Input[Optional[_builtins.str]] = None,
        instance_market_options: pulumi.Input[Optional['LaunchTemplateInstanceMarketOptionsArgs']] = None,
        instance_requirements: pulumi.Input[Optional['LaunchTemplateInstanceRequirementsArgs']] = None,
        instance_type: pulumi.Input[Optional[_builtins.str]] = None,
        kernel_id: pulumi.Input[Optional[_builtins.str]] = None,
        key_name: pulumi.Input[Optional[_builtins.str]] = None,
        license_specifications: pulumi.Input[Optional[Sequence[pulumi.Input['LaunchTemplateLicenseSpecificationArgs']]]] = None,
        maintenance_options: pulumi.Input[Optional['LaunchTemplateMaintenanceOptionsArgs']] = None,
        metadata_options: pulumi.Input[Optional['LaunchTemplateMetadataOptionsArgs']] = None,
        monitoring: pulumi.Input[Optional['LaunchTemplateMonitoringArgs']] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        network_interfaces: pulumi.Input[Optional[Sequence[pulumi.Input['LaunchTemplateNetworkInterfaceArgs']]]] = None,
        network_performance_options: pulumi.Input[Optional['LaunchTemplateNetworkPerformanceOptionsArgs']] = None,
        placement: pulumi.Input[Optional['LaunchTemplatePlacementArgs']] = None,
        private_dns_name_options: pulumi.Input[Optional['LaunchTemplatePrivateDnsNameOptionsArgs']] = None,
        ram_disk_id: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        secondary_interfaces: pulumi.Input[Optional[Sequence[pulumi.Input['LaunchTemplateSecondaryInterfaceArgs']]]] = None,
        security_group_names: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        tag_specifications: pulumi.Input[Optional[Sequence[pulumi.Input['LaunchTemplateTagSpecificationArgs']]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        update_default_version: pulumi.Input[Optional[_builtins.bool]] = None,
        user_data: pulumi.Input[Optional[_builtins.str]] = None,
        vpc_security_group_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class LaunchTemplateBlockDeviceMappingArgs:
    def __init__(
        __self__,
        *,
        device_name: pulumi.Input[Optional[_builtins.str]] = None,
        ebs: pulumi.Input[Optional['LaunchTemplateBlockDeviceMappingEbsArgs']] = None,
        no_device: pulumi.Input[Optional[_builtins.str]] = None,
        virtual_name: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplateBlockDeviceMappingEbsArgs:
    def __init__(
        __self__,
        *,
        delete_on_termination: pulumi.Input[Optional[_builtins.str]] = None,
        encrypted: pulumi.Input[Optional[_builtins.str]] = None,
        iops: pulumi.Input[Optional[_builtins.int]] = None,
        kms_key_id: pulumi.Input[Optional[_builtins.str]] = None,
        snapshot_id: pulumi.Input[Optional[_builtins.str]] = None,
        throughput: pulumi.Input[Optional[_builtins.int]] = None,
        volume_initialization_rate: pulumi.Input[Optional[_builtins.int]] = None,
        volume_size: pulumi.Input[Optional[_builtins.int]] = None,
        volume_type: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplateCapacityReservationSpecificationArgs:
    def __init__(
        __self__,
        *,
        capacity_reservation_preference: pulumi.Input[Optional[_builtins.str]] = None,
        capacity_reservation_target: pulumi.Input[Optional['LaunchTemplateCapacityReservationSpecificationCapacityReservationTargetArgs']] = None,
    ) -> None: ...

class LaunchTemplateCapacityReservationSpecificationCapacityReservationTargetArgs:
    def __init__(
        __self__,
        *,
        capacity_reservation_id: pulumi.Input[Optional[_builtins.str]] = None,
        capacity_reservation_resource_group_arn: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplateCpuOptionsArgs:
    def __init__(
        __self__,
        *,
        amd_sev_snp: pulumi.Input[Optional[_builtins.str]] = None,
        core_count: pulumi.Input[Optional[_builtins.int]] = None,
        nested_virtualization: pulumi.Input[Optional[_builtins.str]] = None,
        threads_per_core: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class LaunchTemplateCreditSpecificationArgs:
    def __init__(
        __self__,
        *,
        cpu_credits: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplateEnclaveOptionsArgs:
    def __init__(
        __self__,
        *,
        enabled: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class LaunchTemplateHibernationOptionsArgs:
    def __init__(
        __self__,
        *,
        configured: pulumi.Input[_builtins.bool],
    ) -> None: ...

class LaunchTemplateIamInstanceProfileArgs:
    def __init__(
        __self__,
        *,
        arn: pulumi.Input[Optional[_builtins.str]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplateInstanceMarketOptionsArgs:
    def __init__(
        __self__,
        *,
        market_type: pulumi.Input[Optional[_builtins.str]] = None,
        spot_options: pulumi.Input[Optional['LaunchTemplateInstanceMarketOptionsSpotOptionsArgs']] = None,
    ) -> None: ...

class LaunchTemplateInstanceMarketOptionsSpotOptionsArgs:
    def __init__(
        __self__,
        *,
        block_duration_minutes: pulumi.Input[Optional[_builtins.int]] = None,
        instance_interruption_behavior: pulumi.Input[Optional[_builtins.str]] = None,
        max_price: pulumi.Input[Optional[_builtins.str]] = None,
        spot_instance_type: pulumi.Input[Optional[_builtins.str]] = None,
        valid_until: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplateInstanceRequirementsAcceleratorCountArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.int]] = None,
        min: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class LaunchTemplateInstanceRequirementsAcceleratorTotalMemoryMibArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.int]] = None,
        min: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class LaunchTemplateInstanceRequirementsArgs:
    def __init__(
        __self__,
        *,
        memory_mib: pulumi.Input['LaunchTemplateInstanceRequirementsMemoryMibArgs'],
        vcpu_count: pulumi.Input['LaunchTemplateInstanceRequirementsVcpuCountArgs'],
        accelerator_count: pulumi.Input[Optional['LaunchTemplateInstanceRequirementsAcceleratorCountArgs']] = None,
        accelerator_manufacturers: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        accelerator_names: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        accelerator_total_memory_mib: pulumi.Input[Optional['LaunchTemplateInstanceRequirementsAcceleratorTotalMemoryMibArgs']] = None,
        accelerator_types: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        allowed_instance_types: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        bare_metal: pulumi.Input[Optional[_builtins.str]] = None,
        baseline_ebs_bandwidth_mbps: pulumi.Input[Optional['LaunchTemplateInstanceRequirementsBaselineEbsBandwidthMbpsArgs']] = None,
        burstable_performance: pulumi.Input[Optional[_builtins.str]] = None,
        cpu_manufacturers: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        excluded_instance_types: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        instance_generations: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        local_storage: pulumi.Input[Optional[_builtins.str]] = None,
        local_storage_types: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        max_spot_price_as_percentage_of_optimal_on_demand_price: pulumi.Input[Optional[_builtins.int]] = None,
        memory_gib_per_vcpu: pulumi.Input[Optional['LaunchTemplateInstanceRequirementsMemoryGibPerVcpuArgs']] = None,
        network_bandwidth_gbps: pulumi.Input[Optional['LaunchTemplateInstanceRequirementsNetworkBandwidthGbpsArgs']] = None,
        network_interface_count: pulumi.Input[Optional['LaunchTemplateInstanceRequirementsNetworkInterfaceCountArgs']] = None,
        on_demand_max_price_percentage_over_lowest_price: pulumi.Input[Optional[_builtins.int]] = None,
        require_hibernate_support: pulumi.Input[Optional[_builtins.bool]] = None,
        spot_max_price_percentage_over_lowest_price: pulumi.Input[Optional[_builtins.int]] = None,
        total_local_storage_gb: pulumi.Input[Optional['LaunchTemplateInstanceRequirementsTotalLocalStorageGbArgs']] = None,
    ) -> None: ...

class LaunchTemplateInstanceRequirementsBaselineEbsBandwidthMbpsArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.int]] = None,
        min: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class LaunchTemplateInstanceRequirementsMemoryGibPerVcpuArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.float]] = None,
        min: pulumi.Input[Optional[_builtins.float]] = None,
    ) -> None: ...

class LaunchTemplateInstanceRequirementsMemoryMibArgs:
    def __init__(
        __self__,
        *,
        min: pulumi.Input[_builtins.int],
        max: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class LaunchTemplateInstanceRequirementsNetworkBandwidthGbpsArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.float]] = None,
        min: pulumi.Input[Optional[_builtins.float]] = None,
    ) -> None: ...

class LaunchTemplateInstanceRequirementsNetworkInterfaceCountArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.int]] = None,
        min: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class LaunchTemplateInstanceRequirementsTotalLocalStorageGbArgs:
    def __init__(
        __self__,
        *,
        max: pulumi.Input[Optional[_builtins.float]] = None,
        min: pulumi.Input[Optional[_builtins.float]] = None,
    ) -> None: ...

class LaunchTemplateInstanceRequirementsVcpuCountArgs:
    def __init__(
        __self__,
        *,
        min: pulumi.Input[_builtins.int],
        max: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class LaunchTemplateLicenseSpecificationArgs:
    def __init__(
        __self__,
        *,
        license_configuration_arn: pulumi.Input[_builtins.str],
    ) -> None: ...

class LaunchTemplateMaintenanceOptionsArgs:
    def __init__(
        __self__,
        *,
        auto_recovery: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplateMetadataOptionsArgs:
    def __init__(
        __self__,
        *,
        http_endpoint: pulumi.Input[Optional[_builtins.str]] = None,
        http_protocol_ipv6: pulumi.Input[Optional[_builtins.str]] = None,
        http_put_response_hop_limit: pulumi.Input[Optional[_builtins.int]] = None,
        http_tokens: pulumi.Input[Optional[_builtins.str]] = None,
        instance_metadata_tags: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplateMonitoringArgs:
    def __init__(
        __self__,
        *,
        enabled: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class LaunchTemplateNetworkInterfaceArgs:
    def __init__(
        __self__,
        *,
        associate_carrier_ip_address: pulumi.Input[Optional[_builtins.str]] = None,
        associate_public_ip_address: pulumi.Input[Optional[_builtins.str]] = None,
        connection_tracking_specification: pulumi.Input[Optional['LaunchTemplateNetworkInterfaceConnectionTrackingSpecificationArgs']] = None,
        delete_on_termination: pulumi.Input[Optional[_builtins.str]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        device_index: pulumi.Input[Optional[_builtins.int]] = None,
        ena_queue_count: pulumi.Input[Optional[_builtins.int]] = None,
        ena_srd_specification: pulumi.Input[Optional['LaunchTemplateNetworkInterfaceEnaSrdSpecificationArgs']] = None,
        interface_type: pulumi.Input[Optional[_builtins.str]] = None,
        ipv4_address_count: pulumi.Input[Optional[_builtins.int]] = None,
        ipv4_addresses: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        ipv4_prefix_count: pulumi.Input[Optional[_builtins.int]] = None,
        ipv4_prefixes: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        ipv6_address_count: pulumi.Input[Optional[_builtins.int]] = None,
        ipv6_addresses: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        ipv6_prefix_count: pulumi.Input[Optional[_builtins.int]] = None,
        ipv6_prefixes: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        network_card_index: pulumi.Input[Optional[_builtins.int]] = None,
        network_interface_id: pulumi.Input[Optional[_builtins.str]] = None,
        primary_ipv6: pulumi.Input[Optional[_builtins.str]] = None,
        private_ip_address: pulumi.Input[Optional[_builtins.str]] = None,
        security_groups: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        subnet_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplateNetworkInterfaceConnectionTrackingSpecificationArgs:
    def __init__(
        __self__,
        *,
        tcp_established_timeout: pulumi.Input[Optional[_builtins.int]] = None,
        udp_stream_timeout: pulumi.Input[Optional[_builtins.int]] = None,
        udp_timeout: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class LaunchTemplateNetworkInterfaceEnaSrdSpecificationArgs:
    def __init__(
        __self__,
        *,
        ena_srd_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        ena_srd_udp_specification: pulumi.Input[Optional['LaunchTemplateNetworkInterfaceEnaSrdSpecificationEnaSrdUdpSpecificationArgs']] = None,
    ) -> None: ...

class LaunchTemplateNetworkInterfaceEnaSrdSpecificationEnaSrdUdpSpecificationArgs:
    def __init__(
        __self__,
        *,
        ena_srd_udp_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class LaunchTemplateNetworkPerformanceOptionsArgs:
    def __init__(
        __self__,
        *,
        bandwidth_weighting: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplatePlacementArgs:
    def __init__(
        __self__,
        *,
        affinity: pulumi.Input[Optional[_builtins.str]] = None,
        availability_zone: pulumi.Input[Optional[_builtins.str]] = None,
        group_id: pulumi.Input[Optional[_builtins.str]] = None,
        group_name: pulumi.Input[Optional[_builtins.str]] = None,
        host_id: pulumi.Input[Optional[_builtins.str]] = None,
        host_resource_group_arn: pulumi.Input[Optional[_builtins.str]] = None,
        partition_number: pulumi.Input[Optional[_builtins.int]] = None,
        spread_domain: pulumi.Input[Optional[_builtins.str]] = None,
        tenancy: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplatePrivateDnsNameOptionsArgs:
    def __init__(
        __self__,
        *,
        enable_resource_name_dns_a_record: pulumi.Input[Optional[_builtins.bool]] = None,
        enable_resource_name_dns_aaaa_record: pulumi.Input[Optional[_builtins.bool]] = None,
        hostname_type: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplateSecondaryInterfaceArgs:
    def __init__(
        __self__,
        *,
        delete_on_termination: pulumi.Input[Optional[_builtins.bool]] = None,
        device_index: pulumi.Input[Optional[_builtins.int]] = None,
        interface_type: pulumi.Input[Optional[_builtins.str]] = None,
        network_card_index: pulumi.Input[Optional[_builtins.int]] = None,
        private_ip_address_count: pulumi.Input[Optional[_builtins.int]] = None,
        private_ip_addresses: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        secondary_subnet_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class LaunchTemplateTagSpecificationArgs:
    def __init__(
        __self__,
        *,
        resource_type: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class NatGateway(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        allocation_id: pulumi.Input[Optional[_builtins.str]] = None,
        availability_mode: pulumi.Input[Optional[_builtins.str]] = None,
        availability_zone_addresses: pulumi.Input[Optional[Sequence[pulumi.Input['NatGatewayAvailabilityZoneAddressArgs']]]] = None,
        connectivity_type: pulumi.Input[Optional[_builtins.str]] = None,
        private_ip: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        secondary_allocation_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        secondary_private_ip_address_count: pulumi.Input[Optional[_builtins.int]] = None,
        secondary_private_ip_addresses: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        subnet_id: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        vpc_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def allocation_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def association_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def auto_provision_zones(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def auto_scaling_ips(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def availability_mode(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def connectivity_type(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def network_interface_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def private_ip(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def public_ip(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def regional_nat_gateway_auto_mode(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def route_table_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def secondary_allocation_ids(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def secondary_private_ip_address_count(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def secondary_private_ip_addresses(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def subnet_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def vpc_id(self) -> pulumi.Output[_builtins.str]: ...

class NatGatewayArgs:
    def __init__(
        __self__,
        *,
        allocation_id: pulumi.Input[Optional[_builtins.str]] = None,
        availability_mode: pulumi.Input[Optional[_builtins.str]] = None,
        availability_zone_addresses: pulumi.Input[Optional[Sequence[pulumi.Input['NatGatewayAvailabilityZoneAddressArgs']]]] = None,
        connectivity_type: pulumi.Input[Optional[_builtins.str]] = None,
        private_ip: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        secondary_allocation_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        secondary_private_ip_address_count: pulumi.Input[Optional[_builtins.int]] = None,
        secondary_private_ip_addresses: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        subnet_id: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        vpc_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class NatGatewayAvailabilityZoneAddressArgs:
    def __init__(
        __self__,
        *,
        allocation_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        availability_zone: pulumi.Input[Optional[_builtins.str]] = None,
        availability_zone_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class PlacementGroup(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        strategy: pulumi.Input[Union[_builtins.str, 'PlacementStrategy']],
        name: pulumi.Input[Optional[_builtins.str]] = None,
        partition_count: pulumi.Input[Optional[_builtins.int]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        spread_level: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def partition_count(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def placement_group_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def spread_level(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def strategy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...

class PlacementGroupArgs:
    def __init__(
        __self__,
        *,
        strategy: pulumi.Input[Union[_builtins.str, 'PlacementStrategy']],
        name: pulumi.Input[Optional[_builtins.str]] = None,
        partition_count: pulumi.Input[Optional[_builtins.int]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        spread_level: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class PlacementStrategy(_builtins.str, Enum):
    SPREAD = 'spread'
    CLUSTER = 'cluster'

class Route(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        route_table_id: pulumi.Input[_builtins.str],
        carrier_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        core_network_arn: pulumi.Input[Optional[_builtins.str]] = None,
        destination_cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        destination_ipv6_cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        destination_prefix_list_id: pulumi.Input[Optional[_builtins.str]] = None,
        egress_only_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        local_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        nat_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        network_interface_id: pulumi.Input[Optional[_builtins.str]] = None,
        odb_network_arn: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        transit_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        vpc_endpoint_id: pulumi.Input[Optional[_builtins.str]] = None,
        vpc_peering_connection_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def carrier_gateway_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def core_network_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def destination_cidr_block(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def destination_ipv6_cidr_block(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def destination_prefix_list_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def egress_only_gateway_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def gateway_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def instance_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def instance_owner_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def local_gateway_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def nat_gateway_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def network_interface_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def odb_network_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def origin(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def route_table_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def state(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def transit_gateway_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def vpc_endpoint_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def vpc_peering_connection_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...

class RouteArgs:
    def __init__(
        __self__,
        *,
        route_table_id: pulumi.Input[_builtins.str],
        carrier_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        core_network_arn: pulumi.Input[Optional[_builtins.str]] = None,
        destination_cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        destination_ipv6_cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        destination_prefix_list_id: pulumi.Input[Optional[_builtins.str]] = None,
        egress_only_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        local_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        nat_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        network_interface_id: pulumi.Input[Optional[_builtins.str]] = None,
        odb_network_arn: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        transit_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        vpc_endpoint_id: pulumi.Input[Optional[_builtins.str]] = None,
        vpc_peering_connection_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class RouteTable(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        vpc_id: pulumi.Input[_builtins.str],
        propagating_vgws: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        routes: pulumi.Input[Optional[Sequence[pulumi.Input['RouteTableRouteArgs']]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def owner_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def propagating_vgws(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def vpc_id(self) -> pulumi.Output[_builtins.str]: ...

class RouteTableArgs:
    def __init__(
        __self__,
        *,
        vpc_id: pulumi.Input[_builtins.str],
        propagating_vgws: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        routes: pulumi.Input[Optional[Sequence[pulumi.Input['RouteTableRouteArgs']]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class RouteTableAssociation(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        route_table_id: pulumi.Input[_builtins.str],
        gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        subnet_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def gateway_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def route_table_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def subnet_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...

class RouteTableAssociationArgs:
    def __init__(
        __self__,
        *,
        route_table_id: pulumi.Input[_builtins.str],
        gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        subnet_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class RouteTableRouteArgs:
    def __init__(
        __self__,
        *,
        carrier_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        core_network_arn: pulumi.Input[Optional[_builtins.str]] = None,
        destination_prefix_list_id: pulumi.Input[Optional[_builtins.str]] = None,
        egress_only_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        local_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        nat_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        network_interface_id: pulumi.Input[Optional[_builtins.str]] = None,
        odb_network_arn: pulumi.Input[Optional[_builtins.str]] = None,
        transit_gateway_id: pulumi.Input[Optional[_builtins.str]] = None,
        vpc_endpoint_id: pulumi.Input[Optional[_builtins.str]] = None,
        vpc_peering_connection_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class SecurityGroup(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        egress: pulumi.Input[Optional[Sequence[pulumi.Input['SecurityGroupEgressArgs']]]] = None,
        ingress: pulumi.Input[Optional[Sequence[pulumi.Input['SecurityGroupIngressArgs']]]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        revoke_rules_on_delete: pulumi.Input[Optional[_builtins.bool]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        vpc_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def description(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def owner_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def revoke_rules_on_delete(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def vpc_id(self) -> pulumi.Output[_builtins.str]: ...

class SecurityGroupArgs:
    def __init__(
        __self__,
        *,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        egress: pulumi.Input[Optional[Sequence[pulumi.Input['SecurityGroupEgressArgs']]]] = None,
        ingress: pulumi.Input[Optional[Sequence[pulumi.Input['SecurityGroupIngressArgs']]]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        revoke_rules_on_delete: pulumi.Input[Optional[_builtins.bool]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        vpc_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class SecurityGroupEgressArgs:
    def __init__(
        __self__,
        *,
        from_port: pulumi.Input[_builtins.int],
        protocol: pulumi.Input[_builtins.str],
        to_port: pulumi.Input[_builtins.int],
        cidr_blocks: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_cidr_blocks: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        prefix_list_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        security_groups: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        self: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class SecurityGroupIngressArgs:
    def __init__(
        __self__,
        *,
        from_port: pulumi.Input[_builtins.int],
        protocol: pulumi.Input[_builtins.str],
        to_port: pulumi.Input[_builtins.int],
        cidr_blocks: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        description: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_cidr_blocks: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        prefix_list_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        security_groups: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        self: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class Subnet(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        vpc_id: pulumi.Input[_builtins.str],
        assign_ipv6_address_on_creation: pulumi.Input[Optional[_builtins.bool]] = None,
        availability_zone: pulumi.Input[Optional[_builtins.str]] = None,
        availability_zone_id: pulumi.Input[Optional[_builtins.str]] = None,
        cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        customer_owned_ipv4_pool: pulumi.Input[Optional[_builtins.str]] = None,
        enable_dns64: pulumi.Input[Optional[_builtins.bool]] = None,
        enable_lni_at_device_index: pulumi.Input[Optional[_builtins.int]] = None,
        enable_resource_name_dns_a_record_on_launch: pulumi.Input[Optional[_builtins.bool]] = None,
        enable_resource_name_dns_aaaa_record_on_launch: pulumi.Input[Optional[_builtins.bool]] = None,
        ipv4_ipam_pool_id: pulumi.Input[Optional[_builtins.str]] = None,
        ipv4_netmask_length: pulumi.Input[Optional[_builtins.int]] = None,
        ipv6_cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_ipam_pool_id: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_native: pulumi.Input[Optional[_builtins.bool]] = None,
        ipv6_netmask_length: pulumi.Input[Optional[_builtins.int]] = None,
        map_customer_owned_ip_on_launch: pulumi.Input[Optional[_builtins.bool]] = None,
        map_public_ip_on_launch: pulumi.Input[Optional[_builtins.bool]] = None,
        outpost_arn: pulumi.Input[Optional[_builtins.str]] = None,
        private_dns_hostname_type_on_launch: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def assign_ipv6_address_on_creation(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def availability_zone(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def availability_zone_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def cidr_block(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def customer_owned_ipv4_pool(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def enable_dns64(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def enable_lni_at_device_index(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def enable_resource_name_dns_a_record_on_launch(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def enable_resource_name_dns_aaaa_record_on_launch(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def ipv4_ipam_pool_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def ipv4_netmask_length(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def ipv6_cidr_block(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def ipv6_cidr_block_association_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def ipv6_ipam_pool_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def ipv6_native(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def ipv6_netmask_length(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def map_customer_owned_ip_on_launch(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def map_public_ip_on_launch(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def outpost_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def owner_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def private_dns_hostname_type_on_launch(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def vpc_id(self) -> pulumi.Output[_builtins.str]: ...

class SubnetArgs:
    def __init__(
        __self__,
        *,
        vpc_id: pulumi.Input[_builtins.str],
        assign_ipv6_address_on_creation: pulumi.Input[Optional[_builtins.bool]] = None,
        availability_zone: pulumi.Input[Optional[_builtins.str]] = None,
        availability_zone_id: pulumi.Input[Optional[_builtins.str]] = None,
        cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        customer_owned_ipv4_pool: pulumi.Input[Optional[_builtins.str]] = None,
        enable_dns64: pulumi.Input[Optional[_builtins.bool]] = None,
        enable_lni_at_device_index: pulumi.Input[Optional[_builtins.int]] = None,
        enable_resource_name_dns_a_record_on_launch: pulumi.Input[Optional[_builtins.bool]] = None,
        enable_resource_name_dns_aaaa_record_on_launch: pulumi.Input[Optional[_builtins.bool]] = None,
        ipv4_ipam_pool_id: pulumi.Input[Optional[_builtins.str]] = None,
        ipv4_netmask_length: pulumi.Input[Optional[_builtins.int]] = None,
        ipv6_cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_ipam_pool_id: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_native: pulumi.Input[Optional[_builtins.bool]] = None,
        ipv6_netmask_length: pulumi.Input[Optional[_builtins.int]] = None,
        map_customer_owned_ip_on_launch: pulumi.Input[Optional[_builtins.bool]] = None,
        map_public_ip_on_launch: pulumi.Input[Optional[_builtins.bool]] = None,
        outpost_arn: pulumi.Input[Optional[_builtins.str]] = None,
        private_dns_hostname_type_on_launch: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class Vpc(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        assign_generated_ipv6_cidr_block: pulumi.Input[Optional[_builtins.bool]] = None,
        cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        enable_dns_hostnames: pulumi.Input[Optional[_builtins.bool]] = None,
        enable_dns_support: pulumi.Input[Optional[_builtins.bool]] = None,
        enable_network_address_usage_metrics: pulumi.Input[Optional[_builtins.bool]] = None,
        instance_tenancy: pulumi.Input[Optional[_builtins.str]] = None,
        ipv4_ipam_pool_id: pulumi.Input[Optional[_builtins.str]] = None,
        ipv4_netmask_length: pulumi.Input[Optional[_builtins.int]] = None,
        ipv6_cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_cidr_block_network_border_group: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_ipam_pool_id: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_netmask_length: pulumi.Input[Optional[_builtins.int]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def assign_generated_ipv6_cidr_block(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def cidr_block(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def default_network_acl_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def default_route_table_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def default_security_group_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def dhcp_options_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def enable_dns_hostnames(self) -> pulumi.Output[_builtins.bool]: ...
    @_builtins.property
    def enable_dns_support(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def enable_network_address_usage_metrics(self) -> pulumi.Output[_builtins.bool]: ...
    @_builtins.property
    def instance_tenancy(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def ipv4_ipam_pool_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def ipv4_netmask_length(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def ipv6_association_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def ipv6_cidr_block(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def ipv6_cidr_block_network_border_group(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def ipv6_ipam_pool_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def ipv6_netmask_length(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def main_route_table_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def owner_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...

class VpcArgs:
    def __init__(
        __self__,
        *,
        assign_generated_ipv6_cidr_block: pulumi.Input[Optional[_builtins.bool]] = None,
        cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        enable_dns_hostnames: pulumi.Input[Optional[_builtins.bool]] = None,
        enable_dns_support: pulumi.Input[Optional[_builtins.bool]] = None,
        enable_network_address_usage_metrics: pulumi.Input[Optional[_builtins.bool]] = None,
        instance_tenancy: pulumi.Input[Optional[_builtins.str]] = None,
        ipv4_ipam_pool_id: pulumi.Input[Optional[_builtins.str]] = None,
        ipv4_netmask_length: pulumi.Input[Optional[_builtins.int]] = None,
        ipv6_cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_cidr_block_network_border_group: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_ipam_pool_id: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6_netmask_length: pulumi.Input[Optional[_builtins.int]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class VpcEndpoint(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        vpc_id: pulumi.Input[_builtins.str],
        auto_accept: pulumi.Input[Optional[_builtins.bool]] = None,
        dns_options: pulumi.Input[Optional['VpcEndpointDnsOptionsArgs']] = None,
        ip_address_type: pulumi.Input[Optional[_builtins.str]] = None,
        policy: pulumi.Input[Optional[_builtins.str]] = None,
        private_dns_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        resource_configuration_arn: pulumi.Input[Optional[_builtins.str]] = None,
        route_table_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        security_group_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        service_name: pulumi.Input[Optional[_builtins.str]] = None,
        service_network_arn: pulumi.Input[Optional[_builtins.str]] = None,
        service_region: pulumi.Input[Optional[_builtins.str]] = None,
        subnet_configurations: pulumi.Input[Optional[Sequence[pulumi.Input['VpcEndpointSubnetConfigurationArgs']]]] = None,
        subnet_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        vpc_endpoint_type: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def auto_accept(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def cidr_blocks(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def ip_address_type(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def network_interface_ids(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def owner_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def policy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def prefix_list_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def private_dns_enabled(self) -> pulumi.Output[_builtins.bool]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def requester_managed(self) -> pulumi.Output[_builtins.bool]: ...
    @_builtins.property
    def resource_configuration_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def route_table_ids(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def security_group_ids(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def service_name(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def service_network_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def service_region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def state(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def subnet_ids(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def vpc_endpoint_type(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def vpc_id(self) -> pulumi.Output[_builtins.str]: ...

class VpcEndpointArgs:
    def __init__(
        __self__,
        *,
        vpc_id: pulumi.Input[_builtins.str],
        auto_accept: pulumi.Input[Optional[_builtins.bool]] = None,
        dns_options: pulumi.Input[Optional['VpcEndpointDnsOptionsArgs']] = None,
        ip_address_type: pulumi.Input[Optional[_builtins.str]] = None,
        policy: pulumi.Input[Optional[_builtins.str]] = None,
        private_dns_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        resource_configuration_arn: pulumi.Input[Optional[_builtins.str]] = None,
        route_table_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        security_group_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        service_name: pulumi.Input[Optional[_builtins.str]] = None,
        service_network_arn: pulumi.Input[Optional[_builtins.str]] = None,
        service_region: pulumi.Input[Optional[_builtins.str]] = None,
        subnet_configurations: pulumi.Input[Optional[Sequence[pulumi.Input['VpcEndpointSubnetConfigurationArgs']]]] = None,
        subnet_ids: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        vpc_endpoint_type: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class VpcEndpointDnsOptionsArgs:
    def __init__(
        __self__,
        *,
        dns_record_ip_type: pulumi.Input[Optional[_builtins.str]] = None,
        private_dns_only_for_inbound_resolver_endpoint: pulumi.Input[Optional[_builtins.bool]] = None,
        private_dns_preference: pulumi.Input[Optional[_builtins.str]] = None,
        private_dns_specified_domains: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
    ) -> None: ...

class VpcEndpointSubnetConfigurationArgs:
    def __init__(
        __self__,
        *,
        ipv4: pulumi.Input[Optional[_builtins.str]] = None,
        ipv6: pulumi.Input[Optional[_builtins.str]] = None,
        subnet_id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class VpcIpv4CidrBlockAssociation(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        vpc_id: pulumi.Input[_builtins.str],
        cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        ipv4_ipam_pool_id: pulumi.Input[Optional[_builtins.str]] = None,
        ipv4_netmask_length: pulumi.Input[Optional[_builtins.int]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def cidr_block(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def ipv4_ipam_pool_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def ipv4_netmask_length(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def vpc_id(self) -> pulumi.Output[_builtins.str]: ...

class VpcIpv4CidrBlockAssociationArgs:
    def __init__(
        __self__,
        *,
        vpc_id: pulumi.Input[_builtins.str],
        cidr_block: pulumi.Input[Optional[_builtins.str]] = None,
        ipv4_ipam_pool_id: pulumi.Input[Optional[_builtins.str]] = None,
        ipv4_netmask_length: pulumi.Input[Optional[_builtins.int]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

def get_instance_type(
    instance_type: Optional[_builtins.str] = None,
    region: Optional[_builtins.str] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetInstanceTypeResult: ...

def get_instance_type_offerings(
    filters: Optional[Sequence[Union['GetInstanceTypeOfferingsFilterArgs', 'GetInstanceTypeOfferingsFilterArgsDict', 'outputs.GetInstanceTypeOfferingsFilterResult']]] = None,
    location_type: Optional[_builtins.str] = None,
    region: Optional[_builtins.str] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetInstanceTypeOfferingsResult: ...

def get_instance_types(
    filters: Optional[Sequence[Union['GetInstanceTypesFilterArgs', 'GetInstanceTypesFilterArgsDict', 'outputs.GetInstanceTypesFilterResult']]] = None,
    region: Optional[_builtins.str] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetInstanceTypesResult: ...

def get_launch_template(
    filters: Optional[Sequence[Union['GetLaunchTemplateFilterArgs', 'GetLaunchTemplateFilterArgsDict', 'outputs.GetLaunchTemplateFilterResult']]] = None,
    id: Optional[_builtins.str] = None,
    name: Optional[_builtins.str] = None,
    region: Optional[_builtins.str] = None,
    tags: Optional[Mapping[str, _builtins.str]] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetLaunchTemplateResult: ...

def get_route_table(
    filters: Optional[Sequence[Union['GetRouteTableFilterArgs', 'GetRouteTableFilterArgsDict', 'outputs.GetRouteTableFilterResult']]] = None,
    gateway_id: Optional[_builtins.str] = None,
    region: Optional[_builtins.str] = None,
    route_table_id: Optional[_builtins.str] = None,
    subnet_id: Optional[_builtins.str] = None,
    tags: Optional[Mapping[str, _builtins.str]] = None,
    vpc_id: Optional[_builtins.str] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetRouteTableResult: ...

def get_security_group(
    filters: Optional[Sequence[Union['GetSecurityGroupFilterArgs', 'GetSecurityGroupFilterArgsDict', 'outputs.GetSecurityGroupFilterResult']]] = None,
    id: Optional[_builtins.str] = None,
    name: Optional[_builtins.str] = None,
    region: Optional[_builtins.str] = None,
    tags: Optional[Mapping[str, _builtins.str]] = None,
    vpc_id: Optional[_builtins.str] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetSecurityGroupResult: ...

def get_subnet(
    availability_zone: Optional[_builtins.str] = None,
    availability_zone_id: Optional[_builtins.str] = None,
    cidr_block: Optional[_builtins.str] = None,
    default_for_az: Optional[_builtins.bool] = None,
    filters: Optional[Sequence[Union['GetSubnetFilterArgs', 'GetSubnetFilterArgsDict', 'outputs.GetSubnetFilterResult']]] = None,
    id: Optional[_builtins.str] = None,
    ipv6_cidr_block: Optional[_builtins.str] = None,
    region: Optional[_builtins.str] = None,
    state: Optional[_builtins.str] = None,
    tags: Optional[Mapping[str, _builtins.str]] = None,
    vpc_id: Optional[_builtins.str] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetSubnetResult: ...

def get_subnets(
    filters: Optional[Sequence[Union['GetSubnetsFilterArgs', 'GetSubnetsFilterArgsDict', 'outputs.GetSubnetsFilterResult']]] = None,
    region: Optional[_builtins.str] = None,
    tags: Optional[Mapping[str, _builtins.str]] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetSubnetsResult: ...

def get_vpc(
    cidr_block: Optional[_builtins.str] = None,
    default: Optional[_builtins.bool] = None,
    dhcp_options_id: Optional[_builtins.str] = None,
    filters: Optional[Sequence[Union['GetVpcFilterArgs', 'GetVpcFilterArgsDict', 'outputs.GetVpcFilterResult']]] = None,
    id: Optional[_builtins.str] = None,
    region: Optional[_builtins.str] = None,
    state: Optional[_builtins.str] = None,
    tags: Optional[Mapping[str, _builtins.str]] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetVpcResult: ...

def get_vpc_endpoint(
    filters: Optional[Sequence[Union['GetVpcEndpointFilterArgs', 'GetVpcEndpointFilterArgsDict', 'outputs.GetVpcEndpointFilterResult']]] = None,
    id: Optional[_builtins.str] = None,
    region: Optional[_builtins.str] = None,
    service_name: Optional[_builtins.str] = None,
    service_region: Optional[_builtins.str] = None,
    state: Optional[_builtins.str] = None,
    tags: Optional[Mapping[str, _builtins.str]] = None,
    vpc_endpoint_type: Optional[_builtins.str] = None,
    vpc_id: Optional[_builtins.str] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetVpcEndpointResult: ...

def get_vpc_endpoint_service(
    filters: Optional[Sequence[Union['GetVpcEndpointServiceFilterArgs', 'GetVpcEndpointServiceFilterArgsDict', 'outputs.GetVpcEndpointServiceFilterResult']]] = None,
    service: Optional[_builtins.str] = None,
    service_name: Optional[_builtins.str] = None,
    service_regions: Optional[Sequence[_builtins.str]] = None,
    service_type: Optional[_builtins.str] = None,
    tags: Optional[Mapping[str, _builtins.str]] = None,
    opts: Optional[pulumi.InvokeOptions] = None,
) -> GetVpcEndpointServiceResult: ...
