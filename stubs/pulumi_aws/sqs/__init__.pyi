# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

from .. import iam as _iam
from .. import iam as iam

class PolicyDocumentArgs:
    def __init__(
        __self__,
        *,
        statement: pulumi.Input[Sequence[pulumi.Input['_iam.PolicyStatementArgs']]],
        version: pulumi.Input['iam.PolicyDocumentVersion'],
        id: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class Queue(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        content_based_deduplication: pulumi.Input[Optional[_builtins.bool]] = None,
        deduplication_scope: pulumi.Input[Optional[_builtins.str]] = None,
        delay_seconds: pulumi.Input[Optional[_builtins.int]] = None,
        fifo_queue: pulumi.Input[Optional[_builtins.bool]] = None,
        fifo_throughput_limit: pulumi.Input[Optional[_builtins.str]] = None,
        kms_data_key_reuse_period_seconds: pulumi.Input[Optional[_builtins.int]] = None,
        kms_master_key_id: pulumi.Input[Optional[_builtins.str]] = None,
        max_message_size: pulumi.Input[Optional[_builtins.int]] = None,
        message_retention_seconds: pulumi.Input[Optional[_builtins.int]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        policy: pulumi.Input[Optional[_builtins.str]] = None,
        receive_wait_time_seconds: pulumi.Input[Optional[_builtins.int]] = None,
        redrive_allow_policy: pulumi.Input[Optional[_builtins.str]] = None,
        redrive_policy: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        sqs_managed_sse_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        visibility_timeout_seconds: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def content_based_deduplication(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def deduplication_scope(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def delay_seconds(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def fifo_queue(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def fifo_throughput_limit(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def kms_data_key_reuse_period_seconds(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def kms_master_key_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def max_message_size(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def message_retention_seconds(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def policy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def receive_wait_time_seconds(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def redrive_allow_policy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def redrive_policy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def sqs_managed_sse_enabled(self) -> pulumi.Output[_builtins.bool]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def url(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def visibility_timeout_seconds(self) -> pulumi.Output[Optional[_builtins.int]]: ...

class QueueArgs:
    def __init__(
        __self__,
        *,
        content_based_deduplication: pulumi.Input[Optional[_builtins.bool]] = None,
        deduplication_scope: pulumi.Input[Optional[_builtins.str]] = None,
        delay_seconds: pulumi.Input[Optional[_builtins.int]] = None,
        fifo_queue: pulumi.Input[Optional[_builtins.bool]] = None,
        fifo_throughput_limit: pulumi.Input[Optional[_builtins.str]] = None,
        kms_data_key_reuse_period_seconds: pulumi.Input[Optional[_builtins.int]] = None,
        kms_master_key_id: pulumi.Input[Optional[_builtins.str]] = None,
        max_message_size: pulumi.Input[Optional[_builtins.int]] = None,
        message_retention_seconds: pulumi.Input[Optional[_builtins.int]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        policy: pulumi.Input[Optional[_builtins.str]] = None,
        receive_wait_time_seconds: pulumi.Input[Optional[_builtins.int]] = None,
        redrive_allow_policy: pulumi.Input[Optional[_builtins.str]] = None,
        redrive_policy: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        sqs_managed_sse_enabled: pulumi.Input[Optional[_builtins.bool]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        visibility_timeout_seconds: pulumi.Input[Optional[_builtins.int]] = None,
    ) -> None: ...

class QueuePolicy(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        policy: pulumi.Input[Union[_builtins.str, 'PolicyDocumentArgs']],
        queue_url: pulumi.Input[_builtins.str],
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def policy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def queue_url(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...

class QueuePolicyArgs:
    def __init__(
        __self__,
        *,
        policy: pulumi.Input[Union[_builtins.str, 'PolicyDocumentArgs']],
        queue_url: pulumi.Input[_builtins.str],
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
