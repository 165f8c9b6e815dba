"""Channels of Slack and Microsoft Teams that the trouble topic tells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from batch_platform.components.roles import made_role
from batch_platform.iam import policies

if TYPE_CHECKING:
    from batch_platform.plan import Plan
    from batch_platform.settings.chat import Chat

NOTHING = "AWSDenyAll"
"""AWS managed policy. A channel without guardrails has AdministratorAccess as its guardrail (API
CreateSlackChannelConfiguration, GuardrailPolicyArns)."""


def make_channels(plan: Plan, wanted: Chat, topic: aws.sns.Topic, parent: pulumi.Resource) -> None:
    """Have Amazon Q Developer in chat applications tell channels of a topic.

    Their members may ask AWS for nothing but what the config's policies allow: the role has no
    others, and the guardrails are the same.

    Args:
        plan: of the stack.
        wanted: the config's block.
        topic: that they are told of.
        parent: the component that has them.
    """
    trust = json.dumps(policies.trust("chatbot.amazonaws.com"), sort_keys=True)
    role = made_role(parent, plan, "chat", trust, "What members of chat channels may ask AWS")
    attached = [
        aws.iam.RolePolicyAttachment(
            plan.name(f"chat-{arn.partition(':iam::')[2]}"),
            role=role.name,
            policy_arn=arn,
            opts=pulumi.ResourceOptions(parent=parent),
        )
        for arn in wanted.managed_policy_arns
    ]
    none = policies.managed_policy_arn(plan.partition, NOTHING)
    shared: dict[str, Any] = {
        "iam_role_arn": role.arn,
        "sns_topic_arns": [topic.arn],
        "guardrail_policy_arns": list(wanted.managed_policy_arns) or [none],
        "tags": plan.tags,
        "opts": pulumi.ResourceOptions(
            parent=parent,
            depends_on=attached,
            # Its name is fixed, and AWS takes a name once.
            delete_before_replace=True,
        ),
    }
    if (slack := wanted.slack) is not None:
        aws.chatbot.SlackChannelConfiguration(
            plan.name("slack"),
            configuration_name=plan.name("slack"),
            slack_team_id=slack.workspace_id,
            slack_channel_id=slack.channel_id,
            **shared,
        )
    if (teams := wanted.teams) is not None:
        aws.chatbot.TeamsChannelConfiguration(
            plan.name("teams"),
            configuration_name=plan.name("teams"),
            tenant_id=teams.tenant_id,
            team_id=teams.team_id,
            channel_id=teams.channel_id,
            **shared,
        )
