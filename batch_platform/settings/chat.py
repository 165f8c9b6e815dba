"""The ``chat`` block of ``monitoring``: channels of Slack and Microsoft Teams."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import model_validator

from batch_platform.settings.block import Block, of_form, pattern
from batch_platform.settings.errors import refusal
from batch_platform.settings.roles import PolicyHolder

_SLACK_TEAM = r"[0-9A-Z]{1,255}"
_SLACK_CHANNEL = r"[A-Za-z0-9]{1,255}"
_UUID = r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_PART = r"[a-zA-Z0-9_=+/.,-]"
_TEAMS_CHANNEL = rf"{_PART}*%3[aA]{_PART}*%40{_PART}*"

WorkspaceId = Annotated[
    str,
    of_form(
        _SLACK_TEAM,
        "is not the id of a Slack workspace",
        "write e.g. T012ABCDEFG, as in the workspace's address in a browser",
    ),
    pattern(_SLACK_TEAM),
]
SlackChannelId = Annotated[
    str,
    of_form(
        _SLACK_CHANNEL,
        "is not the id of a Slack channel",
        "write e.g. C012ABCDEFG, the end of the channel's link; not its name",
    ),
    pattern(_SLACK_CHANNEL),
]
Uuid = Annotated[
    str,
    of_form(
        _UUID,
        "is not a UUID",
        "write it as in the channel's link, e.g. 0a1b2c3d-4e5f-6789-abcd-ef0123456789",
    ),
    pattern(_UUID),
]
TeamsChannelId = Annotated[
    str,
    of_form(
        _TEAMS_CHANNEL,
        "is not the id of a Teams channel as its link has it",
        "write e.g. 19%3Aab12cd34%40thread.tacv2, with %3A and %40",
    ),
    pattern(_TEAMS_CHANNEL),
]


class Slack(Block):
    """A channel of Slack.

    Attributes:
        workspace_id: the workspace, which the account may use (granted once in the console).
        channel_id: the channel; to a private one, ``@Amazon Q`` is invited.
    """

    workspace_id: WorkspaceId
    channel_id: SlackChannelId


class Teams(Block):
    """A channel of Microsoft Teams.

    Attributes:
        tenant_id: the tenant of Microsoft.
        team_id: the team, which the account may use (granted once in the console).
        channel_id: the channel, as its link has it.
    """

    tenant_id: Uuid
    team_id: Uuid
    channel_id: TeamsChannelId


class Chat(PolicyHolder):
    """Channels that are told what the trouble topic is told, by Amazon Q in chat applications.

    Attributes:
        slack: a channel of Slack.
        teams: a channel of Microsoft Teams.
        managed_policy_arns: what the members of the channels may ask AWS for; by default nothing.
    """

    slack: Slack | None = None
    teams: Teams | None = None

    @model_validator(mode="after")
    def _some_channel(self) -> Self:
        if self.slack is None and self.teams is None:
            raise refusal("it names no channel", "add `slack` or `teams`", "slack")
        return self
