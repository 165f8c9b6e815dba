"""Every resource type: created, read, updated in place, imported, deleted."""

from __future__ import annotations

import pytest

from localaws.resources.table import RESOURCE_TYPES
from tests.localaws.resources.lives import LIVES, RETAGGED

pytestmark = pytest.mark.sampled(6)


def test_every_type_has_its_life_here():
    assert set(LIVES) == set(RESOURCE_TYPES)


@pytest.mark.parametrize("token", LIVES)
def test_life(makes, token):
    life = LIVES[token]
    made = life.make(makes)
    makes.made.remove(made)
    makes.made.append(made)  # what it needs goes after it
    assert made.type is RESOURCE_TYPES[token]
    assert made.differences(made.read()) == {}
    assert made.read(made.id) == made.read()

    imported = made.read(life.import_id(made))
    assert imported == made.read()
    assert made.differences_after_import(imported) == {}

    if life.changes is None:
        assert made.type.update is None
    else:
        changes = life.changes(makes)
        changes |= RETAGGED if "tags" in made.inputs else {}
        made.update(**changes)
        found = made.read()
        assert made.differences(found) == {}
        for key, value in changes.items():
            assert found.get(key) == value or made._same(key, found[key], value), key
        assert found.get("tagsAll", {}) == made.inputs.get("tags", {})
        assert made.differences_after_import(found) == {}

    made.delete()
    assert (made.read() is not None) == life.stays
    made.delete()
    assert (made.read() is not None) == life.stays


@pytest.mark.parametrize("token", LIVES)
def test_an_update_without_changes_changes_nothing(makes, token):
    made = LIVES[token].make(makes)
    if made.type.update is None:
        return
    before = made.state
    made.update()
    assert made.state == before


@pytest.mark.parametrize("token", LIVES)
def test_an_input_that_is_not_carried_is_refused(token):
    refusals = list(RESOURCE_TYPES[token].check({"neverHeardOf": "x"}))
    assert [each.property for each in refusals] == ["neverHeardOf"]


def test_what_never_was_reads_as_gone(makes):
    unknown = {
        "aws:batch/jobDefinition:JobDefinition": "job-definition/never:1",
        "aws:budgets/budget:Budget": "123456789012:never-there",
        "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": (
            "arn:aws:chatbot::123456789012:chat-configuration/slack-channel/never"
        ),
        "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": (
            "arn:aws:chatbot::123456789012:chat-configuration/microsoft-teams-channel/never"
        ),
        "aws:ec2/route:Route": "r-rtb-01080289494",
        "aws:scheduler/schedule:Schedule": "default/never-there",
        "aws:sns/topic:Topic": "arn:aws:sns:us-east-1:123456789012:never",
        "aws:sns/topicPolicy:TopicPolicy": "arn:aws:sns:us-east-1:123456789012:never",
        "aws:sns/topicSubscription:TopicSubscription": (
            "arn:aws:sns:us-east-1:123456789012:never:never"
        ),
        "aws:iam/policy:Policy": "arn:aws:iam::123456789012:policy/never",
        "aws:iam/rolePolicy:RolePolicy": "never:there",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "never/arn:aws:iam::aws:policy/Never",
    }
    for token, resource_type in RESOURCE_TYPES.items():
        assert resource_type.read(makes.clients, unknown.get(token, "never-there")) is None, token
