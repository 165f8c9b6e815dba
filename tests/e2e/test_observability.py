"""What a stack tells of its jobs: seen by its consumers, on the local AWS."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import batchsdk
from batchsdk import Polling, StackOutputs, cli
from tests.aws_clients import client_of
from tests.conftest import eventually

pytestmark = pytest.mark.deployments

PROJECT = Path(__file__).parent.parent.parent
STACK_FILE = """\
config:
  aws:region: us-east-1
  batch-platform:network: {mode: public}
  batch-platform:computeEnvironments:
    default: {type: EC2, instanceTypes: [c4.large]}
  batch-platform:jobQueues:
    default: {computeEnvironments: [default]}
    teams:
      computeEnvironments: [default]
      fairsharePolicy:
        shareDecaySeconds: 3600
        shareDistribution: [{shareIdentifier: research, weightFactor: 0.5}]
      jobStateTimeLimitActions:
        - {reason: "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", maxTimeSeconds: 600}
  batch-platform:jobDefinitions:
    sleep: {image: busybox, command: [sleep, "2"], memory: 100}
    fail: {image: busybox, command: ["false"], memory: 100}
  batch-platform:jobEvents: {enabled: true}
  batch-platform:monitoring:
    enabled: true
    email: [team@example.com]
    failedJobs: {threshold: 5, period: 300}
    budget: {monthlyLimit: 500, actual: [80]}
    chat: {slack: {workspaceId: T0AB, channelId: C0AB}}
  batch-platform:consumers: {managedPolicies: true}
