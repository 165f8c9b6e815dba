"""Channels of Slack and Microsoft Teams that are told of SNS topics.

terraform-provider-aws: internal/service/chatbot/slack_channel_configuration.go,
teams_channel_configuration.go; the id is the ARN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Delete
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, Description, Properties, present, unless_gone
from localaws.resources.resource_type import ResourceType
from localaws.resources.tags import Tagging

_SETTINGS = {
    "guardrailPolicyArns": "GuardrailPolicyArns",
    "iamRoleArn": "IamRoleArn",
    "loggingLevel": "LoggingLevel",
    "snsTopicArns": "SnsTopicArns",
    "userAuthorizationRequired": "UserAuthorizationRequired",
}
_SLACK = {"slackChannelId": "SlackChannelId"}
_TEAMS = {"channelId": "ChannelId", "channelName": "ChannelName"}
_FIXED_OF_SLACK = {"configurationName": "ConfigurationName", "slackTeamId": "SlackTeamId"}
_FIXED_OF_TEAMS = {
    "configurationName": "ConfigurationName",
    "teamId": "TeamId",
    "teamName": "TeamName",
    "tenantId": "TenantId",
}


class _ChatTagging(Tagging):
    """chatbot calls the members of a tag ``TagKey`` and ``TagValue``."""

    def _added(self, given: Mapping[str, str]) -> Any:
        return [{"TagKey": key, "TagValue": value} for key, value in given.items()]

    def read(self, clients: Clients, state: Properties, found: Description) -> dict[str, Any]:
        """Return ``tags`` and ``tagsAll`` of a configuration."""
        plain = [{"Key": e["TagKey"], "Value": e["TagValue"]} for e in found.get("Tags", ())]
        return super().read(clients, state, {"Tags": plain})


def _sent(inputs: Properties, names: Mapping[str, str]) -> dict[str, Any]:
    return present({api: inputs.get(name) for name, api in names.items()})


def _creation(
    operation: str, names: Mapping[str, str]
) -> Callable[[Clients, Properties, Properties], str]:
    def create(clients: Clients, inputs: Properties, tagged: Properties) -> str:
        """Create a configuration; its id is its ARN."""
        answer = getattr(clients("chatbot"), operation)(**_sent(inputs, names), **tagged)
        return str(answer["ChannelConfiguration"]["ChatConfigurationArn"])

    return create


def _change(
    operation: str, names: Mapping[str, str]
) -> Callable[[Clients, str, Properties, Properties], None]:
    def change(clients: Clients, identifier: str, _: Properties, inputs: Properties) -> None:
        """Update a configuration; a list that is left out is emptied."""
        lists: dict[str, Any] = {"GuardrailPolicyArns": [], "SnsTopicArns": []}
        sent = lists | _sent(inputs, names)
        getattr(clients("chatbot"), operation)(ChatConfigurationArn=identifier, **sent)

    return change


def _describe_slack(clients: Clients, identifier: str) -> Description | None:
    answer = clients("chatbot").describe_slack_channel_configurations(
        ChatConfigurationArn=identifier
    )
    found: list[Description] = answer["SlackChannelConfigurations"]
    return found[0] if found else None


def _describe_teams(clients: Clients, identifier: str) -> Description | None:
    get = clients("chatbot").get_microsoft_teams_channel_configuration
    answer = unless_gone(get, ChatConfigurationArn=identifier)
    return None if answer is None else answer["ChannelConfiguration"]


_TAGGING = _ChatTagging(service="chatbot", resource="ResourceARN", by="id")
_COMPUTED = REGIONAL | {"guardrailPolicyArns", "loggingLevel", "userAuthorizationRequired"}
_DEFAULTS = {"loggingLevel": "NONE", "userAuthorizationRequired": False}


SLACK_CHANNEL = ResourceType(
    arguments=aws.chatbot.SlackChannelConfigurationArgs,
    creation=_creation(
        "create_slack_channel_configuration", {**_FIXED_OF_SLACK, **_SLACK, **_SETTINGS}
    ),
    description=_describe_slack,
    names={
        "chatConfigurationArn": "ChatConfigurationArn",
        "slackChannelName": "SlackChannelName",
        "slackTeamName": "SlackTeamName",
        **_FIXED_OF_SLACK,
        **_SLACK,
        **_SETTINGS,
    },
    change=_change("update_slack_channel_configuration", {**_SLACK, **_SETTINGS}),
    tagging=_TAGGING,
    deletion=Delete("chatbot", "delete_slack_channel_configuration", by="ChatConfigurationArn"),
    replace_on=frozenset(_FIXED_OF_SLACK),
    update_on=frozenset({**_SLACK, **_SETTINGS}),
    computed=_COMPUTED,
    defaults=_DEFAULTS,
    refusals=lambda inputs: checks.one_of(inputs, "loggingLevel", ["ERROR", "INFO", "NONE"]),
)

TEAMS_CHANNEL = ResourceType(
    arguments=aws.chatbot.TeamsChannelConfigurationArgs,
    creation=_creation(
        "create_microsoft_teams_channel_configuration", {**_FIXED_OF_TEAMS, **_TEAMS, **_SETTINGS}
    ),
    description=_describe_teams,
    names={
        "chatConfigurationArn": "ChatConfigurationArn",
        **_FIXED_OF_TEAMS,
        **_TEAMS,
        **_SETTINGS,
    },
    change=_change("update_microsoft_teams_channel_configuration", {**_TEAMS, **_SETTINGS}),
    tagging=_TAGGING,
    deletion=Delete(
        "chatbot", "delete_microsoft_teams_channel_configuration", by="ChatConfigurationArn"
    ),
    replace_on=frozenset(_FIXED_OF_TEAMS),
    update_on=frozenset({**_TEAMS, **_SETTINGS}),
    computed=_COMPUTED | {"channelName", "teamName"},
    defaults=_DEFAULTS,
    refusals=lambda inputs: checks.one_of(inputs, "loggingLevel", ["ERROR", "INFO", "NONE"]),
)
