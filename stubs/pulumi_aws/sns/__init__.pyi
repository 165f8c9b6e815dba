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

class Topic(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        application_failure_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        application_success_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        application_success_feedback_sample_rate: pulumi.Input[Optional[_builtins.int]] = None,
        archive_policy: pulumi.Input[Optional[_builtins.str]] = None,
        content_based_deduplication: pulumi.Input[Optional[_builtins.bool]] = None,
        delivery_policy: pulumi.Input[Optional[_builtins.str]] = None,
        display_name: pulumi.Input[Optional[_builtins.str]] = None,
        fifo_throughput_scope: pulumi.Input[Optional[_builtins.str]] = None,
        fifo_topic: pulumi.Input[Optional[_builtins.bool]] = None,
        firehose_failure_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        firehose_success_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        firehose_success_feedback_sample_rate: pulumi.Input[Optional[_builtins.int]] = None,
        http_failure_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        http_success_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        http_success_feedback_sample_rate: pulumi.Input[Optional[_builtins.int]] = None,
        kms_master_key_id: pulumi.Input[Optional[_builtins.str]] = None,
        lambda_failure_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        lambda_success_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        lambda_success_feedback_sample_rate: pulumi.Input[Optional[_builtins.int]] = None,
        maximum_message_size: pulumi.Input[Optional[_builtins.int]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        policy: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        signature_version: pulumi.Input[Optional[_builtins.int]] = None,
        sqs_failure_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        sqs_success_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        sqs_success_feedback_sample_rate: pulumi.Input[Optional[_builtins.int]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        tracing_config: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def application_failure_feedback_role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def application_success_feedback_role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def application_success_feedback_sample_rate(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def archive_policy(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def beginning_archive_time(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def content_based_deduplication(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def delivery_policy(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def display_name(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def fifo_throughput_scope(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def fifo_topic(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def firehose_failure_feedback_role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def firehose_success_feedback_role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def firehose_success_feedback_sample_rate(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def http_failure_feedback_role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def http_success_feedback_role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def http_success_feedback_sample_rate(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def kms_master_key_id(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def lambda_failure_feedback_role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def lambda_success_feedback_role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def lambda_success_feedback_sample_rate(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def maximum_message_size(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def name_prefix(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def owner(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def policy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def signature_version(self) -> pulumi.Output[_builtins.int]: ...
    @_builtins.property
    def sqs_failure_feedback_role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def sqs_success_feedback_role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def sqs_success_feedback_sample_rate(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def tracing_config(self) -> pulumi.Output[_builtins.str]: ...

class TopicArgs:
    def __init__(
        __self__,
        *,
        application_failure_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        application_success_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        application_success_feedback_sample_rate: pulumi.Input[Optional[_builtins.int]] = None,
        archive_policy: pulumi.Input[Optional[_builtins.str]] = None,
        content_based_deduplication: pulumi.Input[Optional[_builtins.bool]] = None,
        delivery_policy: pulumi.Input[Optional[_builtins.str]] = None,
        display_name: pulumi.Input[Optional[_builtins.str]] = None,
        fifo_throughput_scope: pulumi.Input[Optional[_builtins.str]] = None,
        fifo_topic: pulumi.Input[Optional[_builtins.bool]] = None,
        firehose_failure_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        firehose_success_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        firehose_success_feedback_sample_rate: pulumi.Input[Optional[_builtins.int]] = None,
        http_failure_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        http_success_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        http_success_feedback_sample_rate: pulumi.Input[Optional[_builtins.int]] = None,
        kms_master_key_id: pulumi.Input[Optional[_builtins.str]] = None,
        lambda_failure_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        lambda_success_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        lambda_success_feedback_sample_rate: pulumi.Input[Optional[_builtins.int]] = None,
        maximum_message_size: pulumi.Input[Optional[_builtins.int]] = None,
        name: pulumi.Input[Optional[_builtins.str]] = None,
        name_prefix: pulumi.Input[Optional[_builtins.str]] = None,
        policy: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        signature_version: pulumi.Input[Optional[_builtins.int]] = None,
        sqs_failure_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        sqs_success_feedback_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
        sqs_success_feedback_sample_rate: pulumi.Input[Optional[_builtins.int]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        tracing_config: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class TopicPolicy(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        arn: pulumi.Input[_builtins.str],
        policy: pulumi.Input[Union[_builtins.str, 'PolicyDocumentArgs']],
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def owner(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def policy(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...

class TopicPolicyArgs:
    def __init__(
        __self__,
        *,
        arn: pulumi.Input[_builtins.str],
        policy: pulumi.Input[Union[_builtins.str, 'PolicyDocumentArgs']],
        region: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class TopicSubscription(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        endpoint: pulumi.Input[_builtins.str],
        protocol: pulumi.Input[_builtins.str],
        topic: pulumi.Input[_builtins.str],
        confirmation_timeout_in_minutes: pulumi.Input[Optional[_builtins.int]] = None,
        delivery_policy: pulumi.Input[Optional[_builtins.str]] = None,
        endpoint_auto_confirms: pulumi.Input[Optional[_builtins.bool]] = None,
        filter_policy: pulumi.Input[Optional[_builtins.str]] = None,
        filter_policy_scope: pulumi.Input[Optional[_builtins.str]] = None,
        raw_message_delivery: pulumi.Input[Optional[_builtins.bool]] = None,
        redrive_policy: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        replay_policy: pulumi.Input[Optional[_builtins.str]] = None,
        subscription_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
    @_builtins.property
    def arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def confirmation_timeout_in_minutes(self) -> pulumi.Output[Optional[_builtins.int]]: ...
    @_builtins.property
    def confirmation_was_authenticated(self) -> pulumi.Output[_builtins.bool]: ...
    @_builtins.property
    def delivery_policy(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def endpoint(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def endpoint_auto_confirms(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def filter_policy(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def filter_policy_scope(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def owner_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def pending_confirmation(self) -> pulumi.Output[_builtins.bool]: ...
    @_builtins.property
    def protocol(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def raw_message_delivery(self) -> pulumi.Output[Optional[_builtins.bool]]: ...
    @_builtins.property
    def redrive_policy(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def replay_policy(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def subscription_role_arn(self) -> pulumi.Output[Optional[_builtins.str]]: ...
    @_builtins.property
    def topic(self) -> pulumi.Output[_builtins.str]: ...

class TopicSubscriptionArgs:
    def __init__(
        __self__,
        *,
        endpoint: pulumi.Input[_builtins.str],
        protocol: pulumi.Input[_builtins.str],
        topic: pulumi.Input[_builtins.str],
        confirmation_timeout_in_minutes: pulumi.Input[Optional[_builtins.int]] = None,
        delivery_policy: pulumi.Input[Optional[_builtins.str]] = None,
        endpoint_auto_confirms: pulumi.Input[Optional[_builtins.bool]] = None,
        filter_policy: pulumi.Input[Optional[_builtins.str]] = None,
        filter_policy_scope: pulumi.Input[Optional[_builtins.str]] = None,
        raw_message_delivery: pulumi.Input[Optional[_builtins.bool]] = None,
        redrive_policy: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        replay_policy: pulumi.Input[Optional[_builtins.str]] = None,
        subscription_role_arn: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