"""
SELDOM = Polling(shortest=0.1, growth=1e6, longest=1000)
"""After a look without news, nothing but an event is seen before the test gives up."""


@pytest.fixture(scope="module")
def outputs(run_deploy, tmp_path_factory):
    """The outputs of a stack that observes itself."""
    folder = tmp_path_factory.mktemp("observed")
    (folder / "Pulumi.observed.yaml").write_text(STACK_FILE)
    answer = run_deploy("observed", folder)
    assert answer.returncode == 0, answer.stderr
    return StackOutputs.from_mapping(json.loads(answer.stdout))


@pytest.fixture
def batch(local, outputs, monkeypatch):
    """A client of the stack, as a pipeline has it."""
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    return batchsdk.connect(ssm=f"/batch/{outputs.environment}")


def test_a_wait_is_woken_by_the_queue_of_job_events(batch, outputs):
    assert batch.outputs.job_events == outputs.job_events
    job = batch.submit("sleep", queue="default")
    assert job.wait(300, polling=SELDOM).exit_code == 0


def test_the_topic_is_told_of_a_failed_job_and_of_no_other(batch, outputs, local):
    sqs, sns = (client_of(local, service) for service in ("sqs", "sns"))
    url = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=outputs.trouble_topic_arn, Protocol="sqs", Endpoint=arn["QueueArn"])
    succeeded, failed = batch.submit("sleep", queue="default"), batch.submit("fail")
    with pytest.raises(batchsdk.JobsFailedError):
        batch.wait([succeeded, failed], 60)

    def told():
        return sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages")

    messages = eventually(told, lambda: "the topic was told of nothing")
    (shown,) = [json.loads(json.loads(each["Body"])["Message"]) for each in messages]
    content, stack = shown["content"], "--ssm /batch/observed --region us-east-1"
    assert (shown["version"], shown["source"]) == ("1.0", "custom")
    assert content["title"] == f"Job {failed.name} FAILED in observed"
    assert content["description"] == failed.describe().status_reason
    assert content["nextSteps"] == [
        f"`batchsdk {stack} {verb} {failed.id}`" for verb in ("show", "logs")
    ]
    for each in content["nextSteps"]:
        with pytest.raises(SystemExit, match=r"^0$"):
            cli.main(each.strip("`").split()[1:])
    assert shown["metadata"]["threadId"] == failed.id


def test_alarms_and_a_dashboard_look_at_what_there_is(outputs, local):
    cloudwatch = client_of(local, "cloudwatch")
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix="observed-")["MetricAlarms"]
    assert {each["MetricName"] for each in alarms} == {
        "ApproximateNumberOfMessagesVisible",
        "TriggeredRules",
    }
    assert all(each["AlarmActions"] == [outputs.trouble_topic_arn] for each in alarms)
    body = json.loads(cloudwatch.get_dashboard(DashboardName="batch-observed")["DashboardBody"])
    rules = client_of(local, "events").list_rules()["Rules"]
    named = {
        metric[3]
        for widget in body["widgets"]
        for metric in widget["properties"]["metrics"]
        if metric[0] == "AWS/Events"
    }
    assert len(named) == 3
    assert named <= {rule["Name"] for rule in rules}


def test_a_channel_is_told_what_the_topic_is_told(outputs, local):
    chatbot = client_of(local, "chatbot")
    answer = chatbot.describe_slack_channel_configurations()
    (channel,) = answer["SlackChannelConfigurations"]
    assert channel["SnsTopicArns"] == [outputs.trouble_topic_arn]
    assert (channel["SlackTeamId"], channel["SlackChannelId"]) == ("T0AB", "C0AB")
    assert channel["GuardrailPolicyArns"] == ["arn:aws:iam::aws:policy/AWSDenyAll"]
    again = {
        "SlackTeamId": "T0AB",
        "SlackChannelId": "C0AB",
        "IamRoleArn": channel["IamRoleArn"],
        "ConfigurationName": channel["ConfigurationName"],
    }
    with pytest.raises(chatbot.exceptions.ConflictException):
        chatbot.create_slack_channel_configuration(**again)
    again |= {"ConfigurationName": "other", "SnsTopicArns": ["arn:aws:sns:us-east-1:1:none"]}
    with pytest.raises(chatbot.exceptions.InvalidRequestException, match="There is no SNS topic"):
        chatbot.create_slack_channel_configuration(**again)


def test_a_budget_for_what_has_the_stacks_tag_tells_the_topic(outputs, local):
    budgets, which = client_of(local, "budgets"), {"AccountId": outputs.account_id}
    (budget,) = budgets.describe_budgets(**which)["Budgets"]
    assert budget["BudgetLimit"] == {"Amount": "500.00", "Unit": "USD"}
    assert budget["CostFilters"] == {"TagKeyValue": ["user:batch-platform:environment$observed"]}
    which["BudgetName"] = budget["BudgetName"]
    told = budgets.describe_notifications_for_budget(**which)["Notifications"]
    assert [each["NotificationType"] for each in told] == ["ACTUAL", "FORECASTED"]
    for each in told:
        found = budgets.describe_subscribers_for_notification(**which, Notification=each)
        assert [one["Address"] for one in found["Subscribers"]] == [outputs.trouble_topic_arn]


def test_a_fair_share_queue_runs_by_its_policy_and_limits(batch, outputs, local):
    api = client_of(local, "batch")
    arn = outputs.job_queues["teams"].scheduling_policy_arn
    (policy,) = api.describe_scheduling_policies(arns=[arn])["schedulingPolicies"]
    assert policy["fairsharePolicy"] == {
        "shareDecaySeconds": 3600,
        "computeReservation": 0,
        "shareDistribution": [{"shareIdentifier": "research", "weightFactor": 0.5}],
    }
    (queue,) = api.describe_job_queues(jobQueues=[outputs.job_queues["teams"].name])["jobQueues"]
    assert queue["schedulingPolicyArn"] == arn
    assert [each["maxTimeSeconds"] for each in queue["jobStateTimeLimitActions"]] == [600]
    job = batch.submit("sleep", queue="teams", share_identifier="research")
    assert job.wait(300).exit_code == 0


def test_policies_of_submitters_and_observers_are_in_the_outputs(outputs, local):
    iam = client_of(local, "iam")

    def statements(arn):
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
        return {each["Sid"]: each for each in found["Document"]["Statement"]}

    queue = outputs.job_queues["teams"]
    submit = statements(queue.submitter_policy_arn)["Submit"]
    definition = outputs.job_definitions["sleep"].arn.rpartition(":")[0]
    assert submit["Action"] == ["batch:SubmitJob", "batch:TagResource"]  # of who submits with tags
    assert {queue.arn, definition, f"{definition}:*"} <= set(submit["Resource"])
    assert outputs.job_queues["default"].arn not in submit["Resource"]
    changing = ("Submit", "Cancel", "Terminate", "Tag", "Create", "Update", "Delete", "Register")
    for statement in statements(outputs.observer_policy_arn).values():
        for action in statement["Action"]:
            assert not action.partition(":")[2].startswith(changing)
