"""CloudWatch alarms and dashboards (terraform-provider-aws: internal/service/cloudwatch)."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi_aws as aws

from localaws.resources import checks
from localaws.resources.calls import Delete, Describe, Get, again
from localaws.resources.clients import Clients
from localaws.resources.json_documents import compared_as_json
from localaws.resources.reading import REGIONAL, Description, Properties, present
from localaws.resources.resource_type import Refusal, ResourceType
from localaws.resources.tags import Tagging

NAMES = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "evaluationPeriods": "EvaluationPeriods",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "treatMissingData": "TreatMissingData",
}


def _put(clients: Clients, inputs: Properties, tagged: Properties) -> str:
    """Write an alarm; its id is its name."""
    dimensions = [
        {"Name": name, "Value": value} for name, value in inputs.get("dimensions", {}).items()
    ]
    clients("cloudwatch").put_metric_alarm(
        AlarmName=inputs["name"],
        Dimensions=dimensions,
        **{name: inputs[key] for key, name in NAMES.items() if key in inputs},
        **tagged,
    )
    return str(inputs["name"])


def _state(_: Clients, alarm: Description) -> Properties:
    dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions", ())}
    return {
        **present({"dimensions": dimensions}),
        "actionsEnabled": bool(alarm.get("ActionsEnabled", True)),
        "threshold": alarm.get("Threshold"),
        "treatMissingData": alarm.get("TreatMissingData") or "missing",
    }


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.between(inputs, "evaluationPeriods", 1)
    allowed = ("breaching", "ignore", "missing", "notBreaching")
    yield from checks.one_of(inputs, "treatMissingData", allowed)


METRIC_ALARM = ResourceType(
    arguments=aws.cloudwatch.MetricAlarmArgs,
    creation=_put,
    description=Describe("cloudwatch", "describe_alarms", by="AlarmNames", under="MetricAlarms"),
    names={"arn": "AlarmArn", "name": "AlarmName", **NAMES},
    state=_state,
    change=again(_put),
    tagging=Tagging(
        service="cloudwatch", resource="ResourceARN", listing=("list_tags_for_resource", "Tags")
    ),
    deletion=Delete("cloudwatch", "delete_alarms", by="AlarmNames", many=True),
    replace_on=frozenset({"name"}),
    update_on=frozenset({"dimensions", *NAMES}),
    computed=REGIONAL | {"name"},
    autonamed=True,
    defaults={"actionsEnabled": True, "treatMissingData": "missing"},
    refusals=_refusals,
)


def _put_dashboard(clients: Clients, inputs: Properties, _: Properties) -> str:
    """Write a dashboard; its id is its name."""
    name, body = inputs["dashboardName"], inputs["dashboardBody"]
    clients("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=body)
    return str(name)


DASHBOARD = ResourceType(
    arguments=aws.cloudwatch.DashboardArgs,
    creation=_put_dashboard,
    description=Get("cloudwatch", "get_dashboard", by="DashboardName"),
    names={
        "dashboardArn": "DashboardArn",
        "dashboardBody": "DashboardBody",
        "dashboardName": "DashboardName",
    },
    change=again(_put_dashboard),
    deletion=Delete("cloudwatch", "delete_dashboards", by="DashboardNames", many=True),
    replace_on=frozenset({"dashboardName"}),
    update_on=frozenset({"dashboardBody"}),
    computed=REGIONAL,
    unchanged=compared_as_json("dashboardBody"),
    refusals=lambda inputs: checks.json_text(inputs, "dashboardBody"),
)
