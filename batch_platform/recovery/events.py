"""What tells of jobs: EventBridge, SQS, SNS, CloudWatch, whose creation was cut off.

Policies, targets, subscriptions and dashboards have no tags: they belong to what they are of, or
have a name with the environment in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from batch_platform.recovery.orphan_type import Aws, Found, OrphanType, Properties, not_ours

DEFAULT_POLICY = "__default_policy_ID"
"""Id of the policy that SNS gives every topic."""


def _found(aws: Aws, identifier: str, tags: list[dict[str, str]] | dict[str, str]) -> Found:
    return Found(identifier) if aws.owns(tags) else not_ours(aws, identifier)


def _rule(aws: Aws, inputs: Properties) -> Iterator[Found]:
    events, name = aws.client("events"), inputs["name"]
    try:
        arn = events.describe_rule(Name=name)["Arn"]
    except events.exceptions.ResourceNotFoundException:
        return
    yield _found(aws, name, events.list_tags_for_resource(ResourceARN=arn)["Tags"])


def _delete_rule(aws: Aws, name: str, _: Properties) -> None:
    aws.client("events").delete_rule(Name=name)


def _target(aws: Aws, inputs: Properties) -> Iterator[Found]:
    events, rule, wanted = aws.client("events"), inputs["rule"], inputs["targetId"]
    try:
        targets = events.list_targets_by_rule(Rule=rule)["Targets"]
    except events.exceptions.ResourceNotFoundException:
        return
    if any(each["Id"] == wanted for each in targets):
        yield Found(f"{rule}-{wanted}")


def _delete_target(aws: Aws, _: str, inputs: Properties) -> None:
    aws.client("events").remove_targets(Rule=inputs["rule"], Ids=[inputs["targetId"]])


def _queue(aws: Aws, inputs: Properties) -> Iterator[Found]:
    sqs = aws.client("sqs")
    try:
        url = sqs.get_queue_url(QueueName=inputs["name"])["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        return
    yield _found(aws, url, sqs.list_queue_tags(QueueUrl=url).get("Tags", {}))


def _delete_queue(aws: Aws, url: str, _: Properties) -> None:
    aws.client("sqs").delete_queue(QueueUrl=url)


def _queue_policy(aws: Aws, inputs: Properties) -> Iterator[Found]:
    sqs, url = aws.client("sqs"), inputs["queueUrl"]
    try:
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    except sqs.exceptions.QueueDoesNotExist:
        return
    if answer.get("Attributes", {}).get("Policy"):
        yield Found(url)


def _delete_queue_policy(aws: Aws, url: str, _: Properties) -> None:
    aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})


def _topic(aws: Aws, inputs: Properties) -> Iterator[Found]:
    sns = aws.client("sns")
    for page in sns.get_paginator("list_topics").paginate():
        for each in page["Topics"]:
            arn = each["TopicArn"]
            if arn.rpartition(":")[2] == inputs["name"]:
                yield _found(aws, arn, sns.list_tags_for_resource(ResourceArn=arn)["Tags"])


def _delete_topic(aws: Aws, arn: str, _: Properties) -> None:
    aws.client("sns").delete_topic(TopicArn=arn)


def _topic_policy(aws: Aws, inputs: Properties) -> Iterator[Found]:
    sns, arn = aws.client("sns"), inputs["arn"]
    try:
        policy = json.loads(sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])
    except sns.exceptions.NotFoundException:
        return
    if policy.get("Id") != DEFAULT_POLICY:
        yield Found(arn)


def _delete_topic_policy(aws: Aws, arn: str, _: Properties) -> None:
    """Give the topic back the policy that SNS gives every topic: its owner alone."""
    owner = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes"],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": arn.split(":")[4]}},
    }
    document = {"Version": "2008-10-17", "Id": DEFAULT_POLICY, "Statement": [owner]}
    aws.client("sns").set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(document)
    )


def _subscription(aws: Aws, inputs: Properties) -> Iterator[Found]:
    sns = aws.client("sns")
    pages = sns.get_paginator("list_subscriptions").paginate()
    for each in (each for page in pages for each in page["Subscriptions"]):
        named = (each["TopicArn"], each["Protocol"], each["Endpoint"])
        if named != (inputs["topic"], inputs["protocol"], inputs["endpoint"]):
            continue
        if each["SubscriptionArn"].startswith("arn:"):
            yield Found(each["SubscriptionArn"])
        else:
            yield Found(
                each["SubscriptionArn"], "it awaits confirmation, and SNS removes it by itself"
            )


def _unsubscribe(aws: Aws, arn: str, _: Properties) -> None:
    aws.client("sns").unsubscribe(SubscriptionArn=arn)


def _budget(aws: Aws, inputs: Properties) -> Iterator[Found]:
    budgets, account = aws.client("budgets"), _account(aws)
    try:
        budgets.describe_budget(AccountId=account, BudgetName=inputs["name"])
    except budgets.exceptions.NotFoundException:
        return
    identifier = f"{account}:{inputs['name']}"
    arn = f"arn:aws:budgets::{account}:budget/{inputs['name']}"
    yield _found(aws, identifier, budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"])


def _delete_budget(aws: Aws, identifier: str, _: Properties) -> None:
    account, name = identifier.split(":", 1)
    aws.client("budgets").delete_budget(AccountId=account, BudgetName=name)


def _slack(aws: Aws, inputs: Properties) -> Iterator[Found]:
    pages = aws.client("chatbot").get_paginator("describe_slack_channel_configurations").paginate()
    for each in (each for page in pages for each in page["SlackChannelConfigurations"]):
        yield from _channel(aws, inputs, each)


def _teams(aws: Aws, inputs: Properties) -> Iterator[Found]:
    operation = "list_microsoft_teams_channel_configurations"
    pages = aws.client("chatbot").get_paginator(operation).paginate()
    for each in (each for page in pages for each in page["TeamChannelConfigurations"]):
        yield from _channel(aws, inputs, each)


def _channel(aws: Aws, inputs: Properties, found: Mapping[str, Any]) -> Iterator[Found]:
    if found["ConfigurationName"] == inputs["configurationName"]:
        tags = {each["TagKey"]: each["TagValue"] for each in found.get("Tags", ())}
        yield _found(aws, found["ChatConfigurationArn"], tags)


def _delete_slack(aws: Aws, arn: str, _: Properties) -> None:
    aws.client("chatbot").delete_slack_channel_configuration(ChatConfigurationArn=arn)


def _delete_teams(aws: Aws, arn: str, _: Properties) -> None:
    aws.client("chatbot").delete_microsoft_teams_channel_configuration(ChatConfigurationArn=arn)


def _account(aws: Aws) -> str:
    return str(aws.client("sts").get_caller_identity()["Account"])


def _alarm(aws: Aws, inputs: Properties) -> Iterator[Found]:
    cloudwatch, name = aws.client("cloudwatch"), inputs["name"]
    for each in cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]:
        tags = cloudwatch.list_tags_for_resource(ResourceARN=each["AlarmArn"])["Tags"]
        yield _found(aws, name, tags)


def _delete_alarm(aws: Aws, name: str, _: Properties) -> None:
    aws.client("cloudwatch").delete_alarms(AlarmNames=[name])


def _dashboard(aws: Aws, inputs: Properties) -> Iterator[Found]:
    cloudwatch, name = aws.client("cloudwatch"), inputs["dashboardName"]
    pages = cloudwatch.get_paginator("list_dashboards").paginate(DashboardNamePrefix=name)
    if any(each["DashboardName"] == name for page in pages for each in page["DashboardEntries"]):
        yield Found(name)


def _delete_dashboard(aws: Aws, name: str, _: Properties) -> None:
    aws.client("cloudwatch").delete_dashboards(DashboardNames=[name])


EVENT_RULE = OrphanType(find=_rule, delete=_delete_rule, key=("name",))
EVENT_TARGET = OrphanType(find=_target, delete=_delete_target, key=("rule", "targetId"))
SQS_QUEUE = OrphanType(find=_queue, delete=_delete_queue, key=("name",))
SQS_QUEUE_POLICY = OrphanType(find=_queue_policy, delete=_delete_queue_policy, key=("queueUrl",))
SNS_TOPIC = OrphanType(find=_topic, delete=_delete_topic, key=("name",))
SNS_TOPIC_POLICY = OrphanType(find=_topic_policy, delete=_delete_topic_policy, key=("arn",))
SNS_TOPIC_SUBSCRIPTION = OrphanType(
    find=_subscription, delete=_unsubscribe, key=("topic", "protocol", "endpoint")
)
METRIC_ALARM = OrphanType(find=_alarm, delete=_delete_alarm, key=("name",))
DASHBOARD = OrphanType(find=_dashboard, delete=_delete_dashboard, key=("dashboardName",))
BUDGET = OrphanType(find=_budget, delete=_delete_budget, key=("name",))
SLACK_CHANNEL = OrphanType(find=_slack, delete=_delete_slack, key=("configurationName",))
TEAMS_CHANNEL = OrphanType(find=_teams, delete=_delete_teams, key=("configurationName",))
