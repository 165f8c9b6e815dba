"""CloudWatch alarms and dashboards (terraform-provider-aws: internal/service/cloudwatch)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi_aws as aws

from localaws.resources import checks, tags
from localaws.resources.clients import Clients
from localaws.resources.reading import REGIONAL, beside, first, present, unless_gone
from localaws.resources.resource_type import Refusal, ResourceType, finishing

Properties = Mapping[str, Any]

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


def create(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create an alarm; its id is its name."""
    identifier: str = inputs["name"]
    _put(clients, inputs, Tags=tags.as_list(inputs.get("tags")))
    with finishing(identifier):
        return identifier, beside(inputs, read(clients, identifier))


def read(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Describe an alarm."""
    cloudwatch = clients("cloudwatch")
    alarm = first(cloudwatch.describe_alarms(AlarmNames=[identifier]), "MetricAlarms")
    if alarm is None:
        return None
    tagged = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
    dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions", ())}
    return {
        **present({key: alarm.get(name) for key, name in NAMES.items()}),
        **present({"dimensions": dimensions}),
        "id": identifier,
        "actionsEnabled": bool(alarm.get("ActionsEnabled", True)),
        "arn": alarm["AlarmArn"],
        "name": identifier,
        "region": clients.region,
        "threshold": alarm.get("Threshold"),
        "treatMissingData": alarm.get("TreatMissingData") or "missing",
        **tags.properties(tagged),
    }


def update(
    clients: Clients, identifier: str, state: Properties, inputs: Properties
) -> dict[str, Any]:
    """Put the alarm anew and change its tags."""
    cloudwatch = clients("cloudwatch")
    _put(clients, {**inputs, "name": identifier})
    added, removed = tags.changed(state, inputs)
    if removed:
        cloudwatch.untag_resource(ResourceARN=state["arn"], TagKeys=removed)
    if added:
        cloudwatch.tag_resource(ResourceARN=state["arn"], Tags=tags.as_list(added))
    return beside(inputs, read(clients, identifier))


def delete(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete an alarm."""
    if read(clients, identifier) is not None:
        clients("cloudwatch").delete_alarms(AlarmNames=[identifier])


def put_dashboard(clients: Clients, inputs: Properties) -> tuple[str, dict[str, Any]]:
    """Create a dashboard; its id is its name."""
    identifier: str = inputs["dashboardName"]
    _put_dashboard(clients, identifier, inputs)
    with finishing(identifier):
        return identifier, beside(inputs, read_dashboard(clients, identifier))


def read_dashboard(clients: Clients, identifier: str) -> dict[str, Any] | None:
    """Read a dashboard."""
    found = unless_gone(clients("cloudwatch").get_dashboard, DashboardName=identifier)
    if found is None:
        return None
    return {
        "id": identifier,
        "dashboardArn": found["DashboardArn"],
        "dashboardBody": found["DashboardBody"],
        "dashboardName": identifier,
        "region": clients.region,
    }


def update_dashboard(
    clients: Clients, identifier: str, _: Properties, inputs: Properties
) -> dict[str, Any]:
    """Write another body."""
    _put_dashboard(clients, identifier, inputs)
    return beside(inputs, read_dashboard(clients, identifier))


def delete_dashboard(clients: Clients, identifier: str, _: Properties) -> None:
    """Delete a dashboard."""
    if read_dashboard(clients, identifier) is not None:
        clients("cloudwatch").delete_dashboards(DashboardNames=[identifier])


def unchanged(key: str, old: Any, new: Any) -> bool:
    """Compare bodies without layout (suppressEquivalentJSONDiffs)."""
    return key == "dashboardBody" and bool(json.loads(old) == json.loads(new))


def _put(clients: Clients, inputs: Properties, **more: Any) -> None:
    dimensions = [
        {"Name": name, "Value": value} for name, value in inputs.get("dimensions", {}).items()
    ]
    clients("cloudwatch").put_metric_alarm(
        AlarmName=inputs["name"],
        Dimensions=dimensions,
        **{name: inputs[key] for key, name in NAMES.items() if key in inputs},
        **more,
    )


def _put_dashboard(clients: Clients, name: str, inputs: Properties) -> None:
    body = inputs["dashboardBody"]
    clients("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=body)


def _refusals(inputs: Properties) -> Iterator[Refusal]:
    yield from checks.between(inputs, "evaluationPeriods", 1)
    allowed = ("breaching", "ignore", "missing", "notBreaching")
    yield from checks.one_of(inputs, "treatMissingData", allowed)


def _is_json(inputs: Properties) -> Iterator[Refusal]:
    return checks.json_text(inputs, "dashboardBody")


METRIC_ALARM = ResourceType(
    create=create,
    read=read,
    update=update,
    delete=delete,
    arguments=aws.cloudwatch.MetricAlarmArgs,
    replace_on=frozenset({"name"}),
    computed=REGIONAL | {"name"},
    autonamed=True,
    defaults={"actionsEnabled": True, "treatMissingData": "missing"},
    check=checks.carrying("dimensions", "name", "tags", *NAMES, check=_refusals),
)

DASHBOARD = ResourceType(
    create=put_dashboard,
    read=read_dashboard,
    update=update_dashboard,
    delete=delete_dashboard,
    arguments=aws.cloudwatch.DashboardArgs,
    replace_on=frozenset({"dashboardName"}),
    computed=REGIONAL,
    unchanged=unchanged,
    check=checks.carrying("dashboardBody", "dashboardName", check=_is_json),
)
