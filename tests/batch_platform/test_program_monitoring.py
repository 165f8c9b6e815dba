"""Who is told of trouble, by which rules and alarms, and who may tell them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from batchsdk.contract import StackOutputs
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_run import RunProgram
from tests.batch_platform.stack_files import changed, refusals

WHOLE = """\
  batch-platform:jobEvents: {enabled: true}
  batch-platform:monitoring:
    enabled: true
    email: [team@example.com]
    https: ["https://hooks.example.com/batch"]
    failedJobs: {threshold: 5, period: 600}
"""
TOPIC = "arn:Topic/test-trouble-1a2b3c4"
QUEUES = ["arn:JobQueue/test-default-1a2b3c4"]


def test_there_is_none_unless_the_config_says_so(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}"))
    kinds = ("Topic", "EventRule", "MetricAlarm", "Dashboard")
    assert [one for kind in kinds for one in run.every(kind)] == []
    assert StackOutputs.from_mapping(run.outputs).trouble_topic_arn is None


def test_pain_20_a_stalled_queue_is_told_of_in_the_same_program(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=WHOLE))
    patterns = {
        rule.name: json.loads(rule.inputs["eventPattern"]) for rule in run.every("EventRule")
    }
    invalid = "ACTION_REQUIRED - CE(s) associated with the job queue are invalid"
    assert patterns["test-queue-blocked"] == {
        "source": ["aws.batch"],
        "detail-type": ["Batch Job Queue Blocked"],
        "detail": {
            "jobQueue": QUEUES,
            "statusReason": [{"anything-but": {"prefix": invalid}}],
        },
    }
    assert patterns["test-invalid"]["detail"]["statusReason"] == [{"prefix": invalid}]
    targets = {target.name: target.inputs["arn"] for target in run.every("EventTarget")}
    assert targets.pop("test-job-events").startswith("arn:Queue/")
    assert targets == dict.fromkeys(
        ["test-job-failed", "test-queue-blocked", "test-invalid"], TOPIC
    )


def test_a_failed_array_is_told_of_once_and_not_for_each_child(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=WHOLE))
    pattern = json.loads(run.only("EventRule", "test-job-failed").inputs["eventPattern"])
    assert pattern["detail"] == {
        "status": ["FAILED"],
        "jobQueue": QUEUES,
        "arrayProperties": {"index": [{"exists": False}]},
        "nodeProperties": {"nodeIndex": [{"exists": False}]},
    }


def test_only_the_stacks_rules_and_alarms_may_publish(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=WHOLE))
    statements = json.loads(run.only("TopicPolicy").inputs["policy"])["Statement"]
    by_sid = {each["Sid"]: each for each in statements}
    assert by_sid["TlsAlone"]["Effect"] == "Deny"
    assert by_sid["FromRules"]["Condition"] == {
        "ArnEquals": {
            "aws:SourceArn": [
                "arn:EventRule/test-invalid-1a2b3c4",
                "arn:EventRule/test-job-failed-1a2b3c4",
                "arn:EventRule/test-queue-blocked-1a2b3c4",
            ]
        }
    }
    assert by_sid["FromAlarms"]["Condition"] == {
        "ArnEquals": {
            "aws:SourceArn": [
                "arn:MetricAlarm/test-failed-jobs-1a2b3c4",
                "arn:MetricAlarm/test-job-events-dead-1a2b3c4",
            ]
        }
    }
    assert {each["Action"] for each in statements} == {"sns:Publish"}
    assert {each["Resource"] for each in statements} == {TOPIC}


def test_subscribers_alarms_and_the_dashboard(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=WHOLE))
    subscribed = {
        (one.inputs["protocol"], one.inputs["endpoint"]) for one in run.every("TopicSubscription")
    }
    assert subscribed == {
        ("email", "team@example.com"),
        ("https", "https://hooks.example.com/batch"),
    }
    failed = run.only("MetricAlarm", "test-failed-jobs").inputs
    assert (failed["threshold"], failed["period"]) == (5, 600)
    assert failed["dimensions"] == {"RuleName": "test-job-failed-1a2b3c4"}
    assert failed["alarmActions"] == [TOPIC]
    board = json.loads(run.only("Dashboard").inputs["dashboardBody"])
    metrics = [metric for one in board["widgets"] for metric in one["properties"]["metrics"]]
    assert ["AWS/Events", "TriggeredRules", "RuleName", "test-queue-blocked-1a2b3c4"] in metrics
    assert ["AWS/Logs", "IncomingLogEvents", "LogGroupName", "/aws/batch/job/test"] in metrics
    assert StackOutputs.from_mapping(run.outputs).trouble_topic_arn == TOPIC


def test_who_is_told_of_what_is_the_configs_choice(run_program: RunProgram) -> None:
    more = (
        "  batch-platform:monitoring: {enabled: true, notify: [queueBlocked], dashboard: false}\n"
    )
    run = run_program(config("{mode: public}", more=more))
    assert [target.name for target in run.every("EventTarget")] == ["test-queue-blocked"]
    assert run.every("Dashboard") == []
    allowed = json.loads(run.only("TopicPolicy").inputs["policy"])["Statement"][1]["Condition"]
    assert allowed == {"ArnEquals": {"aws:SourceArn": ["arn:EventRule/test-queue-blocked-1a2b3c4"]}}


def budget(**keys: object) -> dict[str, object]:
    return {"enabled": True, "budget": keys}


def test_a_budget_counts_what_has_the_stacks_tag_and_tells_the_topic(
    run_program: RunProgram,
) -> None:
    more = (
        "  batch-platform:monitoring: {enabled: true, budget: "
        "{monthlyLimit: 500, actual: [100, 80], email: [cfo@example.com]}}\n"
    )
    run = run_program(config("{mode: public}", more=more))
    made = run.only("Budget").inputs
    assert (made["budgetType"], made["timeUnit"]) == ("COST", "MONTHLY")
    assert (made["limitAmount"], made["limitUnit"]) == ("500.00", "USD")
    by_tag = {"name": "TagKeyValue", "values": ["user:batch-platform:environment$test"]}
    assert made["costFilters"] == [by_tag]
    told = [(each["notificationType"], each["threshold"]) for each in made["notifications"]]
    assert told == [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]
    for each in made["notifications"]:
        assert each["thresholdType"] == "PERCENTAGE"
        assert each["subscriberSnsTopicArns"] == [TOPIC]
        assert each["subscriberEmailAddresses"] == ["cfo@example.com"]
    statements = json.loads(run.only("TopicPolicy").inputs["policy"])["Statement"]
    (allowed,) = [each for each in statements if each["Sid"] == "FromBudgets"]
    assert allowed["Principal"] == {"Service": "budgets.amazonaws.com"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assert any("active cost allocation tag" in each for each in run.warnings)


def test_there_is_no_budget_unless_the_config_says_so(run_program: RunProgram) -> None:
    run = run_program(config("{mode: public}", more=WHOLE))
    assert run.every("Budget") == []
    assert "budgets.amazonaws.com" not in run.only("TopicPolicy").inputs["policy"]


def test_neither_budget_nor_chat_is_in_china(run_program: RunProgram) -> None:
    more = (
        "  batch-platform:monitoring: {enabled: true, budget: {monthlyLimit: 500}, "
        "chat: {slack: {workspaceId: T0AB, channelId: C0AB}}}\n"
    )
    text = config("{mode: public}", more=more).replace("ap-northeast-1", "cn-north-1")
    budgets, channels = run_program(text).refused
    assert "monitoring.budget: AWS Budgets has no budgets in USD" in budgets
    assert "monitoring.chat: Amazon Q Developer in chat applications is not in the" in channels


UUID = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"
TEAMS = {"tenantId": UUID, "teamId": UUID, "channelId": "19%3Aab%40thread.tacv2"}
SLACK = {"workspaceId": "T0AB", "channelId": "C0AB"}


def chat(**keys: object) -> dict[str, object]:
    return {"enabled": True, "chat": keys}


def test_channels_are_told_and_may_ask_for_nothing(run_program: RunProgram) -> None:
    more = f"  batch-platform:monitoring: {json.dumps(chat(slack=SLACK, teams=TEAMS))}\n"
    run = run_program(config("{mode: public}", more=more))
    slack = run.only("SlackChannelConfiguration")
    assert (slack.inputs["slackTeamId"], slack.inputs["slackChannelId"]) == ("T0AB", "C0AB")
    teams = run.only("TeamsChannelConfiguration")
    assert teams.inputs["channelId"] == TEAMS["channelId"]
    for each in (slack, teams):
        assert each.inputs["snsTopicArns"] == [TOPIC]
        assert each.inputs["iamRoleArn"] == "arn:Role/test-chat-1a2b3c4"
        assert each.inputs["guardrailPolicyArns"] == ["arn:aws:iam::aws:policy/AWSDenyAll"]
        assert each.delete_before_replace
    told = {each.name: each.inputs["inputTransformer"] for each in run.every("EventTarget")}
    assert told.keys() == {"test-job-failed", "test-queue-blocked", "test-invalid"}
    for each in told.values():
        assert set(each["inputPaths"]) == set(re.findall(r"<(\w+)>", each["inputTemplate"]))
        assert len(each["inputTemplate"]) <= 8192
    role = run.only("Role", "test-chat")
    (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "chatbot.amazonaws.com"}
    granted = [*run.every("RolePolicy"), *run.every("RolePolicyAttachment")]
    assert "test-chat-1a2b3c4" not in {one.inputs["role"] for one in granted}


def test_what_members_of_a_channel_may_ask_for_is_their_guardrail_too(
    run_program: RunProgram,
) -> None:
    policy = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"
    block = chat(slack=SLACK, managedPolicyArns=[policy])
    more = f"  batch-platform:monitoring: {json.dumps(block)}\n"
    run = run_program(config("{mode: public}", more=more))
    assert run.only("SlackChannelConfiguration").inputs["guardrailPolicyArns"] == [policy]
    (attached,) = [one for one in run.every("RolePolicyAttachment") if "chat" in one.name]
    assert attached.inputs["policyArn"] == policy


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"enabled": True, "notify": ["jobFailde"]}, "(did you mean 'jobFailed'?)"),
        ({"enabled": True, "email": ["team"]}, "email[0]: 'team' is not an email address"),
        ({"enabled": True, "https": ["http://x.org"]}, "'http://x.org' is not an address of HTTPS"),
        ({"enabled": True, "email": ["a@b.c", "a@b.c"]}, "email[1]: 'a@b.c' is in the list twice"),
        ({"enabled": True, "failedJobs": {"period": 90}}, "90 seconds are not whole minutes"),
        ({"enabled": True, "failedJobs": {"threshold": 0}}, "threshold: 0 is below 1"),
        ({"enabled": True, "kmsKeyId": "alias/aws/sns"}, "is not the ARN of a KMS key"),
        ({"email": ["team@example.com"]}, "email: it is set, but `enabled` is false"),
        ({"enabled": False, "dashboard": True}, "dashboard: it is set, but `enabled` is false"),
        ({"failedJobs": {}}, "failedJobs: it is set, but `enabled` is false"),
        ({"budget": {"monthlyLimit": 5}}, "budget: it is set, but `enabled` is false"),
        (budget(), "budget.monthlyLimit: missing"),
        (budget(monthlyLimit=0), "budget.monthlyLimit"),
        (budget(monthlyLimit="500"), "budget.monthlyLimit"),
        (budget(monthlyLimit=float("inf")), "budget.monthlyLimit"),
        (budget(monthlyLimit=5, actual=[0]), "budget.actual[0]"),
        (budget(monthlyLimit=5, actual=[1001]), "budget.actual[0]"),
        (budget(monthlyLimit=5, actual=[80, 80]), "budget.actual[1]: 80 is in the list twice"),
        (budget(monthlyLimit=5, actual=[], forecasted=[]), "it tells nobody"),
        (budget(monthlyLimit=5, actual=[1, 2, 3, 4, 5]), "has at most 5 notifications"),
        ({"chat": {"slack": SLACK}}, "chat: it is set, but `enabled` is false"),
        (chat(), "it names no channel; fix: add `slack` or `teams`"),
        (chat(slack={"workspaceId": "T0AB"}), "chat.slack.channelId: missing"),
        (chat(slack=SLACK | {"channelId": "#alerts"}), "is not the id of a Slack channel"),
        (chat(slack=SLACK | {"channelId": ""}), "is not the id of a Slack channel"),
        (chat(slack=SLACK | {"workspaceId": "acme"}), "is not the id of a Slack workspace"),
        (chat(teams=TEAMS | {"channelId": "19:ab@thread"}), "is not the id of a Teams channel"),
        (chat(teams=TEAMS | {"teamId": "ops"}), "chat.teams.teamId: 'ops' is not a UUID"),
        (chat(slack=SLACK, managedPolicyArns=["x"]), "is not the ARN of a managed policy"),
        (budget(monthlyLimit=5, email=["team"]), "'team' is not an email address"),
    ],
)
def test_mistakes(value: object, said: str, tmp_path: Path) -> None:
    (line,) = refusals(changed("monitoring", value), tmp_path)
    assert said in line
