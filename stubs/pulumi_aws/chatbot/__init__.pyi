# Written by tools/provider_stubs.py (`make docs`) from the installed pulumi-aws; not by hand.
import builtins as _builtins
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NotRequired, Optional, TypedDict, Union

import pulumi

class SlackChannelConfiguration(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        configuration_name: pulumi.Input[_builtins.str],
        iam_role_arn: pulumi.Input[_builtins.str],
        slack_channel_id: pulumi.Input[_builtins.str],
        slack_team_id: pulumi.Input[_builtins.str],
        guardrail_policy_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        logging_level: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        sns_topic_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        timeouts: pulumi.Input[Optional['SlackChannelConfigurationTimeoutsArgs']] = None,
        user_authorization_required: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...
    @_builtins.property
    def chat_configuration_arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def configuration_name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def guardrail_policy_arns(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def iam_role_arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def logging_level(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def slack_channel_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def slack_channel_name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def slack_team_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def slack_team_name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def sns_topic_arns(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def user_authorization_required(self) -> pulumi.Output[_builtins.bool]: ...

class SlackChannelConfigurationArgs:
    def __init__(
        __self__,
        *,
        configuration_name: pulumi.Input[_builtins.str],
        iam_role_arn: pulumi.Input[_builtins.str],
        slack_channel_id: pulumi.Input[_builtins.str],
        slack_team_id: pulumi.Input[_builtins.str],
        guardrail_policy_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        logging_level: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        sns_topic_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        timeouts: pulumi.Input[Optional['SlackChannelConfigurationTimeoutsArgs']] = None,
        user_authorization_required: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class SlackChannelConfigurationTimeoutsArgs:
    def __init__(
        __self__,
        *,
        create: pulumi.Input[Optional[_builtins.str]] = None,
        delete: pulumi.Input[Optional[_builtins.str]] = None,
        update: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...

class TeamsChannelConfiguration(pulumi.CustomResource):
    def __init__(
        __self__,
        resource_name: _builtins.str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        channel_id: pulumi.Input[_builtins.str],
        configuration_name: pulumi.Input[_builtins.str],
        iam_role_arn: pulumi.Input[_builtins.str],
        team_id: pulumi.Input[_builtins.str],
        tenant_id: pulumi.Input[_builtins.str],
        channel_name: pulumi.Input[Optional[_builtins.str]] = None,
        guardrail_policy_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        logging_level: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        sns_topic_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        team_name: pulumi.Input[Optional[_builtins.str]] = None,
        timeouts: pulumi.Input[Optional['TeamsChannelConfigurationTimeoutsArgs']] = None,
        user_authorization_required: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...
    @_builtins.property
    def channel_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def channel_name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def chat_configuration_arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def configuration_name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def guardrail_policy_arns(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def iam_role_arn(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def logging_level(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def region(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def sns_topic_arns(self) -> pulumi.Output[Sequence[_builtins.str]]: ...
    @_builtins.property
    def tags(self) -> pulumi.Output[Optional[Mapping[str, _builtins.str]]]: ...
    @_builtins.property
    def tags_all(self) -> pulumi.Output[Mapping[str, _builtins.str]]: ...
    @_builtins.property
    def team_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def team_name(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def tenant_id(self) -> pulumi.Output[_builtins.str]: ...
    @_builtins.property
    def user_authorization_required(self) -> pulumi.Output[_builtins.bool]: ...

class TeamsChannelConfigurationArgs:
    def __init__(
        __self__,
        *,
        channel_id: pulumi.Input[_builtins.str],
        configuration_name: pulumi.Input[_builtins.str],
        iam_role_arn: pulumi.Input[_builtins.str],
        team_id: pulumi.Input[_builtins.str],
        tenant_id: pulumi.Input[_builtins.str],
        channel_name: pulumi.Input[Optional[_builtins.str]] = None,
        guardrail_policy_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        logging_level: pulumi.Input[Optional[_builtins.str]] = None,
        region: pulumi.Input[Optional[_builtins.str]] = None,
        sns_topic_arns: pulumi.Input[Optional[Sequence[pulumi.Input[_builtins.str]]]] = None,
        tags: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
        team_name: pulumi.Input[Optional[_builtins.str]] = None,
        timeouts: pulumi.Input[Optional['TeamsChannelConfigurationTimeoutsArgs']] = None,
        user_authorization_required: pulumi.Input[Optional[_builtins.bool]] = None,
    ) -> None: ...

class TeamsChannelConfigurationTimeoutsArgs:
    def __init__(
        __self__,
        *,
        create: pulumi.Input[Optional[_builtins.str]] = None,
        delete: pulumi.Input[Optional[_builtins.str]] = None,
        update: pulumi.Input[Optional[_builtins.str]] = None,
    ) -> None: ...
