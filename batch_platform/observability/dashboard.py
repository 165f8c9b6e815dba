"""The CloudWatch dashboard of a stack as plain data, and the metrics that alarms look at.

AWS Batch has no metrics of its own: what there is comes from EventBridge, SQS and the logs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 12, 6
"""Of a widget, on a grid of 24 columns."""

TITLES = {
    "jobFailed": "Jobs that failed",
    "queueBlocked": "Jobs that block a queue",
    "environmentInvalid": "Jobs that wait for invalid compute environments",
}


@dataclass(frozen=True)
class Metric:
    """A metric of CloudWatch."""

    namespace: str
    name: str
    statistic: str


MATCHED = Metric("AWS/Events", "TriggeredRules", "Sum")
"""How often a rule matched an event (EventBridge user guide, Monitoring)."""
DEAD_LETTERS = Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum")


def body(
    *,
    region: str,
    log_group: str,
    rules: Mapping[str, Sequence[str]],
    job_events: str | None,
) -> Mapping[str, Any]:
    """Return the body (CloudWatch API, Dashboard Body Structure).

    Args:
        region: AWS region.
        log_group: of the jobs.
        rules: event of the config to the names of its rules.
        job_events: name of the SQS queue of job events, if there is one.
    """
    widgets = [
        _graph(region, TITLES[event], MATCHED, [("RuleName", name) for name in names])
        for event, names in rules.items()
    ]
    incoming = Metric("AWS/Logs", "IncomingLogEvents", "Sum")
    widgets.append(_graph(region, "Log events of jobs", incoming, [("LogGroupName", log_group)]))
    if job_events is not None:
        age = Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum")
        title = "Age of the oldest job event (seconds)"
        widgets.append(_graph(region, title, age, [("QueueName", job_events)]))
    for index, widget in enumerate(widgets):
        widget |= {"x": index % 2 * WIDTH, "y": index // 2 * HEIGHT}
    return {"widgets": widgets}


def _graph(
    region: str, title: str, metric: Metric, dimensions: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    properties = {
        "title": title,
        "region": region,
        "stat": metric.statistic,
        "period": 300,
        "metrics": [[metric.namespace, metric.name, *dimension] for dimension in dimensions],
    }
    return {"type": "metric", "width": WIDTH, "height": HEIGHT, "properties": properties}
